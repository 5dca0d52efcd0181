"""Closing fields to a role: what can be closed, what is refused, who learns of it and when."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts import known
from coordina.accounts.actions import copy_role, set_fields
from coordina.accounts.models import Role, User
from coordina.accounts.standing import may_give
from coordina.core.actions import of, standard
from coordina.core.messages import unknown_field
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.core.sight import veiled
from coordina.core.types import TYPES
from coordina.customers.models import Company, Person
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import submit
from coordina.ledger.undo import undo
from coordina.pipeline.actions import lose, take_amount_from_lines, win
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any) -> World:
    return World()


def close(world: World, fields: dict[str, dict[str, str]], slug: str = "representative") -> Role:
    role: Role = world.act(set_fields, pk=Role.objects.get(slug=slug).pk, fields=fields)
    return role


def again(user: User) -> User:
    """A person as the next request reads them."""
    found: User = User.objects.for_request().get(pk=user.pk)
    return found


def test_a_hidden_field_is_no_field_and_a_read_one_cannot_be_written(world: World) -> None:
    close(world, {"company": {"tax_id": "hidden", "phone": "read"}})
    sight = TYPES["company"].sight(again(world.rep))
    assert "tax_id" not in sight.fields
    assert "phone" in sight.fields
    assert not {"tax_id", "phone"} & sight.editable.keys()
    assert "tax_id" in TYPES["company"].known_to(again(world.boss))


@pytest.mark.parametrize("name", ["tax_id", "phone", "zzzz"])
def test_naming_one_in_a_write_is_refused_like_an_unknown_field(world: World, name: str) -> None:
    close(world, {"company": {"tax_id": "hidden", "phone": "read"}})
    made = world.create(Company, name="Lumbre")
    for declared, pk in ((standard(Company, "edit"), made.pk), (standard(Company, "create"), None)):
        assert declared is not None
        with pytest.raises(Invalid) as caught:
            submit(declared, {"name": "Otra", name: "X"}, by=again(world.rep), via="rest", pk=pk)
        assert caught.value.errors == {name: [unknown_field(name)]}


def test_what_is_worked_out_from_a_hidden_field_is_hidden_with_it(world: World) -> None:
    close(world, {"opportunity": {"amount": "hidden"}, "company": {"industry": "hidden"}})
    sight = TYPES["opportunity"].sight(again(world.rep))
    assert {"amount", "value", "company.industry"} <= sight.hidden
    assert "company.city" in sight.fields
    close(world, {"opportunity": {"company": "hidden"}})
    assert {"company", "company.city"} <= TYPES["opportunity"].sight(again(world.rep)).hidden


def test_an_action_that_needs_a_closed_field_is_closed_too(world: World) -> None:
    world.act(make_default_pipeline)
    close(world, {"opportunity": {"reason": "hidden", "amount": "read"}})
    rep = again(world.rep)
    assert of(win).open_to(rep)
    assert not of(lose).open_to(rep)  # it must say why
    assert not of(take_amount_from_lines).open_to(rep)  # it writes the amount unasked
    deal = world.create(Opportunity, by=rep, name="Puente")
    with pytest.raises(Invalid):
        submit(of(win), {"closed_on": "2026-01-01", "amount": "5"}, by=rep, via="web", pk=deal.pk)
    with pytest.raises(Forbidden):
        submit(of(lose), {"closed_on": "2026-01-01", "reason": 1}, by=rep, via="web", pk=deal.pk)


@pytest.mark.parametrize(
    "fields",
    [
        {"company": {"name": "hidden"}},
        {"company": {"owner": "hidden"}},
        {"opportunity": {"stage": "hidden"}},
        {"opportunity": {"value": "hidden"}},
        {"opportunity": {"company.city": "hidden"}},
        {"company": {"zzzz": "hidden"}},
        {"zzzz": {"name": "hidden"}},
        {"company": {"city": "zzzz"}},
        {"role": {"name": "read"}},
        {"company": {"name": "read"}},  # required of whoever creates companies
    ],
)
def test_what_makes_no_sense_is_refused(world: World, fields: dict[str, dict[str, str]]) -> None:
    with pytest.raises(Refusal) as caught:
        close(world, fields)
    assert caught.value.field == "fields"
    assert Role.objects.get(slug="representative").fields == {}


def test_who_makes_no_records_may_be_shut_from_what_these_need(world: World) -> None:
    close(world, {"company": {"name": "read"}}, "service")
    assert "name" not in TYPES["company"].sight(again(world.service)).editable


def test_the_next_request_of_every_process_knows(world: World) -> None:
    assert "city" in TYPES["company"].known_to(known.active_user(world.rep.pk))
    close(world, {"company": {"city": "hidden"}})
    assert "city" not in TYPES["company"].known_to(known.active_user(world.rep.pk))


def test_asking_what_one_may_see_costs_no_query(world: World) -> None:
    close(world, {"company": {"city": "hidden"}})
    user = known.active_user(world.rep.pk)
    with CaptureQueriesContext(connection) as captured:
        for each in TYPES:
            each.sight(user)
    assert len(captured) == 0
    assert TYPES["company"].sight(user) is TYPES["company"].sight(known.active_user(world.rep.pk))


def test_it_is_on_record_and_undone(world: World) -> None:
    at = timezone.now()
    role = Role.objects.get(slug="representative")
    submit(of(set_fields), {"fields": {"company": {"city": "hidden"}}}, by=world.boss, via="web", pk=role.pk, at=at)
    wrote = just_written(world.boss, at)
    assert wrote is not None
    undo(wrote, by=world.boss, at=timezone.now())
    assert "city" in TYPES["company"].known_to(again(world.rep))


def test_a_copy_of_a_role_hides_the_same(world: World) -> None:
    role = close(world, {"company": {"city": "hidden"}})
    copied = world.act(copy_role, pk=role.pk, name="Copia")
    assert copied.fields == {"company": {"city": "hidden"}}


def test_nobody_gives_a_role_that_sees_more_than_their_own(world: World) -> None:
    close(world, {"company": {"city": "hidden"}})
    role = Role.objects.get(slug="representative")
    open_role = Role(name="Abierto", reach=dict(role.reach), fields={})
    closed_role = Role(name="Cerrado", reach=dict(role.reach), fields={"company": {"city": "hidden", "phone": "read"}})
    rep = again(world.rep)
    assert not may_give(rep, open_role)
    assert may_give(rep, closed_role)


def test_a_veiled_record_is_empty_where_it_is_hidden_and_cannot_be_saved(world: World) -> None:
    company = world.create(Company, name="Lumbre")
    person = world.create(Person, name="Ana", email="ana@lumbre.es", company=company)
    close(world, {"person": {"email": "hidden", "company": "hidden"}})
    shown = veiled(person, TYPES["person"], again(world.rep))
    assert (shown.name, shown.email, shown.company, shown.company_id) == ("Ana", "", None, None)
    assert person.email == "ana@lumbre.es"
    with pytest.raises(TypeError):
        shown.save()
    assert veiled(person, TYPES["person"], again(world.boss)) is person
