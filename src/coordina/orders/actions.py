"""What is done with orders besides writing them down: confirm, reserve, release, pick, cancel, reopen, close."""

from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.days import today_of
from coordina.accounts.models import User
from coordina.catalog.enums import Nature
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, SELLERS, permission
from coordina.core.refusals import Invalid, Refusal, Text
from coordina.orders.checks import findings
from coordina.orders.enums import AHEAD, ARRIVED, LIVE, State
from coordina.orders.fulfilment import at_work, note_days, pick
from coordina.orders.models import Order, OrderLine
from coordina.orders.writers import text_of
from coordina.stock.reserving import Promise, held_for, release, reserve

NOUN = Order._meta.verbose_name_plural or ""
CONFIRM = permission(
    "orders.confirm_order", noun=NOUN, verb="confirm", grants=LEADERS | SELLERS,
    label=_("Confirm, cancel, reopen and close"),
)  # fmt: skip
RESERVE = permission(
    "orders.reserve_order", noun=NOUN, verb="reserve", grants=LEADERS | SELLERS | {"logistics": "all"},
    label=_("Reserve stock for orders, release and pick it"),
)  # fmt: skip
OVERRIDE = permission(
    "orders.override_checks", noun=NOUN, verb="override", grants=LEADERS | {"manager": "team"},
    label=_("Confirm orders although a check speaks against it"),
)  # fmt: skip
UNTOUCHED = (State.CONFIRMED, State.RESERVED, State.PICKED)


def _said(label: Text, **more: Any) -> dict[str, Any]:
    """What a form says of a parameter."""
    return {"label": label, **more}


Because = Annotated[str, Field(min_length=1, max_length=300, json_schema_extra=_said(_("why")))]
Promised = Annotated[date | None, Field(json_schema_extra=_said(_("promised on")))]
Anyway = Annotated[bool, Field(json_schema_extra=_said(_("confirm although something is missing")))]
Reason = Annotated[str, Field(max_length=300, json_schema_extra=_said(_("why it is confirmed anyway")))]
Day = Annotated[date | None, Field(json_schema_extra=_said(_("on"), initial="today"))]


@action(
    Order, permission=CONFIRM, label=_("Confirm the order"), icon="circle-check", primary=True,
    lifecycle=((State.RECEIVED,), None),
)  # fmt: skip
def confirm_order(
    *,
    order: Order,
    promised_on: Promised = None,
    accept_missing: Anyway = False,
    override_reason: Reason = "",
    by: User,
    at: datetime,
) -> Order:
    """Accept what the customer ordered: prices and taxes stand from now on, and what is there is reserved.

    Args:
        promised_on: Day promised to the customer; worked out when left empty.
        accept_missing: What is not there is reserved later, when it came.
        override_reason: Needed where a check speaks against it; it is kept with the order.
    """
    today = today_of(by, at)
    day = promised_on or order.promised_on
    if promised_on is not None and promised_on < today:
        raise Refusal("past", _("Choose today or a later day."), field="promised_on")
    with at_work(order) as lines:
        _check_state(order, (State.RECEIVED,))
        _check_whole(lines)
        if order.address is not None and not order.delivery_to:
            order.delivery_to = text_of(order.address)
        _judge(order, lines, today, override_reason, by)
        order.confirmed_on = today
        order.promised_on = order.promised_on or day
        order.expected_on = order.expected_on or day
        order.save()
        missing = reserve_open(order, lines, day or order.requested_on, by, at)
        if missing and not accept_missing:
            raise Invalid({"accept_missing": [_short(lines[pk], promise) for pk, promise in missing.items()]})
    return order


def _check_state(order: Order, states: tuple[State, ...]) -> None:
    """Refuse what the order's state does not allow, now that nobody else can change it."""
    if order.status not in states:
        raise Refusal("state", _("This cannot be done in the state the record is in."), status=409)


def _check_whole(lines: dict[int, OrderLine]) -> None:
    """Refuse an order of nothing, and one of which nobody knows the price.

    Raises:
        Refusal: Saying which line.
    """
    if not lines:
        raise Refusal("empty", _("Say first what is ordered."), status=409)
    unknown = next((line for line in lines.values() if line.unit_price is None), None)
    if unknown is not None:
        message = gettext("“%(product)s” has no price yet. Write it first.")
        raise Refusal("price", message % {"product": unknown.product}, status=409)


def _judge(order: Order, lines: dict[int, OrderLine], today: date, reason: str, by: User) -> None:
    """Refuse what a check blocks, unless somebody who may says why it goes on anyway; that is kept with the order.

    Raises:
        Invalid: At the reason, with what each check says.
    """
    blocking = [f.words for f in findings(order, list(lines.values()), today, by) if f.blocks]
    if not blocking:
        return
    if not reason.strip() or not by.may(OVERRIDE):
        way = gettext("Mend it, or say why it is confirmed anyway.")
        ask = gettext("Mend it, or ask somebody who may confirm it anyway.")
        raise Invalid({"override_reason": [*blocking, way if by.may(OVERRIDE) else ask]})
    order.override_reason, order.overridden = reason.strip(), "\n".join(blocking)


