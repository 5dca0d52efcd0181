"""How orders and their lines come into being and change.

Orders of the past come in by imports, or by a program that calls `OrderWriter.create`, with `was` (how far they were in
the other system; by the last day given where it is left out) and the days `was_confirmed_on`, `was_shipped_on`,
`was_delivered_on`, `was_receipt_on`, `was_closed_on`, `was_cancelled_on`. Their lines count as shipped, delivered or
cancelled in full and touch no stock: the goods moved in the other system.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from coordina.accounts.days import furthest_today, today_of
from coordina.accounts.rates import checked_currency, reporting_currency
from coordina.catalog.part_writers import refuse_quantity
from coordina.core.changes import Values
from coordina.core.money import HALF_UP, rounded
from coordina.core.references import format_reference
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.customers.enums import AddressKind
from coordina.customers.models import Address
from coordina.ledger.models.sequences import take
from coordina.orders import rules
from coordina.orders.enums import State
from coordina.orders.models import Order, OrderLine
from coordina.orders.pricing import PLACES, listed
from coordina.orders.settling import facts_of, together
from coordina.records.writers import Tagged, normalised

SERIES = "ORD"
PAST = (
    (State.CONFIRMED, "confirmed_on"),
    (State.SHIPPED, "shipped_on"),
    (State.DELIVERED, "delivered_on"),
    (State.ACKNOWLEDGED, "receipt_on"),
    (State.CLOSED, "closed_on"),
    (State.CANCELLED, "cancelled_on"),
)
"""States of orders from elsewhere with the column of their day, the first first."""
PREFIX = "was_"
AGREED = ("company", "currency", "prices_with_tax", "placed_on")
"""Fields of an order that stay once it is confirmed."""
LINE_AGREED = ("product", "quantity", "unit_price", "discount")
DELIVERED_TO = (AddressKind.DELIVERY, AddressKind.MAIN)
"""Kinds of addresses that goods are sent to where nobody says another place, the first first."""
SENT = rules.RANK[State.SHIPPED]


class OrderWriter(Tagged[Order]):
    """Orders get a reference; what was confirmed keeps what was agreed."""

    virtual: ClassVar[tuple[str, ...]] = (*Tagged.virtual, "was", *(f"{PREFIX}{column}" for _state, column in PAST))

    def clean(self, values: Values, *, obj: Order | None = None) -> Values:
        """Refuse what contradicts a confirmed order, days of the past that are still to come, an address elsewhere."""
        if obj is not None and obj.fixed and not obj.was:
            name = next((n for n in AGREED if n in values and values[n] != getattr(obj, n)), None)
            if name is not None:
                raise Refusal("fixed", _("It was confirmed: reopen it to change this."), field=name)
        promised = obj is not None and obj.fixed and obj.promised_on is not None and not obj.was
        if promised and obj is not None and values.get("promised_on", obj.promised_on) != obj.promised_on:
            raise Refusal("fixed", _("The first promise stays as it was given."), field="promised_on")
        self._check_days(values)
        company = values.get("company") or (obj.company if obj is not None else None)
        address = values.get("address")
        if address is not None and company is not None and address.company_id != company.pk:
            raise Refusal("elsewhere", _("This address belongs to another company."), field="address")
        rules_of = {"currency": lambda code: checked_currency(str(code)), "customer_reference": str.strip}
        values = normalised(values, rules_of, obj)
        if obj is not None and not values.get("currency", "x"):
            del values["currency"]
        return super().clean(values, obj=obj)

    @staticmethod
    def _check_days(values: Values) -> None:
        for name in ("placed_on", *(f"{PREFIX}{column}" for _state, column in PAST)):
            if values.get(name) is not None and values[name] > furthest_today():
                raise Refusal("future", _("This day is still to come."), field=name)

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[Order]:
        """Write new orders."""
        with together():
            return super().create(rows, by=by, at=at)

    def prepare(self, made: Sequence[Order], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give references, owners, currency and days; take over how far orders from elsewhere were."""
        super().prepare(made, rows, by=by, at=at)
        today, currency = today_of(by, at), reporting_currency()
        send_home([order for order in made if not order.delivery_to])
        for order, row, number in zip(made, rows, take(SERIES, len(made)) if made else (), strict=True):
            order.reference = format_reference(SERIES, number)
            order.currency = order.currency or currency
            order.value = rules.NOTHING
            _take_over(order, row)
            if order.placed_on is None and not order.was:
                order.placed_on = today
            order.expected_on = order.promised_on
            order.status = rules.state_of(facts_of(order), ())

    def edit(self, changes: Sequence[tuple[Order, Values]], *, by: Any, at: datetime) -> list[Order]:
        """Write changed values; the sums follow."""
        with together():
            done = super().edit(changes, by=by, at=at)
        if len(done) == 1:
            done[0].refresh_from_db()
        return done

    def before_edit(self, changes: Sequence[tuple[Order, Values]], *, by: Any, at: datetime) -> None:
        """Another address is another place to deliver to."""
        for order, values in changes:
            if "address" in values and "delivery_to" not in values:
                order.delivery_to = text_of(values["address"]) if values["address"] is not None else ""
            if values.get("promised_on") is not None and order.expected_on is None:
                order.expected_on = values["promised_on"]
            if order.was:
                _take_over(order, values)

    def follows(self) -> tuple[str, ...]:
        """Columns that an edit may change besides the named ones."""
        return (*super().follows(), "delivery_to", "expected_on", "was", *(column for _state, column in PAST))

    def delete(self, objs: Sequence[Order], *, by: Any, at: datetime) -> None:
        """Remove drafts, and orders of the past.

        Raises:
            Refusal: For an order that was confirmed here.
        """
        if any(order.fixed and not order.was for order in objs):
            raise Refusal("fixed", _("It was confirmed: cancel it instead."), status=409)
        super().delete(objs, by=by, at=at)


