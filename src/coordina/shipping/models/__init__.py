"""Carriers, shipments, what is in them, and where they are."""

from coordina.shipping.models.carriers import Carrier
from coordina.shipping.models.shipments import Shipment, ShipmentLine, TrackingEvent

__all__ = ["Carrier", "Shipment", "ShipmentLine", "TrackingEvent"]
