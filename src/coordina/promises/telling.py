"""What is decided about a delivery that will be late: the customer is told, or the day is moved, or kept."""

from datetime import date, datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.company import company_day
from coordina.accounts.models import User
from coordina.activity import mail
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, SELLERS, permission
from coordina.core.refusals import Refusal
from coordina.orders.fulfilment import set_expected
from coordina.orders.models import Order, OrderLine
from coordina.promises.enums import Risk
from coordina.promises.models import Delay, Promise
from coordina.promises.texts import letter_of
from coordina.promises.writing import reader_of

DECIDE = permission(
    "promises.decide_delay", noun=Delay._meta.verbose_name_plural or "", verb="decide", grants=LEADERS | SELLERS,
    label=_("Tell customers of late deliveries, move the day or keep it"),
)  # fmt: skip
NewDay = Annotated[date | None, Field(json_schema_extra={"label": _("new day")})]
Because = Annotated[str, Field(max_length=300, json_schema_extra={"label": _("why")})]


@action(
    Delay, permission=DECIDE, label=_("Tell the customer"), icon="mail-forward", primary=True, bulk=True,
    lifecycle=((Risk.OPEN,), Risk.TOLD),
)  # fmt: skip
def tell_customer(*, delay: Delay, new_on: NewDay = None, by: User, at: datetime) -> Delay:
    """Promise the new day and send the customer one e-mail about it, in their language.

    Args:
        new_on: The day proposed when left empty.
    """
    order = Order.objects.select_related("company", "person").get(pk=delay.order_id)
    _move(delay, order, new_on, by, at)
    reader = reader_of(order)
    if reader.closed:
        raise Refusal("closed", reader.closed, status=409)
    delay.order = order
    letter = letter_of(delay, reader.language)
    page = mail.page(*letter.body.split("\n\n"))
    mail.send(
        to=reader.address, subject=letter.subject, text=page["text"], html=page["html"], language=reader.language,
        key=f"promises.delay:{delay.pk}", by=by,
    )  # fmt: skip
    delay.status, delay.told_on = Risk.TOLD, company_day(at)
    delay.save()
    return delay


@action(
    Delay, permission=DECIDE, label=_("Move the day without telling"), icon="calendar-event", bulk=True,
    lifecycle=((Risk.OPEN,), Risk.MOVED),
)  # fmt: skip
def move_day(*, delay: Delay, new_on: NewDay = None, by: User, at: datetime) -> Delay:
    """Promise the new day; the customer is told in another way, such as by telephone.

    Args:
        new_on: The day proposed when left empty.
    """
    _move(delay, Order.objects.get(pk=delay.order_id), new_on, by, at)
    delay.status = Risk.MOVED
    delay.save()
    return delay


@action(Delay, permission=DECIDE, label=_("Keep the day"), icon="check", bulk=True, lifecycle=((Risk.OPEN,), Risk.KEPT))
def keep_day(*, delay: Delay, by: User, at: datetime) -> Delay:
    """Leave the promise as it is: it will be met in another way. A still later day is told of again."""
    delay.status = Risk.KEPT
    delay.save()
    return delay


def _move(delay: Delay, order: Order, new_on: date | None, by: User, at: datetime) -> None:
    """Promise another day for the lines that cannot keep theirs.

    Raises:
        Refusal: At the day, where there is none, or it is over.
    """
    day = new_on or delay.new_on
    if day is None:
        raise Refusal("required", _("Say the new day: nobody knows when it comes."), field="new_on")
    if day < company_day(at):
        raise Refusal("past", _("Choose today or a later day."), field="new_on")
    rows = Promise.objects.filter(order=order.pk).order_by("pk").values_list("line", "arrives_on")
    late = {line for line, ready in rows if ready is None or ready > delay.old_on}
    open_lines = [line.pk for line in OrderLine.objects.filter(order=order.pk).order_by("pk") if line.open]
    set_expected(order, dict.fromkeys(sorted(late.intersection(open_lines)) or open_lines, day), by, at)
    delay.new_on = day
