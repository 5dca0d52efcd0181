"""What is looked at before an order is confirmed: prices, margin, credit, whether it is there twice, where it goes.

Each finding says which line, why, and what would work. Some block until somebody who may says why it goes on anyway;
the others are only said. What is missing in stock is not judged here: confirming reserves, and says what cannot be had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.accounts.rates import reporting_currency
from coordina.catalog.actions import SEE_COST
from coordina.catalog.enums import Nature
from coordina.catalog.queries import book_of, customer_of, floor_of, floors
from coordina.catalog.worth import margin_of, worth_of
from coordina.core.formats import Formats
from coordina.core.money import Money, convert
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.orders.enums import State
from coordina.orders.models import Order, OrderLine
from coordina.orders.pricing import listed

TWICE = 14
"""Days within which an order of the same products and quantities may be the same one."""
OWES = (
    *(State.CONFIRMED, State.RESERVED, State.PICKED, State.PARTLY),
    *(State.SHIPPED, State.DELIVERED, State.ACKNOWLEDGED),
)
"""States of orders that count against the credit limit: agreed and not closed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before the order is confirmed.

    Attributes:
        name: Which check: `price`, `margin`, `credit`, `twice`, `address`.
        words: What is wrong, and what would work.
        blocks: Whether it has to be overridden with a reason.
        line: Id of the line it is about; None for the whole order.
    """

    name: str
    words: str
    blocks: bool = False
    line: int | None = None


def findings(order: Order, lines: Sequence[OrderLine], day: date, by: User) -> list[Finding]:
    """Everything to look at, what blocks first.

    Args:
        order: Not confirmed yet.
        lines: Of it, with their products.
        day: On which prices hold.
        by: Who reads it: other orders are named as far as they see them, costs and limits likewise.
    """
    formats = formats_here(order.currency)
    found = [
        *_prices(order, lines, day, formats),
        *_margins(order, lines, day, formats, by),
        *_credit(order, formats, by),
        *_twice(order, lines, day, formats, by),
        *_address(order, lines),
    ]
    return sorted(found, key=lambda finding: not finding.blocks)


def _prices(order: Order, lines: Sequence[OrderLine], day: date, formats: Formats) -> list[Finding]:
    """Prices that are not those of the customer's price lists."""
    found = []
    for line, price in zip(lines, listed(order, lines, order.placed_on or day), strict=True):
        if price is None or line.unit_price is None or price == line.unit_price:
            continue
        values = {
            "product": line.product,
            "price": formats.money(line.unit_price, order.currency, cents=True),
            "listed": formats.money(price, order.currency, cents=True),
        }
        words = _("%(product)s: the price is %(price)s; the price lists say %(listed)s.")
        found.append(Finding("price", words % values, line=line.pk))
    return found


def _margins(order: Order, lines: Sequence[OrderLine], day: date, formats: Formats, by: User) -> list[Finding]:
    """Lines sold below the margin floor of their product. Neither the cost nor the margin is said."""
    table = floors()
    if not table:
        return []
    found = []
    book = book_of([line.product_id for line in lines], customer_of(order.company), order.currency)
    for line in lines:
        goods = book.goods.get(line.product_id)
        floor = floor_of(goods, table, book.goods) if goods is not None else None
        if floor is None or not line.wanted or line.unit_price is None:
            continue
        try:
            cost = worth_of(line.product_id, "cost", book.goods, book.rates, day)
            if cost is None:
                continue
            unit = Money(line.net / line.wanted, order.currency)
            margin = margin_of(unit, convert(cost.money, order.currency, book.rates, day))
        except Refusal:
            continue
        if margin is None or margin < floor:
            values = {"product": line.product, "floor": formats.percent(floor)}
            words = _("%(product)s: the price is too low for this product. Raise it or lower the discount.")
            if by.may(SEE_COST):
                words = _(
                    "%(product)s: the margin is below the floor of %(floor)s. Raise the price or lower the discount."
                )
            found.append(Finding("margin", words % values, blocks=True, line=line.pk))
    return found


def open_of(company: int, besides: int = 0) -> Decimal:
    """Net of the orders of a company that are agreed and not closed, in the reporting currency."""
    rows = Order.objects.filter(company=company, status__in=OWES).exclude(pk=besides).order_by()
    return rows.aggregate(many=Sum("value"))["many"] or Decimal(0)


def _credit(order: Order, formats: Formats, by: User) -> list[Finding]:
    """More open than the customer's credit limit."""
    limit = order.company.credit_limit
    if limit is None or order.value is None:
        return []
    already = open_of(order.company_id, order.pk)
    if already + order.value <= limit:
        return []
    if "credit_limit" not in type_of(Company).known_to(by):
        return [Finding("credit", _("It is more than the customer may have open."), blocks=True)]
    currency = reporting_currency()
    values = {
        "limit": formats.money(limit, currency),
        "open": formats.money(already, currency),
        "left": formats.money(max(limit - already, Decimal(0)), currency),
    }
    words = _("The credit limit is %(limit)s and %(open)s are open: %(left)s would fit.")
    return [Finding("credit", words % values, blocks=True)]


def _twice(order: Order, lines: Sequence[OrderLine], day: date, formats: Formats, by: User) -> list[Finding]:
    """Orders that may be this one: the customer's own number, or the same products and quantities within days."""
    others = (
        Order.objects.visible_to(by)
        .filter(company=order.company_id)
        .exclude(pk=order.pk)
        .exclude(status=State.CANCELLED)
    )
    near = order.placed_on or day
    same = Q(placed_on__gte=near - timedelta(days=TWICE), placed_on__lte=near + timedelta(days=TWICE))
    if order.customer_reference:
        same |= Q(customer_reference__iexact=order.customer_reference)
    rows = list(others.filter(same).order_by("-placed_on", "-pk")[:50])
    wanted = sorted((line.product_id, line.quantity) for line in lines)
    contents: dict[int, list[tuple[int, Decimal]]] = {row.pk: [] for row in rows}
    parts = OrderLine.objects.filter(order__in=contents).values_list("order_id", "product_id", "quantity")
    for pk, product, many in parts:
        contents[pk].append((product, many))
    found = []
    for row in rows:
        values = {"order": row.reference, "day": formats.date_short(row.placed_on)}
        number = order.customer_reference.casefold()
        if number and row.customer_reference.casefold() == number:
            words = _("%(order)s of %(day)s has the same customer’s reference. Is it this one?")
        elif wanted and sorted(contents[row.pk]) == wanted:
            words = _("%(order)s of %(day)s has the same products and quantities. Is it this one?")
        else:
            continue
        found.append(Finding("twice", words % values))
    return found


def _address(order: Order, lines: Sequence[OrderLine]) -> list[Finding]:
    """Goods that nobody knows where to deliver."""
    if all(line.product.nature == Nature.SERVICE for line in lines):
        return []
    if order.delivery_to.strip():
        return []
    if order.address is None:
        return [
            Finding(
                "address", _("It does not say where it goes: write it, or give the company an address."), blocks=True
            )
        ]
    if not (order.address.street.strip() and order.address.city.strip()):
        words = _("The delivery address is not complete: street and city are needed.")
        return [Finding("address", words, blocks=True)]
    return []
