"""What follows from an order's lines, days and reservations: sums, taxes and how far it is. Follows every write.

Whoever writes, an action, an import, an undo or a release by hand in the room of stock, comes through here, in the same
transaction. An action that writes many rows of an order wraps them in `together()`: the order then settles once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from django.db.models import Sum

from coordina.accounts.days import today_of
from coordina.accounts.rates import dated_rates, reporting_currency
from coordina.catalog.enums import Nature
from coordina.catalog.tax_queries import Taxes, place_of, regimes_now, taxes_for
from coordina.catalog.taxation import position_of
from coordina.catalog.totals import Rounding
from coordina.core import changes
from coordina.core.bulk import bulk_save
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.refusals import Refusal
from coordina.customers.models import Company
from coordina.orders import rules
from coordina.orders.models import Order, OrderLine
from coordina.orders.models.lines import DERIVED as LINE_DERIVED
from coordina.orders.models.order import DERIVED
from coordina.pipeline.rules import reporting_value
from coordina.stock.models import Reservation

LINE = OrderLine._meta.label
ORDER_ASKS = {
    *("company_id", "currency", "prices_with_tax", "placed_on", "was"),
    *("confirmed_on", "picked_on", "receipt_on", "closed_on", "cancelled_on"),
}
"""Columns of an order from which something follows."""
LINE_ASKS = {"product_id", "quantity", "unit_price", "discount", "shipped", "delivered", "cancelled"}

_waiting: ContextVar[set[int] | None] = ContextVar("orders to settle", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Settle the orders that are written in here once, at the end."""
    if _waiting.get() is not None:
        yield
        return
    keys: set[int] = set()
    token = _waiting.set(keys)
    try:
        yield
    finally:
        _waiting.reset(token)
    _settle(keys)


def _note(keys: Collection[int]) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _settle(keys)
    else:
        waiting |= set(keys)


@follows(Order._meta.label)
def follow_orders(entries: Sequence[Entry]) -> None:
    """Sums and state follow what was written into an order."""
    _note({e.pk for e in entries if e.kind == "u" and ORDER_ASKS & e.after.keys()})


@follows(LINE)
def follow_lines(entries: Sequence[Entry]) -> None:
    """Sums and state of an order follow its lines."""
    keys = {(e.after or e.before)["order_id"] for e in entries if e.kind != "u"}
    changed = [e.pk for e in entries if e.kind == "u" and LINE_ASKS & e.after.keys()]
    if changed:
        keys |= set(OrderLine.objects.filter(pk__in=changed).values_list("order_id", flat=True))
    _note(keys)


@follows(Reservation._meta.label)
def follow_reservations(entries: Sequence[Entry]) -> None:
    """What is reserved for an order follows the reservations."""
    full = [e.after or e.before for e in entries if e.kind != "u"]
    lines = {row["subject_id"] for row in full if row["subject_type"] == LINE}
    changed = [e.pk for e in entries if e.kind == "u" and "left" in e.after]
    if changed:
        rows = Reservation.objects.filter(pk__in=changed, subject_type=LINE)
        lines |= set(rows.values_list("subject_id", flat=True))
    if lines:
        _note(set(OrderLine.objects.filter(pk__in=lines).values_list("order_id", flat=True)))


def _settle(keys: Collection[int]) -> None:
    """Work out anew what follows, of some orders."""
    if not keys:
        return
    orders = list(Order.objects.filter(pk__in=keys).locked().order_by("pk"))
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=[o.pk for o in orders]).select_related("product").order_by("pk"):
        lines[line.order_id].append(line)
    every = [line for some in lines.values() for line in some]
    held = _held([line.pk for line in every])
    for line in every:
        line.reserved = held.get(line.pk, rules.NOTHING)
    _tax(orders, lines)
    for order in orders:
        _add_up(order, lines[order.pk])
        order.status = _state(order, lines[order.pk])
    _write(every, orders)


