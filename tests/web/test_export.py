"""Lists as CSV files."""

import csv
import io
from typing import Any

import pytest

from coordina.customers.models import Company
from coordina.web import exporting

from .conftest import World

pytestmark = pytest.mark.django_db


def table(answer: Any, delimiter: str = ";") -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_same_rows_order_and_columns(world: World, director: Any) -> None:
    world.make(Company, name="Bravo", city="Vigo", annual_revenue="1234.5", relation="customer")
    world.make(Company, name="Alfa", city="Lugo", relation="customer")
    world.make(Company, name="Fuera", relation="prospect")
    answer = director.get("/companies/export/?q=relation = customer&sort=name&cols=name,annual_revenue,owner")
    assert answer["Content-Type"].startswith("text/csv")
    rows = table(answer)
    assert [r[0] for r in rows[1:]] == ["Alfa", "Bravo"]
    assert rows[2][1] == "1234,50"
    assert rows[1][2] == "Dora Jefa"
    assert len(rows[0]) == 3


def test_no_cell_is_a_formula(world: World, director: Any) -> None:
    world.make(Company, name='=HYPERLINK("http://x";"y")', city="@SUM(A1)")
    rows = table(director.get("/companies/export/?cols=name,city"))
    assert rows[1] == ['\'=HYPERLINK("http://x";"y")', "'@SUM(A1)"]


def test_pages_are_streamed_one_after_the_other(world: World, director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MAX_PAGE", 2)
    for name in "ABCDE":
        world.make(Company, name=name)
    rows = table(director.get("/companies/export/?sort=name&cols=name"))
    assert [r[0] for r in rows[1:]] == list("ABCDE")


def test_a_wrong_filter_is_refused(world: World, director: Any) -> None:
    assert director.get("/companies/export/?q=nothing = 1").status_code == 400
