"""Prices of order lines by the customer's price lists."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from coordina.catalog.pricing import Price, price_of
from coordina.catalog.queries import book_of, customer_of
from coordina.catalog.tax_queries import Taxes, taxes_for, without_tax
from coordina.core.money import HALF_UP, rounded
from coordina.orders.models import Order, OrderLine

PLACES = 4
"""Decimal places that a unit price is kept with."""


def listed(order: Order, lines: Sequence[OrderLine], day: date) -> list[Decimal | None]:
    """What the price lists say for each line, in the order's currency, with tax where the order's prices are.

    Args:
        order: Whose customer asks.
        lines: With product and quantity.
        day: On which the price holds.

    Returns:
        None where nobody has said a price, or the tax that would have to be taken out or put in is not known.
    """
    customer = customer_of(order.company)
    book = book_of([line.product_id for line in lines], customer, order.currency)
    taxes: Taxes | None = None
    found: list[Decimal | None] = []
    for line in lines:
        price = price_of(line.product_id, Decimal(line.quantity), customer, order.currency, day, book)
        if price.with_tax != order.prices_with_tax and taxes is None:
            taxes = taxes_for(order.company, [each.product_id for each in lines])
        found.append(_as_asked(price, taxes, line.product_id, day, with_tax=order.prices_with_tax))
    return found


def _as_asked(price: Price, taxes: Taxes | None, product: int, day: date, *, with_tax: bool) -> Decimal | None:
    if price.money is None:
        return None
    if price.with_tax == with_tax or taxes is None:
        return price.money.amount
    taxation = taxes.on(product, day)
    if not with_tax:
        net = without_tax(price, taxation)
        return net.amount if net is not None else None
    if taxation is None or taxation.missing:
        return None
    return rounded(price.money.amount * (100 + taxation.percent) / 100, PLACES, HALF_UP)
