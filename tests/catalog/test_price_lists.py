"""Price lists as they are written and asked: from the records to the page, and into opportunities."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordina.accounts.models import Rate
from coordina.catalog.models import MarginFloor, PriceItem, PriceList, PriceListCustomer, Product, Series
from coordina.catalog.pricing import How, Tier, price_of
from coordina.catalog.queries import ask_price, book_of, customer_of, floor_of, floors
from coordina.core.refusals import Refusal
from coordina.customers.models import Company, CustomerGroup
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine
from tests.clock import madrid_day
from tests.world import World

ASK = "/prices/ask/"


@pytest.fixture
def shop(world: World) -> "Shop":
    return Shop(world)


class Shop:
    """A lamp of a series, a company in a group, and lists for everybody, the group and the company."""

    def __init__(self, world: World) -> None:
        self.world = world
        make = world.create
        self.series = make(Series, name="Faros")
        self.lamp = make(Product, name="Faro", code="FAR-1", series=self.series, price="100", cost="60")
        self.group = make(CustomerGroup, name="Mayoristas")
        self.company = make(Company, name="Acme", customer_group=self.group)
        self.stranger = make(Company, name="Otra")
        self.general = make(PriceList, name="General", audience="everybody")
        make(PriceItem, price_list=self.general, series=self.series, discount="5")
        self.trade = make(PriceList, name="Mayoristas", audience="named")
        make(PriceListCustomer, price_list=self.trade, group=self.group)
        make(PriceItem, price_list=self.trade, series=self.series, discount="10")
        make(PriceItem, price_list=self.trade, product=self.lamp, price="82", minimum="40")

    def ask(self, company: Company | None, many: str = "1", currency: str = "EUR") -> Any:
        return ask_price(self.lamp, Decimal(many), company, currency, madrid_day())[0]


def test_prices_come_from_the_lists_that_are_for_the_customer(shop: Shop) -> None:
    assert [shop.ask(c).money.amount for c in (None, shop.stranger, shop.company)] == [95, 95, 90]
    assert (shop.ask(shop.company, "40").money.amount, shop.ask(shop.company).tier) == (82, Tier.GROUP)
    own = shop.world.create(PriceList, name="Acme", audience="named")
    shop.world.create(PriceListCustomer, price_list=own, company=shop.company)
    shop.world.create(PriceItem, price_list=own, price="99")
    assert (shop.ask(shop.company).money.amount, shop.ask(shop.company).tier) == (99, Tier.COMPANY)
    shop.world.edit(own, active="false")
    assert shop.ask(shop.company).money.amount == 90
    assert shop.ask(shop.stranger).money.amount == 95


def test_a_named_list_that_names_nobody_is_for_nobody(shop: Shop) -> None:
    empty = shop.world.create(PriceList, name="Vacía", audience="named")
    shop.world.create(PriceItem, price_list=empty, price="1")
    assert shop.ask(shop.company).money.amount == 90


def test_another_currency_is_converted_and_says_so(shop: Shop) -> None:
    assert shop.ask(shop.company, currency="USD").refused is not None
    shop.world.create(Rate, currency="USD", day="2020-01-01", rate="0.8")
    price = shop.ask(shop.company, currency="USD")
    assert (price.money.amount, price.how) == (Decimal("125.00"), How.BASE)
    assert price.converted is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "price"),
        ({"price": "1", "discount": "5"}, "discount"),
        ({"discount": "0"}, "discount"),
        ({"discount": "101"}, "discount"),
        ({"price": "-1"}, "price"),
        ({"price": "1", "minimum": "-1"}, "minimum"),
    ],
)
def test_a_line_says_one_thing(shop: Shop, values: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as caught:
        shop.world.create(PriceItem, price_list=shop.general, product=shop.lamp, **values)
    assert set(caught.value.errors) == {field}


def test_lines_lists_and_floors_are_about_one_thing_once(shop: Shop) -> None:
    make = shop.world.create
    make(MarginFloor, percent="10")
    for act, field in (
        (lambda: make(PriceItem, price_list=shop.general, product=shop.lamp, series=shop.series, price="1"), "series"),
        (lambda: make(PriceItem, price_list=shop.trade, product=shop.lamp, price="1", minimum="40"), "minimum"),
        (lambda: make(PriceListCustomer, price_list=shop.trade), "group"),
        (lambda: make(PriceListCustomer, price_list=shop.general, group=shop.group, company=shop.company), "company"),
        (lambda: make(PriceListCustomer, price_list=shop.trade, group=shop.group), "group"),
        (lambda: make(PriceList, name="Mal", valid_from="2026-02-01", valid_to="2026-01-31"), "valid_to"),
        (lambda: make(PriceList, name="Mal", currency="XYZ"), "currency"),
        (lambda: shop.world.edit(shop.general, currency=""), "currency"),
        (lambda: make(MarginFloor, percent="20"), "series"),
        (lambda: make(MarginFloor, series=shop.series, percent="100"), "percent"),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert set(caught.value.errors) == {field}


def test_a_floor_is_that_of_the_series_or_of_all(shop: Shop) -> None:
    shop.world.create(MarginFloor, percent="10")
    shop.world.create(MarginFloor, series=shop.series, percent="35")
    plain = shop.world.create(Product, name="Sin serie", price="1")
    variant = shop.world.create(Product, name="Faro rojo", parent=shop.lamp)
    goods = book_of([shop.lamp.pk, plain.pk, variant.pk], customer_of(None), "EUR").goods
    found = [floor_of(goods[each.pk], floors(), goods) for each in (shop.lamp, plain, variant)]
    assert found == [35, 10, 35]


def test_fifty_lines_take_as_many_queries_as_one(shop: Shop) -> None:
    lamps = [shop.world.create(Product, name=f"Faro {n}", series=shop.series, price="10") for n in range(50)]
    who = customer_of(shop.company)
    counts = []
    for some in (lamps[:1], lamps):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            book = book_of([each.pk for each in some], who, "EUR")
            found = [price_of(each.pk, Decimal(1), who, "EUR", madrid_day(), book) for each in some]
        assert {price.money.amount for price in found if price.money is not None} == {Decimal("9.00")}
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_line_of_an_opportunity_is_proposed_the_price_of_its_company(shop: Shop) -> None:
    shop.world.act(make_default_pipeline)
    sale = shop.world.create(Opportunity, name="Venta", company=shop.company)
    for many, price in (("1", 90), ("40", 82)):
        line = shop.world.create(OpportunityLine, opportunity=sale, product=shop.lamp, quantity=many)
        assert line.unit_price == price
    said = shop.world.create(OpportunityLine, opportunity=sale, product=shop.lamp, quantity="1", unit_price="7")
    assert said.unit_price == 7
    foreign = shop.world.create(Opportunity, name="Otra", company=shop.stranger, currency="EUR")
    assert shop.world.create(OpportunityLine, opportunity=foreign, product=shop.lamp).unit_price == 95


def test_the_page_says_price_reason_and_margin(shop: Shop) -> None:
    shop.world.create(MarginFloor, series=shop.series, percent="35")
    asked = {"product": shop.lamp.pk, "company": shop.company.pk, "quantity": "40", "currency": "EUR", "day": ""}
    page = shop.world.client(shop.world.boss).get(ASK, asked).content.decode()
    for words in ("82,00", "3.280,00", "60,00", "26,8", "35", "Mayoristas"):
        assert words in page, words
    hidden = shop.world.client(shop.world.rep).get(ASK, asked).content.decode()
    assert "Mayoristas" in hidden
    for words in ("60,00", "26,8"):
        assert words not in hidden, words


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quantity": "muchos"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"currency": "XYZ"}, "currency"),
        ({"day": "ayer no"}, "day"),
        ({"company": "999999"}, "company"),
        ({"product": "999999"}, "product"),
        ({"product": ""}, "product"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(shop: Shop, typed: dict[str, str], field: str) -> None:
    asked = {"product": shop.lamp.pk, "quantity": "1"} | typed
    response = shop.world.client(shop.world.boss).get(ASK, asked)
    assert response.status_code == 422
    page = response.content.decode()
    assert f'id="ask_{field}_error"' in page
    if typed.get("quantity") == "muchos":
        assert 'value="muchos"' in page


def test_the_page_names_no_company_that_one_does_not_see(shop: Shop) -> None:
    shop.world.edit(shop.stranger, owner=shop.world.other)
    asked = {"product": shop.lamp.pk, "company": shop.stranger.pk, "quantity": "1"}
    response = shop.world.client(shop.world.rep).get(ASK, asked)
    assert response.status_code == 422 or "Otra" in response.content.decode()


def test_panels_show_prices_and_lists(shop: Shop) -> None:
    client = shop.world.client(shop.world.rep)
    assert "Mayoristas" in client.get(f"/products/{shop.lamp.pk}/").content.decode()
    shop.world.edit(shop.company, owner=shop.world.rep)
    page = client.get(f"/companies/{shop.company.pk}/").content.decode()
    assert "Mayoristas" in page and "General" in page
