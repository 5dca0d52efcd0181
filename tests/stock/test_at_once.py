"""Many who want the same pieces at the same moment: nothing is sold twice, and who gets none is told why and where."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.company import Company, Hand, company

pytestmark = [pytest.mark.chaos, pytest.mark.slow]


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    if request.param == "sqlite":
        request.getfixturevalue("migrated")(tmp_path / "data")
    with company(tmp_path / "data", request.param) as made:
        yield made


class Caller:
    """A program that works with stock."""

    def __init__(self, site: Company) -> None:
        person = Hand(site).sign_in()
        self.base = person.url("/api/v1")
        self.http = httpx.Client(timeout=120, headers={"Authorization": f"Bearer {person.token_of_program()}"})

    def post(self, path: str, body: Any) -> httpx.Response:
        """Ask for something."""
        return self.http.post(self.base + path, json=body)

    def made(self, path: str, body: Any) -> int:
        """Id of what was made."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        return int(answer.json()["id"])


def test_a_hundred_want_sixty(site: Company) -> None:
    caller = Caller(site)
    here, there = (caller.made("/warehouses", {"name": name}) for name in ("Central", "Sur"))
    product = caller.made("/products", {"name": "Lámpara"})
    item, other = (caller.made("/stock", {"product": product, "warehouse": place}) for place in (here, there))
    assert caller.post(f"/stock/{item}/receive", {"quantity": 60}).status_code == 200
    assert caller.post(f"/stock/{other}/receive", {"quantity": 7}).status_code == 200
    with ThreadPoolExecutor(16) as pool:
        wanted = [pool.submit(caller.post, f"/stock/{item}/reserve-stock", {"quantity": 1, "purpose": f"{n}"})
                  for n in range(100)]  # fmt: skip
        answers = [one.result() for one in wanted]
    assert Counter(a.status_code for a in answers) == {200: 60, 422: 40}, [
        a.text for a in answers if a.status_code >= 500
    ]
    refused = next(a for a in answers if a.status_code == 422).json()
    assert "7" in str(refused) and "Sur" in str(refused), refused
    figures = "SELECT on_hand, reserved, available FROM stock_stockitem ORDER BY id"
    assert [tuple(map(int, row)) for row in site.ask(figures)] == [(60, 60, 0), (7, 0, 7)]
    assert site.ask("SELECT count(*) FROM stock_reservation") == [(60,)]
    assert site.truth() == {"lies": [], "derived": {}}


def test_moves_to_and_fro_wait_for_each_other_and_never_in_a_circle(site: Company) -> None:
    caller = Caller(site)
    here, there = (caller.made("/warehouses", {"name": name}) for name in ("Central", "Sur"))
    product = caller.made("/products", {"name": "Lámpara"})
    item, other = (caller.made("/stock", {"product": product, "warehouse": place}) for place in (here, there))
    for one in (item, other):
        assert caller.post(f"/stock/{one}/receive", {"quantity": 30}).status_code == 200
    calls: list[tuple[str, Any]] = []
    for _ in range(12):
        calls += [
            (f"/stock/{item}/transfer", {"quantity": 1, "warehouse": there}),
            (f"/stock/{other}/transfer", {"quantity": 1, "warehouse": here}),
            (f"/stock/{item}/receive", {"quantity": 2}),
            (f"/stock/{other}/reserve-stock", {"quantity": 1, "purpose": "x"}),
        ]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda call: caller.post(*call), calls))
    assert Counter(a.status_code for a in answers) == {200: 48}, [a.text for a in answers if a.status_code != 200]
    figures = "SELECT on_hand, reserved FROM stock_stockitem ORDER BY id"
    assert [tuple(map(int, row)) for row in site.ask(figures)] == [(54, 0), (30, 12)]
    assert site.truth() == {"lies": [], "derived": {}}
