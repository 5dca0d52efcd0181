# ruff: noqa: DTZ001  # spreadsheets have no time zones
"""Spreadsheets as rows of text that mean one thing only, and what is no spreadsheet."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from coordina.records.imports import workbooks
from coordina.records.imports.workbooks import Unreadable, is_workbook, rows_of, sheets, text_of


def book(path: Path) -> Path:
    made = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    first = made.add_worksheet("Ventas")
    first.merge_range("A1:D1", "Informe de ventas")
    first.write_row(2, 0, ["Nombre", "Cierre", "Importe", "Teléfono"])
    first.write(3, 0, "Alfa")
    first.write_datetime(3, 1, dt.datetime(2026, 4, 3))
    first.write_formula(3, 2, "=10+2.345", None, 12.345)
    first.write_number(3, 3, 34915551234)
    hidden = made.add_worksheet("Oculta")
    hidden.hide()
    hidden.write(0, 0, "x")
    made.close()
    return path


def test_values_come_typed_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = book(tmp_path / "libro.xlsx")
    assert is_workbook(path)
    assert [(s.name, s.hidden) for s in sheets(path)] == [("Ventas", False), ("Oculta", True)]
    found = list(rows_of(path, "Ventas"))
    assert found[2] == ["Nombre", "Cierre", "Importe", "Teléfono"]
    assert found[3] == ["Alfa", "2026-04-03", "12.345", "34915551234"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234.5"),
        (True, "TRUE"),
        (None, ""),
        (float("nan"), ""),
        (dt.datetime(2026, 1, 2, 10, 30), "2026-01-02 10:30:00"),
        (dt.datetime(2026, 1, 2), "2026-01-02"),
        (dt.timedelta(hours=30, minutes=5), "30:05:00"),
        ("a\0b", "ab"),
    ],
)
def test_a_cell_means_one_thing(cell: object, text: str) -> None:
    assert text_of(cell) == text


def test_what_would_unpack_to_too_much_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomba.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    monkeypatch.setattr(workbooks, "UNPACKED", 1_000_000)
    with pytest.raises(Unreadable) as refused:
        workbooks.refuse_bomb(path, 1_000_000)
    assert refused.value.reason.code == "book_huge"


@pytest.mark.parametrize("data", [b"PK\x03\x04xxxx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600])
def test_a_broken_workbook_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "roto.xls"
    path.write_bytes(data)
    with pytest.raises(Unreadable):
        sheets(path)


def test_a_zip_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("a.csv", "a,b\n")
    path = tmp_path / "a.zip"
    path.write_bytes(stream.getvalue())
    assert not is_workbook(path)
