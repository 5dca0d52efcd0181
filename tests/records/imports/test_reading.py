"""Any table becomes rows: encodings, separators, quotes, headers, footers, and damage of every kind."""

import codecs
import csv
import io
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coordina.records.imports.dialect import MAX_CELL
from coordina.records.imports.encoding import detect
from coordina.records.imports.reading import FileFacts, Row, inspect, rows
from coordina.records.imports.reasons import Code


def opener(data: bytes) -> Callable[[], io.BytesIO]:
    return lambda: io.BytesIO(data)


def table(data: bytes | str, **options: Any) -> tuple[FileFacts, list[Row]]:
    source = opener(data.encode() if isinstance(data, str) else data)
    facts = inspect(source, **options)
    found = list(rows(source, facts))
    assert facts.row_count == len(found)
    return facts, found


def cells(data: bytes | str) -> list[tuple[str, ...]]:
    return [row.cells for row in table(data)[1]]


def codes(row: Row) -> list[Code]:
    return [problem.code for problem in row.problems]


SPANISH = (
    "Razón social;Dirección;Teléfono\nMuñoz e Hijos;Avda. Constitución, 1º;+34 600 111 222\nPeña «La Única»;¿Cuál?;-\n"
)


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-32",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "cp1252",
        "latin-1",
        "mac_roman",
        "cp850",
    ],
)
def test_spanish_survives_every_encoding(encoding: str) -> None:
    text = SPANISH if encoding != "cp850" else SPANISH.replace("«", "").replace("»", "")
    facts, found = table(text.encode(encoding))
    assert facts.headers == ("Razón social", "Dirección", "Teléfono")
    assert found[0].cells == ("Muñoz e Hijos", "Avda. Constitución, 1º", "+34 600 111 222")
    assert not found[0].problems


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_big_endian_marks(mark: bytes) -> None:
    encoding = "utf-16-be" if len(mark) == 2 else "utf-32-be"
    assert cells(mark + "a,b\nñ,€\n".encode(encoding)) == [("ñ", "€")]


def test_other_alphabets_are_left_to_the_detector() -> None:
    text = "Компания;Город\n" + "Общество с ограниченной ответственностью;Санкт-Петербург\n" * 20
    assert table(text.encode("cp1251"))[1][0].cells[1] == "Санкт-Петербург"


def test_an_accent_in_the_last_row_decides() -> None:
    data = b"name,city\n" + b"Acme,Leon\n" * 50_000 + "Ibáñez,León\n".encode("cp1252")
    assert detect(opener(data)).name == "cp1252"


