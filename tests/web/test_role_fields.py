"""The page of hidden and read-only fields: seen, saved, refused, undone, and in force at once."""

import re

import pytest

from coordina.accounts import definitions
from coordina.accounts.models import Role
from coordina.core.actions import of
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.records.fields.actions import add_field, set_seen_by

from .conftest import World

pytestmark = pytest.mark.django_db


def url_of(slug: str = "representative") -> str:
    return f"/settings/roles/{Role.objects.get(slug=slug).pk}/fields/"


def test_it_is_in_force_with_the_next_request_and_undone_with_one_press(world: World) -> None:
    company = world.make(Company, by=world.ana, name="Óptica", city="Teruel")
    director, ana = world.client(world.director), world.client(world.ana)
    assert "Teruel" in ana.get(f"/companies/{company.pk}/").content.decode()
    saved = director.post(url_of(), {"f.company.city": "hidden", "version": "1"}, follow=True)
    page = saved.content.decode()
    assert "1 oculto" in page
    assert "ciudad" in page  # in the recent changes
    assert "Teruel" not in ana.get(f"/companies/{company.pk}/").content.decode()
    assert "Teruel" in director.get(f"/companies/{company.pk}/").content.decode()
    undo = re.search(r'action="(/changes/\d+/undo/)"', page)
    assert undo is not None
    director.post(undo[1])
    assert "Teruel" in ana.get(f"/companies/{company.pk}/").content.decode()


def test_what_is_refused_is_said_and_what_was_chosen_stays(world: World) -> None:
    values = {"f.company.name": "read", "f.company.city": "hidden", "version": "1"}
    answer = world.client(world.director).post(url_of(), values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "tiene que poder escribir «Nombre»" in page
    assert '<option value="hidden" selected>' in page
    assert Role.objects.get(slug="representative").fields == {}


def test_a_field_for_some_roles_only_stands_on_the_same_page(world: World) -> None:
    added = {"noun": "company", "label": "Margen", "kind": "text"}
    field = submit(of(add_field), added, by=world.director, via="web")
    administrators = [Role.objects.get(slug="administrator").pk]
    submit(of(set_seen_by), {"roles": administrators}, by=world.director, via="web", pk=field.pk)
    definitions.agree()
    director = world.client(world.director)
    name = f"f.company.{field.slug}"
    rows = {r.name: r.value for noun in director.get(url_of()).context["nouns"] for r in noun.rows}
    assert rows[name] == "hidden"
    director.post(url_of(), {name: ""})
    assert field.permission_name in Role.objects.get(slug="representative").reach
    director.post(url_of(), {name: "hidden"})
    assert field.permission_name not in Role.objects.get(slug="representative").reach


@pytest.mark.parametrize("who", ["ana", "manager", "nobody"])
def test_only_who_edits_roles_gets_in(world: World, who: str) -> None:
    client = world.client(getattr(world, who))
    assert client.get(url_of()).status_code == 403
    assert client.post(url_of(), {"f.company.city": "hidden"}).status_code == 403
    assert Role.objects.get(slug="representative").fields == {}
