"""Orders of other systems come in with their lines, states and days as they were, and touch no stock."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from coordina.catalog.models import Product
from coordina.customers.models import Company
from coordina.ledger.undo import undo
from coordina.orders.models import Order, OrderLine
from coordina.records.models import ExternalId, ImportProblem, ImportRun, Note
from coordina.stock.models import Reservation, StockMove
from tests.world import World

from .conftest import Read, check, execute

pytestmark = pytest.mark.django_db

LINES = """Pedido;Línea;Fecha del pedido;Estado;Cliente;SKU;Cantidad;Importe;Zona
P-1;1;24/02/2023;Enviado;Óptica Sol;LAM-1;30;2.871,00;N
P-1;2;24/02/2023;Enviado;Óptica Sol;CAB-1;7;0,70;N
P-2;1;07/05/2023;Anulado;Óptica Sol;LAM-1;3;99,99;S
P-3;1;01/07/2023;En disputa;Vidrios Lara;CAB-1;41;100,00;S
P-3;2;01/07/2023;En disputa;Vidrios Lara;CAB-1;1;2,50;S
"""
HEADS = """order id,customer id,status,purchased,approved,carrier,delivered,estimated
a1,c1,delivered,2023-10-02 10:56:33,2023-10-02 11:07:15,2023-10-04 19:55:00,2023-10-10 21:25:13,2023-10-18 00:00:00
a2,c1,delivered,2023-10-02 10:56:33,2023-10-02 11:07:15,2023-10-04 19:55:00,2023-10-18 21:25:13,2023-10-18 00:00:00
a3,c2,delivered,2023-10-02 10:56:33,2023-10-02 11:07:15,2023-10-04 19:55:00,2023-10-19 00:25:13,2023-10-18 00:00:00
a4,c2,gone,2023-10-02 10:56:33,,,,2023-10-18 00:00:00
a5,c9,delivered,2023-10-02 10:56:33,,,,2023-10-18 00:00:00
"""

ITEMS = """order id,order item id,SKU,price,quantity
a1,1,LAM-1,199.9,1
a1,2,LAM-1,199.9,1
a4,1,CAB-1,5,2
b9,1,CAB-1,5,2
"""


def reasons(run: ImportRun) -> dict[int, str]:
    return {p.number: " ".join(text for _label, text in p.reasons) for p in ImportProblem.objects.filter(run=run)}


def mapped(run: ImportRun, **values: dict[str, str]) -> ImportRun:
    """A run with decisions about what texts of some targets mean."""
    for column in run.columns:
        column["values"] = values.get(column["target"], {})
    run.save()
    return run


@pytest.fixture
def goods(world: World) -> Any:
    world.create(Product, name="Cable", code="CAB-1")
    return world.create(Product, name="Lamp", code="LAM-1", price=Decimal(100))


def test_one_file_of_lines_becomes_orders_with_their_lines(world: World, goods: Product, read: Read) -> None:
    run = check(mapped(read(LINES, ""), order__was={"En disputa": "delivered"}))
    assert run.type == "order_line"
    assert (run.counts["new"], run.counts["made"]) == (5, {"order__company": 2, "order": 3}), reasons(run)
    execute(run)
    orders = {
        x.value: Order.objects.get(pk=x.subject_id) for x in ExternalId.objects.filter(subject_type="orders.Order")
    }
    assert {n: (o.status, o.placed_on, o.company.name) for n, o in orders.items()} == {
        "P-1": ("shipped", date(2023, 2, 24), "Óptica Sol"),
        "P-2": ("cancelled", date(2023, 5, 7), "Óptica Sol"),
        "P-3": ("delivered", date(2023, 7, 1), "Vidrios Lara"),
    }
    assert {n: o.net for n, o in orders.items()} == {"P-1": Decimal("2871.70"), "P-2": 0, "P-3": Decimal("102.50")}
    cancelled = OrderLine.objects.get(order=orders["P-2"])
    assert (cancelled.unit_price, cancelled.cancelled) == (Decimal("33.33"), 3)
    assert [(r.quantity, r.shipped, r.delivered) for r in OrderLine.objects.filter(order=orders["P-1"])] == [
        (30, 30, 0), (7, 7, 0),
    ]  # fmt: skip
    assert not StockMove.objects.exists()
    assert not Reservation.objects.exists()
    assert "N" in Note.objects.get(subject_type="orders.Order", subject_id=orders["P-1"].pk).text
    again = execute(check(mapped(read(LINES, ""), order__was={"En disputa": "delivered"})))
    assert (again.counts["new"], again.counts["update"], again.counts["same"]) == (0, 0, 5)
    assert run.change_set is not None
    undo(run.change_set, by=world.boss, at=timezone.now(), force=True)
    assert not Order.objects.exists()
    assert not Company.objects.exists()


def test_orders_and_lines_of_two_files_keep_their_days(world: World, goods: Product, read: Read) -> None:
    execute(check(read("id,company\nc1,Alfa\nc2,Beta\n", "company")))
    days = {"purchased": "placed_on", "approved": "was_confirmed_on", "carrier": "was_shipped_on"}
    days |= {"delivered": "was_delivered_on", "estimated": "promised_on", "status": "was"}
    heads = read(HEADS, "order", **days | {"customer id": "company", "order id": "external_id"})
    run = execute(check(mapped(heads, was={"gone": "cancelled"}), make=False))
    assert set(reasons(run)) == {6}, "a customer that nobody knows is not made of an id"
    late = Order.objects.filter(delivered_on__gt=F("promised_on"))
    assert [(o.delivered_on, o.promised_on) for o in late] == [(date(2023, 10, 19), date(2023, 10, 18))]
    first = Order.objects.order_by("pk")[0]
    assert (first.placed_on, first.confirmed_on, first.shipped_on, first.delivered_on) == (
        date(2023, 10, 2), date(2023, 10, 2), date(2023, 10, 4), date(2023, 10, 10),
    )  # fmt: skip
    run = execute(check(read(ITEMS, "order_line")))
    assert (run.counts["new"], set(reasons(run))) == (3, {5})
    assert [str(net) for net in Order.objects.order_by("pk").values_list("net", flat=True)[:1]] == ["399.80"]
    assert OrderLine.objects.filter(delivered=F("quantity")).count() == 2
    assert not StockMove.objects.exists()
