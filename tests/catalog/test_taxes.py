"""Taxes as they are written and asked: from the records a Spanish company begins with to the page."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.catalog.models import PriceItem, PriceList, Product, TaxClass, TaxRate, TaxRegime
from coordina.catalog.queries import ask_price
from coordina.catalog.tax_defaults import usual_taxes
from coordina.catalog.tax_explaining import mention_of, tax_reasons
from coordina.catalog.tax_queries import regimes_now, taxes_for, without_tax
from coordina.catalog.totals import Rounding
from coordina.core.formats import formats_of
from coordina.core.refusals import Refusal
from coordina.customers.models import Address, Company
from coordina.ledger.change_sets import change_set
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine
from tests.world import World

DAY = date(2026, 11, 22)


@pytest.fixture
def spain(world: World) -> World:
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        usual_taxes("es", "ES")
    return world


def percent(product: Product, company: Company | None = None, day: date = DAY) -> Decimal | None:
    found = taxes_for(company, [product.pk]).on(product.pk, day)
    assert found is not None
    return None if found.missing else found.percent


def test_a_spanish_company_begins_with_its_rates(spain: World) -> None:
    lamp = spain.create(Product, name="Faro")
    bread = spain.create(Product, name="Pan", tax_class=TaxClass.objects.get(name="Superreducido"))
    assert [percent(lamp), percent(lamp, day=date(2012, 8, 31)), percent(bread)] == [21, 18, 4]
    shop = spain.create(Company, name="Tienda", country="ES", equivalence_surcharge="true")
    assert [percent(lamp, shop), percent(bread, shop)] == [Decimal("26.2"), Decimal("4.5")]
    _regimes, ours = regimes_now()
    assert ours is not None
    assert (ours.name, ours.rounding) == ("Península y Baleares", Rounding.PER_RATE)
    with change_set(by=spain.boss, at=timezone.now(), via="web"):
        usual_taxes("es", "ES")
    assert TaxRegime.objects.count() == 4


def test_elsewhere_there_are_classes_and_no_foreign_rates(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        usual_taxes("es", "MX")
    assert (TaxClass.objects.count(), TaxRegime.objects.count()) == (4, 0)
    lamp = world.create(Product, name="Faro")
    assert taxes_for(None, [lamp.pk]).on(lamp.pk, DAY) is None
    usual = TaxClass.objects.get(usual=True)
    mexico = world.create(TaxRegime, name="México", country="MX", tax="IVA", ours="true")
    world.create(TaxRate, regime=mexico, tax_class=usual, percent="16")
    assert percent(lamp) == 16


def test_the_address_says_where_a_company_is(spain: World) -> None:
    lamp = spain.create(Product, name="Faro")
    company = spain.create(Company, name="Isleña", country="ES")
    assert percent(lamp, company) == 21
    spain.create(Address, company=company, kind="main", street="Triana 1", postal_code="35002", country="ES")
    assert percent(lamp, company) == 0
    spain.create(Address, company=company, kind="billing", street="Serrano 1", postal_code="28001", country="ES")
    assert percent(lamp, company) == 21
    spain.edit(company, tax_treatment="export")
    assert percent(lamp, Company.objects.get(pk=company.pk)) == 0


def test_selling_from_the_canary_islands(spain: World) -> None:
    lamp = spain.create(Product, name="Faro")
    company = spain.create(Company, name="Isleña", country="ES")
    spain.create(Address, company=company, kind="main", street="Triana 1", postal_code="35002", country="ES")
    spain.edit(TaxRegime.objects.get(name="Canarias"), ours="true")
    assert TaxRegime.objects.get(ours=True).name == "Canarias"
    assert percent(lamp, company) == 7


def test_a_variant_is_taxed_as_its_product(spain: World) -> None:
    parent = spain.create(Product, name="Pan", tax_class=TaxClass.objects.get(name="Superreducido"))
    assert percent(spain.create(Product, name="Pan de kilo", parent=parent)) == 4


def test_marks_are_carried_by_one_and_rates_stand_once(spain: World) -> None:
    home, general = TaxRegime.objects.get(ours=True), TaxClass.objects.get(usual=True)
    other = spain.create(TaxClass, name="Otra", usual="true")
    assert list(TaxClass.objects.filter(usual=True)) == [other]
    spain.create(TaxRate, regime=home, tax_class=other, percent="3")
    for values, field in (
        ({"tax_class": other, "percent": "4"}, "since"),
        ({"tax_class": general, "percent": "22", "since": "2012-09-01"}, "since"),
        ({"tax_class": general, "percent": "101", "since": "2030-01-01"}, "percent"),
        ({"tax_class": general, "percent": "1", "surcharge": "-1", "since": "2030-01-01"}, "surcharge"),
    ):
        with pytest.raises(Refusal) as caught:
            spain.create(TaxRate, regime=home, **values)
        assert set(caught.value.errors) == {field}
    with pytest.raises(Refusal) as refused:
        spain.create(TaxRegime, name="Mal", country="Nunca Jamás", tax="IVA")
    assert set(refused.value.errors) == {"country"}
    assert (
        spain.create(TaxRegime, name="Bien", country="PT", tax="IVA", postal_codes="9  , 95,9").postal_codes == "9, 95"
    )


def test_prices_with_tax_are_proposed_without_it(spain: World) -> None:
    spain.act(make_default_pipeline)
    lamp = spain.create(Product, name="Faro", price="200", cost="60")
    shop = spain.create(PriceList, name="Tienda", with_tax="true")
    spain.create(PriceItem, price_list=shop, product=lamp, price="121")
    company = spain.create(Company, name="Acme", country="ES")
    price = ask_price(lamp, Decimal(1), company, "EUR", DAY)[0]
    net = without_tax(price, taxes_for(company, [lamp.pk]).on(lamp.pk, DAY))
    assert net is not None
    assert (price.with_tax, net.amount) == (True, Decimal("100.00"))
    sale = spain.create(Opportunity, name="Venta", company=company)
    assert spain.create(OpportunityLine, opportunity=sale, product=lamp).unit_price == Decimal("100.00")


def test_the_page_says_taxes_and_why(spain: World) -> None:
    lamp = spain.create(Product, name="Faro", price="100", cost="60")
    shop = spain.create(Company, name="Tienda", country="ES", equivalence_surcharge="true")
    abroad = spain.create(Company, name="Lisboa", country="PT", tax_id="501964843")
    client = spain.client(spain.boss)

    def page(company: Company) -> str:
        asked: dict[str, Any] = {"product": lamp.pk, "company": company.pk, "quantity": "2", "currency": "EUR"}
        return client.get("/prices/ask/", asked).content.decode()

    for words in ("IVA", "42,00", "Recargo de equivalencia", "10,40", "252,40", "40,0"):
        assert words in page(shop), words
    told = page(abroad)
    assert "art" in told
    assert "242,00" not in told


def test_everything_there_is_to_say_is_said(spain: World) -> None:
    lamp = spain.create(Product, name="Faro")
    work = spain.create(Product, name="Montaje", nature="service")
    formats = formats_of("es", "Europe/Madrid", "EUR", timezone.now())
    places: tuple[dict[str, str], ...] = (
        {"country": "ES"},
        {},
        {"country": "PT", "tax_id": "501964843"},
        {"country": "PT"},
        {"country": "MX"},
        {"tax_treatment": "exempt"},
    )
    for ours in ("Península y Baleares", "Canarias", "Ceuta"):
        spain.edit(TaxRegime.objects.get(name=ours), ours="true")
        for number, place in enumerate(places):
            company = spain.create(Company, name=f"{ours} {number}", **place)
            for product in (lamp, work):
                taxes = taxes_for(company, [product.pk])
                found = taxes.on(product.pk, DAY)
                assert found is not None
                assert taxes.ours is not None
                assert all(tax_reasons(found, taxes.ours, formats))
                assert bool(mention_of(found, taxes.ours)) == (not found.shares and not found.missing)
