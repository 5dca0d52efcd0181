"""How lists show figures of stock: none in red, what is to be ordered again with a badge; states as badges."""

from decimal import Decimal
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.stock.enums import DUE, Counted, Held, Purchase


def available(values: tuple[Any, ...], context: CellContext) -> str:
    """What nobody was promised; red where there is none."""
    many: Decimal
    many, low = values
    text = escape(context.formats.decimal(many))
    if many <= 0:
        return f'<span class="bad strong">{text}</span>'
    return f'<span class="warn strong" title="{escape(_("To be reordered"))}">{text}</span>' if low else str(text)


def quiet(values: tuple[Any, ...], context: CellContext) -> str:
    """A figure, or nothing for zero."""
    return str(escape(context.formats.decimal(values[0]))) if values[0] else ""


def low(values: tuple[Any, ...], context: CellContext) -> str:
    """A badge where it is to be ordered again."""
    return str(context.pieces.badge(_("To be reordered"), "warn", "alert-triangle")) if values[0] else ""


def held(values: tuple[Any, ...], context: CellContext) -> str:
    """Whether it still holds stock."""
    label = Held(values[0]).label
    return str(context.pieces.badge(label, "accent" if values[0] == Held.ACTIVE else ""))


def counted(values: tuple[Any, ...], context: CellContext) -> str:
    """Whether it is booked."""
    label = Counted(values[0]).label
    return str(context.pieces.badge(label, "good" if values[0] == Counted.BOOKED else "warn"))


def purchase(values: tuple[Any, ...], context: CellContext) -> str:
    """How far a purchase order is."""
    tone = {Purchase.PARTLY: "warn", Purchase.RECEIVED: "good", Purchase.SENT: "info"}.get(values[0], "")
    return str(context.pieces.badge(Purchase(values[0]).label, tone))


def expected(values: tuple[Any, ...], context: CellContext) -> str:
    """The day goods are due; red where it has passed and they are not here."""
    day, state = values
    text = escape(context.formats.date_short(day))
    late = day is not None and state in DUE and day < context.formats.today
    return f'<span class="bad strong">{text}</span>' if late else str(text)


def place(values: tuple[Any, ...], context: CellContext) -> str:
    """A location with its warehouse."""
    name, warehouse = values
    return str(escape(f"{warehouse} › {name}" if warehouse else name))


CELLS.add(("stock_item", "available"), Cell(("available", "low"), available, "amount"))
CELLS.add(("stock_item", "reserved"), Cell(("reserved",), quiet))
CELLS.add(("stock_item", "incoming"), Cell(("incoming",), quiet))
CELLS.add(("stock_item", "low"), Cell(("low",), low))
CELLS.add(("purchase_order", "status"), Cell(("status",), purchase))
CELLS.add(("purchase_order", "expected_on"), Cell(("expected_on", "status"), expected, "date"))
CELLS.add(("reservation", "status"), Cell(("status",), held))
CELLS.add(("stock_count", "status"), Cell(("status",), counted))
for _end in ("origin", "target"):
    CELLS.add(("stock_move", _end), Cell((f"{_end}__name", f"{_end}__warehouse__name"), place))
