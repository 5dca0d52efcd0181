"""Which taxes a sale bears: by place, class, nature and day; no database."""

from datetime import date
from decimal import Decimal

import pytest

from coordina.catalog.taxation import Mention, Place, RateRow, Regime, Taxation, Treatment, Why, position_of, taxes_on
from coordina.catalog.totals import TaxShare

D = Decimal
GENERAL, REDUCED = 1, 2
IVA = Regime(
    1, "Península y Baleares", "ES", "IVA", (), "Recargo de equivalencia",
    rates={
        GENERAL: (RateRow(D("18"), D("4"), date(2010, 7, 1)), RateRow(D("21"), D("5.2"), date(2012, 9, 1))),
        REDUCED: (RateRow(D("10"), D("1.4"), date(2012, 9, 1)),),
    },
)  # fmt: skip
IGIC = Regime(2, "Canarias", "ES", "IGIC", ("35", "38"), rates={GENERAL: (RateRow(D("7")),)})
CEUTA = Regime(3, "Ceuta", "ES", "IPSI", ("51",))
ALL = (IVA, IGIC, CEUTA)
DAY = date(2026, 11, 22)


def taxed(place: Place, *, ours: Regime = IVA, service: bool = False, of: int = GENERAL, day: date = DAY) -> Taxation:
    return taxes_on(of, service=service, place=place, position=position_of(place, ours, ALL), ours=ours, day=day)


@pytest.mark.parametrize(
    ("place", "treatment", "why"),
    [
        (Place(), Treatment.DOMESTIC, Why.NOWHERE),
        (Place("ES"), Treatment.DOMESTIC, Why.HERE),
        (Place("ES", "28013"), Treatment.DOMESTIC, Why.HERE),
        (Place("ES", " 35 001"), Treatment.EXPORT, Why.ABROAD),
        (Place("ES", "38001", tax_number=True), Treatment.EXPORT, Why.ABROAD),
        (Place("ES", "51001"), Treatment.EXPORT, Why.ABROAD),
        (Place("ES", "52001", tax_number=True), Treatment.EXPORT, Why.ABROAD),
        (Place("PT", "1100", tax_number=True), Treatment.INTRA, Why.UNION_NUMBER),
        (Place("PT", "1100"), Treatment.DOMESTIC, Why.UNION_CONSUMER),
        (Place("FR", "97100", tax_number=True), Treatment.EXPORT, Why.ABROAD),
        (Place("MX", tax_number=True), Treatment.EXPORT, Why.ABROAD),
        (Place("GB", tax_number=True), Treatment.EXPORT, Why.ABROAD),
        (Place("PT", tax_number=True, treatment=Treatment.DOMESTIC), Treatment.DOMESTIC, Why.SAID),
        (Place("ES", treatment=Treatment.EXEMPT), Treatment.EXEMPT, Why.SAID),
    ],
)
def test_the_place_decides_when_one_sells_from_the_mainland(place: Place, treatment: Treatment, why: Why) -> None:
    found = position_of(place, IVA, ALL)
    assert (found.treatment, found.why) == (treatment, why)


@pytest.mark.parametrize(
    ("place", "treatment"),
    [
        (Place("ES", "38001"), Treatment.DOMESTIC),
        (Place("ES", "28013", tax_number=True), Treatment.EXPORT),
        (Place("PT", tax_number=True), Treatment.EXPORT),
        (Place("ES", "51001"), Treatment.EXPORT),
    ],
)
def test_the_place_decides_when_one_sells_from_the_canary_islands(place: Place, treatment: Treatment) -> None:
    assert position_of(place, IGIC, ALL).treatment == treatment


def test_rates_are_those_of_the_day() -> None:
    at_home = Place("ES", "28013")
    for day, percent in ((date(2012, 8, 31), "18"), (date(2012, 9, 1), "21"), (DAY, "21")):
        assert taxed(at_home, day=day).shares == (TaxShare("IVA", D(percent)),)
    assert taxed(at_home, day=date(2010, 6, 30)).missing
    assert taxed(at_home, of=99).missing
    assert taxed(Place("ES", "38001"), ours=IGIC, day=date(1999, 1, 1)).shares == (TaxShare("IGIC", D("7")),)


def test_the_surcharge_is_on_goods_of_retailers_alone() -> None:
    shop = Place("ES", "28013", surcharge=True)
    surcharge = TaxShare("Recargo de equivalencia", D("5.2"), surcharge=True)
    assert taxed(shop).shares == (TaxShare("IVA", D("21")), surcharge)
    assert taxed(shop).percent == D("26.2")
    assert taxed(shop, of=REDUCED).percent == D("11.4")
    assert taxed(shop, service=True).shares == (TaxShare("IVA", D("21")),)
    assert taxed(Place("ES", "38001", surcharge=True), ours=IGIC).percent == 7
    assert taxed(Place("PT", tax_number=True, surcharge=True)).shares == ()


@pytest.mark.parametrize(
    ("place", "service", "mention"),
    [
        (Place("ES"), False, Mention.NONE),
        (Place("PT", tax_number=True), False, Mention.INTRA_GOODS),
        (Place("PT", tax_number=True), True, Mention.REVERSE_CHARGE),
        (Place("PT"), True, Mention.NONE),
        (Place("MX"), False, Mention.EXPORT_GOODS),
        (Place("ES", "35001"), True, Mention.EXPORT_SERVICE),
        (Place("ES", treatment=Treatment.EXEMPT), False, Mention.EXEMPT),
    ],
)
def test_an_invoice_without_tax_says_why(place: Place, service: bool, mention: Mention) -> None:
    found = taxed(place, service=service)
    assert found.mention == mention
    assert bool(found.shares) == (mention == Mention.NONE)
