"""The orders of the demo company: what was won is confirmed, sent and received, some of it late or in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from coordina.accounts.models import User
from coordina.config.demo.clients import Client
from coordina.config.demo.deals import Deal
from coordina.config.demo.goods import Good
from coordina.core.bulk import bulk_save
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.orders.actions import reserve_open
from coordina.orders.fulfilment import at_work
from coordina.orders.models import Order, OrderLine
from coordina.orders.settling import together

RECENT = 26
"""Days within which an order may still be open."""


@dataclass(slots=True)
class Sold:
    """A line of an order.

    Attributes:
        out: How much of it left by the day `leaves`; the rest is open. sent: Whether that is written.
    """

    good: Good
    many: int
    price: Decimal
    out: int
    leaves: date | None
    sent: bool = False
    row: Any = None


@dataclass(slots=True)
class Sale:
    """An order from its day on, thought out before anything is written; an empty day has not come.

    Attributes:
        noted: How many of its days are written.
        past: Whether it was brought in, with its state, on the day on which they began with Coordina.
    """

    deal: Deal
    placed: date
    promised: date
    past: bool
    lines: list[Sold] = field(default_factory=list)
    confirmed: date | None = None
    arrives: date | None = None
    receipt: date | None = None
    closed: date | None = None
    cancelled: date | None = None
    noted: int = 0
    row: Any = None


def sales(draw: Random, deals: Sequence[Deal], adopted: date, first: date, today: date) -> list[Sale]:
    """An order for each opportunity that was won, in the order of their days.

    Args:
        adopted: Day on which what was before was brought in. first: Day from which on orders were written in Coordina.
    """
    won = [(d.closed_on, d) for d in deals if d.outcome == "won" and d.closed_on is not None and d.closed_on < today]
    known = [(day, deal) for day, deal in won if day < adopted or day > first]
    return [_sale(draw, deal, first, today) for _day, deal in sorted(known, key=lambda one: (one[0], one[1].name))]


def _sale(draw: Random, deal: Deal, first: date, today: date) -> Sale:
    placed = deal.closed_on or today
    sale = Sale(deal, placed, _weekday(placed + timedelta(days=draw.randrange(11, 18))), placed <= first)
    leaves = _weekday(placed + timedelta(days=draw.randrange(3, 10)))
    if draw.random() < 0.07:
        leaves = _weekday(sale.promised + timedelta(days=draw.randrange(1, 5)))
    arrives = _weekday(leaves + timedelta(days=draw.randrange(1, 4)))
    sale.lines = [Sold(good, many, price, many, leaves) for good, many, price in deal.lines]
    sale.confirmed = min(_weekday(placed + timedelta(days=1)), today - timedelta(days=1))
    sale.arrives = arrives
    silent = draw.random() < (0.4 if (today - arrives).days < 40 else 0.02)
    sale.receipt = None if silent else arrives + timedelta(days=draw.randrange(0, 6))
    sale.closed = sale.receipt + timedelta(days=21) if sale.receipt is not None else None
    if draw.random() < 0.03:
        sale.cancelled = placed + timedelta(days=2)
        sale.arrives = sale.receipt = sale.closed = None
        for line in sale.lines:
            line.out, line.leaves = 0, None
    elif not sale.past and (today - placed).days < RECENT:
        _stays_open(draw, sale, today)
    return sale


def _stays_open(draw: Random, sale: Sale, today: date) -> None:
    """Let some of the last weeks' orders wait: for a decision, for goods, for the rest of them."""
    age, fate = (today - sale.placed).days, draw.random()
    yesterday = today - timedelta(days=1)
    if age > 6 and fate > 0.8:
        return
    sale.arrives = sale.receipt = sale.closed = None
    if age <= 6 or fate < 0.35:  # nothing left yet, and of the youngest some were not even confirmed
        sale.confirmed = None if age <= 6 and fate < 0.5 else sale.confirmed
        for line in sale.lines:
            line.out, line.leaves = 0, None
    elif fate < 0.6:  # the first line left, or half of the only one
        first, *others = sale.lines
        first.out = first.many if others else first.many // 2
        first.leaves = min(first.leaves or yesterday, yesterday) if first.out else None
        for line in others:
            line.out, line.leaves = 0, None
    else:  # all of it is on its way
        for line in sale.lines:
            line.leaves = yesterday


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


