"""What can be done with products besides create, edit and delete."""

from datetime import datetime
from itertools import product as combinations
from math import prod
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.catalog.models import Product, ProductOption
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Refusal
from coordina.core.types import type_of

SEE_COST = permission(
    "catalog.see_cost",
    noun=_("products"),
    verb="see_cost",
    label=_("See cost and margin"),
    grants={**LEADERS, "manager": "all", "finance": "all", "product": "all"},
)
"""Whoever may look at what products cost: those who answer for margins, not those who sell."""
MOST_VARIANTS = 100


@action(Product, permission=Product.permission("add"), label=_("Make the variants"), icon="copy", aside=True)
def make_variants(*, product: Product, by: User, at: datetime) -> Product:
    """Make a product for every combination of its options that has none yet; prices and costs are those of the parent.

    Raises:
        Refusal: For a variant, without options, for more than 100 combinations, and where all are there already.
    """
    if product.parent_id is not None:
        raise Refusal("variant", _("A variant has no variants."), status=409)
    options = list(ProductOption.objects.filter(product=product).order_by("pk"))
    if not options:
        raise Refusal("options", _("Say first what the variants differ in: add an option."), status=409)
    if prod(len(option.values) for option in options) > MOST_VARIANTS:
        message = gettext("That would be more than %(most)d variants. Take some choices away.") % {
            "most": MOST_VARIANTS
        }
        raise Refusal("many", message, status=409)
    there = set(Product.objects.filter(parent=product).values_list("variant", flat=True))
    wanted = [" · ".join(chosen) for chosen in combinations(*(option.values for option in options))]
    rows = [_variant_of(product, variant) for variant in wanted if variant[:120] not in there]
    if not rows:
        raise Refusal("nothing", _("All variants are there already."), status=409)
    type_of(Product).writer.create(rows, by=by, at=at)
    return product


def _variant_of(product: Product, variant: str) -> dict[str, Any]:
    """The values of a new variant; what it does not say it inherits."""
    return {
        "name": f"{product.name[: 200 - len(variant) - 3]} ({variant})"[:200],
        "variant": variant[:120],
        "parent": product,
        "currency": product.currency,
        "cost_currency": product.cost_currency,
        "nature": product.nature,
        "active": product.active,
    }
