"""What follows from what happened to an order, on plain values. No ORM, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coordina.catalog.totals import Rounding, Sold, TaxShare, Totals, totals
from coordina.orders.enums import State

NOTHING = Decimal(0)
RANK = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What happened to a line, in the product's unit.

    Attributes:
        wanted: Ordered and not cancelled.
        shipped, delivered: Of these, left and arrived.
        reserved: What stock holds for it.
        stocked: Whether it is goods; a service is never reserved.
    """

    wanted: Decimal
    shipped: Decimal = NOTHING
    delivered: Decimal = NOTHING
    reserved: Decimal = NOTHING
    stocked: bool = True

    @property
    def covered(self) -> bool:
        """Whether what is still to be sent is reserved."""
        return not self.stocked or self.reserved >= self.wanted - self.shipped


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to the order as a whole.

    Attributes:
        was: How far it was when it came from another system; empty for one that began here.
    """

    confirmed: bool = False
    picked: bool = False
    acknowledged: bool = False
    closed: bool = False
    cancelled: bool = False
    was: str = ""


def state_of(facts: Facts, lines: Sequence[LineFacts]) -> State:
    """How far an order is.

    What came from another system is at least as far as it was there. A cancelled order of which something was sent goes
    on with what was sent.

    Args:
        facts: Of the order.
        lines: Of its lines.
    """
    live = [line for line in lines if line.wanted > 0]
    if (facts.cancelled or facts.was == State.CANCELLED) and not any(line.shipped for line in live):
        return State.CANCELLED
    found = _reached(facts, live)
    was = State(facts.was) if facts.was else State.RECEIVED
    return max(found, was, key=RANK.__getitem__)


def _reached(facts: Facts, live: Sequence[LineFacts]) -> State:
    if facts.closed:
        return State.CLOSED
    if facts.acknowledged:
        return State.ACKNOWLEDGED
    if live and all(line.delivered >= line.wanted for line in live):
        return State.DELIVERED
    if live and all(line.shipped >= line.wanted for line in live):
        return State.SHIPPED
    if any(line.shipped for line in live):
        return State.PARTLY
    if not facts.confirmed:
        return State.RECEIVED
    if facts.picked:
        return State.PICKED
    stocked = any(line.stocked for line in live)
    return State.RESERVED if stocked and all(line.covered for line in live) else State.CONFIRMED


def was_of(days: Sequence[tuple[str, object]]) -> str:
    """How far an order was, by the last thing that has a day.

    Args:
        days: State and day, the first state first.

    Returns:
        Empty where none has one.
    """
    return next((state for state, day in reversed(days) if day is not None), "")


@dataclass(frozen=True, slots=True)
class Priced:
    """A line as its amounts are worked out.

    Attributes:
        quantity: Ordered and not cancelled.
        unit_price: None where nobody has said it: such a line adds nothing.
        discount: In per cent.
        rates: Name and per cent of the tax, and of the surcharge where there is one.
    """

    quantity: Decimal
    unit_price: Decimal | None
    discount: Decimal = NOTHING
    rates: tuple[tuple[str, Decimal], ...] = ()


def added_up(lines: Sequence[Priced], currency: str, *, with_tax: bool, rounding: Rounding) -> Totals:
    """The amounts of an order; see `catalog.totals`."""
    sold = [
        Sold(
            line.quantity,
            line.unit_price or NOTHING,
            currency,
            tuple(TaxShare(name, percent, surcharge=bool(place)) for place, (name, percent) in enumerate(line.rates)),
            line.discount,
            with_tax,
        )
        for line in lines
    ]
    return totals(sold, currency, rounding)
