"""Which taxes a sale bears: the product's class and the customer's place decide, and the answer says why.

Pure: facts in, taxes with their reason out. `catalog.tax_queries` reads the facts.

The company sells from the territory of one regime, *ours*. A customer is placed by country and postal code: the
regime of that country whose postal codes fit, else the one of the country without any. Then:

1. What somebody has said of the customer (`Treatment`) comes first.
2. The same territory: our rates, by the class of the product and the day. Goods bear the equivalence surcharge
   where the customer is under it (Ley 37/1992, arts. 154 to 163: the supplier charges it to retailers; services
   bear none).
3. Another territory of the Union's VAT area, with a tax number: no tax. Goods are exempt as an intra-Community
   supply (Ley 37/1992, art. 25; Directive 2006/112/EC, art. 138), services are not subject here and the customer
   owes the tax (art. 69.Uno.1.º and Directive arts. 44 and 196: reverse charge).
4. The same without a tax number: our rates, as for a consumer. Above the Union's threshold for distance sales
   (10,000 € a year, Ley 37/1992, art. 73) the tax of the customer's country is owed: somebody says so by a rate
   table of their own.
5. Anywhere else, the Canary Islands, Ceuta and Melilla included when we sell from the mainland: no tax. Goods are
   exempt as an export (Ley 37/1992, art. 21; from the Canary Islands Ley 20/1991, art. 11), services to businesses
   are not subject (art. 69.Uno.1.º; Ley 20/1991, art. 17).

A customer without a country is taxed as at home. The mention that an invoice must carry (Real Decreto 1619/2012,
art. 6.1.j and m) comes with the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from coordina.catalog.totals import Rounding, TaxShare

UNION = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
"""Member states of the European Union; Northern Ireland, which counts for goods alone, is set by hand."""
OUTSIDE: Mapping[str, tuple[str, ...]] = {"ES": ("35", "38", "51", "52"), "FR": ("97", "98"), "FI": ("22",)}
"""Postal codes of the Union beyond the VAT area (Directive 2006/112/EC, art. 6): Canary Islands, Ceuta, Melilla, the
overseas departments of France, Åland. Smaller ones, such as Livigno, are set by hand."""


class Treatment(StrEnum):
    """How a sale to somebody is taxed."""

    DOMESTIC = "domestic"
    INTRA = "intra"
    EXPORT = "export"
    EXEMPT = "exempt"


class Why(StrEnum):
    """Why it is."""

    SAID = "said"
    HERE = "here"
    NOWHERE = "nowhere"
    UNION_NUMBER = "union_number"
    UNION_CONSUMER = "union_consumer"
    ABROAD = "abroad"


class Mention(StrEnum):
    """What an invoice has to say where it charges no tax."""

    NONE = ""
    INTRA_GOODS = "intra_goods"
    REVERSE_CHARGE = "reverse_charge"
    EXPORT_GOODS = "export_goods"
    EXPORT_SERVICE = "export_service"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class RateRow:
    """What a class bears in a regime from a day on; None for as far back as anybody asks."""

    percent: Decimal
    surcharge: Decimal = Decimal(0)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Regime:
    """A tax territory with its rates.

    Attributes:
        country: ISO code. prefixes: Beginnings of its postal codes; none: all that no other regime has.
        tax: Name of the tax on invoices. surcharge: That of the surcharge.
        rates: By tax class, the newest last.
    """

    pk: int
    name: str
    country: str
    tax: str
    prefixes: tuple[str, ...] = ()
    surcharge: str = ""
    rounding: Rounding = Rounding.PER_RATE
    rates: Mapping[int, tuple[RateRow, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A customer as taxes see it.

    Attributes:
        tax_number: Whether it has one. surcharge: Whether it is under the equivalence surcharge.
        treatment: What somebody has said; None: as the place says.
    """

    country: str = ""
    postal_code: str = ""
    tax_number: bool = False
    surcharge: bool = False
    treatment: Treatment | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How sales to a customer are taxed, whatever is sold."""

    treatment: Treatment
    why: Why


@dataclass(frozen=True, slots=True)
class Taxation:
    """The taxes on one product for one customer on one day.

    Attributes:
        shares: None at all where no tax is charged.
        missing: Whether the regime has no rate for the class on the day: nothing can be charged before it has.
    """

    shares: tuple[TaxShare, ...]
    position: Position
    mention: Mention = Mention.NONE
    missing: bool = False

    @property
    def percent(self) -> Decimal:
        """All taxes together, in per cent of the base."""
        return sum((share.percent for share in self.shares), Decimal(0))


def regime_at(regimes: tuple[Regime, ...], country: str, postal_code: str) -> Regime | None:
    """The regime of a place; None where there is none for it."""
    here = [regime for regime in regimes if regime.country == country]
    code = "".join(postal_code.split())
    for regime in here:
        if code and any(code.startswith(prefix) for prefix in regime.prefixes):
            return regime
    if _outside(country, code):
        return None
    return next((regime for regime in here if not regime.prefixes), None)


def position_of(place: Place, ours: Regime, regimes: tuple[Regime, ...]) -> Position:
    """How sales to a customer are taxed: the order is that of this module's docstring."""
    if place.treatment is not None:
        return Position(place.treatment, Why.SAID)
    if not place.country:
        return Position(Treatment.DOMESTIC, Why.NOWHERE)
    there = regime_at(regimes, place.country, place.postal_code)
    unknown = there is None and not _outside(place.country, place.postal_code)
    if there is ours or (unknown and place.country == ours.country):
        return Position(Treatment.DOMESTIC, Why.HERE)
    here = ours.prefixes[0] if ours.prefixes else ""
    if _in_area(ours.country, here) and _in_area(place.country, place.postal_code):
        if place.tax_number:
            return Position(Treatment.INTRA, Why.UNION_NUMBER)
        return Position(Treatment.DOMESTIC, Why.UNION_CONSUMER)
    return Position(Treatment.EXPORT, Why.ABROAD)


def taxes_on(
    tax_class: int | None, *, service: bool, place: Place, position: Position, ours: Regime, day: date
) -> Taxation:
    """The taxes on a product.

    Args:
        tax_class: Of the product; None has no rate.
        service: Whether it is one; else goods.
        place: The customer.
        position: As `position_of` gives it.
        ours: The regime one sells from.
        day: Of the sale: the rate is the newest that had begun by then.
    """
    if position.treatment is not Treatment.DOMESTIC:
        return Taxation((), position, _mention(position.treatment, service=service))
    rows = [row for row in ours.rates.get(tax_class or 0, ()) if row.since is None or row.since <= day]
    if not rows:
        return Taxation((), position, missing=True)
    row = max(rows, key=lambda each: each.since or date.min)
    shares = [TaxShare(ours.tax, row.percent)]
    if place.surcharge and not service and row.surcharge:
        shares.append(TaxShare(ours.surcharge or ours.tax, row.surcharge, surcharge=True))
    return Taxation(tuple(shares), position)


def _outside(country: str, postal_code: str) -> bool:
    """Whether a place is in a part of a member state beyond the VAT area."""
    return "".join(postal_code.split()).startswith(OUTSIDE.get(country, ("-",)))


def _in_area(country: str, postal_code: str) -> bool:
    return country in UNION and not _outside(country, postal_code)


def _mention(treatment: Treatment, *, service: bool) -> Mention:
    match treatment:
        case Treatment.INTRA:
            return Mention.REVERSE_CHARGE if service else Mention.INTRA_GOODS
        case Treatment.EXPORT:
            return Mention.EXPORT_SERVICE if service else Mention.EXPORT_GOODS
        case _treatment:
            return Mention.EXEMPT
