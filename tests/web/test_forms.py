"""Forms of actions."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from coordina.core.actions import of, standard
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Pipeline, Stage

from .conftest import World

pytestmark = pytest.mark.django_db


OPEN_TO_ALL = dict.fromkeys(("no_contact", "no_email", "no_phone", "no_messages"), "false")
"""What the form of a company sends besides: it may be contacted by every way."""


def test_create_edit_and_delete(world: World, director: Any) -> None:
    assert director.get("/companies/new/").status_code == 200
    answer = director.post("/companies/new/", {"name": "Óptica", "relation": "prospect", "annual_revenue": "1.234,56"})
    company = Company.objects.get()
    assert answer["Location"] == f"/companies/{company.pk}/"
    assert company.annual_revenue == Decimal("1234.56")
    page = director.get(answer["Location"]).content.decode()
    assert "data-undo" in page
    assert "Óptica" in page
    form = director.get(f"/companies/{company.pk}/edit/").content.decode()
    assert 'value="1234,56"' in form
    director.post(
        f"/companies/{company.pk}/edit/",
        {"name": "Óptica 2", "relation": "customer", "annual_revenue": "1234,56", "version": 1} | OPEN_TO_ALL,
    )
    company.refresh_from_db()
    assert (company.name, company.relation, company.annual_revenue) == ("Óptica 2", "customer", Decimal("1234.56"))
    confirm = director.get(f"/companies/{company.pk}/do/delete-company/").content.decode()
    assert "Óptica 2" in confirm
    director.post(f"/companies/{company.pk}/do/delete-company/", {"version": company.version})
    assert not Company.objects.exists()


def test_what_was_typed_stays_and_the_error_stands_at_its_field(world: World, director: Any) -> None:
    answer = director.post("/companies/new/", {"name": "", "employees": "muchos", "city": "Lugo"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="muchos"' in page
    assert 'value="Lugo"' in page
    assert page.count('aria-invalid="true"') >= 2
    assert 'id="id_employees_error"' in page
    assert 'id="id_name_error"' in page
    assert not Company.objects.exists()


def test_an_address_fills_in_only_fields_of_the_action(world: World, director: Any) -> None:
    page = director.get("/companies/new/?city=Lugo&version=9&team=3").content.decode()
    assert 'value="Lugo"' in page
    assert 'name="team"' not in page


def test_two_people_change_different_fields(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=world.director, via="web", pk=company.pk, version=1)
    data = {"name": "Óptica 2", "city": "Lugo", "relation": "prospect", "version": 1} | OPEN_TO_ALL
    director.post(f"/companies/{company.pk}/edit/", data)
    company.refresh_from_db()
    assert (company.name, company.city) == ("Óptica 2", "Vigo")


def test_two_people_change_the_same_field(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=world.director, via="web", pk=company.pk, version=1)
    data = {"name": "Óptica", "city": "Orense", "relation": "prospect", "version": 1} | OPEN_TO_ALL
    answer = director.post(f"/companies/{company.pk}/edit/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Vigo" in page
    assert "Orense" in page
    assert "Dora Jefa" in page
    assert 'name="version" value="2"' in page
    director.post(f"/companies/{company.pk}/edit/", data | {"version": 2})
    company.refresh_from_db()
    assert company.city == "Orense"


def test_nothing_changed_writes_nothing(world: World, director: Any) -> None:
    company = world.make(Company, name="Óptica", city="Lugo")
    before = ChangeSet.objects.count()
    director.post(
        f"/companies/{company.pk}/edit/",
        {"name": "Óptica", "city": "Lugo", "relation": "prospect", "version": 1, "owner": world.director.pk}
        | OPEN_TO_ALL,
    )
    assert ChangeSet.objects.count() == before


def test_dates_are_read_in_the_persons_way(world: World, director: Any) -> None:
    from coordina.pipeline.models import Opportunity, Pipeline, Stage

    pipeline = world.make(Pipeline, name="Ventas")
    world.make(Stage, pipeline=pipeline.pk, name="Nueva", position=1, kind="open")
    answer = director.post("/opportunities/new/", {"name": "Nave", "closes_on": "4/12/2026", "amount": "2.500"})
    assert answer.status_code == 302, answer.content.decode()
    made = Opportunity.objects.get()
    assert made.closes_on == date(2026, 12, 4)
    assert made.amount == 2500


def test_a_dialog_that_creates_for_a_field_tells_what_it_made(world: World) -> None:
    client = world.client(world.director, **{"HX-Request": "true", "HX-Target": "dialog-host"})
    assert "<dialog" in client.get("/companies/new/?name=Nueva").content.decode()
    answer = client.post("/companies/new/", {"name": "Nueva", "relation": "prospect"})
    assert answer.status_code == 204
    assert '"label": "Nueva"' in answer["HX-Trigger"]


def test_who_may_not_gets_no_form(world: World) -> None:
    client = world.client(world.nobody)
    assert client.get("/companies/new/").status_code == 403
    assert client.get("/companies/").status_code == 403


def test_what_others_refer_to_is_not_deleted_and_the_page_says_so_before(world: World, director: Any) -> None:
    from coordina.customers.models import Person

    company = world.make(Company, name="Óptica")
    world.make(Person, name="Sol", company=company.pk)
    url = f"/companies/{company.pk}/do/delete-company/"
    page = director.get(url).content.decode()
    if "btn-danger" not in page:
        assert "(1)" in page
        assert director.post(url, {"version": 1}).status_code == 422
        assert Company.objects.exists()


@pytest.mark.django_db
def test_a_move_offers_the_open_stages_of_its_own_pipeline(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    own = list(Stage.objects.filter(kind="open").order_by("position").values_list("name", flat=True))
    other = world.make(Pipeline, name="Otro")
    world.make(Stage, pipeline=other.pk, name="Lejos", kind="open")
    deal = world.make(Opportunity, name="Muelle")
    page = world.client(world.director).get(f"/opportunities/{deal.pk}/do/move/").content.decode()
    offered = re.findall(r'<option value="\d+"[^>]*>([^<]*)<', page.split('name="stage"')[1].split("</select>")[0])
    assert offered == own
