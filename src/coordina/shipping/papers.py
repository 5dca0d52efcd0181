"""The papers of orders and shipments: order confirmation, delivery note, packing list; in the customer's language."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.catalog.totals import Rounding
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.documents.languages import formats_for, locale_for
from coordina.documents.papers import letter_pdf
from coordina.orders import rules as order_rules
from coordina.orders.models import Order, OrderLine
from coordina.shipping.models import Shipment, ShipmentLine
from coordina.stock.models import StockMove

type Said = dict[str, Any]


PRICED = frozenset({"total", "net", "tax"})
LINE_PRICED = frozenset({"unit_price", "discount", "net", "tax_rate"})
"""Fields without which an order confirmation says nothing."""


def may_confirm(reader: User) -> bool:
    """Whether somebody sees everything that stands in an order confirmation."""
    known = type_of(Order).known_to(reader).keys()
    return known >= PRICED and type_of(OrderLine).known_to(reader).keys() >= LINE_PRICED


def order_confirmation(order: Order, reader: User) -> bytes:
    """What was agreed, with prices and taxes."""
    return _written(dimmed(order, reader), reader, lambda order, formats: _confirmation(order, formats, reader))


def delivery_note(shipment: Shipment, reader: User) -> bytes:
    """What is in a shipment, to be signed by who takes it; without prices."""
    order, seen = dimmed(shipment.order, reader), dimmed(shipment, reader)
    return _written(order, reader, lambda known, formats: _note(seen, known, formats, reader))


def packing_list(shipment: Shipment, reader: User) -> bytes:
    """What is to be packed or is in the packages, to be ticked off."""
    order, seen = dimmed(shipment.order, reader), dimmed(shipment, reader)
    return _written(order, reader, lambda known, formats: _packing(seen, known, formats, reader))


def dimmed[M: Record](record: M, reader: User) -> M:
    """A record without the texts and days of fields that the reader does not see; never saved."""
    hidden = type_of(record).sight(reader).hidden
    for column in record._meta.concrete_fields:
        if column.name in hidden:
            setattr(record, column.name, "" if isinstance(getattr(record, column.attname), str) else None)
    return record


def _written(order: Order, reader: User, say: Callable[[Order, Formats], Said]) -> bytes:
    order.company = dimmed(order.company, reader)
    locale = locale_for(order.company, order.person)
    formats = formats_for(locale, order.currency)
    with translation.override(locale):
        said = say(order, formats)
    return letter_pdf(locale, said)


def _parties(order: Order, to: str) -> list[Said]:
    person = order.person.name if order.person is not None else ""
    where = [line for line in to.splitlines() if line.strip()]
    buyer = [line for line in (order.company.name, order.company.tax_id, person) if line]
    return [
        {"label": _("Customer"), "lines": buyer},
        *([{"label": _("Deliver to"), "lines": where}] if where else []),
    ]


def _facts(order: Order, more: Sequence[tuple[str, str]]) -> list[list[str]]:
    own = [(_("Order"), order.reference), (_("Your reference"), order.customer_reference)]
    return [[name, value] for name, value in (*more, *own) if value]


def _many(quantity: Any, line: OrderLine, formats: Formats) -> str:
    unit = line.product.unit.symbol if line.product.unit is not None else ""
    return " ".join(part for part in (formats.decimal(quantity), unit) if part)


def _day(day: date | None, formats: Formats) -> str:
    return formats.date_full(day) if day is not None else ""


def _confirmation(order: Order, formats: Formats, reader: User) -> Said:
    rows = OrderLine.objects.filter(order=order).select_related("product", "product__unit").order_by("pk")
    lines = list(rows)
    for line in lines:
        dimmed(line.product, reader)
    return {
        "title": _("Order confirmation") if order.confirmed_on is not None else _("Order"),
        "parties": _parties(order, order.delivery_to),
        "facts": _facts(
            order,
            [
                (_("Date"), _day(order.confirmed_on or order.placed_on, formats)),
                (_("Expected delivery"), _day(order.expected_on, formats)),
            ],
        ),
        "columns": [
            {"label": _("Code")},
            {"label": _("Product"), "wide": True},
            {"label": _("Quantity"), "right": True},
            {"label": _("Price"), "right": True},
            {"label": _("Disc."), "right": True},
            {"label": _("Total"), "right": True},
        ],
        "rows": [_priced(line, order, formats) for line in lines],
        "totals": _totals(order, lines, formats),
    }


def _priced(line: OrderLine, order: Order, formats: Formats) -> list[str]:
    amount = line.net + line.tax if order.prices_with_tax else line.net
    return [
        line.product.code,
        line.description or line.product.name,
        _many(line.wanted, line, formats),
        formats.money(line.unit_price, order.currency, cents=True),
        formats.percent(line.discount) if line.discount else "",
        formats.money(amount, order.currency, cents=True),
    ]


def _totals(order: Order, lines: Sequence[OrderLine], formats: Formats) -> list[list[Any]]:
    priced = [order_rules.Priced(line.wanted, line.unit_price, line.discount, line.rates) for line in lines]
    rounding = Rounding(order.tax_rounding)
    found = order_rules.added_up(priced, order.currency, with_tax=order.prices_with_tax, rounding=rounding)
    rows: list[list[Any]] = [[_("Base"), formats.money(found.net, order.currency, cents=True)]]
    for rate in found.rates:
        name = f"{rate.share.name} {formats.percent(rate.share.percent)}"
        rows.append([name, formats.money(rate.tax, order.currency, cents=True)])
    return [*rows, [_("Total"), formats.money(order.total, order.currency, cents=True), True]]


def _rows(shipment: Shipment, reader: User) -> list[ShipmentLine]:
    rows = ShipmentLine.objects.filter(shipment=shipment).order_by("line_id")
    found = list(rows.select_related("line", "line__product", "line__product__unit"))
    for row in found:
        dimmed(row.line.product, reader)
    return found


def _carried(shipment: Shipment, formats: Formats) -> list[tuple[str, str]]:
    return [
        (_("Number"), shipment.reference),
        (_("Date"), _day(shipment.shipped_on, formats)),
        (_("Carrier"), shipment.carrier.name if shipment.carrier is not None else ""),
        (_("Tracking number"), shipment.tracking_number),
        (_("Packages"), formats.integer(shipment.packages)),
        (_("Weight"), f"{formats.decimal(shipment.weight)} kg" if shipment.weight is not None else ""),
    ]


def _note(shipment: Shipment, order: Order, formats: Formats, reader: User) -> Said:
    batches = _batches(shipment, reader)
    return {
        "title": _("Delivery note"),
        "parties": _parties(order, shipment.delivery_to or order.delivery_to),
        "facts": _facts(order, _carried(shipment, formats)),
        "columns": [
            {"label": _("Code")},
            {"label": _("Product"), "wide": True},
            {"label": _("Quantity"), "right": True},
            {"label": _("Still to come"), "right": True},
        ],
        "rows": [
            [
                row.line.product.code,
                [row.line.description or row.line.product.name, *batches.get(row.line_id, [])],
                _many(row.quantity, row.line, formats),
                _many(row.line.open, row.line, formats) if row.line.open else "",
            ]
            for row in _rows(shipment, reader)
        ],
        "notes": [{"label": _("Notes"), "text": shipment.notes}] if shipment.notes else [],
        "boxes": [_("Received by"), _("Date"), _("Signature")],
    }


def _batches(shipment: Shipment, reader: User) -> dict[int, list[str]]:
    """Batches and serial numbers that left for the lines of a shipment, in words by line."""
    if shipment.shipped_on is None:
        return {}
    lines = [row.line_id for row in _rows(shipment, reader)]
    moves = StockMove.objects.filter(subject_type=OrderLine._meta.label, subject_id__in=lines).exclude(batch="")
    left = moves.filter(kind="issue", moved_on=shipment.shipped_on, origin__warehouse=shipment.warehouse_id)
    found: dict[int, list[str]] = {}
    for line, batch in left.order_by("pk").values_list("subject_id", "batch"):
        words = _("Batch or serial number %(batch)s") % {"batch": batch}
        if line is not None and words not in found.setdefault(line, []):
            found[line].append(words)
    return found


def _packing(shipment: Shipment, order: Order, formats: Formats, reader: User) -> Said:
    house = str(getattr(shipment, "warehouse", None) or "")
    return {
        "title": _("Packing list"),
        "parties": _parties(order, shipment.delivery_to or order.delivery_to),
        "facts": _facts(order, [*_carried(shipment, formats), (_("Warehouse"), house)]),
        "columns": [
            {"label": "☐"},
            {"label": _("Code")},
            {"label": _("Product"), "wide": True},
            {"label": _("Quantity"), "right": True},
        ],
        "rows": [
            ["☐", row.line.product.code, row.line.description or row.line.product.name,
             _many(row.quantity, row.line, formats)]
            for row in _rows(shipment, reader)
        ],
        "notes": [{"label": _("Notes"), "text": shipment.notes}] if shipment.notes else [],
    }  # fmt: skip
