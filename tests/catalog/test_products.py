"""Units, costs, variants and bundles."""

from decimal import Decimal

import pytest
from django.utils import timezone

from coordina.accounts.models import Rate
from coordina.catalog.actions import make_variants
from coordina.catalog.defaults import UNITS, usual_units
from coordina.catalog.models import BundlePart, Product, ProductOption, Unit
from coordina.catalog.queries import goods_of, rates_for
from coordina.catalog.worth import Source, margin_of, worth_of
from coordina.core.money import CurrencyMismatch, Money
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from tests.clock import madrid_day
from tests.world import World


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def piece(world: World) -> Unit:
    made: Unit = world.create(Unit, name="Unidad", symbol="u.", decimals=0)
    return made


def worth(product: Product, what: str = "price") -> tuple[Money, Source] | None:
    goods = goods_of([product.pk], "EUR")
    found = worth_of(product.pk, what, goods, rates_for(goods.values()), madrid_day())
    return (found.money, found.source) if found is not None else None


def test_a_new_company_has_units_in_its_language(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        assert len(usual_units("es")) == len(UNITS)
        assert usual_units("es") == []
    assert Unit.objects.get(symbol="kg").decimals == 3


@pytest.mark.parametrize("decimals", ["4", "-1"])
def test_a_unit_has_as_many_places_as_quantities_are_kept_with(world: World, decimals: str) -> None:
    with pytest.raises(Refusal) as caught:
        world.create(Unit, name="Rara", decimals=decimals)
    assert set(caught.value.errors) == {"decimals"}


def test_a_quantity_is_what_its_unit_allows(world: World, piece: Unit) -> None:
    kilo = world.create(Unit, name="Kilogramo", symbol="kg", decimals=3)
    lamp = world.create(Product, name="Faro", unit=piece)
    sand = world.create(Product, name="Arena", unit=kilo)
    plain = world.create(Product, name="Sin unidad")
    kit = world.create(Product, name="Lote")
    for part, quantity in ((sand, "0.125"), (lamp, "3"), (plain, "1.5")):
        assert world.create(BundlePart, product=kit, part=part, quantity=quantity).quantity == Decimal(quantity)
    other = world.create(Product, name="Otro lote")
    for part, quantity in ((lamp, "1.5"), (sand, "0"), (plain, "-1")):
        with pytest.raises(Refusal) as caught:
            world.create(BundlePart, product=other, part=part, quantity=quantity)
        assert set(caught.value.errors) == {"quantity"}


def test_a_cost_has_a_currency_and_is_not_below_zero(world: World) -> None:
    made = world.create(Product, name="Faro", price="100", cost="40", cost_currency="usd")
    assert (made.cost, made.cost_currency, made.currency) == (Decimal("40.00"), "USD", "EUR")
    assert world.create(Product, name="Aura", cost="3", currency="MXN").cost_currency == "MXN"
    for wrong in ({"cost": "-1"}, {"cost_currency": "XYZ"}):
        with pytest.raises(Refusal) as caught:
            world.edit(made, **wrong)
        assert set(caught.value.errors) == set(wrong)


def test_who_sells_sees_prices_and_no_costs(world: World) -> None:
    known = type_of(Product)
    assert {"price", "currency"} <= set(known.known_to(world.rep))
    assert not {"cost", "cost_currency"} & set(known.known_to(world.rep))
    assert {"cost", "cost_currency"} <= set(known.known_to(world.boss))


def test_a_variant_costs_what_its_product_does_until_it_says_otherwise(world: World) -> None:
    parent = world.create(Product, name="Faro", price="100", cost="40")
    variant = world.create(Product, name="Faro rojo", parent=parent, variant="Rojo")
    assert worth(variant) == (eur("100.00"), Source.PARENT)
    assert worth(variant, "cost") == (eur("40.00"), Source.PARENT)
    world.edit(variant, price="110")
    assert worth(Product.objects.get(pk=variant.pk)) == (eur("110.00"), Source.OWN)


def test_variants_are_one_level_deep(world: World) -> None:
    parent = world.create(Product, name="Faro")
    variant = world.create(Product, name="Faro rojo", parent=parent)
    other = world.create(Product, name="Aura")
    for act in (
        lambda: world.create(Product, name="Faro rojo L", parent=variant),
        lambda: world.edit(other, parent=variant),
        lambda: world.edit(parent, parent=other),
        lambda: world.edit(other, parent=other),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert set(caught.value.errors) == {"parent"}


def test_options_make_variants_once(world: World, piece: Unit) -> None:
    parent = world.create(Product, name="Camiseta", price="12", cost="5", unit=piece, nature="goods")
    with pytest.raises(Refusal):
        world.act(make_variants, pk=parent.pk)
    colour = world.create(ProductOption, product=parent, name="Color", choices="Rojo, Azul,, Rojo")
    assert colour.choices == "Rojo, Azul"
    world.create(ProductOption, product=parent, name="Talla", choices="S, M, L")
    world.act(make_variants, pk=parent.pk)
    made = Product.objects.filter(parent=parent)
    assert sorted(made.values_list("variant", flat=True)) == sorted(
        f"{c} · {t}" for c in ("Rojo", "Azul") for t in "SML"
    )
    first = made.get(variant="Rojo · S")
    assert (first.name, first.price, first.unit_id, first.currency) == ("Camiseta (Rojo · S)", None, piece.pk, "EUR")
    with pytest.raises(Refusal):
        world.act(make_variants, pk=parent.pk)
    with pytest.raises(Refusal):
        world.act(make_variants, pk=first.pk)
    world.edit(colour, choices="Rojo, Azul, Verde")
    world.act(make_variants, pk=parent.pk)
    assert made.count() == 9
    undo(ChangeSet.objects.order_by("-pk")[0], by=world.boss, at=timezone.now())
    assert made.count() == 6


def test_an_option_has_something_to_choose(world: World) -> None:
    parent = world.create(Product, name="Camiseta")
    for choices in (" , ", ", ".join(map(str, range(41)))):
        with pytest.raises(Refusal) as caught:
            world.create(ProductOption, product=parent, name="Color", choices=choices)
        assert set(caught.value.errors) == {"choices"}
    for name, many in (("Uno", 11), ("Dos", 10)):
        world.create(ProductOption, product=parent, name=name, choices=", ".join(map(str, range(many))))
    with pytest.raises(Refusal):
        world.act(make_variants, pk=parent.pk)


def test_a_bundle_costs_what_its_parts_do(world: World) -> None:
    world.create(Rate, currency="USD", day="2020-01-01", rate="0.9")
    lamp = world.create(Product, name="Faro", price="100", cost="40")
    cable = world.create(Product, name="Cable", price="2.55", currency="USD", cost="1", cost_currency="USD")
    bulb = world.create(Product, name="Bombilla", price="3.33")
    kit = world.create(Product, name="Lote")
    assert worth(kit) is None
    for part, quantity in ((lamp, "2"), (cable, "1.5"), (bulb, "3")):
        world.create(BundlePart, product=kit, part=part, quantity=quantity)
    # 2 × 100.00 + 1.5 × 2.55 USD (3.825 × 0.9 = 3.4425, so 3.44) + 3 × 3.33
    assert worth(kit) == (eur("213.43"), Source.PARTS)
    assert worth(kit, "cost") is None, "nobody has said what a bulb costs"
    world.edit(kit, price="199")
    assert worth(Product.objects.get(pk=kit.pk)) == (eur("199.00"), Source.OWN)


def test_a_bundle_does_not_contain_itself(world: World) -> None:
    first, second, third = (world.create(Product, name=n) for n in ("Uno", "Dos", "Tres"))
    world.create(BundlePart, product=first, part=second)
    world.create(BundlePart, product=second, part=third)
    for bundle, part in ((first, first), (third, first), (second, first)):
        with pytest.raises(Refusal) as caught:
            world.create(BundlePart, product=bundle, part=part)
        assert set(caught.value.errors) == {"part"}
    with pytest.raises(Refusal):
        world.create(BundlePart, product=first, part=second)


def test_bundles_are_not_too_deep(world: World) -> None:
    chain = [world.create(Product, name=f"Caja {n}") for n in range(8)]
    pairs = list(zip(reversed(chain[:-1]), reversed(chain[1:]), strict=True))
    for outer, inner in pairs[:5]:
        world.create(BundlePart, product=outer, part=inner)
    with pytest.raises(Refusal) as caught:
        world.create(BundlePart, product=pairs[5][0], part=pairs[5][1])
    assert set(caught.value.errors) == {"part"}


def test_margins_are_of_the_price() -> None:
    assert margin_of(eur("100"), eur("40")) == 60
    assert margin_of(eur("40"), eur("50")) == -25
    assert margin_of(eur("0"), eur("50")) is None
    with pytest.raises(CurrencyMismatch):
        margin_of(eur("100"), Money(Decimal(1), "USD"))


def test_the_page_of_a_product_says_what_it_is_worth_to_whom_it_may(world: World) -> None:
    parent = world.create(Product, name="Faro", price="100", cost="40")
    variant = world.create(Product, name="Faro rojo", parent=parent, variant="Rojo")
    url = f"/products/{variant.pk}/"
    seen = world.client(world.boss).get(url, headers={"accept-language": "en"}).content.decode()
    assert "60" in seen and "40.00" in seen.replace(",", ".")
    hidden = world.client(world.rep).get(url).content.decode()
    assert "100" in hidden
    assert "40,00" not in hidden and "40.00" not in hidden and "60,0" not in hidden and "60.0" not in hidden
    assert "Rojo" in world.client(world.boss).get(f"/products/{parent.pk}/").content.decode()
