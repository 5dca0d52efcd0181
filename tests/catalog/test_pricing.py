"""Which list and line decide, worked out by hand: no database."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from coordina.catalog.pricing import About, Book, Customer, How, Line, Listed, Price, Tier, below_floor, price_of
from coordina.catalog.worth import Goods, Source
from coordina.core.money import DatedRates, Money

DAY = date(2026, 5, 20)
LAMP, RED, KIT, BARE, YEN = 1, 2, 3, 4, 5
SERIES, OTHER = 10, 11
WHO = Customer(100, 50)
RATES = DatedRates("EUR", {"USD": [(date(2026, 1, 1), Decimal("0.9")), (date(2026, 6, 1), Decimal("0.8"))]})


def D(text: str) -> Decimal:
    return Decimal(text)


GOODS = {
    LAMP: Goods(LAMP, "Faro", series=SERIES, price=Money(D("100"), "EUR"), cost=Money(D("40"), "EUR")),
    RED: Goods(RED, "Faro rojo", parent=LAMP),
    KIT: Goods(KIT, "Lote", parts=((LAMP, D("2")), (YEN, D("1.5")))),
    BARE: Goods(BARE, "Sin precio"),
    YEN: Goods(YEN, "Cable", price=Money(D("10"), "USD")),
}


def line(pk: int, price: str = "", off: str = "", **about: Any) -> Line:
    minimum = D(about.pop("start", "0"))
    return Line(
        pk, about.get("product"), about.get("series"), minimum, D(price) if price else None, D(off) if off else None
    )


def listed(pk: int, *lines: Line, **said: Any) -> Listed:
    return Listed(pk, f"Tarifa {pk}", said.pop("currency", "EUR"), lines=lines, **said)


def ask(*lists: Listed, product: int = LAMP, many: str = "1", who: Customer = WHO, **said: Any) -> Price:
    book = Book(GOODS, lists, RATES)
    return price_of(product, D(many), who, said.get("currency", "EUR"), said.get("day", DAY), book)


def amount(price: Price) -> Decimal | None:
    return price.money.amount if price.money is not None else None


def test_without_a_list_the_products_own_price_holds() -> None:
    price = ask()
    assert (amount(price), price.how, price.listed, price.source) == (D("100.00"), How.BASE, None, Source.OWN)


def test_company_comes_before_group_before_everybody_whatever_is_cheaper() -> None:
    everybody = listed(1, line(1, "70", product=LAMP))
    group = listed(2, line(2, "80", product=LAMP), everybody=False, groups=frozenset({50}))
    own = listed(3, line(3, "90", product=LAMP), everybody=False, companies=frozenset({100}))
    assert (amount(ask(everybody, group, own)), ask(everybody, group, own).tier) == (D("90.00"), Tier.COMPANY)
    assert (amount(ask(everybody, group)), ask(everybody, group).tier) == (D("80.00"), Tier.GROUP)
    assert (amount(ask(everybody)), ask(everybody).tier) == (D("70.00"), Tier.EVERYBODY)
    stranger = Customer(101, 51)
    assert amount(ask(everybody, group, own, who=stranger)) == D("70.00")
    assert amount(ask(group, own, who=Customer())) == D("100.00")


def test_a_list_of_the_company_that_is_silent_leaves_the_word_to_the_next() -> None:
    own = listed(3, line(3, "9", series=OTHER), everybody=False, companies=frozenset({100}))
    assert amount(ask(own, listed(1, line(1, "70", product=LAMP)))) == D("70.00")


def test_the_line_that_says_more_comes_first() -> None:
    lines = [line(1, "60"), line(2, "70", series=SERIES), line(3, "80", product=LAMP), line(4, "90", product=RED)]
    found = [(ask(listed(1, *lines[:n]), product=RED).about, amount(ask(listed(1, *lines[:n]), product=RED)))
             for n in range(1, 5)]  # fmt: skip
    assert found == [
        (About.EVERYTHING, D("60.00")),
        (About.SERIES, D("70.00")),
        (About.PARENT, D("80.00")),
        (About.PRODUCT, D("90.00")),
    ]


@pytest.mark.parametrize(
    ("many", "price"), [("1", "100"), ("9.999", "100"), ("10", "95"), ("49", "95"), ("50", "90"), ("5000", "90")]
)
def test_the_highest_quantity_that_is_reached_holds(many: str, price: str) -> None:
    steps = listed(1, line(1, "95", product=LAMP, start="10"), line(2, "90", product=LAMP, start="50"))
    assert amount(ask(steps, many=many)) == D(price)


def test_a_higher_step_holds_even_where_it_is_dearer() -> None:
    steps = listed(1, line(1, "80", product=LAMP), line(2, "85", product=LAMP, start="10"))
    assert amount(ask(steps, many="10")) == D("85.00")


def test_of_equals_the_best_price_holds_then_the_older_line() -> None:
    first, second = listed(1, line(7, "80", product=LAMP)), listed(2, line(8, "79.99", product=LAMP))
    assert amount(ask(first, second)) == D("79.99")
    same = listed(3, line(9, "79.99", product=LAMP))
    assert ask(same, second).line == second.lines[0]
    taxed = listed(4, line(10, "1", product=LAMP), with_tax=True)
    assert amount(ask(taxed, second)) == D("79.99"), "prices with and without tax are not compared"
    assert ask(taxed).with_tax


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 5, 21), None, False),
        (None, date(2026, 5, 19), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_first_and_last_day_count(first: date | None, last: date | None, holds: bool) -> None:
    found = ask(listed(1, line(1, "70", product=LAMP), valid_from=first, valid_to=last))
    assert (found.listed is not None) == holds


def test_discounts_are_off_the_list_price_and_rounded_half_up() -> None:
    assert amount(ask(listed(1, line(1, off="12.5", series=SERIES)))) == D("87.50")
    price = ask(listed(1, line(1, off="33.33", product=RED)), product=RED)
    assert (amount(price), price.how, price.source) == (D("66.67"), How.DISCOUNT, Source.PARENT)
    # 2 × 100 EUR + 1.5 × 10 USD at 0.9 = 213.50; 15 % off is 181.475
    assert amount(ask(listed(1, line(1, off="15")), product=KIT)) == D("181.48")
    assert amount(ask(listed(1, line(1, off="100", product=LAMP)))) == D("0.00")


def test_other_currencies_are_converted_at_the_rate_of_the_day_and_say_so() -> None:
    euro = listed(1, line(1, "70", product=LAMP))
    price = ask(euro, currency="USD")
    # 100 EUR / 0.9 USD = 111.111…
    assert (amount(price), price.how, price.converted) == (D("111.11"), How.BASE, Money(D("111.11"), "USD"))
    assert price.base == Money(D("100"), "EUR")
    assert amount(ask(currency="USD", day=date(2026, 6, 1))) == D("125.00")
    dollars = listed(2, line(2, "99", product=LAMP), currency="USD")
    assert (amount(ask(euro, dollars, currency="USD")), ask(dollars, currency="USD").converted) == (D("99.00"), None)
    off = ask(listed(3, line(3, off="10", product=LAMP), currency="USD"), currency="USD")
    assert (amount(off), off.converted) == (D("100.00"), Money(D("111.11"), "USD"))


def test_without_a_rate_or_a_price_there_is_none() -> None:
    assert ask(currency="MXN").money is None
    assert ask(currency="MXN").refused is not None
    assert ask(currency="USD", day=date(2025, 1, 1)).refused is not None
    assert (ask(product=BARE).money, ask(product=BARE).how) == (None, How.NOTHING)
    assert ask(listed(1, line(1, off="10")), product=BARE).money is None
    assert amount(ask(listed(1, line(1, "5")), product=BARE)) == D("5.00")


def test_a_floor_is_below_only_where_both_are_known() -> None:
    assert below_floor(D("19.99"), D("20"))
    assert not below_floor(D("20"), D("20"))
    assert not below_floor(None, D("20"))
    assert not below_floor(D("-5"), None)


def test_whatever_the_lists_say_the_answer_keeps_the_order() -> None:
    """Ten thousand books at random: the answer is a candidate, and no candidate comes before it."""
    chance = Random(34)
    for _round in range(10_000):
        lists = [_any_list(chance, pk) for pk in range(chance.randint(0, 4))]
        many, product = Decimal(chance.choice(("1", "5", "10", "99.5"))), chance.choice((LAMP, RED, KIT))
        found = ask(*lists, product=product, many=str(many))
        assert found.money is not None
        assert found.money.currency == "EUR"
        assert found.money.amount == found.money.amount.quantize(D("0.01"))
        if found.listed is None:
            assert found.how is How.BASE
            continue
        assert found.line is not None
        assert found.line.minimum <= many
        assert found.listed.holds_on(DAY)
        for other in (each for each in lists if each is not found.listed):
            alone = ask(other, product=product, many=str(many))
            if alone.listed is not None:
                assert (found.tier, found.about) <= (alone.tier, alone.about)


def _any_list(chance: Random, pk: int) -> Listed:
    lines = []
    for n in range(chance.randint(0, 4)):
        about: dict[str, Any] = chance.choice(({"product": LAMP}, {"product": RED}, {"series": SERIES}, {}))
        worth = {"price": str(chance.randint(1, 200))} if chance.random() < 0.5 else {"off": str(chance.randint(1, 99))}
        lines.append(line(pk * 10 + n, **worth, start=chance.choice(("0", "5", "10")), **about))
    whom = chance.choice(
        ({}, {"everybody": False, "groups": frozenset({50})}, {"everybody": False, "companies": frozenset({100})})
    )
    late = {"valid_to": date(2026, 1, 1)} if chance.random() < 0.2 else {}
    return listed(pk, *lines, **whom, **late)
