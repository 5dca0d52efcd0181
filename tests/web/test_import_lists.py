"""After an import: lists with exactly the records it wrote, as any list, and for nobody who may not look at it."""

import re
from html import unescape

import pytest
from django.test import Client

from coordina.leads.models import Lead
from coordina.ledger import queue, touched
from coordina.ledger.models import ChangeSet
from coordina.records.models import ImportRun

from .conftest import World
from .test_imports import check, go, text_of, upload

pytestmark = pytest.mark.django_db


def names(client: Client, query: str) -> list[str]:
    lines = b"".join(client.get(f"/companies/export/?q={query}&cols=name&sort=name")).decode("utf-8-sig").splitlines()
    return [line.split(";")[0].strip('"') for line in lines[1:]]


@pytest.fixture
def imported(world: World, director: Client) -> ImportRun:
    go(director, _checked(director, "Empresa;Ciudad\nAlfa;Vigo\nBravo;Vigo\n"))
    go(director, run := _checked(director, "Empresa;Ciudad\nAlfa;Lugo\nBravo;Vigo\nCharlie;Lugo\nDelta;Lugo\n"))
    run.refresh_from_db()
    return run


def _checked(client: Client, text: str) -> ImportRun:
    run = upload(client, text, kind="company")
    check(client, run)
    return run


@pytest.mark.parametrize("few", [1000, 0])
def test_the_list_holds_what_the_import_wrote(
    imported: ImportRun, director: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(touched, "FEW", few)
    pk = imported.change_set_id
    assert names(director, f"written_in = {pk}") == ["Alfa", "Charlie", "Delta"]
    assert names(director, f"created_in = {pk}") == ["Charlie", "Delta"]
    assert names(director, f"updated_in = {pk}") == ["Alfa"]
    assert names(director, f"updated_in != {pk}") == ["Bravo", "Charlie", "Delta"]
    assert names(director, f"created_in = {pk} and name = Delta") == ["Delta"]


def test_many_rows_are_found_in_their_batches(world: World, director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = _checked(director, "Empresa\n" + "".join(f"Empresa {n:03}\n" for n in range(120)))
    go(director, run)
    run.refresh_from_db()
    for few in (1000, 0):
        monkeypatch.setattr(touched, "FEW", few)
        assert len(names(director, f"created_in = {run.change_set_id}")) == 120


def test_the_page_of_the_import_leads_there(imported: ImportRun, director: Client) -> None:
    page = director.get(f"/import/{imported.pk}/done/").content.decode()
    links = [unescape(found) for found in re.findall(r'href="(/companies/\?q=[^"]+)"', page)]
    assert len(links) == 3
    for url, wanted in zip(sorted(links), (["Charlie", "Delta"], ["Alfa"], ["Alfa", "Charlie", "Delta"]), strict=True):
        listed = text_of(director.get(url))
        assert [n for n in ("Alfa", "Bravo", "Charlie", "Delta") if f">{n}<" in listed] == wanted
    assert "datos.csv" in text_of(director.get(links[0])), "the sentence names the file"
    change = director.get(f"/changes/{imported.change_set_id}/").content.decode()
    assert f"written_in+%3D+{imported.change_set_id}" in change
    director.post(f"/import/{imported.pk}/undo/")
    queue.run_until_idle()
    assert "created_in" not in director.get(f"/import/{imported.pk}/done/").content.decode()


def test_a_change_that_is_not_ones_own_is_as_unknown_as_none(imported: ImportRun, world: World) -> None:
    ana = world.client(world.ana)
    there = ana.get(f"/companies/?q=written_in = {imported.change_set_id}")
    nowhere = ana.get(f"/companies/?q=written_in = {ChangeSet.objects.latest('pk').pk + 99}")
    assert there.status_code == nowhere.status_code == 400
    message = "Ese cambio no existe o no es para ti"
    assert message in text_of(there)
    assert message in text_of(nowhere)


def test_records_that_the_reader_may_not_see_stay_away(world: World, director: Client) -> None:
    world.make(Lead, name="Prospecto ajeno", owner=world.luis.pk)
    change = ChangeSet.objects.latest("pk")
    url = f"/leads/?q=written_in = {change.pk}"
    assert "Prospecto ajeno" in text_of(director.get(url))
    ChangeSet.objects.filter(pk=change.pk).update(by=world.ana)
    answer = world.client(world.ana).get(url)
    assert answer.status_code == 200
    assert "Prospecto ajeno" not in text_of(answer)
