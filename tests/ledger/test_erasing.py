"""Erasing values from the ledger: single entries and batches, and what undo and history make of it."""

import json

import pytest
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.refusals import NotRecorded
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.entries import read
from coordina.ledger.erasing import Erased, erase_values
from coordina.ledger.history import history_of
from coordina.ledger.models import Batch, Change, ChangeSet
from coordina.ledger.undo import undo

from ..world import World

pytestmark = pytest.mark.django_db
CANARY = "Canaria 4711"


@pytest.fixture
def boss() -> User:
    world = World()
    return User.objects.for_request().get(pk=world.boss.pk)


def stored() -> str:
    """All that the ledger holds, as text."""
    found = [row.delta + (row.erased or "") for row in Change.objects.all()]
    for each in ChangeSet.objects.filter(pk__in=Batch.objects.values("change_set")):
        found += [json.dumps([e.delta, dict(e.erased)], ensure_ascii=False) for part in read(each) for e in part]
    return "\n".join(found)


def many(by: User, count: int) -> ChangeSet:
    with change_set(by=by, at=timezone.now(), via="import", action="records.import") as journal:
        rows = [Company(name=f"{CANARY} {n}", city="Lugo", owner=by, team=by.team) for n in range(count)]
        Company.objects.bulk_create(rows)
        row = journal.context["change_set"]
    assert isinstance(row, ChangeSet)
    return row


def erase(label: str, keys: list[int], columns: set[str] | None = None) -> Erased:
    with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase"):
        return erase_values(label, keys, columns)


def test_it_belongs_to_a_change_set() -> None:
    with pytest.raises(NotRecorded):
        erase_values("customers.Company", [1])


def test_single_entries_lose_the_columns_and_no_others(boss: User) -> None:
    company = submit(standard(Company, "create"), {"name": CANARY, "city": "Lugo"}, by=boss, via="web")
    submit(
        standard(Company, "edit"),
        {"name": f"{CANARY} S. L."},
        by=boss,
        via="web",
        pk=company.pk,
        version=company.version,
    )
    edited = history_of(company)[0].change_set
    done = erase("customers.Company", [company.pk], {"name", "version"})
    assert (done.entries, done.values) == (2, 2)
    assert CANARY not in stored()
    events = history_of(company)
    assert events[0].delta["name"] == [None, None]
    assert events[0].erased == {"name"}
    assert events[1].delta["city"] == "Lugo"
    assert events[1].delta["version"] == 1
    assert erase("customers.Company", [company.pk], {"name"}) == Erased(0, 0)
    report = undo(edited, by=boss, at=timezone.now())
    assert [(h.reason, h.names) for h in report.held] == [("erased", ("name",))]
    assert Company.objects.get(pk=company.pk).name == f"{CANARY} S. L."


def test_batches_lose_one_row_and_keep_the_others(boss: User) -> None:
    made = many(boss, 120)
    keys = list(Company.objects.filter(name__startswith=CANARY).order_by("pk").values_list("pk", flat=True))
    done = erase("customers.Company", [keys[7]])
    assert done.entries == 1
    entries = [entry for part in read(made) for entry in part]
    assert entries[7].delta["name"] is None
    assert "name" in entries[7].erased
    assert entries[7].delta["version"] == 1
    assert [e.delta["name"] for e in entries[:7] + entries[8:]] == [f"{CANARY} {n}" for n in range(120) if n != 7]
    assert f'{CANARY} 7"' not in stored()
    assert not any(e.erased for e in entries[:7] + entries[8:])


def test_undo_never_brings_an_erased_record_back(boss: User) -> None:
    many(boss, 60)
    with change_set(by=boss, at=timezone.now(), via="web", action="x") as journal:
        pk = Company.objects.filter(name__startswith=CANARY).order_by("pk").values_list("pk", flat=True)[3]
        Company.objects.get(pk=pk).delete()
        gone = journal.context["change_set"]
        erase_values("customers.Company", [pk])
    report = undo(gone, by=boss, at=timezone.now())
    assert [h.reason for h in report.held] == ["erased"]
    assert not Company.objects.filter(pk=pk).exists()
