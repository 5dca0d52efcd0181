"""How lists show how far an order is."""

from typing import Any

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.orders.enums import State

TONES = {
    State.RECEIVED: "warn",
    State.CONFIRMED: "info",
    State.RESERVED: "info",
    State.PICKED: "info",
    State.PARTLY: "warn",
    State.SHIPPED: "accent",
    State.DELIVERED: "good",
    State.ACKNOWLEDGED: "good",
}


def state(values: tuple[Any, ...], context: CellContext) -> str:
    """How far it is, as a badge."""
    return str(context.pieces.badge(State(values[0]).label, TONES.get(values[0], "")))


CELLS.add(("order", "status"), Cell(("status",), state, place="line"))