def _take_over(order: Order, row: Values) -> None:
    """Set state and days of an order from elsewhere."""
    for _state, column in PAST:
        if row.get(PREFIX + column) is not None:
            setattr(order, column, row[PREFIX + column])
    days = [(state.value, getattr(order, column)) for state, column in PAST]
    given = any(row.get(PREFIX + column) is not None for _state, column in PAST)
    order.was = row.get("was") or (rules.was_of(days) if given else order.was)


def send_home(orders: Sequence[Order]) -> None:
    """Send orders that name no place to their company's address for deliveries, else to its main one."""
    wanted = {order.company_id for order in orders if order.address_id is None}
    known: dict[int, Address] = {}
    rows = Address.objects.filter(company__in=wanted, kind__in=DELIVERED_TO)
    for address in sorted(rows, key=lambda row: (DELIVERED_TO.index(AddressKind(row.kind)), row.pk)):
        known.setdefault(address.company_id, address)
    for order in orders:
        order.address = order.address or known.get(order.company_id)
        if order.address is not None and not order.was:
            order.delivery_to = text_of(order.address)


def text_of(address: Address) -> str:
    """An address as lines of text."""
    town = " ".join(part for part in (address.postal_code, address.city) if part)
    parts = (address.street, town, address.region, address.country)
    return "\n".join(part for part in parts if part)


class LineWriter(Writer[OrderLine]):
    """Lines are written while the order is a draft, at the customer's price where none is said.

    A file may say the amount of a line instead of its price: before tax or with it, as the order's prices are.
    """

    virtual: ClassVar[tuple[str, ...]] = ("amount",)

    def clean(self, values: Values, *, obj: OrderLine | None = None) -> Values:
        """Refuse lines of what was confirmed, prices below zero, and quantities that the unit does not have."""
        values = _priced(values, obj)
        order = values.get("order") or (obj.order if obj is not None else None)
        if order is not None:
            changed = obj is None or any(n in values and values[n] != getattr(obj, n) for n in LINE_AGREED)
            refuse_fixed(order) if changed else None
        product = values.get("product") or (obj.product if obj is not None else None)
        if product is not None:
            refuse_quantity(values.get("quantity"), product)
        if values.get("unit_price") is not None and values["unit_price"] < 0:
            raise Refusal("price", _("A price is not below zero."), field="unit_price")
        if values.get("discount") is not None and not 0 <= values["discount"] <= 100:
            raise Refusal("discount", _("A discount is between 0 % and 100 %."), field="discount")
        return {n: v for n, v in values.items() if n not in ("quantity", "product", "discount") or v is not None}

    def prepare(self, made: Sequence[OrderLine], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Take the customer's price where none is said; lines of orders from elsewhere are as far as these."""
        today = today_of(by, at)
        waiting: dict[int, list[OrderLine]] = {}
        for line in made:
            if line.unit_price is None:
                waiting.setdefault(line.order_id, []).append(line)
            if line.order.was:
                _as_far(line)
        for lines in waiting.values():
            order = lines[0].order
            for line, price in zip(lines, listed(order, lines, order.placed_on or today), strict=True):
                line.unit_price = price

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[OrderLine]:
        """Write new lines; the sums of the order follow."""
        with together():
            done = super().create(rows, by=by, at=at)
        return self._again(done)

    def edit(self, changes: Sequence[tuple[OrderLine, Values]], *, by: Any, at: datetime) -> list[OrderLine]:
        """Write changed lines; the sums of the order follow."""
        with together():
            done = super().edit(changes, by=by, at=at)
        return self._again(done)

    @staticmethod
    def _again(done: list[OrderLine]) -> list[OrderLine]:
        if len(done) == 1:
            done[0].refresh_from_db()
        return done

    def delete(self, objs: Sequence[OrderLine], *, by: Any, at: datetime) -> None:
        """Remove lines of drafts."""
        for line in objs:
            refuse_fixed(line.order)
        super().delete(objs, by=by, at=at)


def _priced(values: Values, obj: OrderLine | None) -> Values:
    """The price of one out of the amount of a line, where that is said: it is what was charged.

    Raises:
        Refusal: At the amount, where no price gives it.
    """
    amount = values.get("amount")
    values = {n: v for n, v in values.items() if n != "amount"}
    if amount is None:
        return values
    quantity = values.get("quantity") or (obj.quantity if obj is not None else Decimal(1))
    discount = values.get("discount") or (obj.discount if obj is not None else Decimal(0))
    share = quantity * (100 - discount) / 100
    if share <= 0:
        raise Refusal("amount", _("Nothing of this quantity and discount gives an amount."), field="amount")
    price = rounded(amount / share, PLACES, HALF_UP)
    if obj is not None and abs(obj.unit_price or 0) == price:
        return values
    return {**values, "unit_price": price}


def _as_far(line: OrderLine) -> None:
    """Set what happened to a line of an order from elsewhere: all of it, or nothing."""
    order = line.order
    if order.was == State.CANCELLED:
        line.cancelled = line.quantity
        return
    rank = rules.RANK[State(order.was)]
    if rank >= SENT:
        line.shipped, line.shipped_on = line.quantity, order.shipped_on
    if rank > SENT:
        line.delivered, line.delivered_on = line.quantity, order.delivered_on


def refuse_fixed(order: Order) -> None:
    """Refuse to change the lines of what was agreed; those of orders from elsewhere come in one after the other.

    Raises:
        Refusal: When the order was confirmed or cancelled here.
    """
    if order.fixed and not order.was:
        raise Refusal("fixed", _("It was confirmed: reopen it to change its lines."), status=409)
