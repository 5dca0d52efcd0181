"""People as business cards: one, and those of a list, only what the reader may see."""

from typing import Any

import pytest

from coordina.customers.models import Company, Person

from .conftest import World

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode().replace("\r\n ", ""))


def test_one_person_and_a_list(world: World, director: Any) -> None:
    company = world.make(Company, name="Faros; Hijos")
    iria = world.make(Person, name="Iria Paz", company=str(company.pk), email="iria@example.com", mobile="+34600111222")
    world.make(Person, name="Otra Persona", city="Lugo")
    one = director.get(f"/people/{iria.pk}/card/")
    assert one["Content-Type"].startswith("text/vcard")
    assert text(one).splitlines() == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Paz;Iria;;;",
        "FN:Iria Paz",
        "ORG:Faros\\; Hijos",
        "EMAIL;TYPE=INTERNET:iria@example.com",
        "TEL;TYPE=CELL:+34600111222",
        "END:VCARD",
    ]
    found = text(director.get("/people/cards/?q=name ~ Otra"))
    assert found.count("BEGIN:VCARD") == 1
    assert "Otra Persona" in found
    assert "/people/cards/" in director.get("/people/").content.decode()
    assert f"/people/{iria.pk}/card/" in director.get(f"/people/{iria.pk}/").content.decode()


def test_others_people_do_not_come_along(world: World, director: Any) -> None:
    theirs = world.make(Person, name="Persona Ajena", by=world.luis, owner=str(world.luis.pk))
    nobody = world.client(world.nobody)
    assert nobody.get(f"/people/{theirs.pk}/card/").status_code in (403, 404)
    assert nobody.get("/people/cards/").status_code in (403, 404)
    assert director.get("/companies/cards/").status_code == 404
    assert director.get("/people/999999/card/").status_code == 404
