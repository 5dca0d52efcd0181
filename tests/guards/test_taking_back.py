"""What an undo must bring back, and what it may not do."""

import pytest
from django.utils import timezone

from coordina.accounts.actions import set_reach
from coordina.accounts.models import Role, User
from coordina.core.actions import of
from coordina.core.permissions import defaults_for
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine, StageEntry
from coordina.records.actions import add_note
from coordina.records.models import Note
from tests.guards.replay import lies, stored
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = World()
    made.act(make_default_pipeline)
    return made


def last(action: str) -> ChangeSet:
    return ChangeSet.objects.filter(action=action).latest("pk")


def test_a_deleted_opportunity_returns_with_its_way(world: World) -> None:
    sale = world.create(Opportunity, name="Nave")
    way = list(StageEntry.objects.filter(opportunity=sale).values("pk", "stage", "position", "current"))
    world.delete(sale)
    assert not StageEntry.objects.exists()
    report = undo(last("pipeline.delete_opportunity"), by=world.boss, at=timezone.now())
    assert not report.held
    assert list(StageEntry.objects.filter(opportunity=sale).values("pk", "stage", "position", "current")) == way
    assert lies() == []


def test_a_part_whose_whole_is_gone_is_named_as_left(world: World) -> None:
    from coordina.catalog.models import Product

    sale, product = world.create(Opportunity, name="Nave"), world.create(Product, name="Grúa")
    line = world.create(OpportunityLine, opportunity=sale, product=product)
    world.delete(line)
    world.delete(sale)
    report = undo(last("pipeline.delete_opportunityline"), by=world.boss, at=timezone.now())
    assert [(h.reason, h.pk) for h in report.held] == [("missing", line.pk)]
    assert last("pipeline.delete_opportunityline").state == "partly"


def test_no_version_is_used_twice_however_often_a_record_goes_and_returns(world: World) -> None:
    company = world.create(Company, name="Álamo")
    seen = {company.version}
    made = last("customers.create_company")
    for _ in range(3):
        undo(ChangeSet.objects.get(pk=made.pk), by=world.boss, at=timezone.now())
        gone = ChangeSet.objects.latest("pk")
        undo(gone, by=world.boss, at=timezone.now())
        version = Company.objects.get(pk=company.pk).version
        assert version not in seen
        seen.add(version)
    assert lies() == []


@pytest.mark.parametrize("value", [None, ""])
def test_an_emptied_choice_takes_what_is_usual_or_is_refused_at_its_field(world: World, value: str | None) -> None:

    company = world.create(Company, name="Álamo", relation=value)
    assert company.relation == Company._meta.get_field("relation").get_default()
    with pytest.raises(Invalid) as refused:
        world.edit(company, relation=value)
    assert list(refused.value.errors) == ["relation"]
    call = world.create(Interaction, summary="Llamada", company=company, kind=value, outcome=value)
    assert (call.kind, call.outcome) == ("call", "")


def test_a_person_who_did_something_is_not_deleted_and_the_page_says_why(world: World) -> None:
    world.create(Company, by=world.rep, name="Álamo")
    client = world.client(world.boss)
    assert client.get(f"/users/{world.rep.pk}/do/delete-user/").status_code == 200
    with pytest.raises(Refusal) as refused:
        world.delete(world.rep)
    assert refused.value.status == 409


def test_nobody_takes_back_what_they_may_not_write_any_more(world: World) -> None:
    sale = world.create(Opportunity, by=world.rep, name="Nave")
    world.edit(sale, by=world.rep, name="Nave 2")
    world.edit(sale, owner=world.other)
    report = undo(last_by(world.rep, "pipeline.edit_opportunity"), by=world.rep, at=timezone.now())
    assert [(h.reason, h.model) for h in report.held] == [("beyond", "pipeline.Opportunity")]
    assert Opportunity.objects.get(pk=sale.pk).name == "Nave 2"


def test_giving_a_record_away_can_be_undone_by_whoever_gave_it(world: World) -> None:
    sale = world.create(Opportunity, by=world.rep, name="Nave")
    second = world.act(make_default_pipeline)
    world.edit(sale, by=world.rep, owner=world.other, pipeline=second)
    report = undo(last_by(world.rep, "pipeline.edit_opportunity"), by=world.rep, at=timezone.now())
    assert not report.held
    assert Opportunity.objects.get(pk=sale.pk).owner == world.rep
    assert StageEntry.objects.get(opportunity=sale).current


def test_force_removes_nothing_that_belongs_to_others_by_now(world: World) -> None:
    sale = world.create(Opportunity, by=world.rep, name="Nave")
    world.edit(sale, owner=world.other)
    world.act(add_note, by=world.other, subject_type="pipeline.Opportunity", subject_id=sale.pk, text="Mía")
    report = undo(last_by(world.rep, "pipeline.create_opportunity"), by=world.rep, at=timezone.now(), force=True)
    assert report.undone == 0
    assert Opportunity.objects.filter(pk=sale.pk).exists()
    assert Note.objects.count() == 1


def test_a_permission_that_was_taken_away_cannot_be_undone_back(world: World) -> None:
    """Neither by whoever lost it nor by somebody who may undo what others did but not change roles."""
    director = defaults_for("director")
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.create(name="director", slug="director", reach=director)
        world.rep.role = role
        world.rep.save()
    boss, rep = (User.objects.for_request().get(pk=u.pk) for u in (world.boss, world.rep))
    assert rep.may("ledger.undo_changeset")
    assert not rep.may("accounts.change_role")
    submit(of(set_reach), {"reach": {"accounts.view_user": "own"}}, by=boss, via="web", pk=role.pk)
    with pytest.raises(Forbidden):
        undo(last("accounts.set_reach"), by=rep, at=timezone.now())
    undo(last("accounts.set_reach"), by=boss, at=timezone.now())
    with pytest.raises(Forbidden):
        undo(ChangeSet.objects.latest("pk"), by=rep, at=timezone.now())


def last_by(user: User, action: str) -> ChangeSet:
    return ChangeSet.objects.filter(by=user, action=action).latest("pk")


def test_an_undo_that_breaks_off_leaves_everything_as_it_was(world: World) -> None:
    sale = world.create(Opportunity, name="Nave")
    before = stored()
    made = last("pipeline.create_opportunity")

    def broken(rows: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        undo(made, by=world.boss, at=timezone.now(), progress=broken)
    assert stored() == before
    assert last("pipeline.create_opportunity").state == "done"
    undo(ChangeSet.objects.get(pk=made.pk), by=world.boss, at=timezone.now())
    assert not Opportunity.objects.filter(pk=sale.pk).exists()
