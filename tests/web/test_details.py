"""Record pages."""

from typing import Any

import pytest

from coordina.core.actions import standard
from coordina.customers.models import Address, Company, Person
from coordina.ledger.doors import submit

from .conftest import World

pytestmark = pytest.mark.django_db


def test_a_record_shows_its_fields_parts_and_actions(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica Lince", city="Lugo", employees=12)
    person = world.make(Person, name="Sol Lince", company=company.pk)
    page = director.get(f"/companies/{company.pk}/").content.decode()
    assert "<h1" in page
    assert "Óptica Lince" in page
    assert "Lugo" in page
    assert f"/companies/{company.pk}/edit/city/?on=record" in page
    assert f"/companies/{company.pk}/do/delete-company/" in page
    other = director.get(f"/people/{person.pk}/").content.decode()
    assert f'href="/companies/{company.pk}/"' in other


def test_missing_and_invisible_answer_alike(world: World) -> None:
    from coordina.customers.models import Interaction

    seen = world.make(Interaction, by=world.luis, summary="Llamada", kind="call", happened_at="2026-01-01T10:00:00Z")
    client = world.client(world.ana)
    hidden = client.get(f"/interactions/{seen.pk}/")
    missing = client.get("/interactions/999999/")
    assert hidden.status_code == missing.status_code == 404
    assert len(hidden.content) == len(missing.content)


def test_parts_are_added_edited_and_removed(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica Lince")
    url = f"/companies/{company.pk}/"
    page = director.get(url).content.decode()
    assert f"/addresses/new/?company={company.pk}" in page
    answer = director.post(
        f"/addresses/new/?company={company.pk}&next={url}",
        {"company": company.pk, "street": "Calle Mayor 1", "kind": "main", "next": url},
    )
    assert answer.status_code == 302
    assert answer["Location"] == url
    address = Address.objects.get()
    assert address.company_id == company.pk
    assert "Calle Mayor 1" in director.get(url).content.decode()
    director.post(f"/addresses/{address.pk}/edit/", {"street": "Calle Menor 2", "kind": "main", "version": 1})
    assert Address.objects.get().street == "Calle Menor 2"
    assert director.get(f"/addresses/{address.pk}/do/delete-address/").status_code == 200
    director.post(f"/addresses/{address.pk}/do/delete-address/", {"version": 2})
    assert not Address.objects.exists()


def test_parts_of_what_one_may_not_change_cannot_be_added(world: World) -> None:
    company = world.make(Company, by=world.luis, name="De Luis")
    client = world.client(world.ana)
    assert "/addresses/new/" not in client.get(f"/companies/{company.pk}/").content.decode()
    client.post("/addresses/new/", {"company": company.pk, "street": "X", "kind": "main"})
    assert not Address.objects.exists()


def test_queries_do_not_grow_with_parts(world: World, director: Any, queries: Any) -> None:
    company = world.make(Company, name="Óptica")
    create = standard(Address, "create")
    submit(create, {"company": company.pk, "street": "A", "kind": "main"}, by=world.director, via="web")
    one = queries(director, f"/companies/{company.pk}/")
    for street in "BC":
        submit(create, {"company": company.pk, "street": street, "kind": "main"}, by=world.director, via="web")
    assert queries(director, f"/companies/{company.pk}/") == one


def test_a_flag_is_never_unfilled(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica Lince", no_email=True)
    page = director.get(f"/companies/{company.pk}/").content.decode()
    said = page[page.index("Límites de contacto") :]
    said = said[: said.index("</section>")]
    assert "1 sin rellenar" in said  # the reason alone
    assert said.count("No</") >= 3
    form = director.get(f"/companies/{company.pk}/edit/").content.decode()
    field = form[form.index('for="id_no_phone"') :].partition("</select>")[0]
    assert "(opcional)" not in field
    assert 'value=""' not in field
    assert '<option value="false" selected>' in field
