"""Added fields put rows together and are added up, on lists, boards and charts; references of theirs follow a merge."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from coordina.core.filters import Asker, compile_filter
from coordina.core.formats import formats_of
from coordina.core.jsonpath import JsonMoment
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.duplicates.deciding import MERGES
from coordina.records.duplicates.links import count_links
from coordina.records.figures import Asked, figures
from coordina.records.grouping import axes_of, sums_of
from coordina.records.vocabularies import vocabulary_of
from tests.fields.conftest import Define
from tests.world import World

KINDS: dict[str, tuple[dict[str, Any], list[Any], list[Any], list[str]]] = {
    # kind: definition, values of four companies, keys of their groups, labels
    "choice": ({"choices": ["Alto", "Bajo"]}, ["alto", "bajo", "alto", None], ["alto", "bajo"], ["Alto", "Bajo"]),
    "bool": ({}, [True, False, True, None], [True, False], ["Sí", "No"]),
    "date": (
        {},
        [dt.date(2026, 3, 1), dt.date(2026, 10, 15), dt.date(2026, 3, 31), None],
        ["2026-03", "2026-10"],
        ["Marzo de 2026", "Octubre de 2026"],
    ),
    "datetime": (
        {},
        [
            dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC),  # March in Madrid
            dt.datetime(2026, 10, 15, 16, tzinfo=dt.UTC),
            dt.datetime(2026, 3, 31, 21, 59, tzinfo=dt.UTC),
            None,
        ],
        ["2026-03", "2026-10"],
        ["Marzo de 2026", "Octubre de 2026"],
    ),
}


def asker(world: World) -> Asker:
    return Asker(user=world.boss, now=timezone.now(), time_zone=ZoneInfo("Europe/Madrid"))


def four(world: World, slug: str, values: list[Any]) -> list[Company]:
    return [
        world.create(Company, name=f"Empresa {letter}", **({} if value is None else {slug: value}))
        for letter, value in zip("ABCD", values, strict=True)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_each_group_counts_and_opens_its_rows(world: World, define: Define, kind: str) -> None:
    extra, values, keys, labels = KINDS[kind]
    slug = define("Campo nuevo", kind, indexed=True, **extra).slug
    four(world, slug, values)
    known, who = type_of(Company), asker(world)
    axis = axes_of(known, world.boss)[slug]
    cells = {cell.keys[0]: cell.count for cell in figures(Asked(known, who, None, (axis,))).cells}
    assert cells == {keys[0]: 2, keys[1]: 1, None: 1}
    named = axis.labels(keys, formats_of("es", "Europe/Madrid", "EUR", who.now))
    assert [named[key] for key in keys] == labels
    for key, count in cells.items():
        found = Company.objects.filter(compile_filter(axis.node(key), vocabulary_of(known), who))
        assert found.count() == count, key


@pytest.mark.parametrize("kind", KINDS)
def test_pages_group_and_draw_by_it(world: World, define: Define, kind: str) -> None:
    extra, values, _keys, labels = KINDS[kind]
    slug = define("Campo nuevo", kind, indexed=True, **extra).slug
    four(world, slug, values)
    client = world.client(world.boss)
    for query in (f"group={slug}", f"layout=chart&by={slug}"):
        page = client.get(f"/companies/?{query}")
        text = page.content.decode()
        assert page.status_code == 200
        assert labels[0] in text
        assert "Sin campo nuevo" in text or "Sin Campo nuevo" in text


def test_a_reference_groups_by_its_title(world: World, define: Define) -> None:
    slug = define("Socio", "ref", to="user", indexed=True).slug
    four(world, slug, [world.rep.pk, world.other.pk, world.rep.pk, None])
    client = world.client(world.boss)
    text = client.get(f"/companies/?group={slug}").content.decode()
    assert f"{slug}+%3D+{world.rep.pk}" in text or f"{slug}%20%3D%20{world.rep.pk}" in text
    assert "Bruno Encina" in text
    board = client.get(f"/companies/?layout=board&by={slug}").content.decode()
    assert "Bruno Encina" in board


def test_a_card_is_moved_to_another_option(world: World, define: Define) -> None:
    slug = define("Nivel", "choice", indexed=True, choices=["Alto", "Bajo"]).slug
    one = four(world, slug, ["alto", "bajo", "alto", None])[0]
    client = world.client(world.boss)
    board = client.get(f"/companies/?layout=board&by={slug}").content.decode()
    assert f'data-move-url="/companies/{one.pk}/put/{slug}/"' in board
    sent = {"value": "bajo", "version": one.version}
    answer = client.post(
        f"/companies/{one.pk}/put/{slug}/?layout=board&by={slug}", sent, headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 200, answer.content
    assert Company.objects.get(pk=one.pk).custom[slug] == "bajo"
    assert answer.json()["columns"]["bajo"]["count"] == "2"


def test_numbers_of_added_fields_are_summed_exactly(world: World, define: Define) -> None:
    price = define("Precio", "money", currency="USD", decimals=2).slug
    seats = define("Plazas", "integer").slug
    for number in range(10):
        world.create(Company, name=f"Empresa {number}", **{price: Decimal("0.10"), seats: 3})
    known = type_of(Company)
    assert {price, seats} <= set(sums_of(known, world.boss))
    found = figures(Asked(known, asker(world), None, (), (price, seats)))
    assert found.total(price) == Decimal("1.00")
    assert found.total(seats) == 30
    chart = world.client(world.boss).get(f"/companies/?layout=chart&by=owner&of=sum:{price}").content.decode()
    assert "1\u00a0US$" in chart


def test_what_is_no_moment_is_in_no_month(world: World, define: Define) -> None:
    """A stray value neither breaks the statement nor counts."""
    slug = define("Visto", "datetime").slug
    one = world.create(Company, name="Faro")
    for stray in ("ayer", 5, ["2026"], None):
        with change_set(by=world.boss, at=timezone.now(), via="system"):
            Company.objects.filter(pk=one.pk).update(custom={slug: stray})
        assert list(Company.objects.annotate(m=JsonMoment(F("custom"), slug)).values_list("m", flat=True)) == [None]


@pytest.mark.parametrize("kind", ["choice", "bool", "ref"])
def test_a_group_is_read_by_its_index(world: World, define: Define, kind: str) -> None:
    extra: dict[str, Any] = {"choice": {"choices": ["Alto", "Bajo"]}, "ref": {"to": "user"}}.get(kind, {})
    field = define("Campo nuevo", kind, indexed=True, **extra)
    key = {"choice": "alto", "bool": True, "ref": world.rep.pk}[kind]
    axis = axes_of(type_of(Company), world.boss)[field.slug]
    where = compile_filter(axis.node(key), vocabulary_of(type_of(Company)), asker(world))
    rows = Company.objects.filter(where).order_by("-changed_at", "-pk")[:20].values_list("pk")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert f"cf{field.pk}_{kind}" in rows.explain()


def test_references_follow_a_merge_and_return(world: World, define: Define) -> None:
    slug = define("Matriz", "ref", to="company").slug
    stays, gone = (world.create(Company, name=name) for name in ("Faro", "Faro bis"))
    refers = world.create(Company, name="Sirena", **{slug: gone.pk})
    other = world.create(Company, name="Otra", **{slug: stays.pk})
    assert count_links(Company, [gone.pk], 10) == 1
    world.act(MERGES["company"], pk=stays.pk, others=[gone.pk], take={})
    assert Company.objects.get(pk=refers.pk).custom[slug] == stays.pk
    assert "Faro" in world.client(world.boss).get(f"/companies/{refers.pk}/").content.decode()
    merged = ChangeSet.objects.latest("pk")
    undo(merged, by=world.boss, at=timezone.now())
    assert Company.objects.get(pk=refers.pk).custom[slug] == gone.pk
    assert Company.objects.get(pk=other.pk).custom[slug] == stays.pk


def test_a_reference_changed_after_a_merge_stays_when_it_is_undone(world: World, define: Define) -> None:
    slug = define("Matriz", "ref", to="company").slug
    stays, gone, third = (world.create(Company, name=name) for name in ("Faro", "Faro bis", "Tercera"))
    refers = world.create(Company, name="Sirena", **{slug: gone.pk})
    world.act(MERGES["company"], pk=stays.pk, others=[gone.pk], take={})
    merged = ChangeSet.objects.latest("pk")
    world.edit(refers, **{slug: third.pk})
    undo(merged, by=world.boss, at=timezone.now())
    assert Company.objects.get(pk=refers.pk).custom[slug] == third.pk
