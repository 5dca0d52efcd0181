"""The page of the seals."""

import pytest
from django.test import Client

from coordina.customers.models import Company
from coordina.ledger.models import Change
from coordina.ledger.models.jobs import Job
from coordina.ledger.queue import run_until_idle
from coordina.ledger.sealing.making import seal_all

from .conftest import World

pytestmark = pytest.mark.django_db
URL = "/settings/audit/seals/"


def check(client: Client, **typed: str) -> str:
    answer = client.post(f"{URL}check/", typed)
    assert answer.status_code == 302
    run_until_idle()
    ready = client.get(answer["Location"])
    assert ready.status_code == 302
    assert ready["Location"] == URL
    return client.get(URL).content.decode()


def test_seals_are_for_auditors(world: World) -> None:
    for person in (world.manager, world.ana, world.nobody):
        client = world.client(person)
        assert client.get(URL).status_code == 403
        assert client.get(f"{URL}roots/").status_code == 403
        assert client.post(f"{URL}check/").status_code == 403


def test_a_check_says_that_all_is_well_and_names_what_is_not(world: World) -> None:
    company = world.make(Company, name="Óptica Lince")
    client = world.client(world.director)
    assert "Todo está como se selló" in check(client)
    Change.objects.filter(model="customers.Company", object_id=company.pk).update(delta='{"name":"Falsa"}')
    page = check(client)
    assert "Cambiado" in page
    assert f"n.º {company.pk}" in page
    assert "/settings/audit/" in page


def test_roots_can_be_taken_along_and_are_looked_for(world: World) -> None:
    world.make(Company, name="Óptica Lince")
    seal_all()
    client = world.client(world.director)
    lines = client.get(f"{URL}roots/").content.decode().splitlines()
    root = lines[1].rpartition(",")[2]
    assert root in client.get(URL).content.decode()
    assert "Todo está como se selló" in check(client, root=root)
    assert "La cadena de sellos está rota" in check(client, root="f" * 64)


def test_what_cannot_be_a_root_is_refused_at_its_field(world: World, director: Client) -> None:
    before = Job.objects.count()
    answer = director.post("/settings/audit/seals/check/", {"root": "ab12 cd"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="ab12cd"' in page
    assert 'aria-describedby="root-error"' in page
    assert Job.objects.count() == before
    spaced = " ".join(["0123456789abcdef"] * 4)
    assert director.post("/settings/audit/seals/check/", {"root": spaced}).status_code == 302
