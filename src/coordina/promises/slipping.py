"""Late before it is late: finding orders that cannot arrive on the day in force, and telling their owners first.

A day slips because a supplier's does, because what should have come has not, or because what is there has not left. It
is found when a purchase order changes and once a day; nobody but the owner is told by this.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.company import company_day
from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.models import How
from coordina.activity.notifications import tell
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.ledger.change_sets import change_set
from coordina.ledger.queue import Kind as Work
from coordina.ledger.queue import progress, schedule, task
from coordina.orders.enums import AHEAD
from coordina.orders.models import Order
from coordina.promises import rules
from coordina.promises.enums import Cause, Risk, Source
from coordina.promises.models import Delay, Promise
from coordina.promises.promising import write_down
from coordina.promises.reckoning import Answer, of_order
from coordina.stock.models import PurchaseOrder

FIND = "promises.find_delay"
LATE = "promises.late"
KINDS.add(LATE, Kind(gettext_lazy("An order will be late"), "truck-delivery", How.MAIL, order=25))
WHY = {Source.STOCK: Cause.UNSENT, Source.RECEIPT: Cause.SUPPLIER, Source.SUPPLIER: Cause.UNORDERED}


@follows(PurchaseOrder._meta.label)
def follow_purchases(entries: Sequence[Entry]) -> None:
    """Let a job look at the orders that wait for a purchase order whose day or state changed."""
    changed = [e.pk for e in entries if e.kind == "u" and {"expected_on", "status"} & e.after.keys()]
    if changed and Promise.objects.filter(purchase__in=changed).exists():
        look_for.using(order_key=FIND).enqueue(sorted(changed))


@task(label=gettext_lazy("Looking for orders that will be late"))
def look_for(purchases: list[int]) -> int:
    """Look at the orders that wait for some purchase orders; gives how many will be late."""
    waiting = Promise.objects.filter(purchase__in=purchases, order__status__in=AHEAD)
    return look_at(set(waiting.order_by().values_list("order", flat=True)))


@task(kind=Work.LONG, label=gettext_lazy("Looking for orders that will be late"))
def look_at_all() -> int:
    """Look at all orders of which something is still to be sent; gives how many will be late."""
    late = 0
    keys = Order.objects.filter(status__in=AHEAD, expected_on__isnull=False).order_by("pk").values_list("pk", flat=True)
    for key in list(keys):
        late += look_at([key])
        progress.check()
    return late


schedule("promises.look_at_all", look_at_all, "17 5 * * *")


def look_at(orders: Collection[int]) -> int:
    """Find which of some orders will be late, propose a day, and tell their owners; gives how many will be."""
    at, late = timezone.now(), 0
    for key in sorted(orders):
        with change_set(by=None, at=at, via="system", action=FIND):
            order = Order.objects.filter(pk=key).locked().first()
            late += order is not None and _judge(order, at)
    return late


def _judge(order: Order, at: dt.datetime) -> bool:
    """Whether an order will be late; its delay begins, changes or ends."""
    standing = Delay.objects.filter(order=order.pk, status=Risk.OPEN).locked().first()
    answers = of_order(order, at) if order.status in AHEAD else {}
    if order.expected_on is None or not answers or not _slipped(order, answers):
        if standing is not None:
            standing.status = Risk.OVER
            standing.save()
        return False
    new_on = rules.last_of([answer.day for answer in answers.values()])
    if _decided(order, new_on):
        return True
    write_down(order, answers)
    cause, purchase = _why(answers)
    delay = standing or Delay(
        order=order, name=order.reference, company_id=order.company_id, old_on=order.expected_on,
        found_on=company_day(at), owner_id=order.owner_id, team_id=order.team_id,
    )  # fmt: skip
    if standing is not None and (delay.new_on, delay.cause, delay.purchase_id) == (new_on, cause, purchase):
        return True
    delay.new_on, delay.cause, delay.purchase_id = new_on, cause, purchase
    delay.save()
    _tell(delay, at)
    return True


def _slipped(order: Order, answers: Mapping[int, Answer]) -> bool:
    days = [answer.day for answer in answers.values()]
    return None in days or rules.slipped(order.expected_on, rules.last_of(days))


def _decided(order: Order, new_on: dt.date | None) -> bool:
    """Whether somebody has said that the day is kept although this one was proposed, or a later one."""
    rows = Delay.objects.filter(order=order.pk, status=Risk.KEPT, old_on=order.expected_on or dt.date.min)
    last = rows.order_by("-pk").first()
    if last is None:
        return False
    return last.new_on == new_on or (new_on is not None and last.new_on is not None and new_on <= last.new_on)


def _why(answers: Mapping[int, Answer]) -> tuple[str, int | None]:
    """Why the last of it comes when it does, and the purchase order it waits for."""
    shares = [share for answer in answers.values() for share in answer.shares]
    unknown = next((share for share in shares if share.arrives_on is None), None)
    last = unknown or max(shares, key=lambda share: share.arrives_on or dt.date.min)
    return WHY.get(last.source, Cause.UNKNOWN), last.purchase


def _tell(delay: Delay, at: dt.datetime) -> None:
    """Tell who looks after the order, once for each day that is proposed."""

    def words(user: User) -> str:
        formats = formats_here("")
        said = {"order": delay.name, "company": delay.company, "before": formats.date_full(delay.old_on)}
        if delay.new_on is None:
            text = _("Order %(order)s of %(company)s will not arrive on %(before)s, and nobody knows when.")
            return text % said
        text = _("Order %(order)s of %(company)s will not arrive on %(before)s but on %(day)s.")
        return text % (said | {"day": formats.date_full(delay.new_on)})

    key = f"{LATE}:{delay.pk}:{delay.new_on}"
    tell([delay.owner_id], kind=LATE, about=delay, text=words, key=key, at=at)