def _short(line: OrderLine, promise: Promise) -> str:
    return f"{line.product}: {promise.words()}"


def reserve_open(
    order: Order, lines: dict[int, OrderLine], day: date | None, by: User, at: datetime
) -> dict[int, Promise]:
    """Reserve what is open of an order that is at work; gives what could not be had, by line."""
    missing: dict[int, Promise] = {}
    for line in lines.values():
        left = line.open - line.reserved
        if line.product.nature == Nature.SERVICE or left <= 0:
            continue
        promise = reserve(
            product=line.product,
            quantity=left,
            subject=line,
            day=day,
            warehouse=order.warehouse,
            purpose=order.reference,
            by=by,
            at=at,
        )
        if not promise.whole:
            missing[line.pk] = promise
    return missing


@action(
    Order, permission=RESERVE, label=_("Reserve what is there"), icon="lock", primary=True,
    lifecycle=((State.CONFIRMED, State.PARTLY), None),
)  # fmt: skip
def reserve_order(*, order: Order, by: User, at: datetime) -> Order:
    """Reserve what is still missing of an order, as far as it is there by now."""
    with at_work(order) as lines:
        _check_state(order, AHEAD)
        before = sum(line.reserved for line in lines.values())
        missing = reserve_open(order, lines, order.expected_on, by, at)
    now = sum(OrderLine.objects.filter(order=order.pk).values_list("reserved", flat=True))
    if now == before:
        words = [_short(lines[pk], promise) for pk, promise in missing.items()]
        raise Refusal("nothing", " ".join(words) or gettext("Everything is reserved already."), status=409)
    return order


@action(Order, permission=RESERVE, label=_("Release what is reserved"), icon="lock-open", lifecycle=(AHEAD, None))
def release_order(*, order: Order, by: User, at: datetime) -> Order:
    """Give free what stock holds for an order; it stays confirmed."""
    with at_work(order) as lines:
        _check_state(order, AHEAD)
        if not _released(lines):
            raise Refusal("nothing", _("Nothing is reserved for it."), status=409)
        order.picked_on = None
        order.save()
    return order


def _released(lines: dict[int, OrderLine]) -> bool:
    """Release everything that stock holds for some lines; whether there was anything."""
    held = [found for line in lines.values() if (found := held_for(line))]
    for reservations in held:
        release(reservations)
    return bool(held)


@action(
    Order, permission=RESERVE, label=_("Mark as picked"), icon="package", primary=True,
    lifecycle=((State.RESERVED,), None),
)  # fmt: skip
def pick_order(*, order: Order, picked_on: Day = None, by: User, at: datetime) -> Order:
    """Note that everything was picked and stands ready to leave.

    Args:
        picked_on: Day it was picked.
    """
    pick(order, picked_on or today_of(by, at), by, at)
    return order


@action(
    Order, permission=CONFIRM, label=_("Cancel the order"), icon="x", danger=True, lifecycle=(LIVE, None),
)  # fmt: skip
def cancel_order(*, order: Order, reason: Because, by: User, at: datetime) -> Order:
    """Cancel what was not sent yet: what stock holds for it is free again. What was sent stays and needs a return.

    Args:
        reason: Why; it is kept with the order.
    """
    with at_work(order) as lines:
        _check_state(order, LIVE)
        _released(lines)
        for line in lines.values():
            if line.open:
                line.cancelled += line.open
                line.save()
        order.cancelled_on, order.cancel_reason = today_of(by, at), reason
        order.save()
        note_days(order, lines.values())
    return order


@action(Order, permission=CONFIRM, label=_("Reopen the order"), icon="refresh", lifecycle=(UNTOUCHED, None))
def reopen_order(*, order: Order, by: User, at: datetime) -> Order:
    """Make an order a draft again, of which nothing was sent: what stock holds for it is free again."""
    with at_work(order) as lines:
        _check_state(order, UNTOUCHED)
        if order.was:
            raise Refusal("state", _("It was confirmed in another system and stays so."), status=409)
        _released(lines)
        order.confirmed_on = order.picked_on = None
        order.override_reason = order.overridden = ""
        order.save()
    return order


@action(
    Order, permission=CONFIRM, label=_("Close the order"), icon="checks", lifecycle=(ARRIVED, None), primary=True,
)  # fmt: skip
def close_order(*, order: Order, closed_on: Day = None, by: User, at: datetime) -> Order:
    """Say that nothing is to be done any more about an order that arrived.

    Args:
        closed_on: Day it was closed.
    """
    with at_work(order):
        _check_state(order, ARRIVED)
        order.closed_on = closed_on or today_of(by, at)
        order.save()
    return order
