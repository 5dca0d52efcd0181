"""Adding up: figures worked out by hand, and laws that hold for any basket."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from coordina.catalog.totals import RateTotal, Rounding, Sold, TaxShare, Totals, totals
from coordina.core.money import minor_units
from coordina.core.refusals import Refusal

IVA21, IVA10, IVA4, IVA0 = (TaxShare("IVA", Decimal(p)) for p in ("21", "10", "4", "0"))
RE52, RE14 = TaxShare("RE", Decimal("5.2"), surcharge=True), TaxShare("RE", Decimal("1.4"), surcharge=True)
BASKETS = 10_000


def D(text: str) -> Decimal:
    return Decimal(text)


def sold(
    many: str, price: str, *taxes: TaxShare, off: str = "0", with_tax: bool = False, currency: str = "EUR"
) -> Sold:
    return Sold(D(many), D(price), currency, taxes, D(off), with_tax)


def sums(found: Totals) -> tuple[Decimal, Decimal, Decimal]:
    return found.net, found.tax, found.total


def test_nothing_adds_up_to_nothing() -> None:
    assert sums(totals([], "EUR")) == (0, 0, 0)


def test_two_rates_with_discount_worked_out_by_hand() -> None:
    found = totals([sold("3", "19.99", IVA21), sold("2", "7.50", IVA10, off="10"), sold("1", "100", IVA21)], "EUR")
    # 59.97 + 100.00 at 21 %: 159.97 × 0.21 = 33.5937; 15.00 less 1.50 at 10 %: 1.35
    assert found.rates == (RateTotal(IVA21, D("159.97"), D("33.59")), RateTotal(IVA10, D("13.50"), D("1.35")))
    assert (*sums(found), found.discount) == (D("173.47"), D("34.94"), D("208.41"), D("1.50"))
    assert [line.amount for line in found.lines] == [D("59.97"), D("13.50"), D("100.00")]


def test_the_surcharge_stands_on_the_same_base() -> None:
    found = totals([sold("10", "8.35", IVA21, RE52), sold("4", "2.15", IVA10, RE14)], "EUR")
    # 83.50: 17.535 and 4.342; 8.60: 0.86 and 0.1204
    assert found.rates == (
        RateTotal(IVA21, D("83.50"), D("17.54")),
        RateTotal(IVA10, D("8.60"), D("0.86")),
        RateTotal(RE52, D("83.50"), D("4.34")),
        RateTotal(RE14, D("8.60"), D("0.12")),
    )
    assert sums(found) == (D("92.10"), D("22.86"), D("114.96"))


def test_rounding_per_rate_and_per_line_differ_where_they_should() -> None:
    lines = [sold("1", "0.02", IVA21)] * 3
    # together 0.06 × 0.21 = 0.0126; each alone 0.0042
    assert totals(lines, "EUR").tax == D("0.01")
    assert totals(lines, "EUR", Rounding.PER_LINE).tax == D("0.00")
    lines = [sold("1", "0.50", IVA21)] * 2
    # 1.00 × 0.21 = 0.21; 0.105 each rounds to 0.11
    assert (totals(lines, "EUR").tax, totals(lines, "EUR", Rounding.PER_LINE).tax) == (D("0.21"), D("0.22"))


def test_halves_go_up_also_below_zero() -> None:
    assert totals([sold("1", "0.50", IVA21)], "EUR").tax == D("0.11")
    assert totals([sold("-1", "0.50", IVA21)], "EUR").tax == D("-0.11")
    assert totals([sold("0.5", "0.25")], "EUR").net == D("0.13")


@pytest.mark.parametrize(
    ("price", "net", "tax"), [("121", "100.00", "21.00"), ("9.99", "8.26", "1.73"), ("0.01", "0.01", "0.00")]
)
def test_a_price_with_tax_gives_itself_back(price: str, net: str, tax: str) -> None:
    assert sums(totals([sold("1", price, IVA21, with_tax=True)], "EUR")) == (D(net), D(tax), D(price))


def test_a_price_with_tax_and_surcharge() -> None:
    found = totals([sold("1", "126.20", IVA21, RE52, with_tax=True)], "EUR")
    assert found.rates == (RateTotal(IVA21, D("100.00"), D("21.00")), RateTotal(RE52, D("100.00"), D("5.20")))


def test_what_bears_no_tax_stands_apart() -> None:
    found = totals([sold("1", "50"), sold("1", "10", IVA0), sold("1", "100", IVA21)], "EUR")
    assert (found.untaxed, *sums(found)) == (D("50.00"), D("160.00"), D("21.00"), D("181.00"))
    assert RateTotal(IVA0, D("10.00"), D("0.00")) in found.rates


def test_other_units_of_currencies() -> None:
    assert sums(totals([sold("3", "333", IVA10, currency="JPY")], "JPY")) == (999, 100, 1099)
    assert totals([sold("1", "1.2345", IVA21, currency="KWD")], "KWD").net == D("1.235")


def test_currencies_never_mix() -> None:
    with pytest.raises(Refusal) as caught:
        totals([sold("1", "1", IVA21), sold("1", "1", IVA21, currency="USD")], "EUR")
    assert caught.value.code == "currency"


@pytest.mark.parametrize("off", ["-1", "100.01"])
def test_a_discount_is_a_part(off: str) -> None:
    with pytest.raises(Refusal):
        totals([sold("1", "1", off=off)], "EUR")


def any_basket(chance: Random) -> tuple[list[Sold], str, Rounding]:
    currency = chance.choice(("EUR", "EUR", "EUR", "JPY", "KWD"))
    sets = ((), (IVA21,), (IVA10,), (IVA4,), (IVA0,), (IVA21, RE52), (IVA10, RE14))
    style = chance.choice((False, True, None))
    lines = [
        Sold(
            Decimal(chance.randint(-3000 if chance.random() < 0.1 else 1, 9000)).scaleb(-chance.randint(0, 3)),
            Decimal(chance.randint(0, 99_999)).scaleb(-2),
            currency,
            chance.choice(sets),
            Decimal(chance.choice((0, 0, 5, 10, 100)))
            + Decimal(chance.randint(0, 99)).scaleb(-2) * (chance.random() < 0.2)
            if chance.random() < 0.9
            else Decimal(0),
            style if style is not None else chance.random() < 0.5,
        )
        for _line in range(chance.randint(1, 8))
    ]
    lines = [
        line if line.discount <= 100 else Sold(line.quantity, line.unit_price, currency, line.taxes) for line in lines
    ]
    return lines, currency, chance.choice((Rounding.PER_RATE, Rounding.PER_LINE))


def test_ten_thousand_baskets_keep_the_laws() -> None:
    chance = Random(1992)
    for _basket in range(BASKETS):
        lines, currency, rounding = any_basket(chance)
        found = totals(lines, currency, rounding)
        unit = Decimal(1).scaleb(-minor_units(currency))
        assert found.net + found.tax == found.total
        assert sum(line.net for line in found.lines) == found.net
        assert sum(line.tax for line in found.lines) == found.tax
        assert sum(rate.tax for rate in found.rates) == found.tax
        assert sum(line.discount for line in found.lines) == found.discount
        for line, given in zip(found.lines, lines, strict=True):
            assert line.gross - line.discount == line.amount
            kept = line.net + line.tax if given.with_tax else line.net
            assert kept == line.amount
            for value in (line.net, line.tax, line.amount):
                assert value == value.quantize(unit)
        bases = sum(rate.base for rate in found.rates if not rate.share.surcharge)
        assert bases + found.untaxed == found.net
        for rate in found.rates:
            exact = rate.base * rate.share.percent / 100
            batches = len(lines) if rounding is Rounding.PER_LINE else 8
            assert abs(rate.tax - exact) <= unit * batches * 2
        if rounding is Rounding.PER_RATE and not any(line.with_tax for line in lines):
            sets = {line.taxes for line in lines}
            for rate in found.rates:
                if sum(rate.share in taxes for taxes in sets) == 1:
                    exact = rate.base * rate.share.percent / 100
                    assert rate.tax == exact.quantize(unit, ROUND_HALF_UP)
        if all(line.with_tax for line in lines):
            assert found.total == sum(line.amount for line in found.lines)
