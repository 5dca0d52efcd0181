"""Leads of the demo company: those that became its newer customers, and many more that came to nothing, or not yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from coordina.accounts.models import User
from coordina.config.demo import house, words
from coordina.config.demo.clients import Client, slug
from coordina.config.demo.deals import Deal
from coordina.config.demo.diary import Clock, Deed
from coordina.config.demo.house import SELLERS, Colleague
from coordina.core.types import type_of
from coordina.customers.enums import Direction
from coordina.customers.models import Industry, Interaction
from coordina.leads.enums import Status
from coordina.leads.models import Lead, LeadReason, LeadStage

OTHERS = 230
CREATED, TOUCHED, QUALIFIED, ENDED = 20, 21, 22, 23
SOURCES = (
    "Web",
    "Web",
    "Web",
    "Feria",
    "Feria",
    "Recomendación",
    "Llamada propia",
    "Campaña",
    "Campaña",
    "Distribuidor",
)
CAMPAIGNS = {
    "Feria": ("Feria de otoño", "Salón de la Construcción"),
    "Campaña": ("Ahorra luz", "Obra nueva", "Renueva tu nave"),
}
WISHES = (
    "Quiere cambiar la iluminación de la nave antes del verano.",
    "Pregunta por precios de alquiler para una feria.",
    "Pidió el catálogo y que le llamen.",
    "Necesita un estudio para la ampliación.",
    "Compara con su proveedor de siempre.",
    "Le habló de nosotros un cliente.",
)
STEPS = (
    "Llamar para saber qué necesita",
    "Enviar el catálogo",
    "Concertar visita",
    "Preguntar quién decide",
    "Enviar referencias",
)
TALKS = (
    "Primera llamada: le interesa, quiere ver ejemplos",
    "Hablamos de plazos y de presupuesto",
    "Le explico cómo trabajamos",
)
DELAYS, OFTEN = (0, 1, 2, 5, 9), (35, 30, 15, 12, 8)
"""Days until the first touch, with how often in a hundred."""


@dataclass(slots=True)
class Prospect:
    """A lead from the day it came to what became of it.

    Attributes:
        touched, qualified, ended: When, where it got so far.
        status: Where it ends, as seen from today.
        client, deal: What it became.
        row: The record once it was written.
    """

    received: datetime
    owner: Colleague | None
    industry: str
    values: dict[str, Any]
    status: str = Status.NEW.value
    touched: datetime | None = None
    qualified: date | None = None
    ended: date | None = None
    reason: int = 0
    client: Client | None = None
    deal: Deal | None = None
    said: str = ""
    row: Any = field(default=None)

    def stage_on(self, day: date) -> str:
        """Its state on a day."""
        if self.ended is not None and self.ended <= day:
            return self.status
        if self.qualified is not None and self.qualified <= day:
            return Status.QUALIFIED
        return Status.CONTACTED if self.touched is not None and self.touched.date() <= day else Status.NEW


def prospects(seed: int, clock: Clock, customers: list[Client], chances: list[Deal], today: date) -> list[Prospect]:
    """All of them, in the order in which they came; drawn apart, so that the rest of the demo stays as it is."""
    draw = Random(seed)
    start = min(c.since for c in customers)
    firsts: dict[int, Deal] = {}
    for deal in sorted(chances, key=lambda d: d.opened_on):
        firsts.setdefault(id(deal.client), deal)
    newer = [c for c in customers if (c.since - start).days > 25 and draw.random() < 0.7]
    found = [_won(draw, clock, c, firsts.get(id(c)), today) for c in newer]
    span = (today - start).days
    found += [
        _other(draw, clock, today - timedelta(days=round(span * draw.random() ** 2.4)), today) for _n in range(230)
    ]
    return sorted(found, key=lambda p: p.received)


def worked(day: date, today: date) -> date:
    """The last working day up to a day, and before today: the last deeds of the demo are those of its tags."""
    day = min(day, today - timedelta(days=1))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _won(draw: Random, clock: Clock, client: Client, deal: Deal | None, today: date) -> Prospect:
    """A lead that became a customer we know."""
    contact = client.contacts[0].values
    came = client.since - timedelta(days=draw.randrange(4, 22))
    near = deal is not None and (deal.opened_on - client.since).days < 40
    ended = max(client.since, deal.opened_on) if deal is not None and near else client.since
    made = _prospect(draw, clock.on(came, 8, 17), client.owner, client.industry, client.values | {
        "person": contact["name"], "job_title": contact["job_title"], "person_email": contact["email"],
        "mobile": contact["mobile"],
    })  # fmt: skip
    if deal is not None and near:
        made.deal = deal
        made.values["source"] = deal.source
    made.client, made.ended, made.status = client, min(ended, today), Status.CONVERTED.value
    made.touched = clock.on(max(came, worked(came + timedelta(days=draw.choice((0, 0, 1, 2))), today)), 17.2, 18.4)
    made.qualified = max(made.touched.date(), worked(came + timedelta(days=draw.randrange(3, 5)), today))
    made.said = draw.choice(TALKS)
    return made


def _other(draw: Random, clock: Clock, came: date, today: date) -> Prospect:
    """A lead that came to nothing, or of which nobody knows yet."""
    came = worked(came, today)
    industry = draw.choice(list(words.PREFIXES))
    owner = draw.choice(SELLERS)
    name = f"{draw.choice(words.PREFIXES[industry])} {draw.choice(words.STEMS)} {draw.choice(words.SURNAMES)}"
    host = f"{slug(name)[:24]}.example"
    person = f"{draw.choice(words.FIRST_NAMES)} {draw.choice(words.SURNAMES)} {draw.choice(words.SURNAMES)}"
    city, prefix = draw.choice(words.CITIES[owner.team])
    made = _prospect(draw, clock.on(came, 8, 17), owner, industry, {
        "name": name if draw.random() < 0.9 else "", "person": person, "city": city, "country": "ES",
        "person_email": f"{slug(person.split()[0])}@{host}",
        "phone": f"+34{prefix}001{draw.randrange(1000):03d}" if draw.random() < 0.7 else "",
        "website": f"https://www.{host}" if draw.random() < 0.5 else "", "job_title": draw.choice(words.JOBS),
    })  # fmt: skip
    age = (today - came).days
    if age < 4 and draw.random() < 0.6:
        made.owner = None
        return made
    if draw.random() < (0.25 if age < 10 else 0.1 if age < 40 else 0):
        return made
    delay = timedelta(days=draw.choices(DELAYS, OFTEN)[0])
    made.touched = clock.on(max(came, worked(came + delay, today)), 17.2, 18.4)
    made.said = draw.choice(TALKS)
    made.status = Status.CONTACTED.value
    if draw.random() < 0.45:
        later = made.touched.date() + timedelta(days=draw.randrange(1, 12))
        made.qualified = max(made.touched.date(), worked(later, today))
        made.status = Status.QUALIFIED.value
    if age > 60 or (age > 12 and draw.random() < 0.6):
        after = made.qualified or made.touched.date()
        made.ended = max(after, worked(after + timedelta(days=draw.randrange(2, 40)), today))
        made.status, made.reason = Status.DISQUALIFIED.value, draw.randrange(7)
    return made


def _prospect(draw: Random, received: datetime, owner: Colleague, industry: str, known: dict[str, Any]) -> Prospect:
    source = draw.choice(SOURCES)
    campaign = draw.choice(CAMPAIGNS[source]) if source in CAMPAIGNS else ""
    step, wait = draw.choice(STEPS), draw.random()
    values = {
        "name": known["person"],
        "company_name": known["name"],
        "job_title": known["job_title"],
        "email": known["person_email"],
        "phone": known.get("phone", ""),
        "mobile": known.get("mobile", ""),
        "website": known.get("website", ""),
        "city": known["city"],
        "country": known["country"],
        "source": source,
        "campaign": campaign,
        "tracking": "utm_source=buscador&utm_medium=cpc" if source == "Web" and draw.random() < 0.4 else "",
        "amount": round(draw.uniform(800, 30_000), -2) if draw.random() < 0.6 else None,
        "currency": house.CURRENCY,
        "description": draw.choice(WISHES),
        "next_step": step if wait < 0.75 else "",
        "next_step_on": None,
    }
    return Prospect(received, owner, industry, values)


def deeds_of(found: list[Prospect], adopted: date, clock: Clock) -> Iterator[Deed]:
    """Who wrote down what about leads that came since they work with Coordina; older ones are brought in."""
    for one in found:
        by, about = one.owner or house.COORDINATOR, id(one)
        if one.received.date() > adopted:
            yield Deed(one.received, by, CREATED, "leads.create_lead", about, one)
        if one.touched is not None and one.touched.date() > adopted:
            yield Deed(one.touched, by, TOUCHED, "customers.log_interaction", about, one)
        if one.qualified is not None and one.qualified > adopted:
            yield Deed(clock.on(one.qualified, 18.5, 18.6), by, QUALIFIED, "leads.qualify", about, one)
        if one.ended is not None and one.ended > adopted:
            action = "leads.convert" if one.status == Status.CONVERTED else "leads.disqualify"
            yield Deed(clock.on(one.ended, 18.7, 19), by, ENDED, action, about, one)


class LeadPen:
    """Writes each kind of deed about leads."""

    def __init__(self, users: dict[str, User], industries: dict[str, Industry], today: date) -> None:
        self.users, self.industries, self.today = users, industries, today
        self.stages = {stage.kind: stage for stage in LeadStage.objects.order_by("-position")}
        self.reasons = list(LeadReason.objects.order_by("pk"))
        self.writings: dict[str, Any] = {
            "leads.create_lead": self.create,
            "customers.log_interaction": self.touch,
            "leads.qualify": self.qualify,
            "leads.convert": self.end,
            "leads.disqualify": self.end,
        }

    def create(self, what: list[Prospect], by: User, at: datetime) -> None:
        """New leads."""
        self._write(what, [self._row(one) for one in what], by, at)

    def older(self, what: list[Prospect], day: date, by: User, at: datetime) -> None:
        """Leads from before there was Coordina, as far as they had come by a day."""
        rows = []
        for one in what:
            state = one.stage_on(day)
            row = self._row(one) | {"stage": self.stages[state], "entered_on": self._since(one, state)}
            if one.touched is not None and one.touched.date() <= day:
                row["first_touch_at"] = one.touched
            rows.append(row | (self._ended(one) if state in (Status.CONVERTED, Status.DISQUALIFIED) else {}))
        self._write(what, rows, by, at)

    @staticmethod
    def _since(one: Prospect, state: str) -> date | None:
        if state in (Status.CONVERTED, Status.DISQUALIFIED):
            return one.ended
        if state == Status.QUALIFIED:
            return one.qualified
        return one.touched.date() if state == Status.CONTACTED and one.touched else one.received.date()

    def _write(self, what: list[Prospect], rows: list[dict[str, Any]], by: User, at: datetime) -> None:
        for one, row in zip(what, type_of(Lead).writer.create(rows, by=by, at=at), strict=True):
            one.row = row

    def _row(self, one: Prospect) -> dict[str, Any]:
        owner = {"owner": self.users[one.owner.name]} if one.owner is not None else {"owner": None}
        due = one.received.date() + timedelta(days=8 + one.received.minute % 20)
        still = one.status not in (Status.CONVERTED, Status.DISQUALIFIED)
        step = {"next_step_on": due} if still and one.values["next_step"] else {"next_step": ""}
        return one.values | step | owner | {"industry": self.industries[one.industry], "received_at": one.received}

    def touch(self, what: list[Prospect], by: User, at: datetime) -> None:
        """First calls."""
        pairs, talks = [], []
        for one in what:
            assert one.touched is not None
            stage = {"stage": self.stages[Status.CONTACTED], "entered_on": one.touched.date()}
            pairs.append((one.row, {"first_touch_at": one.touched} | stage))
            talks.append({
                "kind": "call", "direction": Direction.OUT, "summary": one.said, "outcome": "done", "minutes": 6,
                "happened_at": one.touched, "subject_type": Lead._meta.label, "subject_id": one.row.pk,
                "owner": one.row.owner,
            })  # fmt: skip
        type_of(Lead).writer.edit(pairs, by=by, at=at)
        type_of(Interaction).writer.create(talks, by=by, at=at)

    def qualify(self, what: list[Prospect], by: User, at: datetime) -> None:
        """Leads that are worth a sale."""
        stage = self.stages[Status.QUALIFIED]
        pairs = [(one.row, {"stage": stage, "entered_on": one.qualified}) for one in what]
        type_of(Lead).writer.edit(pairs, by=by, at=at)

    def end(self, what: list[Prospect], by: User, at: datetime) -> None:
        """Leads that became customers, or came to nothing."""
        pairs = []
        for one in what:
            ended = {"stage": self.stages[one.status], "entered_on": one.ended} | self._ended(one)
            pairs.append((one.row, ended))
        type_of(Lead).writer.edit(pairs, by=by, at=at)

    def _ended(self, one: Prospect) -> dict[str, Any]:
        values: dict[str, Any] = {"ended_on": one.ended, "next_step": "", "next_step_on": None}
        if one.client is None:
            return values | {"reason": self.reasons[one.reason % len(self.reasons)]}
        sale = one.deal.row if one.deal is not None else None
        return values | {"company": one.client.row, "person": one.client.contacts[0].row, "opportunity": sale}
