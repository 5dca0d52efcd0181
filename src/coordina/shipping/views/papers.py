"""The papers of orders and shipments as PDF."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordina.core.refusals import NotFound
from coordina.documents.answering import answered
from coordina.orders.models import Order
from coordina.shipping import papers
from coordina.shipping.models import Shipment


@require_safe
def delivery_note(request: Any, pk: int) -> HttpResponse:
    """The delivery note of a shipment."""
    shipment = found(request, pk)
    name = f"{_('Delivery note')} {shipment.reference}"
    return answered(request, lambda: papers.delivery_note(shipment, request.user), name, home(shipment))


@require_safe
def packing_list(request: Any, pk: int) -> HttpResponse:
    """The packing list of a shipment."""
    shipment = found(request, pk)
    name = f"{_('Packing list')} {shipment.reference}"
    return answered(request, lambda: papers.packing_list(shipment, request.user), name, home(shipment))


@require_safe
def confirmation(request: Any, pk: int) -> HttpResponse:
    """The confirmation of an order."""
    rows = Order.objects.visible_to(request.user).select_related("company", "person")
    order = rows.filter(pk=pk).first()
    if order is None or not papers.may_confirm(request.user):
        raise NotFound
    name = f"{_('Order')} {order.reference}"
    back = reverse("web:detail", args=("orders", pk))
    return answered(request, lambda: papers.order_confirmation(order, request.user), name, back)


def found(request: Any, pk: int) -> Shipment:
    """A shipment that the reader sees.

    Raises:
        NotFound: There is none for them.
    """
    rows = Shipment.objects.visible_to(request.user).filter(pk=pk)
    shipment: Shipment | None = rows.select_related(
        "order", "order__company", "order__person", "carrier", "warehouse"
    ).first()
    if shipment is None:
        raise NotFound
    return shipment


def home(shipment: Shipment) -> str:
    """The page of a shipment."""
    return reverse("web:detail", args=("shipments", shipment.pk))
