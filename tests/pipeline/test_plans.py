"""What people see of the opportunities is read along an index: nobody's page walks the whole table.

The manager has five hundred owners below them, in fifty teams; the database holds as many others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from coordina.accounts import tree
from coordina.accounts.models import Role, Team, User
from coordina.config.seed.straight import Sower, settle_ids, sowing, write
from coordina.core.derived import REBUILDS
from coordina.core.permissions import defaults_for
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Stage
from tests.world import World

TABLE = "pipeline_opportunity"
ROWS, TEAMS, EACH = 6000, 100, 10
"""Opportunities, teams (half of them the manager's), and owners of a team."""

type Statement = tuple[str, Any]


class Large:
    """A company with a manager of five hundred."""

    def __init__(self) -> None:
        world = World()
        world.act(make_default_pipeline)
        with change_set(by=None, at=timezone.now(), via="system"):
            top, others = Team.objects.create(name="Grande"), Team.objects.create(name="Otra")
            manager = Role.objects.create(name="manager", slug="manager", reach=defaults_for("manager"))
            teams = [Team(name=f"E{n}", parent=top if n < TEAMS // 2 else others) for n in range(TEAMS)]
            Team.objects.bulk_create(teams)
            role = world.rep.role
            owners = [
                User(name=f"P{n}", email=f"p{n}@example.com", team=teams[n // EACH], role=role, access="active")
                for n in range(TEAMS * EACH)
            ]
            User.objects.bulk_create(owners)
            boss = User.objects.create(name="M", email="m@example.com", team=top, role=manager, access="active")
        tree.forget()
        self.people = {"director": world.boss, "manager": boss, "representative": owners[7]}
        self.clients: dict[str, Client] = {name: world.client(user) for name, user in self.people.items()}
        self._sow(owners)

    def _sow(self, owners: list[User]) -> None:
        at = timezone.now()
        stages = list(Stage.objects.order_by("position"))
        sower, rows = Sower(Opportunity), []
        for n in range(ROWS):
            stage, owner = stages[n % len(stages)], owners[n * 7 % len(owners)]
            moment = at - timedelta(minutes=n)
            values = {"reference": f"OPP-{n:06d}", "name": f"Venta {n * 37 % ROWS}", "pipeline_id": stage.pipeline_id}
            values |= {"stage_id": stage.pk, "status": stage.kind, "owner_id": owner.pk, "team_id": owner.team_id}
            values |= {
                "amount": Decimal(n % 900) + 1,
                "currency": "EUR",
                "closes_on": date(2026, 1, 1) + timedelta(days=n % 700),
            }
            values |= {"closed_on": None if stage.kind == "open" else date(2026, 1, 1), "changed_at": moment}
            rows.append(sower.row(moment, values))
        with sowing(), transaction.atomic():
            write(sower, rows, ChangeSet.objects.create(at=at, via="import", action="records.import"))
        settle_ids(Opportunity)
        REBUILDS["pipeline.sums"][0]()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@pytest.fixture(scope="module")
def large(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Large]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Large()
        transaction.set_rollback(True)


@contextmanager
def heard(kept: list[Statement]) -> Iterator[None]:
    """Keep every statement that reads opportunities."""

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if TABLE in sql and sql.lstrip().upper().startswith(("SELECT", "WITH")):
            kept.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield


def plans(statements: list[Statement]) -> list[str]:
    """How the database goes about each; PostgreSQL walks a table only where it has no other way."""
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, params in statements:
            cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def walks(sql: str, plan: str) -> list[str]:
    """The lines of a plan that walk the whole table; along an index in the right order it stops when it has enough."""
    if connection.vendor == "postgresql":
        return [line for line in plan.splitlines() if f"Seq Scan on {TABLE}" in line]
    stops = "LIMIT" in sql and "FOR ORDER BY" not in plan
    scans = [line for line in plan.splitlines() if line.startswith(f"SCAN {TABLE}")]
    return [line for line in scans if "INDEX" not in line or not stops]


PAGES = {
    "list": "/opportunities/",
    "open": "/opportunities/?q=status+%3D+open",
    "won": "/opportunities/?q=status+%3D+won&sort=-closed_on",
    "newest": "/opportunities/?sort=-changed_at",
    "by amount": "/opportunities/?sort=-amount",
    "by name": "/opportunities/?sort=name",
    "closing": "/opportunities/?q=status+%3D+open&sort=closes_on",
    "board": "/opportunities/board/",
}


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["director", "manager", "representative"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_walks_all_opportunities(large: Large, who: str, page: str) -> None:
    statements: list[Statement] = []
    with heard(statements):
        answer = large.clients[who].get(PAGES[page])
    assert answer.status_code == 200
    assert statements
    for (sql, _params), plan in zip(statements, plans(statements), strict=True):
        assert walks(sql, plan) == [], f"{sql}\n{plan}"


@pytest.mark.django_db
def test_a_walk_is_noticed(large: Large) -> None:
    statements: list[Statement] = []
    with heard(statements):
        list(Opportunity.objects.filter(currency="USD", source="x"))
    (plan,) = plans(statements)
    assert walks(statements[0][0], plan)