def _held(keys: Sequence[int]) -> dict[int, Decimal]:
    rows = Reservation.objects.filter(subject_type=LINE, subject_id__in=keys, left__gt=0).order_by()
    return {pk: many for pk, many in rows.values_list("subject_id").annotate(many=Sum("left")) if pk is not None}


def _tax(orders: Sequence[Order], lines: dict[int, list[OrderLine]]) -> None:
    """Give lines of drafts the taxes that the customer's place, the product and the day say."""
    journal = changes.required(Order)
    today = today_of(journal.context.get("by"), journal.at)
    asked = {o.pk: [n for n in lines[o.pk] if not o.fixed or n.tax_rate is None] for o in orders}
    products = {line.product_id for some in asked.values() for line in some}
    if not products:
        return
    home = taxes_for(None, products)
    regimes = regimes_now()[0] if home.ours is not None else ()
    wanted = {o.company_id for o in orders if asked[o.pk]}
    companies = Company.objects.in_bulk(wanted)
    places = {pk: place_of(company) for pk, company in companies.items()}
    for order in orders:
        if home.ours is None or not asked[order.pk]:
            continue
        place = places[order.company_id]
        taxes = Taxes(home.ours, place, position_of(place, home.ours, regimes), home.classes)
        order.tax_rounding = taxes.rounding.value
        for line in asked[order.pk]:
            _take(line, taxes, order.placed_on or today)


def _take(line: OrderLine, taxes: Taxes, day: dt.date) -> None:
    found = taxes.on(line.product_id, day)
    shares = found.shares if found is not None else ()
    known = found is not None and not found.missing
    line.tax_name = shares[0].name if shares else ""
    line.tax_rate = shares[0].percent if shares else (rules.NOTHING if known else None)
    line.surcharge_name = shares[1].name if len(shares) > 1 else ""
    line.surcharge_rate = shares[1].percent if len(shares) > 1 else rules.NOTHING
    line.mention = str(found.mention.value) if found is not None else ""


def _add_up(order: Order, lines: Sequence[OrderLine]) -> None:
    priced = [rules.Priced(line.wanted, line.unit_price, line.discount, line.rates) for line in lines]
    found = rules.added_up(
        priced,
        order.currency or reporting_currency(),
        with_tax=order.prices_with_tax,
        rounding=Rounding(order.tax_rounding),
    )
    for line, share in zip(lines, found.lines, strict=True):
        line.net, line.tax = share.net, share.tax
    order.net, order.tax, order.total = found.net, found.tax, found.total
    order.value = valued(order)


def valued(order: Order) -> Decimal | None:
    """The net in the reporting currency; None where no rate is known."""
    day = order.placed_on or changes.required(Order).at.date()
    try:
        return reporting_value(
            order.net, order.currency or reporting_currency(), dated_rates({order.currency} - {""}), day
        )
    except Refusal:
        return None


def _state(order: Order, lines: Sequence[OrderLine]) -> str:
    facts = [
        rules.LineFacts(n.wanted, n.shipped, n.delivered, n.reserved, n.product.nature != Nature.SERVICE) for n in lines
    ]
    return rules.state_of(facts_of(order), facts)


def facts_of(order: Order) -> rules.Facts:
    """What happened to an order as a whole."""
    return rules.Facts(
        confirmed=order.confirmed_on is not None,
        picked=order.picked_on is not None,
        acknowledged=order.receipt_on is not None,
        closed=order.closed_on is not None,
        cancelled=order.cancelled_on is not None,
        was=order.was,
    )


def _write(lines: list[OrderLine], orders: list[Order]) -> None:
    """Write what differs; entries of bulk work that waits go with those that caused them."""
    if lines:
        bulk_save(OrderLine, lines, list(LINE_DERIVED))
    bulk_save(Order, orders, [*DERIVED, "tax_rounding"])
    journal = changes.required(Order)
    if journal.pending:
        journal.write()
