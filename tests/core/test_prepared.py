"""Prepared queries give what the query itself gives, for whatever values, and are built once."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from coordina.core.prepared import Prepared, PreparedSeen, Shapes
from coordina.customers.models import Company
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
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
