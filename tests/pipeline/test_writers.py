"""Opportunities written by the thousand, as imports and the demo do."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordina.accounts.models import Rate
from coordina.catalog.models import Product
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Opportunity, OpportunityLine
from tests.pipeline.ground import AT, Ground, check, way

D = date


def edit_all(ground: Ground, changes: list[tuple[int, dict[str, Any]]]) -> None:
    writer = type_of(Opportunity).writer
    with change_set(by=ground.director, at=AT, via="import", action="test"):
        found = Opportunity.objects.in_bulk([pk for pk, _values in changes])
        pairs = [(found[pk], writer.clean(values, obj=found[pk])) for pk, values in changes]
        writer.edit(pairs, by=ground.director, at=AT)


def test_days_of_a_file_become_days_of_business(ground: Ground) -> None:
    engaging = f"entered_stage:{ground.stages[1].pk}"
    won, engaged, begun, unknown = ground.write(
        [
            {"name": "A", "stage": ground.won, engaging: D(2026, 3, 1), "closed_on": D(2026, 4, 10), "amount": 500},
            {"name": "B", "stage": ground.stages[1], engaging: D(2026, 3, 2)},
            {"name": "C", "stage": ground.stages[0], engaging: None, "closed_on": D(2026, 12, 1)},
            {"name": "D", "stage": ground.lost, "owner": ground.seller},
        ]
    )
    assert way(won) == [
        ("Diagnóstico", D(2026, 3, 1), D(2026, 4, 10), False),
        ("Ganada", D(2026, 4, 10), None, True),
    ]
    assert (won.cycle_days, won.opened_on, won.probability) == (40, None, 100)
    assert way(engaged) == [("Diagnóstico", D(2026, 3, 2), None, True)]
    assert way(begun) == [("Calificación", None, None, True)]
    assert (begun.closes_on, begun.closed_on) == (D(2026, 12, 1), None)
    assert (unknown.closed_on, unknown.cycle_days, unknown.team_id) == (None, None, ground.seller.team_id)
    for obj in (won, engaged, begun, unknown):
        check(obj)


def test_a_thousand_rows_take_a_handful_of_queries(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        lamp = Product.objects.create(name="Aura")
    rows = [
        {"name": f"O{i}", "amount": Decimal(i), "stage": ground.stages[i % 5], "product": lamp, "owner": ground.seller}
        for i in range(1000)
    ]
    ground.write(rows[:1])
    with CaptureQueriesContext(
        connection,
    ) as few:
        ground.write(rows[:3])
    with CaptureQueriesContext(connection) as many:
        made = ground.write(rows)
    assert len(many) <= 36
    assert len(few) <= len(many)
    assert len({o.reference for o in Opportunity.objects.all()}) == 1004
    assert OpportunityLine.objects.get(opportunity=made[7]).unit_price == 7
    check(made[7])
    with CaptureQueriesContext(connection) as moved:
        edit_all(ground, [(o.pk, {"stage": ground.stages[4], "amount": Decimal(5)}) for o in made])
    assert len(moved) <= 38
    check(made[3])
    assert way(made[3])[-1] == ("Cierre", None, None, True)
    report = ground.undo_last()
    assert not report.held
    check(made[3])
    assert Opportunity.objects.get(pk=made[3].pk).value == 3


def test_editing_days_and_ends_as_an_import_does(ground: Ground) -> None:
    first = f"entered_stage:{ground.stages[0].pk}"
    second = f"entered_stage:{ground.stages[1].pk}"
    (obj,) = ground.write([{"name": "A", "stage": ground.stages[2]}])
    edit_all(ground, [(obj.pk, {second: D(2026, 2, 1), first: D(2026, 1, 1)})])
    assert [(n, e) for n, e, _l, _c in way(obj)] == [
        ("Calificación", D(2026, 1, 1)), ("Diagnóstico", D(2026, 2, 1)), ("Propuesta", None),
    ]  # fmt: skip
    check(obj)
    edit_all(ground, [(obj.pk, {"stage": ground.won, "closed_on": D(2026, 5, 1), "reason": ground.good})])
    assert Opportunity.objects.get().cycle_days == 120
    check(obj)
    edit_all(ground, [(obj.pk, {"closed_on": D(2026, 5, 3)})])
    assert way(obj)[-1][1] == D(2026, 5, 3)
    check(obj)
    edit_all(ground, [(obj.pk, {"stage": ground.lost, "reason": ground.price, "probability": 50})])
    assert (Opportunity.objects.get().status, Opportunity.objects.get().probability) == ("lost", 0)
    check(obj)
    edit_all(ground, [(obj.pk, {"stage": ground.stages[0], "closed_on": D(2026, 9, 1)})])
    now = Opportunity.objects.get()
    assert (now.status, now.closes_on, now.closed_on, now.reason_id) == ("open", D(2026, 9, 1), None, None)
    check(obj)
    for back in range(0, 10, 2):
        assert not ground.undo_last(back=back).held
        check(obj)
    assert way(obj) == [("Propuesta", None, None, True)]


def test_a_product_named_again(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        one, two = Product.objects.create(name="1"), Product.objects.create(name="2")
    (obj,) = ground.write([{"name": "A", "amount": 10}])
    for product, count in ((one, 1), (two, 1), (two, 1), (None, 1)):
        edit_all(ground, [(obj.pk, {"product": product})])
        assert OpportunityLine.objects.filter(opportunity=obj).count() == count
    with change_set(by=None, at=AT, via="system"):
        OpportunityLine.objects.create(opportunity=obj, product=two)
    edit_all(ground, [(obj.pk, {"product": one})])
    assert OpportunityLine.objects.filter(opportunity=obj, product=one).get().unit_price is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("probability", {"probability": 101}),
        ("currency", {"currency": "USD", "amount": 5}),
        ("currency", {"currency": "nada"}),
        ("closed_on", {"stage": "won", "closed_on": D(2099, 1, 1)}),
        ("closed_on", {"stage": "won", "closed_on": D(2026, 1, 1), "opened_on": D(2026, 2, 1)}),
        ("reason", {"stage": "won", "reason": "price"}),
        ("reason", {"stage": "lost", "reason": "good"}),
    ],
)
def test_what_a_row_is_told(ground: Ground, field: str, values: dict[str, Any]) -> None:
    given = {k: getattr(ground, v) if isinstance(v, str) and hasattr(ground, v) else v for k, v in values.items()}
    with pytest.raises(Refusal) as caught:
        ground.write([{"name": "A"} | given])
    assert set(caught.value.errors) == {field}


def test_an_owner_cannot_be_taken_away(ground: Ground) -> None:
    (obj,) = ground.write([{"name": "A", "owner": None, "stage": None, "pipeline": None}])
    assert obj.owner_id == ground.director.pk
    with pytest.raises(Refusal):
        edit_all(ground, [(obj.pk, {"owner": None})])
    edit_all(ground, [(obj.pk, {"owner": ground.seller, "stage": None})])
    assert Opportunity.objects.get().team_id == ground.seller.team_id


def test_rates_by_day(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        Rate.objects.create(currency="USD", day=D(2026, 1, 1), rate=Decimal("0.5"))
    (obj,) = ground.write([{"name": "A", "amount": Decimal(10), "currency": "USD"}])
    assert obj.value == 5
    edit_all(ground, [(obj.pk, {"currency": "EUR"})])
    assert Opportunity.objects.get().value == 10
    edit_all(ground, [(obj.pk, {"amount": None})])
    assert Opportunity.objects.get().value is None
    check(obj)
