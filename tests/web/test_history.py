"""History and undo on pages."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.core.actions import standard
from coordina.customers.models import Company, Industry
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet

from .conftest import World

pytestmark = pytest.mark.django_db


def edit(world: World, company: Company, **values: Any) -> None:
    submit(standard(Company, "edit"), values, by=world.director, via="web", pk=company.pk)


def test_history_says_who_what_before_and_after(world: World, director: Any) -> None:
    industry = world.make(Industry, name="Alimentación")
    company = world.make(Company, name="Óptica", city="Lugo")
    edit(world, company, city="Vigo", industry=industry.pk, relation="customer")
    page = director.get(f"/companies/{company.pk}/history/").content.decode()
    assert "Dora Jefa" in page
    assert "Lugo" in page
    assert "Vigo" in page
    assert "Alimentación" in page
    assert page.count("/undo/") >= 2


def test_undo_and_redo(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    edit(world, company, city="Vigo")
    last = ChangeSet.objects.latest("pk")
    answer = director.post(f"/changes/{last.pk}/undo/", {"next": f"/companies/{company.pk}/"})
    assert answer["Location"] == f"/companies/{company.pk}/"
    company.refresh_from_db()
    assert company.city == "Lugo"
    director.post(f"/changes/{ChangeSet.objects.latest('pk').pk}/undo/")
    company.refresh_from_db()
    assert company.city == "Vigo"


def test_undoing_what_made_a_record_leads_to_the_list(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica")
    made = ChangeSet.objects.latest("pk")
    answer = director.post(
        f"/changes/{made.pk}/undo/", headers={"Referer": f"http://testserver/companies/{company.pk}/"}
    )
    assert answer["Location"] == "/companies/"
    assert not Company.objects.exists()


def test_a_partial_undo_names_what_it_left_and_can_be_finished(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    made = ChangeSet.objects.latest("pk")
    edit(world, company, city="Vigo")
    answer = director.post(f"/changes/{made.pk}/undo/")
    assert answer["Location"] == f"/changes/{made.pk}/"
    page = director.get(answer["Location"]).content.decode()
    assert "Óptica" in page
    assert f"/companies/{company.pk}/" in page
    assert 'name="force"' in page
    director.post(f"/changes/{made.pk}/undo/", {"force": "yes"})
    assert not Company.objects.exists()


def test_others_changes_do_not_exist(world: World) -> None:
    world.make(Company, by=world.luis, name="De Luis")
    made = ChangeSet.objects.latest("pk")
    client = world.client(world.ana)
    assert client.get(f"/changes/{made.pk}/").status_code == 404
    assert client.post(f"/changes/{made.pk}/undo/").status_code == 404
    assert Company.objects.exists()


def test_a_large_undo_is_a_job_with_progress(world: World, director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from coordina.ledger.queue import run_until_idle
    from coordina.web import changes

    monkeypatch.setattr(changes, "AT_ONCE", 0)
    world.make(Company, name="Óptica")
    made = ChangeSet.objects.latest("pk")
    answer = director.post(f"/changes/{made.pk}/undo/")
    assert answer["Location"].startswith("/jobs/")
    assert director.get(answer["Location"]).status_code == 200
    status = director.get(answer["Location"] + "status/")
    assert status.json()["state"] == "waiting"
    same = director.get(answer["Location"] + "status/", headers={"If-None-Match": status["ETag"]})
    assert same.status_code == 304
    run_until_idle()
    assert not Company.objects.exists()
    assert director.get(answer["Location"])["Location"] == f"/changes/{made.pk}/"


def test_queries_do_not_grow_with_changes(world: World, director: Any, queries: Any) -> None:
    company = world.make(Company, name="Óptica")
    one = queries(director, f"/companies/{company.pk}/history/")
    for city in ("A", "B"):
        edit(world, company, city=city)
    assert queries(director, f"/companies/{company.pk}/history/") == one


def test_a_partial_undo_names_deleted_rows_whose_name_was_given_again(world: World, director: Any) -> None:
    from coordina.catalog.models import Series
    from coordina.ledger.change_sets import change_set

    rows = [world.make(Series, name=name) for name in ("Serie Alba", "Serie Brisa")]
    with change_set(by=world.director, at=timezone.now(), via="web", action="catalog.delete_series"):
        for row in rows:
            row.delete()
    gone = ChangeSet.objects.latest("pk")
    again = world.make(Series, name="Serie Alba")
    answer = director.post(f"/changes/{gone.pk}/undo/")
    assert answer["Location"] == f"/changes/{gone.pk}/"
    page = director.get(answer["Location"]).content.decode()
    assert "Serie Alba" in page
    assert "Serie Brisa" not in page
    assert "Otra ficha tiene ya su nombre o su número." in page
    submit(standard(Series, "delete"), {}, by=world.director, via="web", pk=again.pk)
    assert "Ya no hay nada que lo impida" in director.get(answer["Location"]).content.decode()
    director.post(f"/changes/{gone.pk}/undo/", {"force": "yes"})
    assert sorted(Series.objects.values_list("name", flat=True)) == ["Serie Alba", "Serie Brisa"]
