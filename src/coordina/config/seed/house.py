"""The company of a seeded database: a director, regions, a hundred teams, a thousand owners."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from coordina.accounts.actions import found_company
from coordina.accounts.enums import Access, Language
from coordina.accounts.models import Credential, Role, Team, User
from coordina.catalog.models import Product, Series
from coordina.config.demo import words
from coordina.config.demo.goods import LINES, goods
from coordina.core.types import type_of
from coordina.customers.models import Industry
from coordina.ledger.change_sets import change_set
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Pipeline, Reason, Stage

OWNERS, REGIONS, LARGE = 1000, 10, 30
"""Owners in all, regions, and owners in the team of the manager who signs in."""
TEAM = 10
"""Owners in every other team."""
DOMAIN = "bench.example"


@dataclass(frozen=True, slots=True)
class House:
    """What opportunities refer to.

    Attributes:
        owners: Representatives, those of the large team first.
        stages: In the order of the pipeline.
    """

    owners: list[User]
    coordinators: list[User]
    pipeline: Pipeline
    stages: list[Stage]
    reasons: dict[str, list[Reason]]
    industries: list[Industry]
    products: list[Product]


def build(draw: Random, at: datetime, password: str) -> House:
    """Found the company and hire everybody.

    Args:
        draw: Source of chance.
        at: When.
        password: Of `director@`, `manager@` and `representative@bench.example`.
    """
    with change_set(by=None, at=at, via="system", action="accounts.found_company"):
        found_company(
            name="Medidas",
            currency="EUR",
            language=Language.ES,
            time_zone="Europe/Madrid",
            country="ES",
            by=None,
            at=at,
        )
    roles = {role.slug: role for role in Role.objects.exclude(slug="")}
    with change_set(by=None, at=at, via="import", action="records.import"):
        owners, coordinators = _hire(draw, at, roles)
        hashed = make_password(password)
        keys = User.objects.filter(email__in=[f"{n}@{DOMAIN}" for n in ("director", "manager", "representative")])
        Credential.objects.bulk_create(Credential(user=user, password=hashed, changed_at=at) for user in keys)
    with change_set(by=coordinators[0], at=at, via="web", action="pipeline.make_default_pipeline"):
        pipeline = make_default_pipeline(by=coordinators[0], at=at)
        industries = type_of(Industry).writer.create([{"name": n} for n in words.PREFIXES], by=None, at=at)
        products = _products(draw, at)
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    reasons = {kind: list(Reason.objects.filter(kind=kind).order_by("pk")) for kind in ("won", "lost")}
    return House(owners, coordinators, pipeline, stages, reasons, industries, products)


def _hire(draw: Random, at: datetime, roles: dict[str, Role]) -> tuple[list[User], list[User]]:
    teams, people = type_of(Team).writer, type_of(User).writer
    (top,) = teams.create([{"name": "Sede"}], by=None, at=at)
    regions = teams.create(
        [{"name": f"Región {n + 1}", "is_region": True, "parent": top} for n in range(REGIONS)], by=None, at=at
    )
    count = 1 + (OWNERS - LARGE) // TEAM
    rows = [{"name": f"Equipo {n + 1}", "parent": regions[n % REGIONS]} for n in range(count)]
    made = teams.create(rows, by=None, at=at)
    leads: list[dict[str, Any]] = [
        _person(draw, f"manager{n or ''}", team, roles["manager"]) for n, team in enumerate(made)
    ]
    leads.append(_person(draw, "director", top, roles["director"]))
    leads += [_person(draw, f"coordinator{n}", top, roles["coordinator"]) for n in range(5)]
    leaders = people.create(leads, by=None, at=at)
    teams.edit([(team, {"manager": boss}) for team, boss in zip(made, leaders, strict=False)], by=None, at=at)
    places = [0] * LARGE + [1 + n // TEAM for n in range(OWNERS - LARGE)]
    owners = [
        _person(draw, "representative" if n == LARGE else f"owner{n}", made[place], roles["representative"])
        for n, place in enumerate(places)
    ]
    return people.create(owners, by=None, at=at), leaders[-5:]


def _person(draw: Random, email: str, team: Team, role: Role) -> dict[str, Any]:
    name = f"{draw.choice(words.FIRST_NAMES)} {draw.choice(words.SURNAMES)} {draw.choice(words.SURNAMES)}"
    return {"name": name, "email": f"{email}@{DOMAIN}", "team": team, "role": role, "access": Access.ACTIVE}


def _products(draw: Random, at: datetime) -> list[Product]:
    names = [{"name": line.name} for line in LINES]
    series = {s.name: s for s in type_of(Series).writer.create(names, by=None, at=at)}
    rows = [
        {"name": g.name, "code": g.code, "series": series[g.line.name], "price": g.price, "currency": "EUR"}
        for g in goods(draw)
    ]
    made: list[Product] = type_of(Product).writer.create(rows, by=None, at=at)
    return made
