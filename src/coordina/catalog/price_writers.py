"""How price lists, their lines and customers, and margin floors are written."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.rates import checked_currency, reporting_currency
from coordina.catalog.models import MarginFloor, PriceItem, PriceList, PriceListCustomer
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.changes import Values, remembered
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.records.writers import normalised


class PriceListWriter(Writer[PriceList]):
    """Lists are in a currency that exists and do not end before they begin."""

    def clean(self, values: Values, *, obj: PriceList | None = None) -> Values:
        """Write the currency in capitals; refuse a last day before the first."""
        values = super().clean(values, obj=obj)
        values = normalised(values, {"currency": lambda v: checked_currency(str(v))}, obj)
        if obj is not None and not values.get("currency", obj.currency):
            raise Refusal("required", _("Say in which currency the prices are."), field="currency")
        first = values.get("valid_from", obj.valid_from if obj else None)
        last = values.get("valid_to", obj.valid_to if obj else None)
        if first is not None and last is not None and last < first:
            raise Refusal("order", _("It cannot end before it begins."), field="valid_to")
        return values

    def prepare(self, made: Sequence[PriceList], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give lists the company's currency where none is said."""
        super().prepare(made, rows, by=by, at=at)
        for listed in made:
            listed.currency = listed.currency or remembered("reporting currency", reporting_currency)


class PriceListCustomerWriter(Writer[PriceListCustomer]):
    """A line names one group or one company, each once."""

    def clean(self, values: Values, *, obj: PriceListCustomer | None = None) -> Values:
        """Refuse both, and none."""
        values = super().clean(values, obj=obj)
        group = values.get("group", obj.group_id if obj else None)
        company = values.get("company", obj.company_id if obj else None)
        if group is None and company is None:
            raise Refusal("required", _("Choose a group or a company."), field="group")
        if group is not None and company is not None:
            raise Refusal("both", _("Either a group or a company: add another line for the other."), field="company")
        return values


class PriceItemWriter(Writer[PriceItem]):
    """A line is about a product, a series or everything, and says a price or a discount; each quantity once."""

    def clean(self, values: Values, *, obj: PriceItem | None = None) -> Values:
        """Refuse lines that say two things, nothing, or what another one says already."""
        values = super().clean(values, obj=obj)
        if "minimum" in values and values["minimum"] is None:
            values = values | {"minimum": Decimal(0)}
        now = {
            n: values[n] if n in values else getattr(obj, n, None) for n in ("product", "series", "price", "discount")
        }
        minimum = values.get("minimum", obj.minimum if obj else Decimal(0))
        if now["product"] is not None and now["series"] is not None:
            raise Refusal("both", _("Either a product or a series."), field="series")
        _check_worth(now["price"], now["discount"])
        if minimum < 0:
            raise Refusal("quantity", _("A quantity is not below zero."), field="minimum")
        if minimum and now["product"] is not None:
            refuse_quantity(minimum, now["product"], "minimum")
        listed = values["price_list"] if values.get("price_list") is not None else obj.price_list_id if obj else None
        same = PriceItem.objects.filter(
            price_list=listed, product=now["product"], series=now["series"], minimum=minimum
        )
        if (same.exclude(pk=obj.pk) if obj is not None else same).exists():
            raise Refusal(
                "taken", _("The list has a price for this and from this quantity on already."), field="minimum"
            )
        return values


def _check_worth(price: Decimal | None, discount: Decimal | None) -> None:
    """Refuse a price and a discount together, neither, and what is out of range.

    Raises:
        Refusal: At `price` or `discount`.
    """
    if price is None and discount is None:
        raise Refusal("required", _("Say a price or a discount."), field="price")
    if price is not None and discount is not None:
        raise Refusal("both", _("Either a price or a discount."), field="discount")
    if price is not None and price < 0:
        raise Refusal("price", _("A price is not below zero."), field="price")
    if discount is not None and not 0 < discount <= 100:
        raise Refusal("discount", _("A discount is above 0 % and at most 100 %."), field="discount")


class FloorWriter(Writer[MarginFloor]):
    """One floor for each series, and one for every other product."""

    def clean(self, values: Values, *, obj: MarginFloor | None = None) -> Values:
        """Refuse a second one, and a margin that no price can have."""
        values = super().clean(values, obj=obj)
        percent = values.get("percent")
        if percent is not None and not -100 < percent < 100:
            raise Refusal("percent", _("A margin is above -100 % and below 100 %."), field="percent")
        series = values.get("series", obj.series if obj else None)
        if series is None:
            others = MarginFloor.objects.filter(series=None)
            if (others.exclude(pk=obj.pk) if obj is not None else others).exists():
                raise Refusal("taken", _("There is one for every product already. Choose a series."), field="series")
        return values
