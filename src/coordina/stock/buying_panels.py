"""What buying shows: the lines of a purchase order, who sells a product, what a supplier sells."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.catalog.models import Product
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.panels import PANELS, Panel
from coordina.core.records import Record
from coordina.core.visibility import covers
from coordina.stock.actions import MOVE
from coordina.stock.enums import DUE, Purchase
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, SupplierProduct
from coordina.stock.panels import listed

SHOWN = 8


def purchase_lines(order: PurchaseOrder, user: User) -> Mapping[str, Any]:
    """The products of an order with what came of each, and the way to receive them."""
    formats = formats_here(order.supplier.currency)
    draft = order.status == Purchase.DRAFT and covers(order, user, PurchaseOrder.permission("change"))
    rows = list(PurchaseLine.objects.visible_to(user).filter(purchase=order).select_related("product").order_by("pk"))
    total = sum((line.quantity * line.unit_price for line in rows if line.unit_price is not None), Decimal(0))
    money = order.supplier.currency or None
    edit = address("web:detail", "purchase-lines", 0)
    return {
        "lines": [
            {
                "product": line.product.name,
                "quantity": formats.decimal(line.quantity),
                "received": formats.decimal(line.received) if line.received else "",
                "open": formats.decimal(line.open) if line.open and order.status in DUE else "",
                "total": formats.money(line.quantity * line.unit_price, money) if line.unit_price is not None else "—",
                "edit_url": edit.replace("/0/", f"/{line.pk}/edit/") if draft else "",
            }
            for line in rows
        ],
        "total": formats.money(total, money) if total else "",
        "add_url": f"{address('web:new', 'purchase-lines')}?purchase={order.pk}" if draft else "",
        "receive_url": reverse("stock:receive", args=(order.pk,)) if order.status in DUE and user.may(MOVE) else "",
    }


def offers(record: Record, user: User) -> Mapping[str, Any]:
    """Who sells a product, or what a supplier sells, at which price."""
    of_product = isinstance(record, Product)
    about = "product" if of_product else "supplier"
    rows = SupplierProduct.objects.visible_to(user).filter(**{about: record.pk}).select_related("supplier", "product")
    found = list(rows.order_by("-preferred", "name", "pk")[: SHOWN + 1])
    formats, made = formats_here(""), standard(SupplierProduct, "create")
    new = f"{address('web:new', 'supplier-products')}?{about}={record.pk}"
    return {
        "rows": [
            {
                "url": address("web:detail", "supplier-products", row.pk),
                "name": row.supplier.name if of_product else row.name,
                "price": formats.money(row.price, row.currency or None) if row.price is not None else "",
                "preferred": row.preferred,
            }
            for row in found[:SHOWN]
        ],
        "more": len(found) > SHOWN,
        "list_url": listed("supplier-products", f"{about} = {record.pk}"),
        "add_url": new if made is not None and made.open_to(user) else "",
    }


SEE = PurchaseOrder.view_permission()
for _name, _panel in {
    "stock-purchase": Panel("purchase_order.main", _("Products"), SEE, "stock/purchase.html", purchase_lines, 10),
    "stock-sellers": Panel(
        "product.side", _("Suppliers"), SupplierProduct.view_permission(), "stock/offers.html", offers, 30
    ),
    "stock-sold": Panel(
        "supplier.side", _("What they sell"), Supplier.view_permission(), "stock/offers.html", offers, 10
    ),
}.items():
    PANELS.add(_name, _panel)
