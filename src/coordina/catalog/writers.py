"""How products are written: priced in the company's currency unless said, each code once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.rates import checked_currency, reporting_currency
from coordina.catalog.models import Product
from coordina.core import changes as open_changes
from coordina.core.changes import Values, remembered
from coordina.core.refusals import Refusal
from coordina.records.writers import Tagged, normalised


class ProductWriter(Tagged[Product]):
    """Prices not below zero, currencies that exist, codes that no other product has."""

    def clean(self, values: Values, *, obj: Product | None = None) -> Values:
        """Check and normalise what was given for a product."""
        values = super().clean(values, obj=obj)
        if values.get("price") is not None and values["price"] < 0:
            raise Refusal("price", _("A price is not below zero."), field="price")
        values = normalised(values, {"currency": lambda v: checked_currency(str(v)), "code": str.strip}, obj)
        code = values.get("code")
        if obj is not None and code and code != obj.code:
            _refuse_taken_codes([code], _actor(), besides=obj.pk)
        return values

    def prepare(self, made: Sequence[Product], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give prices their currency; refuse codes that are taken."""
        super().prepare(made, rows, by=by, at=at)
        for product in made:
            product.currency = product.currency or remembered("reporting currency", reporting_currency)
        _refuse_taken_codes([p.code for p in made if p.code], by)


def _actor() -> Any:
    journal = open_changes.current()
    return journal.context.get("by") if journal is not None else None


def _refuse_taken_codes(codes: Sequence[str], by: Any, besides: int | None = None) -> None:
    """Refuse codes that stand twice or that another product has, as far as the person may see it.

    Raises:
        Refusal: At `code`.
    """
    taken = next((code for code, count in Counter(codes).items() if count > 1), None)
    if codes and taken is None:
        rows: Any = Product.objects.all() if by is None else Product.objects.visible_to(by)
        others = rows.filter(code__in=codes).exclude(pk=besides).order_by("pk")
        taken = others.values_list("code", flat=True).first()
    if taken is not None:
        message = _("Another product has the code “%(code)s” already. Write another one or leave it empty.")
        raise Refusal("taken", message % {"code": taken[:40]}, field="code")
