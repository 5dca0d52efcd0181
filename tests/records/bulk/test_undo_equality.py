"""What an undo at scale must give back: every business column of every row, and derived data as a rebuild makes it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from coordina.core.derived import REBUILDS
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Refusal
from coordina.customers.models import Company
from coordina.ledger import undo as ledger_undo
from coordina.ledger import undo_going
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.bulk import order
from coordina.records.bulk import running as bulk
from coordina.records.importing import files, running, steps
from coordina.records.models import BulkRun, ImportRun
from tests.guards.replay import lies
from tests.world import World

pytestmark = pytest.mark.django_db
STAGES = ("Cualificación", "Diagnóstico", "Propuesta")
MACHINERY = {"version", "created_at", "changed_at"}


@pytest.fixture
def world() -> World:
    made = World()
    made.act(make_default_pipeline)
    return made


def silent(rows: int) -> None:
    """Nobody is told how far it is."""


def imported(world: World, first: int, last: int, version: int) -> ImportRun:
    """Import opportunities by their ids elsewhere; another version brings other values, stages and owners."""
    owners = ("Bruno Encina", "Teo Mirlo")
    rows = "".join(
        f"{n},Venta {n} v{version},Empresa {n % 97},{STAGES[(n + version) % 3]},{1000 + n + version},"
        f"{owners[(n + version) % 2]}\n"
        for n in range(first, last)
    )
    path, size = files.keep([f"record id,name,company,stage,amount,owner\n{rows}".encode()])
    run = steps.start(world.boss, "opportunity", "ventas.csv", path, size)
    steps.read(run, silent)
    running.execute(run, progress=silent)
    return run


def edited(world: World, query: str, **values: Any) -> BulkRun:
    """A bulk edit of all that match, previewed and done."""
    run = BulkRun(by=world.boss, type="opportunity", action="pipeline.edit_opportunity", created_at=timezone.now())
    run.given, run.query = {"set": values}, query
    run.save()
    bulk.check(run, progress=silent)
    bulk.execute(run, progress=silent)
    return run


def business() -> dict[str, dict[int, tuple[Any, ...]]]:
    """Every business column of every record."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Record):
            columns = [c.attname for c in model._meta.concrete_fields if c.name not in MACHINERY]
            rows: Any = model._base_manager
            found[model._meta.label] = {row[0]: row for row in rows.values_list("pk", *columns)}
    return found


def check_equal(before: Any, *, whole: bool = True) -> None:
    after = business()
    for label, rows in before.items():
        other = {pk for pk in rows.keys() | after[label].keys() if rows.get(pk) != after[label].get(pk)}
        assert not other, (label, len(other), [(rows.get(pk), after[label].get(pk)) for pk in sorted(other)[:3]])
    assert {name: count for name, (_rebuild, compare) in REBUILDS.items() if (count := compare())} == {}
    if whole:
        assert lies() == []


SIZES = [2000, pytest.param(100_000, marks=[pytest.mark.large, pytest.mark.timeout(1800)])]


