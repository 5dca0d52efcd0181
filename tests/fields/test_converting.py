"""Other data become a field; a field changes its type; an option gives way: nothing is ever lost."""

import random
from typing import Any

import pytest
from django.utils import timezone

from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Kind
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.undo import undo
from coordina.records.fields import steps
from coordina.records.fields.converting import targets_of, text_of
from coordina.records.models import CustomField, FieldWork, OtherKey, WorkState
from tests.fields.conftest import Define, settle
from tests.world import World

pytestmark = pytest.mark.django_db


def planted(world: World, other: list[dict[str, Any]]) -> list[Any]:
    rows = [world.create(Company, name=f"Empresa {n}") for n in range(len(other))]
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        for row, held in zip(rows, other, strict=True):
            fresh = Company.objects.get(pk=row.pk)
            fresh.other_data = held
            fresh.save()
    return rows


def held(rows: list[Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(o.custom, o.other_data) for o in (Company.objects.get(pk=r.pk) for r in rows)]


def test_other_data_become_a_field_and_go_back(world: World) -> None:
    rows = planted(
        world,
        [{"Renovación": "15/10/2026", "Nota": "a"}, {"Renovación": "cuando toque"}, {"Renovación": "01/02/2027"}, {}]
        + [{"Renovación": f"{day:02}/03/2026"} for day in range(13, 29)] * 2,
    )
    before = held(rows)
    work = steps.adopt("company", "Renovación", world.boss, kind="date")
    settle()
    work.refresh_from_db()
    slug = work.field.slug
    assert (work.state, work.done, work.left_count) == (WorkState.DONE, 34, 1)
    assert work.left == [[rows[1].pk, "cuando toque"]]
    now = held(rows)
    assert now[0] == ({slug: "2026-10-15"}, {"Nota": "a"})
    assert now[1] == ({}, {"Renovación": "cuando toque"})
    assert now[3] == ({}, {})
    assert work.change_set is not None
    undo(work.change_set, by=world.boss, at=timezone.now())
    assert held(rows) == before


def test_headings_are_counted_and_guessed(world: World) -> None:
    from coordina.records.fields.jobs import count_other

    planted(world, [{"Plan": "Oro" if n % 2 else "Plata", "Puestos": str(n + 1), "Código": f"00{n}"} for n in range(9)])
    count_other.call("company")
    found = {k.key: (k.rows, k.kind) for k in OtherKey.objects.filter(noun="company")}
    assert found["Plan"] == (9, "choice")
    assert found["Puestos"] == (9, "integer")
    work = steps.adopt("company", "Plan", world.boss)
    settle()
    assert [c["label"] for c in CustomField.objects.get(pk=work.field_id).choices] == ["Plata", "Oro"]
    assert Company.objects.get(name="Empresa 1").custom == {"x_plan": "oro"}


def test_a_type_changes_only_when_every_value_fits(world: World, define: Define) -> None:
    field = define("Puestos")
    good = world.create(Company, name="A", x_puestos="12")
    bad = world.create(Company, name="B", x_puestos="doce")
    work = steps.look_at_kind(field, "integer", world.boss)
    settle()
    work.refresh_from_db()
    assert (work.state, work.done, work.left) == (WorkState.REFUSED, 1, [[bad.pk, "doce"]])
    with pytest.raises(Refusal):
        steps.go_on(work, world.boss)
    world.edit(Company.objects.get(pk=bad.pk), x_puestos="13")
    work = steps.look_at_kind(field, "integer", world.boss)
    settle()
    steps.go_on(work, world.boss)
    settle()
    work.refresh_from_db()
    assert work.state == WorkState.DONE
    assert held([good, bad]) == [({"x_puestos": 12}, {}), ({"x_puestos": 13}, {})]
    assert TYPES["company"].fields["x_puestos"].kind is Kind.INTEGER
    assert work.change_set is not None
    undo(work.change_set, by=world.boss, at=timezone.now())
    assert held([good, bad]) == [({"x_puestos": "12"}, {}), ({"x_puestos": "13"}, {})]
    assert TYPES["company"].fields["x_puestos"].kind is Kind.TEXT


@pytest.mark.parametrize("seed", range(6))
def test_no_way_through_types_loses_a_value(world: World, define: Define, seed: int) -> None:
    """At each step either nothing changed, or every value says the same in the new type."""
    chance = random.Random(seed)
    values = [
        "12",
        "1,5",
        "2026-03-01",
        "Oro",
        "sí",
        "Ana@example.com",
        "0012",
        "1.234,50",
        "31/12/2026",
        "+34910123456",
    ]
    field = define("Algo")
    some = chance.choices(values, k=chance.randint(1, 3)) if seed % 2 else [chance.choice(values)] * 3
    rows = [world.create(Company, name=f"E{n}", x_algo=v) for n, v in enumerate(some)]
    changed = 0
    for _step in range(6):
        field.refresh_from_db()
        now = TYPES["company"].fields["x_algo"]
        kinds = targets_of(now.kind)
        if not kinds:
            break
        before = held(rows)
        work = steps.look_at_kind(field, chance.choice(kinds).value, world.boss)
        settle()
        work.refresh_from_db()
        if work.state == WorkState.REFUSED:
            assert held(rows) == before
            continue
        steps.go_on(work, world.boss)
        settle()
        changed += 1
        after = held(rows)
        new = TYPES["company"].fields["x_algo"]
        assert all("x_algo" in custom for custom, _other in after)
        assert len({str(c["x_algo"]) for c, _ in after}) >= len({text_of(now, c["x_algo"]) for c, _ in before}) or (
            new.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT, Kind.BOOL, Kind.DATE, Kind.DATETIME)
        )
    for work in FieldWork.objects.filter(state=WorkState.DONE).exclude(change_set=None).order_by("-pk"):
        assert work.change_set is not None
        undo(work.change_set, by=world.boss, at=timezone.now())
    assert [custom["x_algo"] for custom, _other in held(rows)] == some


def test_an_option_gives_way_to_another(world: World, define: Define) -> None:
    field = define("Plan", "choices", choices=["Oro", "Plata", "Bronce"])
    row = world.create(Company, name="A", x_plan=["oro", "plata"])
    steps.replace_everywhere(field, "oro", "plata", world.boss)
    settle()
    assert held([row]) == [({"x_plan": ["plata"]}, {})]


def test_who_sees_only_their_own_converts_nothing(world: World, define: Define) -> None:
    field = define("Plan", noun="opportunity")
    with pytest.raises(Refusal):
        steps.look_at_kind(field, "integer", world.rep)
