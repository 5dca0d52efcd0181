"""What of an order can be packed now: what is reserved for it, still to be sent, and in no other shipment."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from coordina.catalog.enums import Nature
from coordina.orders.enums import AHEAD
from coordina.orders.fulfilment import open_to_ship
from coordina.orders.models import Order, OrderLine
from coordina.shipping import rules
from coordina.shipping.enums import State
from coordina.shipping.models import ShipmentLine
from coordina.stock.models import Reservation

type Proposal = dict[int, dict[int, Decimal]]
"""By warehouse: how much of which line of the order."""


def being_packed(lines: Iterable[int], besides: ShipmentLine | None = None) -> dict[int, Decimal]:
    """How much of some lines of orders is in shipments that have not left."""
    rows = ShipmentLine.objects.filter(line__in=list(lines), shipment__status=State.PACKING)
    if besides is not None and besides.pk is not None:
        rows = rows.exclude(pk=besides.pk)
    return dict(rows.order_by().values_list("line").annotate(Sum("quantity")))


def packable(line: OrderLine, besides: ShipmentLine | None = None) -> Decimal:
    """How much of a line can still be put into a shipment."""
    return line.open - being_packed([line.pk], besides).get(line.pk, rules.NOTHING)


def to_pack(order: Order) -> Proposal:
    """What can be packed now, by warehouse; services go along with the first one."""
    if order.status not in AHEAD:
        return {}
    found = open_to_ship(order)
    packed = being_packed(row.line.pk for row in found)
    left = {row.line.pk: max(row.open - packed.get(row.line.pk, rules.NOTHING), rules.NOTHING) for row in found}
    label = OrderLine._meta.label
    held = Reservation.objects.filter(subject_type=label, subject_id__in=list(left), left__gt=0).order_by("pk")
    rows = held.values_list("subject_id", "warehouse_id", "left")
    whole = [(line, place, many) for line, place, many in rows if line is not None]
    proposal = rules.shared(left, taken_off(whole, packed_by_place(left)))
    services = {r.line.pk: left[r.line.pk] for r in found if r.line.product.nature == Nature.SERVICE}
    wanted = {pk: many for pk, many in services.items() if many > 0}
    if wanted and proposal:
        proposal[min(proposal)] |= wanted
    return proposal


def packed_by_place(lines: Iterable[int]) -> dict[tuple[int, int], Decimal]:
    """How much of some lines is being packed in which warehouse, by line and warehouse."""
    rows = ShipmentLine.objects.filter(line__in=list(lines), shipment__status=State.PACKING).order_by()
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line, place, many in rows.values_list("line_id", "shipment__warehouse_id", "quantity"):
        found[line, place] += many
    return found


def taken_off(
    held: Iterable[tuple[int, int, Decimal]], packed: dict[tuple[int, int], Decimal]
) -> list[tuple[int, int, Decimal]]:
    """Reservations without what of them is being packed already."""
    rest = dict(packed)
    found: list[tuple[int, int, Decimal]] = []
    for line, place, many in held:
        part = min(many, rest.get((line, place), rules.NOTHING))
        if part:
            rest[line, place] -= part
        if many > part:
            found.append((line, place, many - part))
    return found
