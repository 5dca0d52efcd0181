"""Writing on record, history and undo."""

import pytest
from django.utils import timezone

from coordina.accounts.models import Role, Team, User
from coordina.core.actions import standard
from coordina.core.refusals import Conflict, Forbidden, Invalid, NotFound, NotRecorded
from coordina.customers.models import Company
from coordina.ledger.change_sets import AlreadyDone, change_set
from coordina.ledger.doors import submit
from coordina.ledger.history import history_of
from coordina.ledger.models import Change, ChangeSet
from coordina.ledger.undo import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    from coordina.core.permissions import defaults_for

    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.create(name="Jefa", slug="administrator", reach=defaults_for("administrator"))
        team = Team.objects.create(name="Norte")
        return User.objects.create(name="Ada Prueba", email="ada@example.com", team=team, role=role, access="active")


def create(by: User, **data: object) -> Company:
    return submit(standard(Company, "create"), data, by=by, via="web")


def test_a_write_outside_a_change_set_is_refused(boss: User) -> None:
    with pytest.raises(NotRecorded):
        Company(name="Suelta").save()
    with pytest.raises(NotRecorded):
        Company.objects.update(name="x")
    from django.db import connection

    with pytest.raises(NotRecorded), connection.cursor() as cursor:
        cursor.execute("UPDATE customers_company SET name='x'")


def test_create_edit_history_undo(boss: User) -> None:
    company = create(boss, name="Óptica Lince", employees=12)
    assert company.owner_id == boss.pk
    assert company.team_id == boss.team_id
    edited = submit(standard(Company, "edit"), {"employees": 15}, by=boss, via="web", pk=company.pk, version=1)
    assert edited.version == 2
    events = history_of(edited)
    assert [e.kind for e in events] == ["u", "c"]
    assert events[0].delta["employees"] == [12, 15]
    report = undo(events[0].change_set, by=boss, at=timezone.now())
    assert not report.held
    assert Company.objects.get().employees == 12
    assert report.change_set is not None
    undo(report.change_set, by=boss, at=timezone.now())
    assert Company.objects.get().employees == 15
    gone = undo(ChangeSet.objects.get(pk=events[1].change_set.pk), by=boss, at=timezone.now())
    assert [h.reason for h in gone.held] == ["changed"]
    undo(ChangeSet.objects.get(pk=events[1].change_set.pk), by=boss, at=timezone.now(), force=True)
    assert not Company.objects.exists()


def test_stale_edits_merge_by_field(boss: User) -> None:
    company = create(boss, name="Óptica", city="Lugo")
    edit = standard(Company, "edit")
    submit(edit, {"city": "Vigo"}, by=boss, via="web", pk=company.pk, version=1)
    submit(edit, {"city": "Lugo", "name": "Óptica 2"}, by=boss, via="web", pk=company.pk, version=1)
    now = Company.objects.get()
    assert (now.city, now.name) == ("Vigo", "Óptica 2")
    with pytest.raises(Conflict) as caught:
        submit(edit, {"city": "Orense"}, by=boss, via="web", pk=company.pk, version=1)
    assert caught.value.fields == ("city",)


def test_the_same_key_works_once(boss: User) -> None:
    action = standard(Company, "create")
    submit(action, {"name": "Una"}, by=boss, via="rest", key="k1")
    with pytest.raises(AlreadyDone):
        submit(action, {"name": "Una"}, by=boss, via="rest", key="k1")
    assert Company.objects.count() == 1


def test_bulk_uses_batches_and_undo_brings_all_back(boss: User) -> None:
    with change_set(by=boss, at=timezone.now(), via="import", action="x") as journal:
        Company.objects.bulk_create([Company(name=f"C{i}", owner=boss) for i in range(300)])
        cs = journal.context["change_set"]
    assert not Change.objects.filter(change_set=cs).exists()
    with change_set(by=boss, at=timezone.now(), via="web", action="x") as journal:
        assert Company.objects.filter(name__startswith="C1").update(city="Lugo") == 111
        bulk = journal.context["change_set"]
    assert history_of(Company.objects.get(name="C1"))[0].delta["city"] == ["", "Lugo"]
    report = undo(cs, by=boss, at=timezone.now())
    assert {(h.reason, h.names) for h in report.held} == {("changed", ("city",))}
    assert len(report.held) == 111
    assert undo(bulk, by=boss, at=timezone.now()).undone == 111
    assert not undo(cs, by=boss, at=timezone.now()).held  # what holds nothing newer any more goes too
    assert not Company.objects.exists()


def test_delete_and_its_undo(boss: User) -> None:
    company = create(boss, name="Una")
    submit(standard(Company, "delete"), {}, by=boss, via="web", pk=company.pk)
    assert not Company.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=boss, at=timezone.now())
    again = Company.objects.get()
    assert (again.pk, again.name, again.version) == (company.pk, "Una", 2)


def test_errors_are_at_the_field(boss: User) -> None:
    with pytest.raises(Invalid) as caught:
        create(boss, name="", employees="muchos")
    assert set(caught.value.errors) == {"name", "employees"}
    with pytest.raises(NotFound):
        submit(standard(Company, "edit"), {"name": "x"}, by=boss, via="web", pk=999)
    nobody = User(name="Nadie")
    with pytest.raises(Forbidden):
        create(nobody, name="x")


def test_a_redo_makes_the_change_stand_again(boss: User) -> None:
    company = create(boss, name="Una", city="Lugo")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=boss, via="web", pk=company.pk)
    edit = ChangeSet.objects.latest("pk")
    back = undo(edit, by=boss, at=timezone.now()).change_set
    assert back is not None
    undo(back, by=boss, at=timezone.now())
    edit.refresh_from_db()
    assert edit.state == "done"
    assert not undo(edit, by=boss, at=timezone.now()).held
    assert Company.objects.get().city == "Lugo"


def test_an_undo_that_was_killed_half_way_can_be_repeated(boss: User) -> None:
    with change_set(by=boss, at=timezone.now(), via="web", action="x") as journal:
        Company.objects.bulk_create([Company(name=f"C{i}", owner=boss) for i in range(60)])
    with change_set(by=boss, at=timezone.now(), via="web", action="x") as journal:
        Company.objects.update(city="Lugo")
        bulk = journal.context["change_set"]
    with change_set(by=boss, at=timezone.now(), via="undo", action="x"):
        Company.objects.filter(name__startswith="C1").update(city="")  # as far as it came
    assert not undo(bulk, by=boss, at=timezone.now()).held
    assert not Company.objects.exclude(city="").exists()
