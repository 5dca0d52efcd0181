"""How carriers, shipments, their lines and what is told of them come into being."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from coordina.catalog.part_writers import refuse_quantity
from coordina.core.changes import Values
from coordina.core.references import format_reference
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.ledger.models.sequences import take
from coordina.records.writers import normalised
from coordina.shipping.enums import State
from coordina.shipping.models import Carrier, Shipment, ShipmentLine, TrackingEvent
from coordina.shipping.packing import packable, to_pack
from coordina.shipping.progress import move_on
from coordina.stock.levels import plain
from coordina.stock.models import Warehouse

SERIES = "SHP"
LATEST_HOUR = 23
PACKED = ("order", "warehouse")
"""Fields of a shipment that stay once something is in it."""


class CarrierWriter(Writer[Carrier]):
    """Carriers have times that exist, and an address of their own for what they tell."""

    def clean(self, values: Values, *, obj: Carrier | None = None) -> Values:
        """Check hour, days and the tracking address."""
        hour, days = values.get("cutoff_hour"), values.get("transit_days")
        if hour is not None and not 0 <= hour <= LATEST_HOUR:
            raise Refusal("hour", _("Write an hour from 0 to 23."), field="cutoff_hour")
        if days is not None and not 0 <= days <= 365:
            raise Refusal("days", _("Write a number of days from 0 to 365."), field="transit_days")
        address = (values.get("tracking_url") or "").strip()
        if address and not (address.startswith(("https://", "http://")) and "{number}" in address):
            message = _("Write an address that begins with https:// and has {number} where the number goes.")
            raise Refusal("address", message, field="tracking_url")
        return super().clean(normalised(values, {"tracking_url": str.strip, "name": str.strip}, obj), obj=obj)

    def prepare(self, made: Sequence[Carrier], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give each a door."""
        super().prepare(made, rows, by=by, at=at)
        for carrier in made:
            carrier.door = new_door()


def new_door() -> str:
    """The part of a public address that nobody can guess."""
    return secrets.token_urlsafe(24)


class ShipmentWriter(Writer[Shipment]):
    """A shipment gets a reference, and in it what of the order is reserved in its warehouse and in no other one."""

    fills: ClassVar[tuple[str, ...]] = ("warehouse",)

    def clean(self, values: Values, *, obj: Shipment | None = None) -> Values:
        """Refuse another order or warehouse once something is in it, and less than one package."""
        if obj is not None:
            name = next((n for n in PACKED if values.get(n) not in (None, getattr(obj, n))), None)
            if name is not None:
                raise Refusal("fixed", _("Cancel this shipment and prepare another one."), field=name)
        if values.get("packages") is not None and not 1 <= values["packages"] <= 9999:
            raise Refusal("packages", _("Write a number from 1 to 9,999."), field="packages")
        if values.get("weight") is not None and values["weight"] < 0:
            raise Refusal("weight", _("A weight is not below zero."), field="weight")
        kept = {n: v for n, v in values.items() if n not in PACKED or v is not None}
        return super().clean(normalised(kept, {"tracking_number": str.strip}, obj), obj=obj)

    def prepare(self, made: Sequence[Shipment], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give references; whose it is and where it goes says the order."""
        for shipment, number in zip(made, take(SERIES, len(made)) if made else (), strict=True):
            order = shipment.order
            shipment.reference = format_reference(SERIES, number)
            shipment.company_id = order.company_id
            shipment.owner_id, shipment.team_id = order.owner_id, order.team_id
            shipment.delivery_to = shipment.delivery_to or order.delivery_to
            if getattr(shipment, "warehouse_id", None) is None:
                shipment.warehouse = warehouse_for(shipment)

    def created(self, made: Sequence[Shipment], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put in what is proposed."""
        for shipment in made:
            found = to_pack(shipment.order).get(shipment.warehouse_id, {})
            ShipmentLine.objects.bulk_create(
                ShipmentLine(shipment=shipment, line_id=line, quantity=many) for line, many in sorted(found.items())
            )

    def delete(self, objs: Sequence[Shipment], *, by: Any, at: datetime) -> None:
        """Remove shipments that never left.

        Raises:
            Refusal: For one that did.
        """
        if any(shipment.shipped_on is not None for shipment in objs):
            raise Refusal("left", _("It left: it stays on record."), status=409)
        super().delete(objs, by=by, at=at)


def warehouse_for(shipment: Shipment) -> Warehouse:
    """The warehouse from which most can be sent; else the order's own, else the first.

    Raises:
        Refusal: Where there is no warehouse at all.
    """
    found = to_pack(shipment.order)
    best = max(found, key=lambda pk: (sum(found[pk].values()), -pk), default=None)
    if best is None and shipment.order.warehouse is not None:
        return shipment.order.warehouse
    rows = Warehouse.objects.filter(pk=best) if best is not None else Warehouse.objects.filter(active=True)
    first: Warehouse | None = rows.order_by("pk").first()
    if first is None:
        raise Refusal("required", _("Create a warehouse first."), field="warehouse")
    return first


class ShipmentLineWriter(Writer[ShipmentLine]):
    """What is in a shipment changes while it is packed; never more than the order still waits for."""

    def clean(self, values: Values, *, obj: ShipmentLine | None = None) -> Values:
        """Refuse lines of what left, lines of other orders, and more than is open."""
        shipment = values.get("shipment") or (obj.shipment if obj is not None else None)
        line = values.get("line") or (obj.line if obj is not None else None)
        many = values.get("quantity", obj.quantity if obj is not None else None)
        if shipment is not None:
            refuse_left(shipment)
        if line is not None and shipment is not None:
            if line.order_id != shipment.order_id:
                raise Refusal("elsewhere", _("This is no line of the order."), field="line")
            refuse_quantity(many, line.product)
            free = packable(line, besides=obj)
            if many is not None and many > free:
                message = _("Only %(many)s can be packed.")
                raise Refusal("over", message % {"many": plain(free)}, field="quantity")
        kept = {n: v for n, v in values.items() if n not in ("line", "quantity") or v is not None}
        return super().clean(kept, obj=obj)

    def delete(self, objs: Sequence[ShipmentLine], *, by: Any, at: datetime) -> None:
        """Take lines out while it is packed."""
        for line in objs:
            refuse_left(line.shipment)
        super().delete(objs, by=by, at=at)


def refuse_left(shipment: Shipment) -> None:
    """Refuse to change what is in a shipment that is no longer packed.

    Raises:
        Refusal: Saying so.
    """
    if shipment.status != State.PACKING:
        raise Refusal("left", _("It is not being packed any more: what is in it stays."), status=409)


class EventWriter(Writer[TrackingEvent]):
    """What is told moves the shipment on; it stays on record as it was told."""

    def clean(self, values: Values, *, obj: TrackingEvent | None = None) -> Values:
        """Refuse news of what never left, and other news in the place of what was told."""
        if obj is not None:
            raise Refusal("kept", _("What was told stays. Tell what is right as well."), status=409)
        shipment = values.get("shipment")
        if shipment is not None and shipment.shipped_on is None:
            raise Refusal("packing", _("It has not left yet."), field="shipment")
        if values.get("happened_at") is None:
            values = {name: value for name, value in values.items() if name != "happened_at"}
        return super().clean(values, obj=obj)

    def prepare(self, made: Sequence[TrackingEvent], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Say when it happened where nobody did."""
        for event in made:
            event.happened_at = event.happened_at or at

    def created(self, made: Sequence[TrackingEvent], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Move the shipments on."""
        for event in made:
            move_on(event, by=by, at=at)
