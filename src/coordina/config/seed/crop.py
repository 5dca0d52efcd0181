"""Companies, people and opportunities in bulk: what is in each row is drawn from one seed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from coordina.config.demo import words
from coordina.config.demo.goods import LINES, PLACES
from coordina.config.demo.ways import WAYS
from coordina.config.seed.added import Added
from coordina.config.seed.house import House
from coordina.config.seed.straight import Sower, make_findable, write
from coordina.core.references import format_reference
from coordina.customers.models import Company, Person
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.sequences import take
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity, OpportunityLine, StageEntry
from coordina.pipeline.writers import SERIES

CHUNK = 1000
"""Rows of one transaction, and of one change set."""
DAYS = 730
SHARES = ("open", "won", "lost"), (40, 36, 24)
"""Kinds of end, with their shares in a hundred."""

type Progress = Callable[[int], None]


class Crop:
    """Rows of three nouns that refer to each other.

    Args:
        draw: Source of chance.
        house: Who owns them, and what they refer to.
        rows: Opportunities; companies are a twentieth of them.
        people: How many.
        added: Fields that somebody added to opportunities.
        now: When the two years end.
    """

    def __init__(self, draw: Random, house: House, rows: int, people: int, added: Added, now: datetime) -> None:
        self.draw, self.house, self.rows, self.now = draw, house, rows, now
        self.companies = max(20, rows // 20)
        self.people, self._added = people, added
        self._company, self._person = Sower(Company), Sower(Person)
        self._opportunity, self._entry, self._line = Sower(Opportunity), Sower(StageEntry), Sower(OpportunityLine)
        self._employers: list[int] = []
        self._contacts: dict[int, list[int]] = {}

    @property
    def sowers(self) -> tuple[Sower[Any], ...]:
        """Those that gave ids."""
        return (self._company, self._person, self._opportunity, self._entry, self._line)

    def _chunks(self, total: int, first: float, last: float) -> Iterator[tuple[int, ChangeSet]]:
        """Sizes of chunks, each with a change set of its own, at moments between two shares of the two years."""
        for start in range(0, total, CHUNK):
            share = first + (last - first) * (start / total)
            at = self.now - timedelta(days=DAYS * (1 - share), minutes=self.draw.randrange(60))
            by = self.draw.choice(self.house.coordinators)
            with transaction.atomic():
                change_set = ChangeSet.objects.create(by=by, at=at, via="import", action="records.import")
                yield min(CHUNK, total - start), change_set

    def sow_companies(self, progress: Progress) -> None:
        """Companies with owners all over the house."""
        for size, change_set in self._chunks(self.companies, 0, 0.05):
            rows = [self._company.row(change_set.at, self._company_values()) for _n in range(size)]
            write(self._company, rows, change_set)
            make_findable(self._company, rows)
            self._employers += [entry[0] for _stored, entry in rows]
            progress(size)

    def _company_values(self) -> dict[str, Any]:
        draw, owner = self.draw, self.draw.choice(self.house.owners)
        kind = draw.choice(list(words.PREFIXES))
        name = f"{draw.choice(words.PREFIXES[kind])} {draw.choice(words.STEMS)} {draw.randrange(1, 10_000)}"
        team = draw.choice(list(words.CITIES))
        city, prefix = draw.choice(words.CITIES[team])
        return {
            "name": name,
            "relation": draw.choice(("prospect", "customer", "customer", "former")),
            "industry_id": self.house.industries[list(words.PREFIXES).index(kind)].pk,
            "country": "ES",
            "city": city,
            "phone": f"+34{prefix}{draw.randrange(200_000, 999_999)}",
            "email": f"info@empresa{self._company.last}.example",
            "website": f"https://www.empresa{self._company.last}.example",
            "employees": draw.randrange(3, 3000),
            "annual_revenue": Decimal(draw.randrange(1, 900)) * 100_000 + Decimal("0.00"),
            "founded": draw.randrange(1950, 2021),
            "owner_id": owner.pk,
            "team_id": owner.team_id,
        }

    def sow_people(self, progress: Progress) -> None:
        """People, each at one of the companies."""
        for size, change_set in self._chunks(self.people, 0.05, 0.1):
            rows = []
            for _number in range(size):
                company = self.draw.choice(self._employers)
                rows.append(self._person.row(change_set.at, self._person_values(company)))
                self._contacts.setdefault(company, []).append(self._person.last)
            write(self._person, rows, change_set)
            make_findable(self._person, rows)
            progress(size)

    def _person_values(self, company: int) -> dict[str, Any]:
        draw, owner = self.draw, self.draw.choice(self.house.owners)
        name = f"{draw.choice(words.FIRST_NAMES)} {draw.choice(words.SURNAMES)} {draw.choice(words.SURNAMES)}"
        return {
            "name": name,
            "company_id": company,
            "job_title": draw.choice(words.JOBS),
            "email": f"contacto{self._person.last}@empresa{company}.example",
            "mobile": f"+346{draw.randrange(10_000_000, 99_999_999)}",
            "language": "es",
            "owner_id": owner.pk,
            "team_id": owner.team_id,
        }

    def sow_opportunities(self, progress: Progress) -> None:
        """Opportunities with their ways and half of them with a product."""
        for size, change_set in self._chunks(self.rows, 0.1, 1):
            rows, entries, lines = [], [], []
            at = change_set.at
            for number in take(SERIES, size):
                values, days = self._opportunity_values(number, at)
                rows.append(self._opportunity.row(at, values))
                key = self._opportunity.last
                entries += [self._entry.row(at, entry) for entry in _way(key, days)]
                if number % 2:
                    lines.append(self._line.row(at, self._line_values(key, values)))
            write(self._opportunity, rows, change_set)
            write(self._entry, entries, change_set)
            write(self._line, lines, change_set)
            make_findable(self._opportunity, rows)
            progress(size)

    def _opportunity_values(self, number: int, at: datetime) -> tuple[dict[str, Any], list[tuple[int, date]]]:
        draw, house = self.draw, self.house
        owner = draw.choice(house.owners)
        kind = draw.choices(*SHARES)[0]
        stages, days = self._days(kind, at.date())
        closed_on = days[-1][1] if kind != "open" else None
        company = draw.choice(self._employers)
        contacts = self._contacts.get(company)
        amount = Decimal(draw.randrange(300, 90_000)) + Decimal("0.50")
        subject = draw.choice(draw.choice(LINES).subjects).format(draw.choice(PLACES))
        step = draw.choice(draw.choice(WAYS[0].steps).next_steps) if kind == "open" else ""
        values = {
            "reference": format_reference(SERIES, number),
            "name": f"{subject} {number}",
            "company_id": company,
            "person_id": draw.choice(contacts) if contacts else None,
            "pipeline_id": house.pipeline.pk,
            "stage_id": stages.pk,
            "status": kind,
            "amount": amount,
            "currency": "EUR",
            "value": amount,
            "probability": rules.next_probability(kind, stages.probability),
            "opened_on": days[0][1],
            "entered_on": days[-1][1],
            "closes_on": days[0][1] + timedelta(days=draw.randrange(20, 120)),
            "closed_on": closed_on,
            "cycle_days": rules.cycle_days(days[0][1], days[0][1], closed_on),
            "reason_id": draw.choice(house.reasons[kind]).pk if kind != "open" else None,
            "source": draw.choice(words.SOURCES),
            "competitors": draw.choice(words.COMPETITORS) if number % 3 == 0 else "",
            "next_step": step,
            "next_step_on": at.date() + timedelta(days=draw.randrange(1, 30)) if step else None,
            "owner_id": owner.pk,
            "team_id": owner.team_id,
            "custom": self._added.values(draw, at),
        }
        return values, days

    def _days(self, kind: str, until: date) -> tuple[Any, list[tuple[int, date]]]:
        """The stage it is in, and the way there: stages with days of entry, the last one not after `until`."""
        house, draw = self.house, self.draw
        opened = [s for s in house.stages if s.kind == "open"]
        passed = opened if kind == "won" else opened[: draw.randrange(1, len(opened) + 1)]
        way = [*passed, *(s for s in house.stages if s.kind == kind and kind != "open")]
        stays = [draw.randrange(2, 15) for _stage in way]
        day, days = until - timedelta(days=sum(stays)), []
        for stage, stay in zip(way, stays, strict=True):
            days.append((stage.pk, day))
            day += timedelta(days=stay)
        return way[-1], days

    def _line_values(self, opportunity: int, values: dict[str, Any]) -> dict[str, Any]:
        product = self.draw.choice(self.house.products)
        return {
            "opportunity_id": opportunity,
            "product_id": product.pk,
            "quantity": Decimal("1.000"),
            "unit_price": values["amount"],
        }


def _way(opportunity: int, days: list[tuple[int, date]]) -> Iterator[dict[str, Any]]:
    """The stage entries of one opportunity."""
    steps = rules.linked([rules.Step(stage, day) for stage, day in days])
    for position, step in enumerate(steps, 1):
        yield {
            "opportunity_id": opportunity,
            "stage_id": step.stage,
            "position": position,
            "entered_on": step.entered_on,
            "left_on": step.left_on,
            "current": position == len(steps),
        }
