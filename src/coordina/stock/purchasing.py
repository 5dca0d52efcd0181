"""Ordering from suppliers and receiving what comes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.days import today_of
from coordina.accounts.models import User
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.actions import action
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import type_of
from coordina.stock.actions import MOVE, STAYS, Because, Day, Why
from coordina.stock.enums import MoveKind, Place, Purchase
from coordina.stock.levels import lock, plain
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockMove
from coordina.stock.places import location_in, outside

CHANGE = PurchaseOrder.permission("change")
Expected = Annotated[date | None, Field(json_schema_extra={"label": _("expected on")})]


@action(
    PurchaseOrder, permission=CHANGE, label=_("Mark as sent"), icon="send", primary=True,
    lifecycle=((Purchase.DRAFT,), Purchase.SENT),
)  # fmt: skip
def send_purchase(*, order: PurchaseOrder, expected_on: Expected = None, by: User, at: datetime) -> PurchaseOrder:
    """Note that the order went to the supplier: from now on the goods are to be received.

    Args:
        expected_on: Day the goods are due; by the supplier's lead time when left empty.
    """
    if not PurchaseLine.objects.filter(purchase=order).exists():
        raise Refusal("empty", _("Say first what is ordered."), status=409)
    today = today_of(by, at)
    day = expected_on or order.expected_on
    if day is None and order.supplier.lead_days is not None:
        day = today + timedelta(days=int(order.supplier.lead_days.to_integral_value()))
    if day is None:
        raise Refusal("required", _("Say when the goods are due: the supplier has no lead time."), field="expected_on")
    if day < today:
        raise Refusal("past", _("Choose today or a later day."), field="expected_on")
    order.status, order.ordered_on, order.expected_on = Purchase.SENT, today, day
    order.save()
    return order


@action(
    PurchaseOrder, permission=CHANGE, label=_("Expect it on another day"), icon="calendar-event",
    lifecycle=((Purchase.SENT, Purchase.PARTLY), None),
)  # fmt: skip
def put_off_purchase(
    *, order: PurchaseOrder, expected_on: Annotated[date, Field(json_schema_extra={"label": _("expected on")})],
    by: User, at: datetime,
) -> PurchaseOrder:  # fmt: skip
    """Note the day on which the supplier says the goods will come."""
    if expected_on < today_of(by, at):
        raise Refusal("past", _("Choose today or a later day."), field="expected_on")
    order.expected_on = expected_on
    order.save()
    return order


@action(
    PurchaseOrder, permission=MOVE, label=_("Everything came"), icon="checks", undoable=False, warning=STAYS,
    lifecycle=((Purchase.SENT, Purchase.PARTLY), None),
)  # fmt: skip
def receive_all(
    *, order: PurchaseOrder, moved_on: Day = None, reason: Why = "", by: User, at: datetime
) -> PurchaseOrder:
    """Receive everything that is still to come, in full.

    Args:
        moved_on: Day it came.
        reason: Such as the number of the delivery note.
    """
    lines = PurchaseLine.objects.filter(purchase=order).select_related("product")
    return _received(order, {line.pk: line.open for line in lines if line.open}, moved_on, reason, False, by, at)


@action(
    PurchaseOrder, permission=MOVE, label=_("Receive goods"), icon="download", undoable=False, warning=STAYS,
    lifecycle=((Purchase.SENT, Purchase.PARTLY), None), hidden=True,
)  # fmt: skip
def receive_purchase(
    *,
    order: PurchaseOrder,
    quantities: dict[str, Decimal],
    moved_on: Day = None,
    reason: Why = "",
    finish: bool = False,
    by: User,
    at: datetime,
) -> PurchaseOrder:
    """Receive what came of an order, line by line.

    Args:
        quantities: By id of the line.
        moved_on: Day it came.
        reason: Needed where more came than was ordered, or less is all there will be.
        finish: Whether nothing more is expected.
    """
    given = {int(pk): many for pk, many in quantities.items() if pk.isdigit() and many}
    return _received(order, given, moved_on, reason, finish, by, at)


def _received(
    order: PurchaseOrder, given: Mapping[int, Decimal], moved_on: date | None, reason: str, finish: bool, by: User,
    at: datetime,
) -> PurchaseOrder:  # fmt: skip
    lines = {line.pk: line for line in PurchaseLine.objects.filter(purchase=order).select_related("product")}
    lock(line.product_id for line in lines.values())
    if not given and not finish:
        raise Refusal("nothing", _("Say how much came."), status=422)
    _check(lines, given, reason, finish)
    place, supplier = location_in(order.warehouse), outside(Place.SUPPLIER)
    rows: list[dict[str, Any]] = []
    for pk, many in given.items():
        line = lines[pk]
        rows.append(
            {"kind": MoveKind.RECEIPT, "product": line.product, "quantity": many, "origin": supplier, "target": place,
             "moved_on": moved_on, "reason": reason, "subject_type": PurchaseOrder._meta.label, "subject_id": order.pk}
        )  # fmt: skip
        line.received += many
    for line in lines.values():
        line.closed = line.closed or finish
        if line.pk in given or finish:
            line.save()
    if rows:
        type_of(StockMove).writer.create(rows, by=by, at=at)
    order.status = Purchase.PARTLY if any(line.open for line in lines.values()) else Purchase.RECEIVED
    order.save()
    return order


def _check(lines: Mapping[int, PurchaseLine], given: Mapping[int, Decimal], reason: str, finish: bool) -> None:
    """Refuse what is no line of the order, and more or less than was ordered without a reason.

    Raises:
        Invalid: At each line, and at the reason.
    """
    errors: dict[str, list[str]] = {}
    for pk, many in given.items():
        if pk not in lines:
            errors[f"line-{pk}"] = [gettext("This is no line of the order.")]
            continue
        try:
            refuse_quantity(many, lines[pk].product)
        except Refusal as wrong:
            errors[f"line-{pk}"] = [str(wrong)]
    left = {pk: line.open - given.get(pk, Decimal(0)) for pk, line in lines.items()}
    over = next((pk for pk, rest in left.items() if rest < 0), None)
    if not reason and over is not None:
        text = gettext("%(many)s more came of “%(product)s” than was ordered. Say why they are kept.")
        errors["reason"] = [text % {"many": plain(-left[over]), "product": lines[over].product}]
    elif not reason and finish and any(rest > 0 for rest in left.values()):
        errors["reason"] = [gettext("Not everything came. Say why nothing more is expected.")]
    if errors:
        raise Invalid(errors)


@action(
    PurchaseOrder, permission=CHANGE, label=_("Cancel the order"), icon="x", danger=True,
    lifecycle=((Purchase.DRAFT, Purchase.SENT), Purchase.CANCELLED),
)  # fmt: skip
def cancel_purchase(*, order: PurchaseOrder, reason: Because, by: User, at: datetime) -> PurchaseOrder:
    """Expect nothing of an order of which nothing came.

    Args:
        reason: Why; it is kept with the order.
    """
    order.status, order.why = Purchase.CANCELLED, reason
    order.save()
    return order
