"""Promising days: what follows when an order is confirmed, reserved, released or made a draft again.

The promise of an order is the day of its last line. It is written down with what it stands on (`Promise`), so that it
can be explained, and so that an order is found when what it waits for comes later. All of it is undone with its cause.
"""

import datetime as dt
from collections.abc import Mapping

from coordina.accounts.models import User
from coordina.core.actions import consequence_of
from coordina.orders.actions import confirm_order, release_order, reopen_order, reserve_order
from coordina.orders.fulfilment import at_work, set_expected
from coordina.orders.models import Order, OrderLine
from coordina.promises.models import Promise
from coordina.promises.reckoning import Answer, of_order


@consequence_of(confirm_order)
def promise_order(order: Order, *, by: User, at: dt.datetime) -> None:
    """Promise a confirmed order the day on which all of it can be there.

    A day that somebody promised by hand stands. A day that the customer wants is a wish: nothing arrives before it, but
    what takes longer is promised later. Where nobody knows when some of it comes, no day is promised.
    """
    answers = of_order(order, at)
    write_down(order, answers)
    if not answers:
        return
    if order.promised_on is not None:
        set_expected(order, dict.fromkeys(answers, order.promised_on), by, at)
        return
    days = {pk: _not_before(answer.day, order.requested_on) for pk, answer in answers.items()}
    _take_back(order)
    set_expected(order, days, by, at)
    if None in days.values():
        _take_back(order)


def _not_before(day: dt.date | None, wish: dt.date | None) -> dt.date | None:
    return max(day, wish) if day is not None and wish is not None else day


def _take_back(order: Order) -> None:
    """Promise no day: what stood there was the customer's wish, or that of some lines."""
    with at_work(order):
        order.promised_on = order.expected_on = None
        order.save()


def write_down(order: Order, answers: Mapping[int, Answer]) -> None:
    """Keep what an order's promise stands on, in place of what it stood on before."""
    Promise.objects.filter(order=order.pk).delete()
    products = dict(OrderLine.objects.filter(order=order.pk).values_list("pk", "product_id"))
    made = [
        Promise(
            order=order,
            line_id=line,
            product_id=products[line],
            quantity=share.quantity,
            source=share.source,
            warehouse_id=share.warehouse,
            purchase_id=share.purchase,
            ready_on=share.ready_on,
            arrives_on=share.arrives_on,
        )
        for line, answer in answers.items()
        for share in answer.shares
    ]
    if made:
        Promise.objects.bulk_create(made)


@consequence_of(reserve_order)
@consequence_of(release_order)
def look_again(order: Order, *, by: User, at: dt.datetime) -> None:
    """What is reserved now waits for nothing, and what was released does: the days that were promised stay."""
    write_down(order, of_order(order, at))


@consequence_of(reopen_order)
def forget(order: Order, *, by: User, at: dt.datetime) -> None:
    """A draft was promised nothing yet, but for the first day that the customer was told."""
    Promise.objects.filter(order=order.pk).delete()
