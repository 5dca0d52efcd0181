"""Prepared queries give what the query itself gives, for whatever values, and are built once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.models import Organization, User
from coordina.core.images import image
from coordina.core.prepared import Prepared, PreparedSeen, RowIds, Shapes
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Stage
from tests.world import World

pytestmark = pytest.mark.django_db
CITIES = ("Cádiz", "50 % de León", "O'Brien's", "Ávila %s")


@pytest.fixture
def world() -> World:
    made = World()
    made.act(make_default_pipeline)
    return made


@pytest.fixture
def companies(world: World) -> list[Company]:
    return [world.create(Company, name=f"Casa {i}", city=city) for i, city in enumerate(CITIES)]


def test_objects_and_texts(companies: list[Company]) -> None:
    built = []

    def build(city: Any) -> Any:
        built.append(city)
        return Company.objects.filter(Q(city=city) & ~Q(name="100 %")).select_related("owner").order_by("pk")

    asked = Prepared(build)
    for company in companies:
        [found] = asked(company.city)
        assert found == company
        assert found.owner.name == company.owner.name
        assert found.changed_at == Company.objects.get(pk=company.pk).changed_at
    assert asked("'; drop table customers_company; --") == []
    assert len(built) == 1


def test_any_number_of_ids(companies: list[Company]) -> None:
    asked = Prepared(lambda keys, name: Company.objects.filter(pk__in=keys).exclude(name=name).order_by("-pk"))
    keys = [c.pk for c in companies]
    assert asked(keys, "") == list(reversed(companies))
    assert asked(keys[:1], "") == companies[:1]
    assert asked(keys, "Casa 1") == [companies[i] for i in (3, 2, 0)]
    assert asked([], "") == []


def test_row_ids_and_numbers_stand_beside_a_statement_that_stays(companies: list[Company]) -> None:
    """On PostgreSQL the same statement whatever the ids are, so that it is planned once; percent signs survive."""
    asked = Prepared(
        lambda keys, pk: (
            Company.objects.filter(Q(pk__in=keys) & ~Q(name="100 %") & ~Q(city__startswith="50 %%"))
            .exclude(pk=pk)
            .annotate(of=Concat(Value("% de "), F("city")))
            .order_by("pk")
            .values_list("pk", "of")
        )
    )
    keys = [c.pk for c in companies]
    for few in (keys, keys[1:3], [keys[0], 2**40], keys):
        rows = [(c.pk, f"% de {c.city}") for c in companies if c.pk in few and c.pk != keys[2]]
        assert asked(RowIds(few), keys[2]) == rows
    assert asked(RowIds(()), keys[0]) == []
    assert planned_once("% de ") == (1 if connection.vendor == "postgresql" else 0)


def planned_once(text: str) -> int:
    """Statements with a text that this connection to PostgreSQL keeps planned."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return sum(text in statement for (statement,) in cursor.fetchall())


@pytest.mark.parametrize("given", [("Cádiz",), ([1, 2],)])
def test_what_one_plan_does_not_suit_is_planned_each_time(companies: list[Company], given: tuple[Any, ...]) -> None:
    column = "city" if isinstance(given[0], str) else "owner_id__in"
    asked = Prepared(lambda value: Company.objects.filter(**{column: value}).values("phone", "pk"))
    for _time in range(4):
        asked(*given)
    assert planned_once('"phone" AS "phone", ') == 0


def test_values_are_converted(world: World) -> None:
    deal = world.create(Opportunity, name="Barcos", amount="1200.50", closes_on="2026-12-01")
    rows = Prepared(lambda pk: Opportunity.objects.filter(pk=pk).values_list("amount", "closes_on", "company__name"))
    assert rows(deal.pk) == [(deal.amount, dt.date(2026, 12, 1), None)]
    assert rows(deal.pk + 1) == []
    assert rows(2**63) == []


def test_one_statement_and_nothing_more(companies: list[Company]) -> None:
    asked = Prepared(lambda pk: Company.objects.filter(pk=pk))
    for company in companies:  # the first time too
        with CaptureQueriesContext(connection) as queries:
            asked(company.pk)
        assert len(queries) == 1


def test_shapes_do_not_mix(companies: list[Company]) -> None:
    shapes = Shapes()
    for column in ("name", "city"):
        got = shapes.ask(column, lambda pk, c=column: Company.objects.filter(pk=pk).values_list(c), companies[0].pk)
        assert got == [(getattr(companies[0], column),)]


def test_a_value_that_stands_nowhere_is_a_bug(companies: list[Company]) -> None:
    with pytest.raises(TypeError):
        Prepared(lambda pk: Company.objects.filter(pk__gt=0))(companies[0].pk)


def test_only_what_one_sees(world: World) -> None:
    own = world.create(Opportunity, by=world.rep, name="Barcos")
    world.create(Opportunity, by=world.other, name="Barcos")
    asked = PreparedSeen(Opportunity, lambda rows, name: rows.filter(name=name).order_by("pk"))
    for user in (world.boss, world.rep, world.other, world.service, world.rep):
        fresh = type(user).objects.for_request().get(pk=user.pk)
        assert asked(fresh, "Barcos") == list(
            Opportunity.objects.visible_to(fresh).filter(name="Barcos").order_by("pk")
        )
    assert asked(type(own.owner).objects.for_request().get(pk=world.rep.pk), "Barcos") == [own]


def test_a_condition_that_no_row_can_meet_gives_none(companies: list[Company]) -> None:
    nothing = Prepared(lambda pk: Company.objects.filter(Q(pk__in=()), pk=pk))
    assert nothing(companies[0].pk) == []
    assert nothing(companies[0].pk) == []


def test_rows_are_made_as_django_makes_them(world: World) -> None:
    world.create(Opportunity, name="Barcos", amount="1200.50", closes_on="2026-12-01")
    shapes: list[Callable[[Any], Any]] = [
        lambda rows: rows,
        lambda rows: rows.only("pk"),
        lambda rows: rows.values(),
        lambda rows: rows.values_list(),
        lambda rows: rows.annotate(twice=F("pk") * 2),
    ]
    for model in (Opportunity, Stage, Organization, User, ChangeSet):
        for shape in shapes:
            rows = shape(model._default_manager.order_by("pk"))
            made = Prepared(lambda rows=rows: rows.all())()
            assert len(made) == len(rows) > 0
            for one, other in zip(rows, made, strict=True):
                assert type(one) is type(other)
                assert _held(one) == _held(other)


def test_a_row_loaded_inside_a_change_set_knows_what_it_was(world: World) -> None:
    company = world.create(Company, name="Una")
    with change_set(by=None, at=timezone.now(), via="system"):
        (found,) = Prepared(lambda pk: Company.objects.filter(pk=pk))(company.pk)
        assert found._before == image(Company.objects.get(pk=company.pk))
    (found,) = Prepared(lambda pk: Company.objects.filter(pk=pk))(company.pk)
    assert found._before is None and not found._state.adding and found._state.db == "default"


def _held(row: Any) -> Any:
    if not hasattr(row, "__dict__"):
        return row
    return {n: v for n, v in row.__dict__.items() if n != "_state"} | {
        "state": row._state.__dict__ | {"fields_cache": 0}
    }
