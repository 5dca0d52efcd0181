"""Writing the story down: through the writers of the rooms, inside change sets of its people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zlib import crc32

from coordina.accounts.models import User
from coordina.config.demo.clients import Client, Contact
from coordina.config.demo.deals import Deal, Touch
from coordina.config.demo.diary import Clock, Writing
from coordina.config.demo.own_fields import OwnFields
from coordina.core.types import type_of
from coordina.customers.enums import Direction, Relation
from coordina.customers.models import Company, Industry, Interaction, Person
from coordina.pipeline.enums import Status
from coordina.pipeline.models import Opportunity, OpportunityLine, Reason, Stage, Stakeholder
from coordina.pipeline.writers import ENTERED
from coordina.records.models import Note


class Pen:
    """Writes each kind of deed.

    Args:
        users: By name.
        industries: By name.
        stages: By pipeline: open stages in order, then the won and the lost one.
        reasons: By kind and name.
        clock: For the moments of conversations.
        own: The fields that were added.
    """

    def __init__(
        self,
        users: Mapping[str, User],
        industries: Mapping[str, Industry],
        stages: Mapping[str, list[Stage]],
        reasons: Mapping[tuple[str, str], Reason],
        clock: Clock,
        own: OwnFields,
    ) -> None:
        self.users, self.industries, self.stages, self.reasons, self.clock = users, industries, stages, reasons, clock
        self.own = own
        self.writings: dict[str, Writing] = {
            "customers.create_company": self.companies,
            "customers.create_person": self.people,
            "customers.edit_company": self.customers,
            "customers.create_interaction": self.interactions,
            "records.create_note": self.notes,
            "pipeline.create_opportunity": self.opportunities,
            "pipeline.move": self.moves,
            "pipeline.win": self.closings,
            "pipeline.lose": self.closings,
        }

    def companies(self, what: list[Client], by: User, at: datetime) -> None:
        """New customers."""
        rows = [
            c.values
            | {"industry": self.industries[c.industry], "owner": self.users[c.owner.name]}
            | self.own.of_company(c)
            for c in what
        ]
        for client, row in zip(what, type_of(Company).writer.create(rows, by=by, at=at), strict=True):
            client.row = row

    def people(self, what: list[tuple[Client, Contact]], by: User, at: datetime) -> None:
        """New contacts."""
        rows = [k.values | {"company": c.row, "owner": self.users[c.owner.name]} for c, k in what]
        made = type_of(Person).writer.create(rows, by=by, at=at)
        for (_client, contact), row in zip(what, made, strict=True):
            contact.row = row

    def customers(self, what: list[Client], by: User, at: datetime) -> None:
        """Those who bought for the first time."""
        pairs = [(client.row, {"relation": Relation.CUSTOMER}) for client in what]
        type_of(Company).writer.edit(pairs, by=by, at=at)

    def interactions(self, what: list[tuple[Deal, Touch]], by: User, at: datetime) -> None:
        """Conversations about opportunities."""
        rows = [
            {
                "kind": touch.kind,
                "direction": Direction.IN if touch.inbound else Direction.OUT,
                "summary": touch.summary,
                "body": touch.body,
                "minutes": touch.minutes,
                "happened_at": min(self.clock.on(touch.day, 9, 17), at),
                "company": deal.client.row,
                "person": deal.contact.row,
                "subject_type": Opportunity._meta.label,
                "subject_id": deal.row.pk,
                "owner": self.users[deal.client.owner.name],
            }
            for deal, touch in what
        ]
        type_of(Interaction).writer.create(rows, by=by, at=at)

    def notes(self, what: list[tuple[Deal, str]], by: User, at: datetime) -> None:
        """Notes on opportunities."""
        head = {"subject_type": Opportunity._meta.label, "owner": by}
        rows = [head | {"subject_id": deal.row.pk, "text": text} for deal, text in what]
        type_of(Note).writer.create(rows, by=by, at=at)

    def opportunities(self, what: list[Deal], by: User, at: datetime) -> None:
        """New opportunities with their products and the people who take part."""
        self._begin(what, [self._opened(deal, 0) for deal in what], by, at)

    def older(self, what: list[Deal], day: date, by: User, at: datetime) -> None:
        """Opportunities from before there was Coordina, as far as they had come by a day."""
        rows = []
        for deal in what:
            number = deal.before(day) - 1
            row = self._opened(deal, number)
            row |= {f"{ENTERED}{self.stages[deal.way.name][p].pk}": on for p, on in deal.stays[: number + 1]}
            if deal.closed_on is not None and deal.closed_on <= day:
                row |= self._closed(deal)
            rows.append(row)
        self._begin(what, rows, by, at)

    def _begin(self, what: list[Deal], rows: list[dict[str, Any]], by: User, at: datetime) -> None:
        made = type_of(Opportunity).writer.create(rows, by=by, at=at)
        lines, parts = [], []
        for deal, row in zip(what, made, strict=True):
            deal.row = row
            lines += [
                {"opportunity": row, "product": good.row, "quantity": quantity, "unit_price": price}
                for good, quantity, price in deal.lines
            ]
            roles = ("decides", "influences", "uses")
            parts += [
                {"opportunity": row, "person": contact.row, "role": role, "attitude": "neutral"}
                for contact, role in zip(deal.client.contacts, roles, strict=False)
            ]
        type_of(OpportunityLine).writer.create(lines, by=by, at=at)
        type_of(Stakeholder).writer.create(parts, by=by, at=at)

    def _opened(self, deal: Deal, number: int) -> dict[str, Any]:
        place, entered_on = deal.stays[number]
        stage = self.stages[deal.way.name][place]
        return {
            "name": deal.name,
            "company": None if _unnamed(deal) else deal.client.row,
            "person": deal.contact.row,
            "pipeline": stage.pipeline,
            "stage": stage,
            "amount": deal.amount,
            "currency": deal.currency,
            "opened_on": deal.opened_on,
            "entered_on": entered_on,
            "source": deal.source,
            "competitors": deal.competitors,
            "owner": self.users[deal.client.owner.name],
            **_planned(deal, number),
            **self.own.of_sale(deal),
        }

    def _closed(self, deal: Deal) -> dict[str, Any]:
        return {
            "stage": self.stages[deal.way.name][-2 if deal.outcome == Status.WON else -1],
            "entered_on": deal.closed_on,
            "closed_on": deal.closed_on,
            "reason": self.reasons[deal.outcome, deal.reason],
            "outcome_note": deal.said,
            "next_step": "",
            "next_step_on": None,
        }

    def moves(self, what: list[tuple[Deal, int]], by: User, at: datetime) -> None:
        """Opportunities that went on to another stage, with what comes next there."""
        pairs = []
        for deal, number in what:
            place, day = deal.stays[number]
            stage = self.stages[deal.way.name][place]
            pairs.append((deal.row, {"stage": stage, "entered_on": day} | _planned(deal, number)))
        type_of(Opportunity).writer.edit(pairs, by=by, at=at)

    def closings(self, what: list[Deal], by: User, at: datetime) -> None:
        """Opportunities won and lost."""
        type_of(Opportunity).writer.edit([(deal.row, self._closed(deal)) for deal in what], by=by, at=at)


def _planned(deal: Deal, number: int) -> dict[str, Any]:
    step, on, close = deal.plan[number]
    return {"next_step": step, "next_step_on": on, "closes_on": close}


def _unnamed(deal: Deal) -> bool:
    """Whether somebody forgot to say which company: it happens with one in thirty that are still open."""
    return deal.closed_on is None and crc32(deal.name.encode()) % 30 == 0
