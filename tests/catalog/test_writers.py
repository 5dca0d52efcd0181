"""Products: price and currency, codes that stand once."""

from decimal import Decimal

import pytest
from django.utils import timezone

from coordina.catalog.models import Product
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from tests.world import World


def test_a_product_is_priced_in_the_currency_of_the_company(world: World) -> None:
    assert world.create(Product, name="Aura 40", price="95.5").currency == "EUR"
    assert world.create(Product, name="Faro", price="95.5", currency="mxn").currency == "MXN"


@pytest.mark.parametrize(("field", "value"), [("price", "-1"), ("currency", "XYZ"), ("price", "muchos")])
def test_what_is_wrong_is_said_at_its_field(world: World, field: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        world.create(Product, name="Aura", **{field: value})
    assert set(caught.value.errors) == {field}


def test_a_code_stands_once(world: World) -> None:
    first = world.create(Product, name="Aura", code="A-1")
    second = world.create(Product, name="Faro", code="A-2")
    for act in (lambda: world.create(Product, name="Otra", code=" A-1 "), lambda: world.edit(second, code="A-1")):
        with pytest.raises(Refusal) as caught:
            act()
        assert set(caught.value.errors) == {"code"}
    assert world.edit(first, code="A-1", price="3").price == Decimal("3.00")
    assert world.create(Product, name="Sin código").code == ""


def test_many_rows_with_one_code_are_refused_together(world: World) -> None:
    writer = type_of(Product).writer
    with change_set(by=world.boss, at=timezone.now(), via="import"), pytest.raises(Refusal) as caught:
        writer.create([{"name": "Una", "code": "X"}, {"name": "Dos", "code": "X"}], by=world.boss, at=timezone.now())
    assert set(caught.value.errors) == {"code"}