class Desk:
    """Writes orders and what becomes of them.

    Args:
        users: By name.
        sold: What was sold.
        by: Who writes what belongs to nobody else.
    """

    def __init__(self, users: Mapping[str, User], sold: Sequence[Sale], by: User) -> None:
        self.users, self.sold, self.by = users, sold, by

    def bring_in(self, at: datetime) -> None:
        """Orders of before, with their state and days as they were."""
        known = [sale for sale in self.sold if sale.past]
        with change_set(by=self.by, at=at, via="import", action="records.import"):
            self._make(known, [self._of_before(sale, at.date()) for sale in known], at)

    def write(self, end: date, at: datetime) -> None:
        """Orders of a month: written down and, most of them, confirmed."""
        there = [sale for sale in self.sold if not sale.past and sale.row is None and sale.placed <= end]
        known = [sale for sale in there if sale.deal.row is not None and sale.deal.client.row is not None]
        if not known:
            return
        with change_set(by=self.by, at=at, via="web", action="orders.create_order"):
            self._make(known, [self._values(sale) for sale in known], at)
        with change_set(by=self.by, at=at, via="web", action="orders.confirm_order"), together():
            firm = [sale for sale in known if sale.confirmed is not None]
            for sale in firm:
                sale.row.refresh_from_db()
                sale.row.confirmed_on = sale.confirmed
                sale.row.expected_on = sale.row.promised_on
            bulk_save(Order, [sale.row for sale in firm], ["confirmed_on", "expected_on"])

    def _make(self, known: Sequence[Sale], rows: list[dict[str, Any]], at: datetime) -> None:
        for sale, row in zip(known, type_of(Order).writer.create(rows, by=self.by, at=at), strict=True):
            sale.row = row
        pairs = [(sale, line) for sale in known for line in sale.lines]
        lines = [
            {"order": sale.row, "product": line.good.row, "quantity": Decimal(line.many), "unit_price": line.price}
            for sale, line in pairs
        ]
        for (_of, line), made in zip(pairs, type_of(OrderLine).writer.create(lines, by=self.by, at=at), strict=True):
            line.row = made

    def _values(self, sale: Sale) -> dict[str, Any]:
        deal = sale.deal
        return {
            "company": deal.client.row,
            "person": deal.contact.row,
            "opportunity": deal.row,
            "currency": deal.currency,
            "placed_on": sale.placed,
            "requested_on": None,
            "promised_on": sale.promised,
            "delivery_to": _place(deal.client),
            "owner": self.users[deal.client.owner.name],
        }

    def _of_before(self, sale: Sale, today: date) -> dict[str, Any]:
        last = today - timedelta(days=1)
        left = next((line.leaves for line in sale.lines if line.leaves is not None), None)
        days = {
            "was_confirmed_on": sale.confirmed,
            "was_shipped_on": left,
            "was_delivered_on": sale.arrives,
            "was_receipt_on": sale.receipt,
            "was_closed_on": sale.closed,
            "was_cancelled_on": sale.cancelled,
        }
        return self._values(sale) | {name: min(day, last) for name, day in days.items() if day is not None}

    def leaving(self, end: date, *, written: bool = True) -> list[tuple[date, Sale, Sold]]:
        """What left up to a day and was not sent before, day by day.

        Args:
            written: Whether only of orders that are written by now.
        """
        every = [
            (line.leaves, sale, line)
            for sale in self.sold
            if not sale.past and (sale.row is not None or not written)
            for line in sale.lines
            if line.out and line.leaves is not None and line.leaves <= end and not line.sent
        ]
        return sorted(every, key=lambda one: one[0])

    def note(self, end: date) -> None:
        """What happened to orders in a month: sent, arrived, acknowledged, closed, cancelled. In an open change set."""
        lines: list[OrderLine] = []
        orders: list[Order] = []
        for sale in self.sold:
            days = (sale.arrives, sale.receipt, sale.closed, sale.cancelled, *(line.leaves for line in sale.lines))
            come = sum(day is not None and day <= end for day in days)
            if sale.row is None or sale.past or come == sale.noted:
                continue
            sale.noted = come
            sale.row.refresh_from_db()
            orders.append(sale.row)
            for line in sale.lines:
                line.row.refresh_from_db()
                self._note_line(sale, line, end)
                lines.append(line.row)
            self._note_order(sale, end)
        with together():
            bulk_save(OrderLine, lines, ["shipped", "shipped_on", "delivered", "delivered_on", "cancelled"])
            names = ["shipped_on", "delivered_on", "receipt_on", "closed_on", "cancelled_on", "cancel_reason"]
            bulk_save(Order, orders, names)

    @staticmethod
    def _note_line(sale: Sale, line: Sold, end: date) -> None:
        if line.out and line.leaves is not None and line.leaves <= end:
            line.row.shipped, line.row.shipped_on, line.sent = Decimal(line.out), line.leaves, True
            if sale.arrives is not None and sale.arrives <= end:
                line.row.delivered, line.row.delivered_on = Decimal(line.out), sale.arrives
        if sale.cancelled is not None and sale.cancelled <= end:
            line.row.cancelled = line.row.quantity

    @staticmethod
    def _note_order(sale: Sale, end: date) -> None:
        row, whole = sale.row, all(line.out == line.many for line in sale.lines)
        left = max((line.leaves for line in sale.lines if line.leaves is not None), default=None)
        days = {"shipped_on": left if whole else None, "delivered_on": sale.arrives, "receipt_on": sale.receipt}
        days |= {"closed_on": sale.closed, "cancelled_on": sale.cancelled}
        for name, day in days.items():
            setattr(row, name, day if day is not None and day <= end else None)
        row.cancel_reason = "El cliente aplaza la inversión." if row.cancelled_on else ""

    def reserve(self, at: datetime) -> None:
        """What is there is reserved for the orders that are to be sent, the oldest first. In an open change set."""
        for sale in self.sold:
            if sale.past or sale.confirmed is None or sale.row is None or sale.cancelled is not None:
                continue
            if all(line.out == line.many for line in sale.lines):
                continue
            with at_work(sale.row) as lines:
                reserve_open(sale.row, lines, sale.promised, self.by, at)


def _place(client: Client) -> str:
    """Where a customer has things delivered."""
    said = {name: str(client.values.get(name) or "") for name in ("street", "postal_code", "city", "country")}
    town = " ".join(part for part in (said["postal_code"], said["city"]) if part)
    return "\n".join(part for part in (said["street"], town, said["country"]) if part)
