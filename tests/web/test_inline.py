"""Editing in place."""

import json
from typing import Any

import pytest

from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.ledger.doors import submit

from .conftest import World

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_cell_is_edited(world: World) -> None:
    company = world.make(Company, name="Óptica", annual_revenue="1000")
    client = world.client(world.director, **HTMX)
    url = f"/companies/{company.pk}/edit/annual_revenue/"
    form = client.get(url).content.decode()
    assert 'name="version" value="1"' in form
    assert 'value="1000"' in form
    assert "data-edit" in form
    answer = client.post(url, {"version": 1, "annual_revenue": "1.500"})
    assert answer.status_code == 200
    assert answer.content.decode().replace("\u00a0", " ") == "1.500 €"
    assert "/undo/" in json.loads(answer["HX-Trigger"])["toast"]["undo"]


def test_what_is_wrong_stays_in_the_cell(world: World) -> None:
    company = world.make(Company, name="Óptica")
    client = world.client(world.director, **HTMX)
    answer = client.post(f"/companies/{company.pk}/edit/employees/", {"version": 1, "employees": "muchos"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="muchos"' in page
    assert 'aria-invalid="true"' in page


def test_a_stale_cell_says_who_and_what(world: World) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=world.director, via="web", pk=company.pk, version=1)
    client = world.client(world.director, **HTMX)
    url = f"/companies/{company.pk}/edit/city/"
    answer = client.post(url, {"version": 1, "city": "Orense"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Vigo" in page
    assert "Dora Jefa" in page
    assert 'value="Orense"' in page
    assert 'name="version" value="2"' in page
    assert client.post(url, {"version": 2, "city": "Orense"}).status_code == 200


def test_fields_that_are_not_editable_do_not_exist(world: World) -> None:
    company = world.make(Company, name="Óptica")
    client = world.client(world.director, **HTMX)
    assert client.get(f"/companies/{company.pk}/edit/changed_at/").status_code in (404, 422)
    assert client.get(f"/companies/{company.pk}/edit/nothing/").status_code in (404, 422)


def test_others_records_are_not_edited(world: World) -> None:
    company = world.make(Company, by=world.luis, name="De Luis")
    client = world.client(world.ana, **HTMX)
    assert "data-edit-url" not in client.get("/companies/").content.decode()
    client.post(f"/companies/{company.pk}/edit/city/", {"version": 1, "city": "X"})
    company.refresh_from_db()
    assert company.city == ""


def test_without_scripts_a_cell_leads_to_the_form(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica")
    answer = director.get(f"/companies/{company.pk}/edit/city/")
    assert answer["Location"] == f"/companies/{company.pk}/edit/"
