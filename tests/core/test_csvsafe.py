"""No cell of an export can run in a spreadsheet, numbers and telephones stay, and every text comes back."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.csvsafe import export_plain, export_safe, write_errors, write_rows


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "-cmd|' /C calc'!A0",
        "+34|x",
        "--1",
        "-1-1",
        '=HYPERLINK("http://x")',
        "-A1",
        "+34-600",
        "'=1",
    ],
)
def test_formulas_are_marked(text: str) -> None:
    assert export_safe(text) == "'" + text
    assert export_plain(export_safe(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "-12",
        "-12.5",
        "-1.234,56 €",
        "+3",
        "-23,4 %",
        "-1e5",
        "-",
        "+34600123123",
        "+34 600 123 123",
        "a=b",
        "1-2",
        "O'Hara",
    ],
)
def test_numbers_telephones_and_plain_texts_stay(text: str) -> None:
    assert export_safe(text) == text
    assert export_plain(text) == text


def test_other_values() -> None:
    assert export_safe(None) == ""
    assert export_safe(-5) == "-5"


@given(st.text(st.characters(codec="utf-8"), max_size=20) | st.from_regex(r"'*[=+@\t-].{0,8}", fullmatch=True))
def test_what_was_exported_comes_back(text: str) -> None:
    assert export_plain(export_safe(text)) == text


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8), min_size=2, max_size=2)
    )
)
def test_a_written_table_is_read_as_it_was(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    assert write_rows(stream, ["a", "b"], rows) == len(rows)
    stream.seek(0)
    found = list(csv.reader(stream))[1:]
    assert [[export_plain(cell) for cell in row] for row in found] == rows


def test_the_error_file_keeps_columns_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    count = write_errors(
        path, ["Empresa", "Importe"], [(7, ["=Año\0 1"], ["Too short.", "No."]), (9, ["B", "2", "3"], [])]
    )
    assert count == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, first, second = csv.reader(stream)
    assert header[:2] == ["Empresa", "Importe"]
    assert first == ["'=Año 1", "", "7", "Too short. No."]
    assert second[:3] == ["B", "2", "9"]
