"""Making the demo company."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from coordina.config.demo import house
from coordina.config.demo.clients import Client, clients
from coordina.config.demo.deals import Deal, deals
from coordina.config.demo.diary import Clock, sheets
from coordina.config.demo.founding import House, found
from coordina.config.demo.goods import goods
from coordina.config.demo.prices import write_prices
from coordina.config.demo.prospects import LeadPen, Prospect, deeds_of, prospects
from coordina.config.demo.sales import Desk, sales
from coordina.config.demo.stores import Stores
from coordina.config.demo.story import Story
from coordina.config.demo.talk import talk
from coordina.config.demo.twins import write_twins
from coordina.config.demo.writing import Pen
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Opportunity
from coordina.records.models import TagLink

SEED = 20
DAYS, ADOPTED = 730, 365
"""Days since the first opportunity, and since they work with Coordina: what was before was brought in then."""
CLIENTS, DEALS = 350, 1200


def fill(now: datetime) -> None:
    """Write the demo company into an empty database, in one transaction: it is there whole or not at all.

    Args:
        now: The moment at which its history ends.
    """
    draw = Random(SEED)
    today = now.astimezone(ZoneInfo(house.TIME_ZONE)).date()
    first = today - timedelta(days=DAYS)
    first -= timedelta(days=first.weekday())
    adopted = today - timedelta(days=ADOPTED)
    adopted -= timedelta(days=adopted.weekday())
    clock = Clock(draw, now)
    things = goods(draw)
    customers = clients(draw, CLIENTS, first, today)
    chances = deals(draw, DEALS, customers, things, first, today)
    with transaction.atomic():
        made = found(draw, things, first, today, clock.on(adopted, 6.5, 7))
        story = Story(draw, clock, adopted, today)
        deeds = [*story.first_purchases(chances), *story.customers(customers), *story.sales(chances)]
        pen = Pen(made.users, made.industries, made.stages, made.reasons, clock, made.own)
        _bring_in(pen, story, customers, chances)
        apart = Clock(Random(SEED + 1), now)
        hopes = prospects(SEED + 1, apart, customers, chances, today)
        lead_pen = LeadPen(made.users, made.industries, today)
        _bring_in_leads(lead_pen, story, hopes)
        deeds += deeds_of(hopes, adopted, apart)
        own = Random(SEED + 3)
        sold = sales(Random(SEED + 4), chances, adopted, today - timedelta(days=364), today)
        desk = Desk(made.users, sold, made.users[house.OPERATIONS.name])
        clock = Clock(own, now)
        desk.bring_in(clock.on(adopted, 9.1, 9.2))
        stores = Stores(made.users, things, desk, clock, today, own)
        last = now - timedelta(days=ADOPTED)
        for sheet in sheets(deeds, now):
            stores.until(sheet.at)
            last = max(last, sheet.at)
            by, at = made.users[sheet.by.name], sheet.at
            with change_set(by=by, at=at, via="web", action=sheet.action):
                (pen.writings | lead_pen.writings)[sheet.action]([deed.what for deed in sheet.deeds], by, at)
        stores.until(now)
        late = max(story.clock.on(today), last)
        _tag(draw, made, customers, chances, late)
        write_prices(made, customers, things, today, late)
        write_twins(customers, made, late)
        talk(made.users, now, Random(SEED + 2))


def _bring_in(pen: Pen, story: Story, customers: list[Client], chances: list[Deal]) -> None:
    """On the first day the coordinator brings in what they had: customers, contacts, opportunities, conversations."""
    by, at = pen.users[house.COORDINATOR.name], story.clock.on(story.adopted, 8.5, 8.6)
    known = [c for c in customers if c.since <= story.adopted]
    older = [d for d in chances if d.opened_on <= story.adopted]
    steps: list[Callable[[], None]] = [
        lambda: pen.companies(known, by, at),
        lambda: pen.people([(c, k) for c in known for k in c.contacts], by, at),
        lambda: pen.older(older, story.adopted, by, at),
        lambda: pen.interactions([(d, t) for d in older for t in d.touches if t.day <= story.adopted], by, at),
    ]
    for step in steps:
        at += timedelta(minutes=4)
        with change_set(by=by, at=at, via="import", action="records.import"):
            step()


def _bring_in_leads(pen: LeadPen, story: Story, hopes: list[Prospect]) -> None:
    """On the same day she brings in the leads they had in a spreadsheet."""
    by, at = pen.users[house.COORDINATOR.name], story.clock.on(story.adopted, 9, 9.05)
    with change_set(by=by, at=at, via="import", action="records.import"):
        pen.older([one for one in hopes if one.received.date() <= story.adopted], story.adopted, by, at)


def _tag(draw: Random, made: House, customers: list[Client], chances: list[Deal], at: datetime) -> None:
    """The coordinator tags customers and opportunities."""
    by = made.users[house.COORDINATOR.name]
    subjects = [(Company._meta.label, c.row.pk) for c in customers if draw.random() < 0.3]
    subjects += [(Opportunity._meta.label, d.row.pk) for d in chances if draw.random() < 0.15]
    with change_set(by=by, at=at, via="web", action="records.tag"):
        TagLink.objects.bulk_create(
            TagLink(subject_type=label, subject_id=pk, tag=tag)
            for label, pk in subjects
            for tag in draw.sample(made.tags, draw.choice((1, 1, 2)))
        )
