"""How products are written: priced in the company's currency unless said, each code once, variants one level deep."""

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
    """Prices and costs not below zero, currencies that exist, codes that stand once, no variant of a variant."""

    def clean(self, values: Values, *, obj: Product | None = None) -> Values:
        """Check and normalise what was given for a product."""
        values = super().clean(values, obj=obj)
        if values.get("price") is not None and values["price"] < 0:
            raise Refusal("price", _("A price is not below zero."), field="price")
        if values.get("cost") is not None and values["cost"] < 0:
            raise Refusal("cost", _("A cost is not below zero."), field="cost")
        rules = {
            "currency": lambda v: checked_currency(str(v)),
            "cost_currency": lambda v: checked_currency(str(v), "cost_currency"),
            "code": str.strip,
        }
        values = normalised(values, rules, obj)
        code = values.get("code")
        if obj is not None and code and code != obj.code:
            _refuse_taken_codes([code], _actor(), besides=obj.pk)
        if values.get("parent") is not None:
            _refuse_generations(values["parent"], obj)
        return values

    def prepare(self, made: Sequence[Product], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give prices and costs their currency, variants what their parent says; refuse codes that are taken."""
        super().prepare(made, rows, by=by, at=at)
        for product, row in zip(made, rows, strict=True):
            parent = product.parent
            if parent is not None:
                product.series_id = product.series_id or parent.series_id
                product.unit_id = product.unit_id or parent.unit_id
                product.currency = product.currency or parent.currency
                product.nature = product.nature if row.get("nature") else parent.nature
            product.currency = product.currency or remembered("reporting currency", reporting_currency)
            product.cost_currency = product.cost_currency or product.currency
        _refuse_taken_codes([p.code for p in made if p.code], by)


def _refuse_generations(parent: Product, obj: Product | None) -> None:
    """Refuse a variant of a variant, of itself, and one that has variants of its own.

    Raises:
        Refusal: At `parent`.
    """
    if obj is not None and parent.pk == obj.pk:
        raise Refusal("circle", _("A product is no variant of itself."), field="parent")
    if parent.parent_id is not None:
        message = _("“%(name)s” is a variant itself. Choose the product it is a variant of.")
        raise Refusal("variant", message % {"name": parent.name[:80]}, field="parent")
    if obj is not None and Product.objects.filter(parent=obj.pk).exists():
        raise Refusal("variant", _("This product has variants of its own."), field="parent")


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
