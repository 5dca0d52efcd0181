"""Reads of taxes: the regimes with their rates, where a customer is, and what a sale to them bears."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from coordina.catalog.models import Product, TaxClass, TaxRate, TaxRegime
from coordina.catalog.pricing import Price
from coordina.catalog.tax_writers import prefixes_of
from coordina.catalog.taxation import Place, Position, RateRow, Regime, Taxation, Treatment, position_of, taxes_on
from coordina.catalog.totals import Rounding, taxed
from coordina.core.money import Money, minor_units
from coordina.customers.enums import AddressKind
from coordina.customers.models import Address, Company

_FIRST = {AddressKind.BILLING: 0, AddressKind.MAIN: 1}
"""Which address says where a customer is taxed."""


@dataclass(frozen=True, slots=True)
class Taxes:
    """What sales of some products to one customer bear: read once, asked for each product.

    Attributes:
        ours: The regime one sells from; None where nobody has said it, and then no tax is known.
        classes: Class of each product, the usual one for those that name none; and whether it is a service.
    """

    ours: Regime | None
    place: Place
    position: Position | None
    classes: Mapping[int, tuple[int | None, bool]]

    def on(self, product: int, day: date) -> Taxation | None:
        """The taxes on a product on a day; None where it is not known from where one sells."""
        if self.ours is None or self.position is None:
            return None
        tax_class, service = self.classes.get(product, (None, False))
        return taxes_on(tax_class, service=service, place=self.place, position=self.position, ours=self.ours, day=day)

    @property
    def rounding(self) -> Rounding:
        """Where invoices of our regime round tax."""
        return self.ours.rounding if self.ours is not None else Rounding.PER_RATE


def taxes_for(company: Company | None, products: Iterable[int]) -> Taxes:
    """Read what sales of some products to a company bear; for somebody unknown, what one sells at home."""
    regimes, ours = regimes_now()
    place = place_of(company)
    position = position_of(place, ours, regimes) if ours is not None else None
    return Taxes(ours, place, position, _classes_of(products))


def regimes_now() -> tuple[tuple[Regime, ...], Regime | None]:
    """All regimes, and ours."""
    rates: dict[int, dict[int, list[RateRow]]] = defaultdict(lambda: defaultdict(list))
    columns = ("regime_id", "tax_class_id", "percent", "surcharge", "since")
    for regime, tax_class, *row in TaxRate.objects.order_by("since", "pk").values_list(*columns):
        rates[regime][tax_class].append(RateRow(*row))
    found: list[Regime] = []
    ours = None
    for row in TaxRegime.objects.order_by("pk"):
        known = {tax_class: tuple(rows) for tax_class, rows in rates[row.pk].items()}
        made = Regime(
            row.pk, row.name, row.country, row.tax, prefixes_of(row.postal_codes), row.surcharge,
            Rounding(row.rounding), known,
        )  # fmt: skip
        found.append(made)
        ours = made if row.ours else ours
    return tuple(found), ours


def place_of(company: Company | None) -> Place:
    """Where a company is taxed: by its billing address, else its main one, else its country alone."""
    if company is None:
        return Place()
    rows = Address.objects.filter(company=company.pk, kind__in=tuple(_FIRST)).values_list(
        "kind", "country", "postal_code", "pk"
    )
    first = min(rows, key=lambda row: (_FIRST[AddressKind(row[0])], row[3]), default=None)
    country, code = (first[1] or company.country, first[2]) if first is not None else (company.country, "")
    said = Treatment(company.tax_treatment) if company.tax_treatment else None
    return Place(country, code, bool(company.tax_id.strip()), company.equivalence_surcharge, said)


def _classes_of(products: Iterable[int]) -> dict[int, tuple[int | None, bool]]:
    """Tax class of each product, else that of its parent, else the usual one; and whether it is a service."""
    usual = TaxClass.objects.filter(usual=True).order_by("pk").values_list("pk", flat=True).first()
    rows = Product.objects.filter(pk__in=tuple(products))
    columns = ("pk", "tax_class_id", "parent__tax_class_id", "nature")
    return {pk: (own or above or usual, nature == "service") for pk, own, above, nature in rows.values_list(*columns)}


def without_tax(price: Price, taxation: Taxation | None) -> Money | None:
    """A price without tax: what it is, less the tax it contains; None where that tax is not known.

    A price with tax that a list says for a customer who bears none stays whole: there is no tax in it.
    """
    if price.money is None or not price.with_tax:
        return price.money
    if taxation is None or taxation.missing:
        return None
    currency = price.money.currency
    base, _due = taxed(price.money.amount, taxation.shares, minor_units(currency), with_tax=True)
    return Money(base, currency)
