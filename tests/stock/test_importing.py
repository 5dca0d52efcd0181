"""Opening stock, suppliers and what they ask come in from files, with Spanish or English headers."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.ledger.undo import undo
from coordina.records.importing import checking, files, running, steps
from coordina.stock.actions import book_count
from coordina.stock.models import StockCount, StockItem, Supplier, SupplierProduct
from tests.stock.ground import Stock, check

pytestmark = pytest.mark.django_db

COUNTS = """Producto;Almacén;Ubicación;Cantidad;Motivo
Lámpara;Central;General;1.200,5;Existencias iniciales
Cable;Sur;;7;Existencias iniciales
Lámpara;Sur;;-3;
"""
ENGLISH = """Product,Warehouse,Quantity
Lámpara,Central,12
"""
SUPPLIERS = """Proveedor;Código;Plazo de entrega;Moneda
Óptica Vega;V-1;9;EUR
Metales Roca;V-2;21,5;EUR
"""
OFFERS = """Proveedor;Producto;Código del proveedor;Precio de compra;Cantidad mínima
Óptica Vega;Lámpara;OV-9;12,50;10
"""
POINTS = """Producto;Almacén;Punto de pedido
Lámpara;Central;40
"""


def brought(stock: Stock, noun: str, text: str) -> Any:
    """The run of an import by somebody of logistics' boss, who takes all that is proposed."""
    path, size = files.keep([text.encode()])
    run = steps.start(stock.boss, noun, f"{noun}.csv", path, size)
    steps.read(run, lambda rows: None)
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    run.refresh_from_db()
    return run


def test_opening_stock(stock: Stock) -> None:
    run = brought(stock, "stock_count", COUNTS)
    assert run.counts["new"] == 2, run.counts
    counts = list(StockCount.objects.order_by("pk"))
    assert [(c.product.name, c.warehouse.name, c.counted) for c in counts] == [
        ("Lámpara", "Central", Decimal("1200.5")), ("Cable", "Sur", Decimal(7)),
    ]  # fmt: skip
    for count in counts:
        stock.act(book_count, stock.keeper, count.pk)
    assert stock.item().on_hand == Decimal("1200.5") and stock.figures(stock.cable, stock.spare) == (7, 0, 7)
    check()


def test_drafts_of_counts_are_taken_back_with_their_file(stock: Stock) -> None:
    run = brought(stock, "stock_count", ENGLISH)
    assert StockCount.objects.get().counted == 12
    undo(run.change_set, by=stock.boss, at=timezone.now())
    assert not StockCount.objects.exists()


def test_suppliers_their_prices_and_reorder_points(stock: Stock) -> None:
    stock.received("50")
    assert brought(stock, "supplier", SUPPLIERS).counts["new"] == 2
    assert [(s.name, s.lead_days) for s in Supplier.objects.order_by("pk")] == [
        ("Óptica Vega", 9), ("Metales Roca", Decimal("21.5")),
    ]  # fmt: skip
    assert brought(stock, "supplier_product", OFFERS).counts["new"] == 1
    offer = SupplierProduct.objects.get()
    assert (offer.supplier.name, offer.product, offer.price, offer.minimum, offer.currency) == (
        "Óptica Vega", stock.lamp, Decimal("12.5"), 10, "EUR",
    )  # fmt: skip
    brought(stock, "stock_item", POINTS)
    assert [(i.reorder_point, i.on_hand) for i in StockItem.objects.filter(product=stock.lamp)] == [(40, 50)]
