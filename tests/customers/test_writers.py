"""Companies, people and what belongs to them: one form for contact data, errors at the field."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import type_of
from coordina.customers.models import Address, Company, Industry, Interaction, Person, Position
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from tests.world import World


def test_contact_data_takes_one_form(world: World) -> None:
    company = world.create(
        Company,
        name="Conservas Sirena",
        country="España",
        phone="910 123 456",
        email="Info@Sirena.example",
        website="sirena.example",
        tax_id="B-58378431",
        founded=1987,
    )
    kept = (company.country, company.phone, company.email, company.website, company.tax_id)
    assert kept == ("ES", "+34910123456", "info@sirena.example", "https://sirena.example", "B58378431")


def test_a_phone_is_read_in_the_country_of_its_company(world: World) -> None:
    mexican = world.create(Company, name="Faro", country="México", phone="55 1234 5678")
    assert mexican.phone == "+525512345678"
    person = world.create(Person, name="Ada Nenúfar", company=mexican, mobile="55 8765 4321", phone="+34 910 123 456")
    assert (person.mobile, person.phone) == ("+525587654321", "+34910123456")
    assert world.create(Person, name="Sola", phone="910 123 456").phone == "+34910123456"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "12"),
        ("email", "no es un correo"),
        ("website", "javascript:alert(1)"),
        ("country", "Atlántida"),
        ("founded", 2999),
        ("founded", 12),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, field: str, value: object) -> None:
    with pytest.raises(Refusal) as caught:
        world.create(Company, name="Una", **{field: value})
    assert set(caught.value.errors) == {field}
    assert not Company.objects.exists()


def test_several_wrong_fields_are_said_together(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.create(Company, name="Una", phone="12", email="x", country="ES")
    assert set(caught.value.errors) == {"phone", "email"}


def test_a_tax_id_is_checked_where_the_rule_of_the_country_is_known(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        world.create(Company, name="Una", country="ES", tax_id="B58378432")
    assert set(caught.value.errors) == {"tax_id"}
    assert world.create(Company, name="Sin país", tax_id="XYZ 12").tax_id == "XYZ 12"


def test_what_was_there_already_is_not_checked_again(world: World) -> None:
    company = world.create(Company, name="Una", phone="910 123 456")
    with change_set(by=world.boss, at=timezone.now(), via="system"):
        Company.objects.filter(pk=company.pk).update(phone="centralita, pedir por Ana")
    assert world.edit(company, phone="centralita, pedir por Ana", city="Lugo").city == "Lugo"


def test_no_company_stands_above_itself(world: World) -> None:
    group = world.create(Company, name="Grupo")
    middle = world.create(Company, name="Filial", parent=group)
    leaf = world.create(Company, name="Nieta", parent=middle)
    for parent in (group, middle, leaf):
        with pytest.raises(Refusal) as caught:
            world.edit(group, parent=parent)
        assert set(caught.value.errors) == {"parent"}
    assert world.edit(leaf, parent=group).parent_id == group.pk


def test_no_circle_arises_within_one_change_set(world: World) -> None:
    one, two = world.create(Company, name="Una"), world.create(Company, name="Dos")
    writer = type_of(Company).writer
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        one, two = Company.objects.order_by("pk")
        writer.clean({"parent": two}, obj=one)
        with pytest.raises(Refusal):
            writer.clean({"parent": one}, obj=two)


def test_a_thousand_rows_cost_no_query_a_row(world: World) -> None:
    def queries(count: int) -> int:
        rows = [
            {"name": f"C{i}", "phone": "910 123 456", "tags": ["Cliente"], "owner": world.rep} for i in range(count)
        ]
        with CaptureQueriesContext(connection) as caught, change_set(by=world.boss, at=timezone.now(), via="import"):
            writer = type_of(Company).writer
            made = writer.create([writer.clean(row) for row in rows], by=world.boss, at=timezone.now())
            writer.edit(
                [(c, writer.clean({"city": "Lugo", "tags": ["Otra"]}, obj=c)) for c in made],
                by=world.boss,
                at=timezone.now(),
            )
        return len(caught)

    queries(2)
    assert queries(400) - queries(100) <= 6  # statements of 500 parameters, not rows
    assert set(Company.objects.values_list("team", flat=True)) == {world.north.pk}


def test_deleting_what_others_need_is_refused_by_name(world: World) -> None:
    company = world.create(Company, name="Conservas")
    world.create(Person, name="Ada", company=company)
    world.create(Person, name="Pablo", company=company)
    world.create(Interaction, by=world.other, summary="Llamada", company=company)
    with pytest.raises(Refusal) as caught:
        world.delete(company)
    assert caught.value.status == 409
    assert "Conservas" in str(caught.value)
    assert "2" in str(caught.value)
    assert Company.objects.filter(pk=company.pk).exists()


def test_a_refusal_to_delete_counts_only_what_one_may_see(world: World) -> None:
    company = world.create(Company, name="Conservas", by=world.rep)
    world.create(Interaction, by=world.other, summary="Secreta", company=company)
    with change_set(by=world.rep, at=timezone.now(), via="web"), pytest.raises(Refusal) as caught:
        Company.objects.get().delete()
    assert "1 " not in str(caught.value)


def test_a_street_in_a_row_becomes_the_main_address(world: World) -> None:
    writer = type_of(Company).writer
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        row = {"name": "Una", "street": "Mayor 1", "postal_code": "28001", "city": "Madrid", "country": "España"}
        writer.create([writer.clean(row)], by=world.boss, at=timezone.now())
    address = Address.objects.get()
    assert (address.street, address.city, address.country) == ("Mayor 1", "Madrid", "ES")
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        writer.edit([(Company.objects.get(), {"street": "Mayor 2"})], by=world.boss, at=timezone.now())
    assert Address.objects.get().street == "Mayor 2"
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert Address.objects.get().street == "Mayor 1"


def test_a_company_takes_the_place_of_its_main_address_where_it_has_none(world: World) -> None:
    company = world.create(Company, name="Una")
    world.create(Address, company=company, kind="delivery", street="Puerto 9", city="Vigo", country="ES")
    assert Company.objects.get().city == ""
    address = world.create(Address, company=company, kind="main", street="Mayor 1", city="Lugo", country="Portugal")
    assert (Company.objects.get().city, Company.objects.get().country) == ("Lugo", "PT")
    world.edit(address, city="Vigo")
    assert Company.objects.get().city == "Lugo"


def test_a_person_has_each_company_once(world: World) -> None:
    one, two = world.create(Company, name="Una"), world.create(Company, name="Dos")
    person = world.create(Person, name="Ada", company=one)
    world.create(Position, person=person, company=two, job_title="Asesora")
    for company in (one, two):
        with pytest.raises(Refusal) as caught:
            world.create(Position, person=person, company=company)
        assert set(caught.value.errors) == {"company"}
    world.edit(person, company=two)
    assert not Position.objects.exists()


def test_a_name_may_come_in_two_columns(world: World) -> None:
    writer = type_of(Person).writer
    assert writer.clean({"first_name": "Ada", "last_name": "Nenúfar"})["name"] == "Ada Nenúfar"
    with pytest.raises(Refusal) as caught:
        writer.clean({"email": "ada@example.com"})
    assert set(caught.value.errors) == {"name"}


def test_an_interaction_knows_whom_it_was_with(world: World) -> None:
    company = world.create(Company, name="Una")
    person = world.create(Person, name="Ada", company=company)
    made = world.create(Interaction, by=world.rep, summary="Precio", person=person)
    assert (made.company_id, made.owner_id, made.team_id) == (company.pk, world.rep.pk, world.north.pk)
    assert abs(made.happened_at - timezone.now()) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("shift", [dt.timedelta(days=3), dt.timedelta(days=-365 * 90)])
def test_an_interaction_has_happened(world: World, shift: dt.timedelta) -> None:
    with pytest.raises(Refusal) as caught:
        world.create(Interaction, summary="Precio", happened_at=timezone.now() + shift)
    assert set(caught.value.errors) == {"happened_at"}


def test_an_industry_stands_once(world: World) -> None:
    world.create(Industry, name="Retail")
    with pytest.raises(Refusal) as caught:
        world.create(Industry, name="Retail")
    assert set(caught.value.errors) == {"name"}
