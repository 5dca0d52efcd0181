"""Spreadsheets and business cards go through the same assistant as any text file."""

import io
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from coordina.customers.models import Company, Person

from .conftest import World
from .test_imports import check, go, text_of, upload

pytestmark = pytest.mark.django_db

CARDS = (
    "BEGIN:VCARD\nVERSION:3.0\nFN:Marta Ríos\nORG:Talleres Ríos\nEMAIL:marta@example.com\nTEL;TYPE=CELL:+34600111222\n"
    "NOTE:Prefiere las tardes\nEND:VCARD\nBEGIN:VCARD\nVERSION:2.1\nN:Gil;Blas\nTEL;WORK:no lo sé\nEND:VCARD\n"
)


def book(**sheets: list[list[Any]]) -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream)
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    made.close()
    return stream.getvalue()


def test_a_workbook_comes_in_and_its_sheet_is_chosen(world: World, director: Client) -> None:
    data = book(
        Portada=[["Informe"]],
        Empresas=[["Clientes 2026"], [], ["Empresa", "Plantilla", "Facturación anual"], ["Alfa", 12, 1234.567]],
        Otras=[["Empresa"], ["Bravo"], ["Charlie"]],
    )
    run = upload(director, data, "libro.xlsx")
    assert (run.type, run.facts["sheet"], run.facts["row_count"]) == ("company", "Empresas", 1)
    assert not any(c["ambiguous_numbers"] for c in run.columns), "a typed number has one meaning"
    assert "Otras" in text_of(director.get(f"/import/{run.pk}/columns/"))
    check(director, run)
    go(director, run)
    company = Company.objects.get()
    assert (company.name, company.employees, str(company.annual_revenue)) == ("Alfa", 12, "1234.57")


def test_another_sheet_is_read_instead(world: World, director: Client) -> None:
    run = upload(director, book(Una=[["Empresa"], ["Alfa"]], Otra=[["Empresa"], ["B"], ["C"]]), "libro.xlsx")
    director.post(f"/import/{run.pk}/type/", {"type": "company", "sheet": "Otra"})
    from coordina.ledger import queue

    queue.run_until_idle()
    run.refresh_from_db()
    assert (run.facts["sheet"], run.facts["row_count"], run.state) == ("Otra", 2, "mapping")


def test_a_broken_workbook_says_what_to_do(world: World, director: Client) -> None:
    run = upload(director, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "roto.xls")
    assert run.state == "failed"
    assert run.problem in text_of(director.get(f"/import/{run.pk}/"))


def test_business_cards_become_people(world: World, director: Client) -> None:
    run = upload(director, CARDS, "agenda.vcf")
    assert (run.type, run.facts["make"]) == ("person", "vcard")
    check(director, run)
    go(director, run)
    marta, blas = Person.objects.order_by("pk")
    assert marta.company is not None
    assert (marta.name, marta.company.name, marta.mobile) == ("Marta Ríos", "Talleres Ríos", "+34600111222")
    assert marta.other_data["NOTE"] == "Prefiere las tardes"
    assert (blas.name, blas.phone, blas.other_data["TEL"]) == ("Blas Gil", "", "no lo sé")


def test_a_row_that_changes_nothing_is_said_so(world: World, director: Client) -> None:
    text = "Empresa;Sector;Apodo\nAlfa;Salud;Alfita\nBravo;;\n"
    go_run = upload(director, text)
    check(director, go_run)
    go(director, go_run)
    run = upload(director, text + "Alfa;Salud;Otro\n".replace("Alfa;", "Charlie;"))
    review = check(director, run)
    run.refresh_from_db()
    assert {n: run.counts.get(n, 0) for n in ("new", "update", "same")} == {"new": 1, "update": 0, "same": 2}
    assert "Sin cambios" in review
    assert "Bravo" in text_of(director.get(f"/import/{run.pk}/review/?show=same"))
