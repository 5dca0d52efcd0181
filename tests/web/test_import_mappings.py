"""Mappings: kept when a file is imported, offered for the next one, renamed and deleted; fields made of columns."""

import re
from typing import Any

import pytest
from django.test import Client

from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.ledger import queue
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.records.models import CustomField, ImportMapping, ImportRun

from .conftest import World
from .test_imports import check, text_of, upload

pytestmark = pytest.mark.django_db

FILE = "Casa;Giro raro;Marca interna;Nota\nAlfa;Salud;A;uno\nBravo;Pesca;B;dos\n"


def columns_sent(run: ImportRun) -> dict[str, str]:
    return {f"target-{c['column']}": c["target"] for c in run.columns} | {"mode": "upsert", "make": "yes"}


@pytest.fixture
def kept(world: World, director: Client) -> ImportMapping:
    """A file whose columns were decided about by hand, imported and remembered."""
    run = upload(director, FILE, name="proveedores.csv", kind="company")
    assert {c["header"]: c["target"] for c in run.columns}["Marca interna"] == ""
    decided = {"target-0": "name", "target-1": "industry", "target-2": "relation"}
    director.post(f"/import/{run.pk}/columns/", decided | {"make": "yes", "go": "apply"})
    check(director, run, **{"target-0": "name", "target-1": "industry", "target-2": "relation", "v-2-0": "partner"})
    run.refresh_from_db()
    page = director.get(f"/import/{run.pk}/review/").content.decode()
    assert 'name="remember" value="yes" checked' in page
    director.post(f"/import/{run.pk}/begin/", {"remember": "yes", "mapping_name": "Proveedores"})
    queue.run_until_idle()
    return ImportMapping.objects.get()


def test_the_next_file_is_decided_by_itself(kept: ImportMapping, world: World, director: Client) -> None:
    assert (kept.name, kept.owner, kept.type, kept.shared) == ("Proveedores", world.director, "company", False)
    run = upload(director, FILE.replace("Alfa", "Delta").replace("A;uno", "A;tres"), name="julio.csv")
    assert run.type == "company", "its headers say what it holds"
    found = {c["header"]: (c["target"], c["values"]) for c in run.columns}
    assert found["Marca interna"] == ("relation", {"A": "partner"})
    assert "Proveedores" in text_of(director.get(f"/import/{run.pk}/columns/"))
    check(director, run)
    director.post(f"/import/{run.pk}/begin/", {"remember": "yes"})
    queue.run_until_idle()
    assert Company.objects.get(name="Delta").relation == "partner"
    assert ImportMapping.objects.count() == 1


def test_a_file_that_is_nearly_the_same_says_what_differs(kept: ImportMapping, director: Client) -> None:
    run = upload(director, "Casa;Giros raros;Marca interna;Extra\nEco;Salud;A;x\n", kind="company")
    assert not run.options.get("mapping"), "it is offered, not used"
    page = text_of(director.get(f"/import/{run.pk}/columns/"))
    assert "“Proveedores”" in page or "«Proveedores»" in page
    assert "Giro raro" in page
    assert "Extra" in page
    sent = columns_sent(run) | {"use": str(kept.pk)}
    director.post(f"/import/{run.pk}/mapping/", sent)
    run.refresh_from_db()
    assert {c["header"]: c["target"] for c in run.columns} == {
        "Casa": "name", "Giros raros": "industry", "Marca interna": "relation", "Extra": "",
    }  # fmt: skip
    director.post(f"/import/{run.pk}/mapping/", columns_sent(run) | {"use": ""})
    run.refresh_from_db()
    assert all(c["target"] == c["proposed"] for c in run.columns)
    assert not run.options.get("mapping")


def test_other_files_are_offered_nothing(kept: ImportMapping, director: Client) -> None:
    run = upload(director, "Empresa;Ciudad;Teléfono\nEco;Vigo;600100200\n", kind="company")
    answer = director.get(f"/import/{run.pk}/columns/")
    page = text_of(answer)
    assert "«Proveedores»" not in page and "“Proveedores”" not in page  # the word alone is a record type's
    assert not answer.context["offers"] and not answer.context["used"] and 'name="use"' not in page


def test_it_is_ones_own_until_it_is_shared(kept: ImportMapping, world: World, director: Client) -> None:
    manager = world.client(world.manager)
    run = upload(manager, FILE, kind="company")
    assert not run.options.get("mapping")
    assert manager.get(f"/import-mappings/{kept.pk}/").status_code == 404
    use = columns_sent(run) | {"use": str(kept.pk)}
    assert manager.post(f"/import/{run.pk}/mapping/", use).status_code == 404
    edit = standard(ImportMapping, "edit")
    submit(edit, {"name": "Altas", "shared": True}, by=world.director, via="web", pk=kept.pk)
    run = upload(manager, FILE, kind="company")
    assert run.options["mapping"] == kept.pk
    assert "Altas" in text_of(manager.get(f"/import/{run.pk}/columns/"))
    assert manager.post(f"/import-mappings/{kept.pk}/do/delete/", {}).status_code in (403, 404)


def test_it_stands_in_the_settings_and_goes_and_returns(kept: ImportMapping, world: World, director: Client) -> None:
    page = text_of(director.get("/import-mappings/"))
    assert "Proveedores" in page
    assert "Empresas" in page
    submit(standard(ImportMapping, "delete"), {}, by=world.director, via="web", pk=kept.pk)
    assert not ImportMapping.objects.exists()
    director.post(f"/changes/{ChangeSet.objects.latest('pk').pk}/undo/")
    assert ImportMapping.objects.get().columns == kept.columns


def test_a_column_becomes_a_field_in_one_click(world: World, director: Client) -> None:
    text = "Empresa;Puntos\n" + "".join(f"Empresa {n};{n}\n" for n in range(1, 9))
    run = upload(director, text, kind="company")
    page = director.get(f"/import/{run.pk}/columns/").content.decode()
    assert re.search(r'formaction="/import/\d+/field/" name="column" value="1"', page)
    director.post(f"/import/{run.pk}/field/", columns_sent(run) | {"column": "1"})
    made = CustomField.objects.get()
    assert (made.label, made.kind, made.noun) == ("Puntos", "integer", "company")
    run.refresh_from_db()
    assert run.columns[1]["target"] == made.slug
    check(director, run)
    director.post(f"/import/{run.pk}/begin/", {})
    queue.run_until_idle()
    assert Company.objects.get(name="Empresa 7").custom == {made.slug: 7}


def test_who_may_not_make_fields_is_not_offered_one(world: World) -> None:
    manager: Any = world.client(world.manager)
    run = upload(manager, "Empresa;Puntos\nUna;5\n", kind="company")
    assert f"/import/{run.pk}/field/" not in manager.get(f"/import/{run.pk}/columns/").content.decode()
    assert manager.post(f"/import/{run.pk}/field/", columns_sent(run) | {"column": "1"}).status_code == 404
    assert not CustomField.objects.exists()
