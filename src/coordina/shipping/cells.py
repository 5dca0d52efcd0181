"""How lists show how far a shipment is."""

from typing import Any

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.shipping.enums import State

TONES = {
    State.PACKING: "info",
    State.SHIPPED: "accent",
    State.TRANSIT: "accent",
    State.DELIVERED: "good",
    State.FAILED: "bad",
    State.RETURNED: "warn",
}


def state(values: tuple[Any, ...], context: CellContext) -> str:
    """How far it is, as a badge."""
    return str(context.pieces.badge(State(values[0]).label, TONES.get(values[0], "")))


CELLS.add(("shipment", "status"), Cell(("status",), state, place="line"))