@pytest.mark.parametrize("size", SIZES)
def test_an_import_of_new_and_known_rows_is_taken_back_row_by_row(world: World, size: int) -> None:
    imported(world, 0, size // 2, 0)
    before = business()
    run = imported(world, 0, size, 1)
    assert (run.counts["new"], run.counts["update"]) == (size // 2, size // 2)
    assert business() != before
    report = undo(ChangeSet.objects.get(pk=run.change_set_id), by=world.boss, at=timezone.now())
    assert not report.held
    check_equal(before, whole=False)


@pytest.mark.parametrize("size", [2000, pytest.param(10_000, marks=[pytest.mark.large, pytest.mark.timeout(900)])])
def test_a_bulk_edit_is_taken_back_and_brought_again_row_by_row(world: World, size: int) -> None:
    imported(world, 0, size, 0)
    before = business()
    run = edited(world, "", owner=world.other.pk, amount="777.00", next_step="Llamar")
    assert run.counts["done"] == size
    after = business()
    assert {row[0] for row in Opportunity.objects.values_list("amount")} == {777}
    report = undo(ChangeSet.objects.get(pk=run.change_set_id), by=world.boss, at=timezone.now())
    assert not report.held
    check_equal(before, whole=False)
    assert report.change_set is not None
    undo(report.change_set, by=world.boss, at=timezone.now())
    check_equal(after, whole=False)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of a hundred, so that a few hundred rows are many chunks."""
    monkeypatch.setattr(ledger_undo, "AT_ONCE", 100)
    monkeypatch.setattr(running, "CHUNK", 100)
    monkeypatch.setattr(order, "AT_ONCE", 100)


class Killed(BaseException):
    """The process is gone: nothing is cleaned up."""


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Callable[[int], None]]:
    """A progress that ends the process after some entries; nobody releases what it held."""

    def after(entries: int) -> Callable[[int], None]:
        def tell(behind: int) -> None:
            if behind >= entries:
                raise Killed

        monkeypatch.setattr(undo_going.Going, "release", lambda self: None)
        return tell

    return after


def test_an_undo_that_was_killed_goes_on_in_the_same_change_set(
    world: World, small: None, killing: Callable[[int], Callable[[int], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(world, 0, 200, 0)
    before = business()
    run = imported(world, 0, 400, 1)
    change: Any = run.change_set_id
    with pytest.raises(Killed):
        undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now(), progress=killing(300))
    with pytest.raises(Conflict):  # it may still be alive
        undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now())
    monkeypatch.setattr(undo_going, "SILENT", -1)
    with pytest.raises(Killed):
        undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now(), progress=killing(700))
    report = undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now())
    assert not report.held
    assert ChangeSet.objects.filter(undo_of=change).count() == 1
    check_equal(before)
    with pytest.raises(Refusal):
        undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now())


def test_small_writes_are_taken_back_together(world: World, small: None) -> None:
    """A merge of many pairs is thousands of small writes: one transaction each would wait for the disk as often."""
    imported(world, 0, 120, 0)
    before = business()
    with change_set(by=world.boss, at=timezone.now(), via="web", action="pipeline.edit_opportunity"):
        for deal in Opportunity.objects.order_by("pk"):
            deal.next_step = "Llamar"
            deal.save()
    transactions: list[int] = []
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now(), progress=transactions.append)
    assert transactions == [100, 120]
    check_equal(before)


def test_two_undos_of_one_change_set_do_not_interleave(world: World, small: None) -> None:
    imported(world, 0, 300, 0)
    before = business()
    change: Any = edited(world, "", amount="5.00").change_set_id
    told: list[type[BaseException]] = []

    def meanwhile(behind: int) -> None:
        if not told:
            try:
                undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now())
            except Conflict as refused:
                told.append(type(refused))

    report = undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now(), progress=meanwhile)
    assert told == [Conflict]
    assert report.undone == 300
    check_equal(before)


def test_whoever_lost_the_undo_to_another_stops(world: World, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(world, 0, 250, 0)
    before = business()
    change: Any = edited(world, "", amount="5.00").change_set_id
    monkeypatch.setattr(undo_going, "SILENT", -1)
    nested: list[int] = []

    def take_over(behind: int) -> None:
        if not nested:
            nested.append(behind)
            nested.append(undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now()).undone)

    with pytest.raises(Conflict):
        undo(ChangeSet.objects.get(pk=change), by=world.boss, at=timezone.now(), progress=take_over)
    assert nested == [150, 250]
    assert ChangeSet.objects.get(pk=change).state == "undone"
    assert ChangeSet.objects.filter(undo_of=change).count() == 1
    check_equal(before)


def test_what_others_wrote_since_stays_and_is_named_at_scale(world: World, small: None) -> None:
    imported(world, 0, 250, 0)
    run = edited(world, "", amount="5.00", next_step="Llamar")
    one, two = Opportunity.objects.order_by("pk")[:2]
    world.edit(one, amount="9.00")
    world.edit(two, company=world.create(Company, name="Nueva").pk)
    report = undo(ChangeSet.objects.get(pk=run.change_set_id), by=world.boss, at=timezone.now())
    assert [(h.pk, h.reason) for h in report.held] == [(one.pk, "changed")]
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.amount, one.next_step) == (9, "")
    assert (two.amount == 5, two.company.name) == (False, "Nueva")
