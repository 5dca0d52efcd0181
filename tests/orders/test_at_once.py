"""Many who confirm orders of the same pieces at the same moment: nothing is sold twice, one outcome for each order."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos.company import Company, company
from tests.stock.test_at_once import Caller

pytestmark = [pytest.mark.chaos, pytest.mark.slow]


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    if request.param == "sqlite":
        request.getfixturevalue("migrated")(tmp_path / "data")
    with company(tmp_path / "data", request.param) as made:
        yield made


def test_a_hundred_orders_of_sixty_pieces(site: Company) -> None:
    caller = Caller(site)
    here, there = (caller.made("/warehouses", {"name": name}) for name in ("Central", "Sur"))
    product = caller.made("/products", {"name": "Lámpara", "price": "10"})
    item, other = (caller.made("/stock", {"product": product, "warehouse": place}) for place in (here, there))
    assert caller.post(f"/stock/{item}/receive", {"quantity": 60}).status_code == 200
    assert caller.post(f"/stock/{other}/receive", {"quantity": 7}).status_code == 200
    customer = caller.made("/companies", {"name": "Hotel Marabú"})

    def order(_number: int) -> int:
        made = caller.made("/orders", {"company": customer, "warehouse": here, "delivery_to": "Gijón"})
        caller.made("/order-lines", {"order": made, "product": product, "quantity": 1})
        return made

    with ThreadPoolExecutor(8) as pool:
        orders = list(pool.map(order, range(100)))
        answers = list(pool.map(lambda pk: caller.post(f"/orders/{pk}/confirm-order", {}), orders))
    assert Counter(a.status_code for a in answers) == {200: 60, 422: 40}, [a.text for a in answers][:3]
    refused = next(a for a in answers if a.status_code == 422).json()
    assert "7" in str(refused) and "Sur" in str(refused), refused
    figures = "SELECT on_hand, reserved, available FROM stock_stockitem ORDER BY id"
    assert [tuple(map(int, row)) for row in site.ask(figures)] == [(60, 60, 0), (7, 0, 7)]
    states = Counter(row[0] for row in site.ask("SELECT status FROM orders_order"))
    assert states == {"reserved": 60, "received": 40}
    assert len({row[0] for row in site.ask("SELECT reference FROM orders_order")}) == 100
    assert site.truth() == {"lies": [], "derived": {}}


def test_confirming_against_cancelling_against_editing(site: Company) -> None:
    caller = Caller(site)
    here = caller.made("/warehouses", {"name": "Central"})
    product = caller.made("/products", {"name": "Lámpara", "price": "10"})
    item = caller.made("/stock", {"product": product, "warehouse": here})
    assert caller.post(f"/stock/{item}/receive", {"quantity": 50}).status_code == 200
    customer = caller.made("/companies", {"name": "Hotel Marabú"})
    for _round in range(6):
        made = caller.made("/orders", {"company": customer, "delivery_to": "Gijón"})
        line = caller.made("/order-lines", {"order": made, "product": product, "quantity": 2})
        calls = [(f"/orders/{made}/confirm-order", {}), (f"/orders/{made}/cancel-order", {"reason": "No"})]
        with ThreadPoolExecutor(3) as pool:
            one, two = (pool.submit(caller.post, *call) for call in calls)
            edit = pool.submit(caller.http.patch, f"{caller.base}/order-lines/{line}", json={"quantity": 3})
            codes = one.result().status_code, two.result().status_code, edit.result().status_code
        assert all(code < 500 for code in codes), codes
        [(status,)] = site.ask(f"SELECT status FROM orders_order WHERE id={made}")
        [(cancelled, quantity)] = site.ask(f"SELECT cancelled, quantity FROM orders_orderline WHERE id={line}")
        assert (status == "cancelled") == (codes[1] == 200) == (cancelled == quantity), codes
        if status != "cancelled":
            assert caller.post(f"/orders/{made}/cancel-order", {"reason": "No"}).status_code == 200
    figures = "SELECT on_hand, reserved FROM stock_stockitem"
    assert [tuple(map(int, row)) for row in site.ask(figures)] == [(50, 0)]
    assert site.truth() == {"lies": [], "derived": {}}
