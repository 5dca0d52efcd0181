"""The page of replenishment: what to order, how much, from whom and why; ordered in a click."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.parsing import parse_decimal
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.ledger.doors import submit
from coordina.stock.models import PurchaseOrder, StockItem, Warehouse
from coordina.stock.ordering import order_proposed
from coordina.stock.replenishing import Advice, advise, candidates, movers

ITEM, PICK = "item-", "pick"


@require_http_methods(["GET", "HEAD", "POST"])
def replenish_page(request: Any) -> HttpResponse:
    """What is proposed; sent, the chosen ones become purchase orders."""
    if not request.user.may(StockItem.view_permission()) or not request.user.may(PurchaseOrder.view_permission()):
        raise Forbidden
    if request.method != "POST":
        return render(request, "stock/replenish.html", context_of(request, {}))
    try:
        order_chosen(request)
    except Invalid as wrong:
        return render(request, "stock/replenish.html", context_of(request, wrong.errors), status=422)
    messages.success(request, _("Drafts of purchase orders were written. Look through them and mark them as sent."))
    return HttpResponseRedirect(f"{address('web:list', 'purchase-orders')}?q=status+%3D+draft")


def order_chosen(request: Any) -> None:
    """Order what was ticked.

    Raises:
        Invalid: With messages by field.
    """
    errors: dict[str, list[str]] = {}
    quantities: dict[str, str] = {}
    for key in request.POST.getlist(PICK):
        name = f"{ITEM}{key}"
        try:
            quantities[key] = str(parse_decimal(request.POST.get(name, ""), request.formats.locale, 3))
        except Refusal as wrong:
            errors[name] = [str(wrong)]
    if errors:
        raise Invalid(errors)
    try:
        submit(of(order_proposed), {"quantities": quantities}, by=request.user, via="web", at=timezone.now())
    except Invalid:
        raise
    except Refusal as wrong:
        raise Invalid({wrong.field or "": [str(wrong)]}) from None


def context_of(request: Any, errors: dict[str, list[str]]) -> dict[str, Any]:
    """Everything the page shows; what was typed and ticked stays."""
    formats: Formats = request.formats
    warehouse = parse_id(request.GET.get("warehouse", ""))
    found = [one for one in advise(candidates(request.user, warehouse), formats.today) if one.quantity]
    found.sort(key=lambda one: (one.cover if one.cover is not None else 9e9, one.item.name, one.item.pk))
    ticked = set(request.POST.getlist(PICK)) if request.method == "POST" else None
    fast, slow = movers(request.user, formats.today, warehouse)
    houses = Warehouse.objects.visible_to(request.user).filter(active=True).order_by("name", "pk")
    return {
        "rows": [row_of(request, one, formats, ticked, errors) for one in found],
        "general": errors.get("", []),
        "fast": [{"url": url_of(item), "name": item.name, "place": str(item.warehouse),
                  "many": formats.decimal(Decimal(f"{many:.1f}"))} for item, many in fast],
        "slow": [{"url": url_of(item), "name": item.name, "place": str(item.warehouse),
                  "many": formats.decimal(item.on_hand), "day": formats.date_short(item.moved_on)} for item in slow],
        "houses": [{"name": h.name, "url": f"{reverse('stock:replenish')}?warehouse={h.pk}", "here": h.pk == warehouse}
                   for h in houses],
        "all_url": reverse("stock:replenish"),
        "all_here": warehouse is None,
        "may_order": of(order_proposed).open_to(request.user),
    }  # fmt: skip


def url_of(item: StockItem) -> str:
    """The page of a product's stock."""
    return address("web:detail", "stock", item.pk)


def row_of(
    request: Any, one: Advice, formats: Formats, ticked: set[str] | None, errors: dict[str, list[str]]
) -> dict[str, Any]:
    """One proposal."""
    name, offer = f"{ITEM}{one.item.pk}", one.offer
    price = offer.price if offer is not None else None
    currency = (offer.currency or None) if offer is not None else None
    return {
        "pk": one.item.pk,
        "name": name,
        "url": url_of(one.item),
        "product": one.item.name,
        "place": str(one.item.warehouse),
        "why": one.why,
        "cover": formats.days(int(one.cover)) if one.cover is not None else "—",
        "out": one.item.available <= 0,
        "point": formats.decimal(one.point) if one.point else "",
        "supplier": offer.supplier.name if offer is not None else "",
        "due": formats.day(one.due_on) if offer is not None else "",
        "cost": formats.money(price * one.quantity, currency) if price is not None else "",
        "typed": request.POST.get(name, formats.decimal(one.quantity)),
        "ticked": offer is not None and (ticked is None or str(one.item.pk) in ticked),
        "errors": errors.get(name, []),
    }
