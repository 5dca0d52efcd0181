"""The page that says when some of a product could be with a customer, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordina.accounts.models import User
from coordina.catalog.enums import Nature
from coordina.catalog.models import Product
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.parsing import parse_decimal
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Refusal
from coordina.promises.explaining import Names, reasons
from coordina.promises.reckoning import could_arrive
from coordina.stock.models import StockItem, Warehouse

OFFERED = 100
"""Products in the list of somebody without JavaScript; with it all are found."""


@dataclass
class Question:
    """What is asked, as far as it can be read; `errors` by field for the rest."""

    product: Product | None = None
    quantity: Decimal = Decimal(1)
    warehouse: Warehouse | None = None
    errors: dict[str, str] = field(default_factory=dict)


@require_safe
def when_page(request: Any) -> HttpResponse:
    """A form, and the answer below it once a product is chosen."""
    user, formats = request.user, request.formats
    if not user.may(Product.view_permission()) or not user.may(StockItem.view_permission()):
        raise Forbidden
    asked = read(request.GET, user, formats)
    answer = answer_to(asked, user, formats) if asked.product is not None and not asked.errors else None
    values = form_of(request.GET, asked, user, formats) | {"answer": answer}
    return render(request, "promises/when.html", values, status=422 if asked.errors else 200)


def read(typed: Mapping[str, str], user: User, formats: Formats) -> Question:
    """From what was typed to a question; what cannot be read is said at its field."""
    asked = Question()
    for name, model in (("product", Product), ("warehouse", Warehouse)):
        if text := typed.get(name, "").strip():
            found = model.objects.visible_to(user).filter(pk=parse_id(text) or 0).first()
            setattr(asked, name, found)
            if found is None:
                asked.errors[name] = _("Choose one from the list.")
    if asked.product is not None and asked.product.nature == Nature.SERVICE:
        asked.errors["product"] = _("A service is not sent: agree on a day with the customer.")
    try:
        text = typed.get("quantity", "").strip()
        asked.quantity = parse_decimal(text, formats.locale, 3) if text else asked.quantity
        if asked.product is not None:
            refuse_quantity(asked.quantity, asked.product)
    except Refusal as refusal:
        asked.errors["quantity"] = str(refusal.message)
    return asked


def form_of(typed: Mapping[str, str], asked: Question, user: User, formats: Formats) -> dict[str, Any]:
    """The fields of the form with what was typed, and what there is to choose."""
    rows = Product.objects.visible_to(user).filter(active=True).exclude(nature=Nature.SERVICE).order_by("name", "pk")
    products = list(rows.values_list("pk", "name")[:OFFERED])
    if asked.product is not None and all(pk != asked.product.pk for pk, _name in products):
        products.insert(0, (asked.product.pk, asked.product.name))
    houses = Warehouse.objects.visible_to(user).filter(active=True).order_by("name", "pk").values_list("pk", "name")
    return {
        "errors": asked.errors,
        "products": products,
        "product": asked.product,
        "warehouses": list(houses),
        "warehouse": asked.warehouse,
        "lookup": address("web:lookup", "products"),
        "quantity": typed.get("quantity", "") or formats.decimal(asked.quantity),
    }


def answer_to(asked: Question, user: User, formats: Formats) -> dict[str, Any]:
    """The day with its reasons."""
    assert asked.product is not None
    place = asked.warehouse.pk if asked.warehouse is not None else None
    found = could_arrive(asked.product, asked.quantity, warehouse=place)
    return {
        "day": formats.date_long(found.day),
        "many": formats.decimal(asked.quantity),
        "parts": [
            {"why": reasons([share], Names(user, [share]), formats), "day": formats.day(share.arrives_on)}
            for share in found.shares
        ],
        "product_url": address("web:detail", "products", asked.product.pk),
    }
