"""Troubles of a checked file are put right on its review, for all rows that meet them; then it is checked again."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from coordina.customers.models import Company, Industry, Person
from coordina.ledger import queue
from coordina.records.models import ImportRun

from .conftest import World
from .test_imports import check, go, text_of, upload

pytestmark = pytest.mark.django_db

FILE = (
    "Empresa;Sector;Plantilla;NIF;Relación;Correo\n"
    "Alfa;Salud;12;;Cliente;a@alfa.es\n"
    "Bravo;Salud;muchos;;Rarísima;b@bravo.es\n"
    "Charlie;Salud;muchos;;Rarísima;no tiene\n"
    ";Salud;5;;Cliente;d@delta.es\n"
)


def reviewed(client: Client, run: ImportRun, show: str = "error") -> str:
    return client.get(f"/import/{run.pk}/review/?show={show}").content.decode()


def name_of(page: str, text: str) -> str:
    """The name of the control beside a cell."""
    place = page.index(f'title="{text}"', page.index("import-fix") if "import-fix" in page else 0)
    found = re.search(r'name="(c-\d+-\d+)"', page[place:])
    assert found, text
    return found[1]


def button(page: str, words: str) -> str:
    found = re.search(r'name="do" value="([^"]+)"[^>]*>(?:<svg(?:(?!</svg>).)*</svg>)?' + re.escape(words), page)
    assert found, f"{words} is not offered"
    return unescape(found[1])


def fix(client: Client, run: ImportRun, page: str, **said: str) -> Any:
    mark = re.search(r'name="mark" value="(\d+)"', page)
    assert mark
    answer = client.post(f"/import/{run.pk}/fix/", {"mark": mark[1], "show": "error", **said})
    queue.run_until_idle()
    run.refresh_from_db()
    return answer


@pytest.fixture
def run(world: World, director: Client) -> ImportRun:
    found = upload(director, FILE, kind="company")
    check(director, found)
    found.refresh_from_db()
    return found


def test_a_text_is_written_anew_for_all_rows_that_have_it(run: ImportRun, director: Client) -> None:
    assert run.counts["error"] == 3
    page = reviewed(director, run)
    fix(director, run, page, **{name_of(page, "muchos"): "40"})
    assert run.counts["error"] == 2
    assert 'title="muchos"' not in reviewed(director, run)
    go(director, run)
    assert Company.objects.get(name="Bravo").employees == 40


def test_what_cannot_be_read_is_said_at_its_field_and_stays_typed(run: ImportRun, director: Client) -> None:
    page = reviewed(director, run)
    wrong, right = name_of(page, "muchos"), name_of(page, "no tiene")
    answer = fix(director, run, page, **{wrong: "bastantes", right: "c@charlie.es"})
    assert answer.status_code == 422
    again = text_of(answer)
    assert "“bastantes”" in again or "«bastantes»" in again
    assert 'value="bastantes"' in again
    assert 'value="c@charlie.es"' in again, "what was right stays, too"
    assert run.counts["error"] == 3, "nothing was taken"


def test_a_column_gives_way_for_the_rows_with_a_problem(run: ImportRun, director: Client) -> None:
    page = reviewed(director, run)
    fix(director, run, page, do=button(page[page.index(">Empleados: ") :], "Dejar el campo vacío"))
    assert run.counts["error"] == 2
    page = reviewed(director, run, "note")
    assert "muchos" in page
    go(director, run)
    bravo = Company.objects.get(name="Bravo")
    assert (bravo.employees, bravo.other_data["Plantilla"]) == (None, "muchos")


def test_rows_without_a_value_get_one(run: ImportRun, director: Client) -> None:
    page = reviewed(director, run)
    asked = re.search(r'name="(a-\d+)"', page)
    assert asked
    fix(director, run, page, **{asked[1]: "Sin nombre"})
    go(director, run)
    assert Company.objects.get(email="d@delta.es").name == "Sin nombre"
    assert Company.objects.filter(name="Alfa").exists()


def test_what_a_writer_refuses_for_want_of_a_choice_is_chosen(world: World, director: Client) -> None:
    rows = ("Nombre;Consentimiento;Fecha del consentimiento", "Ana Uno;Sí;01/02/2024", "Eva Dos;quizá;01/02/2024")
    text = "\n".join((*rows, "Lía Tres;;01/02/2024\n"))
    run = upload(director, text, kind="person")
    check(director, run)
    run.refresh_from_db()
    assert run.counts["error"] == 2, "a plain yes is understood"
    page = reviewed(director, run)
    asked = re.search(r'<select class="input" id="(a-\d+)"', page)
    assert asked, "what is not there is asked for"
    fix(director, run, page, **{name_of(page, "quizá"): "refused", asked[1]: "withdrawn"})
    assert run.counts.get("error", 0) == 0
    go(director, run)
    assert dict(Person.objects.values_list("name", "consent")) == {
        "Ana Uno": "given", "Eva Dos": "refused", "Lía Tres": "withdrawn",
    }  # fmt: skip


def test_a_value_kept_aside_is_given_a_meaning(run: ImportRun, director: Client) -> None:
    page = reviewed(director, run)
    assert "note" not in run.counts, "rows that are left out for another reason do not count"
    fix(director, run, page, **{name_of(page, "muchos"): "40"})
    page = reviewed(director, run, "note")
    assert run.counts["note"] == 1
    fix(director, run, page, **{name_of(page, "Rarísima"): "partner"})
    assert run.counts.get("note", 0) == 0
    go(director, run)
    assert Company.objects.get(name="Bravo").relation == "partner"


def test_what_does_not_exist_is_made_chosen_or_left(world: World, director: Client) -> None:
    there = world.make(Industry, name="Sanidad")
    text = "Empresa;Sector\nAlfa;Salud y más\nBravo;Minería\nCharlie;Pesca\n"
    run = upload(director, text, kind="company")
    check(director, run, make="")
    run.refresh_from_db()
    sent = {f"target-{c['column']}": c["target"] for c in run.columns} | {"go": "check", "mode": "upsert"}
    director.post(f"/import/{run.pk}/columns/", sent)
    queue.run_until_idle()
    run.refresh_from_db()
    assert run.counts["error"] == 3
    page = reviewed(director, run)
    said = {
        name_of(page, "Salud y más"): str(there.pk),
        name_of(page, "Minería"): "new",
        name_of(page, "Pesca"): "empty",
    }
    fix(director, run, page, **said)
    assert run.counts.get("error", 0) == 0
    go(director, run)
    found = dict(Company.objects.values_list("name", "industry__name"))
    assert found == {"Alfa": "Sanidad", "Bravo": "Minería", "Charlie": None}


def test_all_that_does_not_exist_is_made_by_one_button(world: World, director: Client) -> None:
    run = upload(director, "Empresa;Sector\nAlfa;Minería\nBravo;Pesca\n", kind="company")
    sent = {f"target-{c['column']}": c["target"] for c in run.columns} | {"go": "check", "mode": "upsert"}
    director.post(f"/import/{run.pk}/columns/", sent)
    queue.run_until_idle()
    run.refresh_from_db()
    assert run.counts["error"] == 2
    page = reviewed(director, run)
    fix(director, run, page, do=button(page, "Crear todos"))
    assert run.counts.get("error", 0) == 0
    assert run.counts["made"] == {"industry": 2}


def test_rows_that_are_there_already_are_updated_by_one_button(world: World, director: Client) -> None:
    world.make(Company, name="Alfa")
    run = upload(director, "Empresa;Ciudad\nAlfa;Vigo\n", kind="company")
    check(director, run, mode="create")
    run.refresh_from_db()
    assert run.counts["error"] == 1
    page = reviewed(director, run)
    fix(director, run, page, do=button(page, "Actualizarlos también"))
    assert run.counts["update"] == 1


def test_an_old_page_decides_nothing(run: ImportRun, director: Client, world: World) -> None:
    page = reviewed(director, run)
    fix(director, run, page)
    assert fix(director, run, page).status_code == 409
    assert world.client(world.ana).post(f"/import/{run.pk}/fix/", {}).status_code in (403, 404)
