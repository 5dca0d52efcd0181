"""Warehouses and locations, stock of products in them, moves, reservations, counts, suppliers and purchase orders."""

from coordina.stock.models.counts import StockCount
from coordina.stock.models.items import Balance, StockItem
from coordina.stock.models.moves import StockMove
from coordina.stock.models.places import Location, Warehouse
from coordina.stock.models.purchases import PurchaseLine, PurchaseOrder
from coordina.stock.models.reservations import Reservation
from coordina.stock.models.suppliers import Supplier, SupplierProduct
from coordina.stock.models.tracking import TrackedProduct

__all__ = [
    "Balance",
    "Location",
    "PurchaseLine",
    "PurchaseOrder",
    "Reservation",
    "StockCount",
    "StockItem",
    "StockMove",
    "Supplier",
    "SupplierProduct",
    "TrackedProduct",
    "Warehouse",
]
