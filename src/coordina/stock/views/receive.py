"""The page on which what came of a purchase order is received, line by line."""

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
from coordina.core.parsing import parse_date, parse_decimal
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Invalid, NotFound, Refusal
from coordina.ledger.doors import submit
from coordina.stock.actions import MOVE, STAYS
from coordina.stock.enums import DUE
from coordina.stock.models import PurchaseLine, PurchaseOrder
from coordina.stock.purchasing import receive_purchase

LINE = "line-"


@require_http_methods(["GET", "HEAD", "POST"])
def receive_page(request: Any, pk: int) -> HttpResponse:
    """Say how much of each line came; sent, it is on the shelf."""
    order = PurchaseOrder.objects.visible_to(request.user).select_related("supplier", "warehouse").filter(pk=pk).first()
    if order is None:
        raise NotFound
    if not request.user.may(MOVE):
        raise Forbidden
    home = reverse("web:detail", args=("purchase-orders", pk))
    if order.status not in DUE:
        return HttpResponseRedirect(home)
    if request.method != "POST":
        return render(request, "stock/receive.html", context_of(request, order, home))
    try:
        received(request, order)
    except Invalid as wrong:
        return render(request, "stock/receive.html", context_of(request, order, home, wrong.errors), status=422)
    return HttpResponseRedirect(home)


def received(request: Any, order: PurchaseOrder) -> None:
    """Receive what was typed.

    Raises:
        Invalid: With messages by field.
    """
    errors: dict[str, list[str]] = {}
    quantities: dict[str, Decimal] = {}
    for name in request.POST:
        if name.startswith(LINE) and request.POST[name].strip():
            try:
                quantities[name.removeprefix(LINE)] = parse_decimal(request.POST[name], request.formats.locale, 3)
            except Refusal as wrong:
                errors[name] = [str(wrong)]
    values: dict[str, Any] = {"reason": request.POST.get("reason", ""), "finish": "finish" in request.POST}
    if day := request.POST.get("moved_on", "").strip():
        try:
            values["moved_on"] = parse_date(day, request.formats.locale, request.formats.today)
        except Refusal as wrong:
            errors["moved_on"] = [str(wrong)]
    if errors:
        raise Invalid(errors)
    data = values | {"quantities": {name: str(many) for name, many in quantities.items()}}
    version = parse_id(request.POST.get("version", ""))
    try:
        submit(of(receive_purchase), data, by=request.user, via="web", pk=order.pk, version=version, at=timezone.now())
    except Invalid:
        raise
    except Refusal as wrong:
        raise Invalid({wrong.field or "": [str(wrong)]}) from None
    messages.success(request, _("Received. It is on the shelf."))


def context_of(
    request: Any, order: PurchaseOrder, home: str, errors: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Everything the page shows; what was typed stays."""
    formats, sent = request.formats, request.POST
    rows = (
        PurchaseLine.objects.visible_to(request.user).filter(purchase=order).select_related("product", "product__unit")
    )
    found = errors or {}
    lines = [
        {
            "name": f"{LINE}{line.pk}",
            "product": line.product.name,
            "unit": line.product.unit.symbol if line.product.unit else "",
            "quantity": formats.decimal(line.quantity),
            "received": formats.decimal(line.received) if line.received else "",
            "typed": sent.get(f"{LINE}{line.pk}", formats.decimal(line.open) if line.open else ""),
            "errors": found.get(f"{LINE}{line.pk}", []),
        }
        for line in rows.order_by("pk")
    ]
    known = {line["name"] for line in lines} | {"reason", "moved_on"}
    return {
        "order": order,
        "home": home,
        "lines": lines,
        "warning": STAYS,
        "day": sent.get("moved_on", formats.date_short(formats.today)),
        "reason": sent.get("reason", ""),
        "finish": "finish" in sent,
        "reason_errors": found.get("reason", []),
        "day_errors": found.get("moved_on", []),
        "general": [text for name, texts in found.items() if name not in known for text in texts],
    }
