"""The first days: the company, its people, its products and its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from coordina.accounts.actions import found_company
from coordina.accounts.demo import DOMAIN, PASSWORD
from coordina.accounts.enums import Access
from coordina.accounts.models import Credential, Rate, Role, Team, User
from coordina.catalog.tax_defaults import usual_taxes
from coordina.config.demo import house, words
from coordina.config.demo.catalogue import write_catalogue
from coordina.config.demo.goods import Good
from coordina.config.demo.own_fields import OwnFields
from coordina.config.demo.ways import LOST_REASONS, WAYS, WON_REASONS
from coordina.core.types import type_of
from coordina.customers.models import Industry
from coordina.leads.stages import usual_stages
from coordina.ledger.change_sets import change_set
from coordina.pipeline.enums import Status
from coordina.pipeline.models import Pipeline, Reason, Stage
from coordina.records.models import Tag
from coordina.records.view_writers import bring_views


@dataclass
class House:
    """What was founded, by name."""

    users: dict[str, User] = field(default_factory=dict)
    industries: dict[str, Industry] = field(default_factory=dict)
    stages: dict[str, list[Stage]] = field(default_factory=dict)
    reasons: dict[tuple[str, str], Reason] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    own: OwnFields = field(default_factory=OwnFields)


def found(draw: Random, goods: list[Good], first: date, today: date, at: datetime) -> House:
    """Found the company on a Monday two years ago."""
    made = House()
    with change_set(by=None, at=at, via="system", action="accounts.found_company"):
        company = found_company(
            name=house.COMPANY,
            currency=house.CURRENCY,
            language=house.LANGUAGE,
            time_zone=house.TIME_ZONE,
            country=house.COUNTRY,
            by=None,
            at=at,
        )
        company.is_demo = True
        company.save()
    _people(made, at)
    chief = made.users[house.COLLEAGUES[3].name]
    write = _Writing(chief, at + timedelta(minutes=20))
    _settings(made, write)
    with write.doing("catalog.create_tax_regime"):
        usual_taxes(house.LANGUAGE, house.COUNTRY)
    write_catalogue(goods, write)
    _rates(draw, write, first, today)
    with write.doing("records.add_field"):
        made.own.define(chief, write.at)
    with write.doing("records.bring_views"):
        bring_views(language=house.LANGUAGE, by=chief, at=write.at)
    return made


@dataclass
class _Writing:
    """Makes records of the founding day, each kind in a change set of its own."""

    by: User
    at: datetime

    @contextmanager
    def doing(self, action: str) -> Iterator[None]:
        """A change set of the next minute."""
        self.at += timedelta(minutes=3)
        with change_set(by=self.by, at=self.at, via="web", action=action):
            yield

    def make(self, model: Any, rows: list[dict[str, Any]]) -> list[Any]:
        """Write new records of a type."""
        known = type_of(model)
        with self.doing(f"{model._meta.app_label}.create_{known.name}"):
            made: list[Any] = known.writer.create(rows, by=self.by, at=self.at)
        return made


def _people(made: House, at: datetime) -> None:
    """Teams as a tree, everybody in them, and a password for whoever can be played."""
    roles = {role.slug: role for role in Role.objects.exclude(slug="")}
    with change_set(by=None, at=at + timedelta(minutes=5), via="system", action="accounts.create_user"):
        teams, people = type_of(Team).writer, type_of(User).writer
        tops = teams.create(
            [{"name": house.HEADQUARTERS}, *({"name": r, "is_region": True} for r in house.REGIONS)], by=None, at=at
        )
        by_name = {team.name: team for team in tops}
        inner = [(team, region) for region, names in house.REGIONS.items() for team in names]
        rows = [{"name": team, "parent": by_name[region]} for team, region in inner]
        by_name |= {team.name: team for team in teams.create(rows, by=None, at=at)}
        colleagues = [
            {
                "name": c.name,
                "email": f"{c.email or _address(c.name)}@{DOMAIN}",
                "team": by_name[c.team],
                "role": roles[c.role],
                "access": Access.ACTIVE,
                "language": house.LANGUAGE,
            }
            for c in house.COLLEAGUES
        ]
        made.users = {user.name: user for user in people.create(colleagues, by=None, at=at)}
        leading = {house.HEADQUARTERS: house.COLLEAGUES[1], **house.MANAGERS}
        teams.edit([(by_name[t], {"manager": made.users[c.name]}) for t, c in leading.items()], by=None, at=at)
        hashed = make_password(PASSWORD)
        keys = [made.users[c.name].pk for c in house.COLLEAGUES if c.email]
        Credential.objects.bulk_create(Credential(user_id=key, password=hashed, changed_at=at) for key in keys)


def _address(name: str) -> str:
    first, second = name.casefold().split()[:2]
    return f"{first}.{second}".translate(str.maketrans("áéíóúñ", "aeioun"))


def _settings(made: House, write: _Writing) -> None:
    made.industries = {i.name: i for i in write.make(Industry, [{"name": name} for name in words.PREFIXES])}
    made.tags = write.make(Tag, [{"name": name} for name in words.TAGS])
    reasons = [{"name": name, "kind": Status.WON} for name in WON_REASONS]
    reasons += [{"name": name, "kind": Status.LOST} for name in LOST_REASONS]
    made.reasons = {(r.kind, r.name): r for r in write.make(Reason, reasons)}
    with write.doing("leads.make_default_funnel"):
        usual_stages()
    pipelines = write.make(Pipeline, [{"name": way.name, "position": n} for n, way in enumerate(WAYS, 1)])
    for way, pipeline in zip(WAYS, pipelines, strict=True):
        rows: list[dict[str, Any]] = [
            {"name": s.name, "probability": s.probability, "ageing_days": s.ageing, "kind": Status.OPEN}
            for s in way.steps
        ]
        rows += [
            {"name": way.won, "probability": 100, "kind": Status.WON},
            {"name": way.lost, "probability": 0, "kind": Status.LOST},
        ]
        rows = [row | {"pipeline": pipeline, "position": place} for place, row in enumerate(rows, 1)]
        made.stages[way.name] = write.make(Stage, rows)


def _rates(draw: Random, write: _Writing, first: date, today: date) -> None:
    """A rate of the dollar for each month."""
    rate, rows, day = 0.92, [], first.replace(day=1)
    while day <= today:
        rate = min(0.99, max(0.85, rate + draw.uniform(-0.012, 0.012)))
        rows.append({"currency": "USD", "day": day, "rate": Decimal(f"{rate:.4f}")})
        day = (day + timedelta(days=32)).replace(day=1)
    write.make(Rate, rows)
