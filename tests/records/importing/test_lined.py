"""Files of lines: a row is a line of an order or of a price list, which is made where it does not exist."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.catalog.models import PriceItem, PriceList, Product, Series
from coordina.core.types import TYPES
from coordina.ledger.undo import undo
from coordina.records.importing import steps
from coordina.records.models import ExternalId, ImportProblem, ImportRun
from coordina.stock.models import (
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    StockMove,
    Supplier,
    SupplierProduct,
    Warehouse,
)  # fmt: skip
from coordina.stock.purchasing import send_purchase
from coordina.stock.receipts import compare_incoming
from tests.world import World

from .conftest import Read, check, execute

pytestmark = pytest.mark.django_db

PRICES = """Tarifa;Moneda;Válida desde;SKU;Serie;Desde cantidad;Precio;Descuento
Mayoristas 2026;EUR;01/01/2026;LAM-1;;;9,50;
mayoristas 2026;EUR;;lam1;;10;8,00;
Mayoristas 2026;EUR;;;Tubos;;;12,5
Mayoristas 2026;EUR;;LAM-1;;20;7;5
Verano;USD;01/06/2026;LAM-1;;;11;
"""
PURCHASES = """PO number,Line,Vendor number,Warehouse,Status,Order date,Due date,SKU,Quantity,Unit price,Received
4501,1,V-1,Central,Complete,2024-03-01,2024-03-09,LAM-1,40,12.5,40
4501,2,V-1,Central,Complete,2024-03-01,2024-03-09,CAB-1,10,2,9
4502,1,V-1,Central,Approved,2024-05-02,2024-05-20,LAM-1,5,12.75,2
4502,2,V-1,Central,Approved,2024-05-02,2024-05-20,LAM-1,7,12.75,
4503,1,,Central,Approved,2024-05-02,2024-05-20,LAM-1,7,12.75,
"""


def reasons(run: ImportRun) -> dict[int, str]:
    return {p.number: " ".join(text for _label, text in p.reasons) for p in ImportProblem.objects.filter(run=run)}


@pytest.fixture
def goods(world: World) -> Any:
    world.create(Warehouse, name="Central", code="C1")
    world.create(Warehouse, name="Sur")
    world.create(Supplier, name="Óptica Vega", code="V-1", currency="EUR")
    world.create(Product, name="Cable", code="CAB-1")
    return world.create(Product, name="Lamp", code="LAM-1", price=Decimal(10))


def test_a_file_of_prices_makes_lists_and_updates_their_lines(world: World, goods: Product, read: Read) -> None:
    tubes = world.create(Series, name="Tubos")
    run = check(read(PRICES, "price_item"))
    assert run.counts["made"] == {"price_list": 2}
    assert set(reasons(run)) == {5}
    assert "Either a price or a discount" in reasons(run)[5]
    execute(run)
    lists = {one.name: one for one in PriceList.objects.all()}
    assert {n: (x.currency, x.valid_from) for n, x in lists.items()} == {
        "Mayoristas 2026": ("EUR", date(2026, 1, 1)), "Verano": ("USD", date(2026, 6, 1)),
    }  # fmt: skip
    rows = PriceItem.objects.filter(price_list=lists["Mayoristas 2026"]).order_by("pk")
    assert [(r.product, r.series, r.minimum, r.price, r.discount) for r in rows] == [
        (goods, None, 0, Decimal("9.5"), None), (goods, None, 10, 8, None), (None, tubes, 0, None, Decimal("12.5")),
    ]  # fmt: skip
    again = execute(check(read(PRICES.replace("8,00", "8,20"), "price_item")))
    assert (again.counts["new"], again.counts["update"], again.counts["same"]) == (0, 1, 3)
    assert PriceItem.objects.get(minimum=10).price == Decimal("8.20")
    assert run.change_set is not None
    undo(run.change_set, by=world.boss, at=timezone.now(), force=True)
    assert not PriceList.objects.exists()


def test_purchase_orders_come_with_lines_state_and_days_and_move_nothing(
    world: World, goods: Product, read: Read
) -> None:
    run = check(read(PURCHASES, "purchase_line"))
    assert (run.counts["new"], run.counts["error"], run.counts["made"]) == (4, 1, {"purchase": 2})
    assert "does not exist, and the row does not say this of it" in reasons(run)[6]
    execute(run)
    orders = list(PurchaseOrder.objects.order_by("pk"))
    assert [(o.status, o.ordered_on, o.expected_on, o.supplier.name) for o in orders] == [
        ("received", date(2024, 3, 1), date(2024, 3, 9), "Óptica Vega"),
        ("sent", date(2024, 5, 2), date(2024, 5, 20), "Óptica Vega"),
    ]
    assert [(r.purchase_id, r.product.code, r.quantity, r.received) for r in PurchaseLine.objects.order_by("pk")] == [
        (orders[0].pk, "LAM-1", 40, 40), (orders[0].pk, "CAB-1", 10, 9),
        (orders[1].pk, "LAM-1", 5, 2), (orders[1].pk, "LAM-1", 7, 0),
    ]  # fmt: skip
    assert not StockMove.objects.exists()
    item = StockItem.objects.get(product=goods)
    assert (item.on_hand, item.incoming) == (0, 10)
    assert compare_incoming() == 0
    assert ExternalId.objects.filter(value="4501").get().subject_id == orders[0].pk
    again = execute(check(read(PURCHASES.replace("12.75,2", "12.75,5"), "purchase_line")))
    assert (again.counts["new"], again.counts["update"], again.counts["same"]) == (0, 1, 3)
    assert PurchaseOrder.objects.count() == 2
    assert StockItem.objects.get(product=goods).incoming == 7
    assert run.change_set is not None
    undo(run.change_set, by=world.boss, at=timezone.now(), force=True)
    assert not PurchaseOrder.objects.exists()
    assert compare_incoming() == 0


def test_orders_and_their_lines_may_stand_in_two_files(world: World, goods: Product, read: Read) -> None:
    heads = "Purchase order ID,Supplier,Warehouse,Status,Order date,Expected on\n9,Óptica Vega,C1,4,2024-01-02,\n"
    run = read(heads, "purchase_order")
    place = next(c["column"] for c in run.columns if c["target"] == "status")
    run.columns[place]["values"] = {"4": "received"}
    run.save()
    execute(check(run))
    lines = "Purchase order ID,SKU,Order qty,Received\n9,LAM-1,3,3\n9,CAB-1,4,4\n10,CAB-1,4,4\n"
    run = execute(check(read(lines, "purchase_line")))
    assert set(reasons(run)) == {4}
    order = PurchaseOrder.objects.get()
    assert (order.status, order.ordered_on) == ("received", date(2024, 1, 2))
    assert PurchaseLine.objects.filter(purchase=order).count() == 2


def test_lines_without_numbers_of_the_same_product_are_all_kept(world: World, goods: Product, read: Read) -> None:
    text = "PO number,Supplier,Warehouse,SKU,Quantity\n" + "7,Óptica Vega,C1,LAM-1,3\n" * 2
    execute(check(read(text, "purchase_line")))
    assert PurchaseLine.objects.count() == 2
    again = check(read(text, "purchase_line"))
    assert "number them" in reasons(again)[2]


def test_lines_of_an_order_written_here_are_not_added_once_it_was_sent(
    world: World, goods: Product, read: Read
) -> None:
    order = world.create(
        PurchaseOrder, supplier=Supplier.objects.get(), warehouse=Warehouse.objects.get(name="Sur")
    )  # fmt: skip
    text = f"PO number,SKU,Quantity\n{order.reference},LAM-1,3\n"
    execute(check(read(text, "purchase_line")))
    assert PurchaseLine.objects.get().purchase == order, "a draft takes them, found by its reference"
    world.act(send_purchase, None, order.pk, expected_on=date(2099, 1, 1))
    run = check(read(f"PO number,SKU,Quantity\n{order.reference},CAB-1,3\n", "purchase_line"))
    assert "It was sent" in reasons(run)[2]


def test_several_fields_together_say_which_record_a_row_is_about(world: World, goods: Product, read: Read) -> None:
    offers = "Supplier,SKU,Purchase price\nÓptica Vega,LAM-1,4\nÓptica Vega,CAB-1,5\n"
    run = execute(check(read(offers, "supplier_product")))
    assert run.counts["new"] == 2
    again = execute(check(read(offers.replace(",5", ",6"), "supplier_product")))
    assert (again.counts["update"], again.counts["same"]) == (1, 1)
    assert SupplierProduct.objects.get(product__code="CAB-1").price == 6
    points = "SKU,Warehouse,Reorder point\nLAM-1,Central,4\nLAM-1,Sur,5\n"
    assert execute(check(read(points, "stock_item"))).counts["new"] == 2
    assert execute(check(read(points.replace(",5", ",9"), "stock_item"))).counts["update"] == 1
    assert set(StockItem.objects.values_list("warehouse__name", "reorder_point")) == {("Central", 4), ("Sur", 9)}


def test_what_a_file_of_lines_holds_is_recognised(world: World, goods: Product, read: Read) -> None:
    assert read(PURCHASES, "").type == "purchase_line"
    assert read(PRICES, "").type == "price_item"
    heads = "Supplier,Warehouse,Expected on\nÓptica Vega,Central,2024-03-01\n"
    assert read(heads, "").type == "purchase_order"
    assert steps.label_of(TYPES["purchase_line"], "purchase__status") == "purchase order · status"
