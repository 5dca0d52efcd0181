"""From what is proposed to purchase orders, in a click."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.days import today_of
from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.changes import Values
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.core.types import type_of
from coordina.stock.actions import LEAST
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockItem, Supplier
from coordina.stock.replenishing import Advice, advise

ADD = PurchaseOrder.permission("add")
Wanted = Annotated[
    Decimal | None,
    Field(
        ge=LEAST,
        max_digits=14,
        decimal_places=3,
        json_schema_extra={"label": _("quantity"), "help": _("Empty for what is proposed.")},
    ),
]


@action(StockItem, permission=ADD, label=_("Order more"), icon="shopping-cart")
def order_more(
    *,
    item: StockItem,
    quantity: Wanted = None,
    supplier: Annotated[
        Supplier | None,
        Field(json_schema_extra={"label": _("supplier"), "help": _("Empty for the preferred one.")}),
    ] = None,
    by: User,
    at: datetime,
) -> StockItem:
    """Write a purchase order of this product as a draft, or add it to the draft to the same supplier.

    Args:
        quantity: In the product's unit.
    """
    [advice] = advise([item], today_of(by, at))
    many = quantity or advice.quantity
    if not many:
        raise Refusal("enough", _("Nothing is proposed: there is enough. Say how much to order."), field="quantity")
    seller = supplier or (advice.offer.supplier if advice.offer is not None else None)
    if seller is None:
        raise Refusal("required", _("No supplier is known for it. Say which."), field="supplier")
    _order(seller, [(advice, many)], by, at)
    return item


@action(PurchaseOrder, permission=ADD, label=_("Order what is proposed"), icon="shopping-cart", hidden=True)
def order_proposed(*, quantities: dict[str, Decimal], by: User, at: datetime) -> PurchaseOrder:
    """Write purchase orders as drafts: one for each supplier and warehouse.

    Args:
        quantities: By id of the stock of a product in a warehouse.
    """
    wanted = {int(pk): many for pk, many in quantities.items() if pk.isdigit() and many > 0}
    if not wanted:
        raise Refusal("nothing", _("Choose what to order."), status=422)
    rows = StockItem.objects.visible_to(by).filter(pk__in=wanted).select_related("warehouse", "product")
    items = list(rows.order_by("pk"))
    if len(items) < len(wanted):
        raise Forbidden
    groups: dict[tuple[int, int], list[tuple[Advice, Decimal]]] = defaultdict(list)
    errors: dict[str, list[str]] = {}
    for advice in advise(items, today_of(by, at)):
        if advice.offer is None:
            errors[f"item-{advice.item.pk}"] = [gettext("No supplier is known for it.")]
            continue
        groups[advice.offer.supplier_id, advice.item.warehouse_id].append((advice, wanted[advice.item.pk]))
    if errors:
        raise Invalid(errors)
    made = [
        _order(some[0][0].offer.supplier, some, by, at) for _key, some in sorted(groups.items()) if some[0][0].offer
    ]
    return made[0]


def _order(supplier: Supplier, some: list[tuple[Advice, Decimal]], by: User, at: datetime) -> PurchaseOrder:
    """A draft of an order, with the reason of each line."""
    first = some[0][0]
    lead = first.due_on
    why = first.why if len(some) == 1 else gettext("Proposed by the replenishment.")
    values: Values = {"supplier": supplier, "warehouse": first.item.warehouse, "expected_on": lead, "why": why[:300]}
    orders, lines = type_of(PurchaseOrder).writer, type_of(PurchaseLine).writer
    order: PurchaseOrder = orders.create([orders.clean(values)], by=by, at=at)[0]
    rows: list[dict[str, Any]] = [
        lines.clean({"purchase": order, "product": advice.item.product, "quantity": many}) for advice, many in some
    ]
    lines.create(rows, by=by, at=at)
    return order


def _pointed(*, item: StockItem, by: User, at: datetime) -> Values:
    [advice] = advise([item], today_of(by, at))
    if not advice.point:
        raise Refusal("unknown", _("Too little left within a year to work it out. Write it by hand."), status=409)
    return {"reorder_point": advice.point}


@action(
    StockItem, permission=StockItem.permission("change"), label=_("Work out the reorder point"), icon="wave-sine",
    bulk=True, plan=_pointed,
)  # fmt: skip
def take_reorder_point(*, item: StockItem, by: User, at: datetime) -> StockItem:
    """Take the reorder point that a year of demand and the supplier's lead time give, at 95 % of service."""
    writer = type_of(StockItem).writer
    values = writer.clean(_pointed(item=item, by=by, at=at), obj=item)
    found: StockItem = writer.edit([(item, values)], by=by, at=at)[0]
    return found
