"""How units, options and parts of bundles are written."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.catalog.models import BundlePart, Product, ProductOption, Unit
from coordina.catalog.models.product import MOST_DECIMALS
from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer

MOST_CHOICES = 40
DEEPEST = 5
"""So many bundles may stand inside each other."""


class UnitWriter(Writer[Unit]):
    """Units are counted with as many places as quantities are kept with, at most."""

    def clean(self, values: Values, *, obj: Unit | None = None) -> Values:
        """Refuse more places than a quantity has."""
        values = super().clean(values, obj=obj)
        if values.get("decimals") is not None and not 0 <= values["decimals"] <= MOST_DECIMALS:
            message = _("Between 0 and %(most)d decimal places.") % {"most": MOST_DECIMALS}
            raise Refusal("decimals", message, field="decimals")
        return {n: v for n, v in values.items() if n != "decimals" or v is not None}


class OptionWriter(Writer[ProductOption]):
    """Options have something to choose from."""

    def clean(self, values: Values, *, obj: ProductOption | None = None) -> Values:
        """Write each choice once; refuse none, and more than anybody could look through."""
        values = super().clean(values, obj=obj)
        if "choices" not in values:
            return values
        found = ProductOption(choices=values["choices"] or "").values
        if not found:
            raise Refusal("required", _("Write what can be chosen, with commas between."), field="choices")
        if len(found) > MOST_CHOICES:
            message = _("At most %(most)d choices.") % {"most": MOST_CHOICES}
            raise Refusal("many", message, field="choices")
        return values | {"choices": ", ".join(found)}


class BundlePartWriter(Writer[BundlePart]):
    """Bundles contain other products, in quantities that their units allow, and never themselves."""

    def clean(self, values: Values, *, obj: BundlePart | None = None) -> Values:
        """Refuse a quantity of nothing, and a bundle inside itself."""
        values = super().clean(values, obj=obj)
        bundle = values["product"] if values.get("product") is not None else obj.product if obj else None
        part = values.get("part") or (obj.part if obj else None)
        if "quantity" in values and values["quantity"] is None:
            values = {n: v for n, v in values.items() if n != "quantity"}
        if part is not None:
            refuse_quantity(values.get("quantity"), part)
        if part is not None and bundle is not None:
            _refuse_circle(bundle, part)
        return values


def refuse_quantity(quantity: Decimal | None, product: Product, field: str = "quantity") -> None:
    """Refuse a quantity of nothing, and one that the product's unit cannot be divided into.

    Raises:
        Refusal: At the field.
    """
    if quantity is None:
        return
    if quantity <= 0:
        raise Refusal("quantity", _("A quantity is above zero."), field=field)
    unit: Any = product.unit
    if unit is None or quantity == round(quantity, unit.decimals):
        return
    if unit.decimals == 0:
        message = _("“%(unit)s” is counted in whole numbers.") % {"unit": unit.name}
    else:
        message = ngettext(
            "“%(unit)s” is counted with at most %(count)d decimal place.",
            "“%(unit)s” is counted with at most %(count)d decimal places.",
            unit.decimals,
        ) % {"unit": unit.name, "count": unit.decimals}
    raise Refusal("quantity", message, field=field)


def _refuse_circle(bundle: Product, part: Product) -> None:
    """Refuse a part that contains the bundle, and bundles too deep to look through.

    Raises:
        Refusal: At `part`.
    """
    inside, seen = {part.pk}, {part.pk}
    for _level in range(DEEPEST):
        if bundle.pk in inside:
            message = _("“%(name)s” would contain itself.") % {"name": bundle.name[:80]}
            raise Refusal("circle", message, field="part")
        rows = BundlePart.objects.filter(product__in=inside).values_list("part_id", flat=True)
        inside = set(rows) - seen
        seen |= inside
        if not inside:
            return
    message = _("Bundles stand at most %(most)d deep inside each other.") % {"most": DEEPEST}
    raise Refusal("deep", message, field="part")
