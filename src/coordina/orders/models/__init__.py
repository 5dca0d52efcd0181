"""Orders and their lines."""

from coordina.orders.models.lines import OrderLine
from coordina.orders.models.order import Order

__all__ = ["Order", "OrderLine"]
