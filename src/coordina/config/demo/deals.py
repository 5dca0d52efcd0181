"""The life of every opportunity of the demo, thought out before anything is written."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from coordina.config.demo import words
from coordina.config.demo.clients import Client, Contact
from coordina.config.demo.goods import PLACES, Good
from coordina.config.demo.ways import LOST_REASONS, MINUTES, SAID_LOST, SAID_WON, TALKS, WAYS, WON_REASONS, Way

SEASON = (0.9, 1.0, 1.2, 1.1, 1.15, 1.05, 0.8, 0.4, 1.1, 1.25, 1.2, 0.65)
"""How much begins in each month of the year."""
GROWTH = 0.35
"""How much more begins at the end of the two years than at their beginning."""
FOREIGN = {"MX": ("USD", Decimal("0.92"))}
"""Currency of customers abroad, with its worth in euros."""


@dataclass(slots=True)
class Touch:
    """One time they were in touch."""

    day: date
    kind: str
    summary: str
    body: str
    minutes: int
    inbound: bool


@dataclass(slots=True)
class Deal:
    """An opportunity from its beginning to today.

    Attributes:
        stays: Place of each open stage it was in, with the day of entry.
        outcome: `open`, `won` or `lost`; the latter two with `closed_on`.
        lines: Products with quantity and unit price.
        plan: For each stay: next step, its day, expected close.
        row: The record once it was written.
    """

    client: Client
    contact: Contact
    way: Way
    name: str
    source: str
    competitors: str
    currency: str
    lines: list[tuple[Good, int, Decimal]]
    stays: list[tuple[int, date]]
    outcome: str = "open"
    closed_on: date | None = None
    reason: str = ""
    said: str = ""
    plan: list[tuple[str, date | None, date]] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    row: Any = None

    @property
    def opened_on(self) -> date:
        """Day of entry to the first stage."""
        return self.stays[0][1]

    def before(self, day: date) -> int:
        """How many of its stays began up to a day."""
        return sum(entered <= day for _place, entered in self.stays)

    @property
    def amount(self) -> Decimal:
        """Sum of the lines."""
        return sum((price * quantity for _good, quantity, price in self.lines), Decimal(0))


def deals(draw: Random, count: int, clients: list[Client], goods: list[Good], first: date, today: date) -> list[Deal]:
    """Opportunities in the order in which they began."""
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    weights = [SEASON[d.month - 1] * (1 + GROWTH * (d - first).days / (today - first).days) for d in days]
    begun = sorted(draw.choices(days, weights, k=count))
    by_need = sorted(clients, key=lambda client: client.since)
    made = []
    for day in begun:
        known = [c for c in by_need if c.since <= day]
        made.append(_deal(draw, draw.choice(known), goods, day, today))
    return made


def _deal(draw: Random, client: Client, goods: list[Good], day: date, today: date) -> Deal:
    way = WAYS[1] if client.bought and draw.random() < 0.3 else WAYS[0]
    main = draw.choice(goods)
    pieces = [
        main,
        *draw.sample([g for g in goods if g.line is main.line and g is not main], draw.choice((0, 0, 1, 2))),
    ]
    currency, worth = FOREIGN.get(client.country, ("EUR", Decimal(1)))
    share = Decimal(1) if way is WAYS[0] else Decimal("0.12")  # a year of maintenance costs part of the equipment
    lines = [
        (good, max(1, round(good.line.most * draw.random() ** 2)), _price(draw, good.price * share / worth))
        for good in pieces
    ]
    place = draw.choice(PLACES)
    name = f"Mantenimiento de {place}" if way is WAYS[1] else draw.choice(main.line.subjects).format(place)
    deal = Deal(
        client,
        draw.choice(client.contacts),
        way,
        name.replace(" de el ", " del "),
        draw.choice(words.SOURCES),
        draw.choice(words.COMPETITORS) if draw.random() < 0.35 else "",
        currency,
        lines,
        stays=[(0, day)],
    )
    _live(draw, deal, today)
    _plan(draw, deal, today)
    _touch(draw, deal, today)
    return deal


def _price(draw: Random, price: Decimal) -> Decimal:
    return (price * (100 - draw.choice((0, 0, 0, 3, 5, 8, 10))) / 100).quantize(Decimal("0.01"))


def _live(draw: Random, deal: Deal, today: date) -> None:
    """Let it go from stage to stage until it is won, lost, or today comes."""
    wins = draw.random() < min(0.85, 0.5 * deal.client.owner.skill * deal.client.buying)
    last = len(deal.way.steps) - 1
    ends = last if wins else draw.choices(range(last + 1), [2 + n for n in range(last + 1)])[0]
    slow = draw.choices((1.0, 2.2), (85, 15))[0]
    stuck = draw.random() < 0.09
    place, day = deal.stays[0]
    while True:
        if stuck and place == min(ends, 2) and (today - day).days < 240:
            return
        day += timedelta(days=max(1, round(draw.gammavariate(1.8, deal.way.steps[place].pace * 1.25 * slow / 1.8))))
        day += timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
        if day > today:
            return
        if place >= ends:
            break
        place += 2 if place + 2 <= ends and draw.random() < 0.08 else 1
        deal.stays.append((place, day))
    deal.outcome, deal.closed_on = ("won" if wins else "lost"), day
    deal.reason = draw.choice(WON_REASONS if wins else LOST_REASONS)
    deal.said = draw.choice(SAID_WON if wins else SAID_LOST)
    deal.client.bought = deal.client.bought or wins


def _plan(draw: Random, deal: Deal, today: date) -> None:
    """What was meant to come next in each stage, and when it was to close."""
    close = deal.opened_on + timedelta(days=draw.randrange(30, 100))
    for number, (place, day) in enumerate(deal.stays):
        step: str = draw.choice(deal.way.steps[place].next_steps)
        on: date | None = day + timedelta(days=draw.randrange(2, 12))
        if deal.outcome == "open" and number == len(deal.stays) - 1:
            fate = draw.random()
            if fate < 0.16:
                step, on = "", None
            elif fate < 0.36:
                on = today - timedelta(days=draw.randrange(1, 15))
            else:
                on = today + timedelta(days=draw.randrange(0, 22))
            if close < today and draw.random() < 0.8:
                close = today + timedelta(days=draw.randrange(5, 75))
        deal.plan.append((step, on, close))


def _touch(draw: Random, deal: Deal, today: date) -> None:
    until = deal.closed_on or today
    span = min((until - deal.opened_on).days, 120)
    for _number in range(draw.choices((0, 1, 2, 3, 4, 6), (8, 22, 30, 22, 13, 5))[0]):
        day = deal.opened_on + timedelta(days=draw.randrange(span + 1))
        day -= timedelta(days=max(0, day.weekday() - 4))
        kind = draw.choices(list(TALKS), (40, 28, 16, 8, 8))[0]
        summary, body = draw.choice(TALKS[kind])
        low, high = MINUTES[kind]
        inbound = kind in ("call", "email", "message") and draw.random() < 0.3
        deal.touches.append(
            Touch(max(day, deal.opened_on), kind, summary, body, draw.randrange(low, high + 1), inbound)
        )