def test_broken_bytes_flag_their_row_only() -> None:
    data = "name,city\nJosé,Málaga\n".encode() + b"Mu\xf1oz,Le\xf3n\n" + "Ñandú,Cádiz\nZoë,Gijón\n".encode() * 5
    facts, found = table(data)
    assert (facts.encoding.name, facts.encoding.broken) == ("utf-8", True)
    assert found[1].cells == ("Muñoz", "León")
    assert codes(found[1]) == [Code.BROKEN_BYTES]
    assert found[1].number == 3
    assert all(not row.problems for row in found if row.number != 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "¦"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_separator_and_line_end(delimiter: str, ending: str) -> None:
    lines = [["name", "city", "amount"], ["Acme", "Vigo", "12.50"], ["Beta", "Lugo", "7"]]
    facts, found = table(ending.join(delimiter.join(line) for line in lines))
    assert facts.dialect.delimiter == delimiter
    assert [list(row.cells) for row in found] == lines[1:]


def test_semicolons_with_decimal_commas() -> None:
    data = "empresa;importe;descuento\nA;1,50;2,5\nB;2,75;1,5\nC, S.L.;3;0,5\n"
    assert cells(data) == [("A", "1,50", "2,5"), ("B", "2,75", "1,5"), ("C, S.L.", "3", "0,5")]


def test_a_single_column() -> None:
    facts, found = table("email\nana@x.com\nleo@y.org\n")
    assert facts.headers == ("email",)
    assert len(found) == 2
    assert cells("dirección\nCalle Mayor 1, Lugo\nCalle Real 2, Vigo\n")[1] == ("Calle Real 2, Vigo",)
    assert cells("a,b\n1,2\n\x1a") == [("1", "2")]


def test_excel_says_its_separator() -> None:
    assert cells("sep=;\r\na;b\r\n1,5;x\r\n") == [("1,5", "x")]


def test_quotes_doubled_escaped_single_and_over_lines() -> None:
    assert cells('a,b\n1,"ha ""ha"" ha"\n') == [("1", 'ha "ha" ha')]
    assert cells('a,b\n1,"say \\"hi\\", she"\n2,"x \\"y\\" z"\n') == [("1", 'say "hi", she'), ("2", 'x "y" z')]
    assert cells("'a','b'\n'1,5','x'\n'2','y, z'\n") == [("1,5", "x"), ("2", "y, z")]
    assert cells('a,b\n"one\r\ntwo",3\n') == [("one\r\ntwo", "3")]
    assert cells('a, b\n"x", "y, z"\n"u", "v"\n') == [("x", "y, z"), ("u", "v")]
    assert cells('a,b\n"C:\\tmp\\",2\n') == [("C:\\tmp\\", "2")]


def test_a_quote_that_never_closes_costs_one_row() -> None:
    data = 'id,name,city\n1,Acme,Vigo\n2,"Beta,Lugo\n' + "".join(f"{n},Gamma,Jaén\n" for n in range(3, 400))
    found = table(data)[1]
    assert len(found) == 399
    assert codes(found[1]) == [Code.BROKEN_QUOTES]
    assert found[1].cells == ("2", '"Beta', "Lugo")
    assert not found[2].problems


def test_a_quote_that_another_one_closes_much_later_costs_two_rows() -> None:
    lines = [f"{n},Gamma,Jaén" for n in range(200)]
    lines[10], lines[150] = '10,"Beta,Lugo', '150,"Delta,Soria'
    found = table("id,name,city\n" + "\n".join(lines) + "\n")[1]
    assert len(found) == 200
    assert [row.number - 2 for row in found if row.problems] == [10, 150]


def test_quotes_that_never_close_everywhere_cost_neither_rows_nor_time() -> None:
    started = time.process_time()
    found = table("name,city\n" + 'a"b,"c\n' * 5_000)[1]
    assert len(found) == 5_000
    assert time.process_time() - started < 10


def test_nulls_are_taken_out() -> None:
    found = table(b"a,b\nx\0y,z\n1,2\n")[1]
    assert found[0].cells == ("xy", "z")
    assert codes(found[0]) == [Code.NUL_REMOVED]
    assert not found[1].problems


def test_ragged_rows_are_padded_or_flagged_and_lose_nothing() -> None:
    found = table("a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1,2,3,,\n")[1]
    assert found[0].cells == ("1", "2", "")
    assert codes(found[0]) == [Code.ROW_SHORT]
    assert (found[2].cells, found[2].extra) == (("1", "2", "3"), ("4", "5"))
    assert codes(found[2]) == [Code.ROW_LONG]
    assert not found[3].problems


def test_preamble_blank_lines_and_footer() -> None:
    data = (
        "Informe de ventas\n\nGenerado el 3 de mayo\n\nEmpresa;Importe;Fecha\n"
        "A;1;2024-01-01\n;;\nB;2;2024-01-02\nTotal;3;\n\nCopyright 2024 Acme\nConfidential\n"
    )
    facts, found = table(data)
    assert facts.header_row == 5
    assert [row.cells[0] for row in found] == ["A", "B"]
    assert [row.number for row in found] == [6, 8]
    assert [line[0] for line in facts.footer] == ["Total", "Copyright 2024 Acme", "Confidential"]
    assert {note.code for note in facts.notes} == {Code.FILE_PREAMBLE, Code.FILE_FOOTER}


def test_sparse_rows_in_the_middle_and_at_the_end_stay() -> None:
    found = table("name,phone,city\nA,1,x\nB,,\nC,2,y\nD,,\n")[1]
    assert [row.cells[0] for row in found] == ["A", "B", "C", "D"]


def test_names_are_made_unique_visibly() -> None:
    facts, _ = table("name,,name,NAME\n1,2,3,4\n")
    assert facts.headers == ("name", "[B]", "name (2)", "NAME (3)")
    assert [note.code for note in facts.notes] == [Code.HEADER_EMPTY, Code.HEADER_REPEATED]


def test_empty_columns_at_the_end_disappear_unless_they_hold_something() -> None:
    assert table("a,b,,\n1,2,,\n3,4,,\n")[0].headers == ("a", "b")
    assert table("a,b,,\n1,2,,\n3,4,5,\n")[0].headers == ("a", "b", "[C]")


def test_a_file_without_names_is_called_by_letters() -> None:
    facts, found = table("ana@x.com,12,2024-01-01\nleo@y.com,13,2024-01-02\n")
    assert facts.headers == ("[A]", "[B]", "[C]")
    assert len(found) == 2


def test_the_header_can_be_chosen_and_known_names_help() -> None:
    data = "x,y\nalpha,beta\n1,2\n"
    assert table(data, header=2)[0].headers == ("alpha", "beta")
    assert table(data, known={"alpha", "beta"})[0].header_row == 2


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\0\0\0\0", b"a,b\n", b'"', b'"""', b",,,\n,,\n", b"\xff\xfe"]
)
def test_files_with_nothing_in_them(data: bytes) -> None:
    facts, found = table(data)
    assert facts.row_count == len(found) <= 1


def test_ten_thousand_characters_emoji_and_right_to_left() -> None:
    long = "ñ" * 10_000
    found = cells(f"a,b\n{long},👩‍👩‍👧‍👦\nשלום,مرحبا\u202e\n")
    assert found == [(long, "👩‍👩‍👧‍👦"), ("שלום", "مرحبا\u202e")]


def test_a_monstrous_cell_is_cut_and_flagged() -> None:
    found = table("a,b\n1," + "x" * (MAX_CELL + 10) + "\n2,y\n")[1]
    assert codes(found[0]) == [Code.CELL_TOO_LARGE]
    assert len(found[0].cells[1]) == MAX_CELL
    assert found[1].cells == ("2", "y")


def test_facts_survive_storage() -> None:
    source = opener(b"Titulo\n\na;b\n1;2\n")
    facts = inspect(source)
    assert list(rows(source, FileFacts.from_json(facts.as_json()))) == list(rows(source, facts))


@pytest.mark.slow
def test_two_hundred_thousand_rows_in_little_memory_and_time(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("id,name,city,amount,opened,closed,stage,owner\n")
        for number in range(200_000):
            stream.write(f"{number},Empresa {number},Málaga,{number}.50,2024-01-02,2024-02-03,Won,Ana López\n")
    started = time.process_time()
    facts = inspect(path)
    count = sum(1 for _ in rows(path, facts))
    seconds = time.process_time() - started
    assert count == facts.row_count == 200_000
    assert count / seconds > 50_000, "reading twice; each reading must be above 100,000 rows a second"
    tracemalloc.start()
    assert sum(1 for _ in rows(path, inspect(path))) == 200_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000, "bytes; the file has 14 million"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
@example(b"\xfe\n+")
def test_no_bytes_stop_the_reading(data: bytes) -> None:
    source = opener(data)
    facts = inspect(source)
    for row in rows(source, facts):
        assert len(row.cells) == len(facts.headers)
        "".join((*row.cells, *row.extra)).encode()
        assert "\0" not in "".join((*row.cells, *row.extra))


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\ufeff\u2028\x85\x1c\x1d\x1e\x1f\x0b\x0c\u2029"), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT).filter(lambda row: all(cell.strip() for cell in row)), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_csv_wrote_is_read_as_it_was(lines: list[tuple[str, str, str]], delimiter: str, encoding: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "city", "note"])
    writer.writerows(lines)
    source = opener(stream.getvalue().encode(encoding))
    facts = inspect(source, header=1)
    assert [row.cells for row in rows(source, facts)] == lines
