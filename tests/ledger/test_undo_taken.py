"""What there may be once only, and somebody made again: undo lists it, brings the rest back and breaks nothing."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.catalog.models import Series
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, undo
from tests.world import World

pytestmark = pytest.mark.django_db


def _undone(world: World, which: ChangeSet) -> UndoReport:
    return undo(which, by=world.boss, at=timezone.now())


def _last() -> ChangeSet:
    found: Any = ChangeSet.objects.order_by("-pk").first()
    return found


def test_a_name_that_was_given_again() -> None:
    world = World()
    first = world.create(Series, name="Serie A")
    world.delete(first)
    gone = _last()
    second = world.create(Series, name="Serie A")
    report = _undone(world, gone)
    assert [(h.pk, h.reason) for h in report.held] == [(first.pk, "taken")]
    assert report.undone == 0
    assert list(Series.objects.values_list("pk", flat=True)) == [second.pk]
    world.delete(second)
    assert not _undone(world, gone).held
    assert Series.objects.get().pk == first.pk


def test_a_new_name_whose_old_one_was_given_again() -> None:
    world = World()
    first = world.create(Series, name="Serie A")
    world.edit(first, name="Serie B")
    renamed = _last()
    world.create(Series, name="Serie A")
    report = _undone(world, renamed)
    assert [(h.pk, h.reason) for h in report.held] == [(first.pk, "taken")]
    first.refresh_from_db()
    assert (first.name, first.version) == ("Serie B", 2)


def test_the_others_return() -> None:
    world = World()
    rows = [world.create(Series, name=f"Serie {n}") for n in range(60)]
    keys = [row.pk for row in rows]
    with change_set(by=world.boss, at=timezone.now(), via="web", action="catalog.delete_series"):
        for row in rows:
            row.delete()
    gone = _last()
    taken = [world.create(Series, name=f"Serie {n}").pk for n in (7, 41)]
    report = _undone(world, gone)
    assert {(h.pk, h.reason) for h in report.held} == {(keys[n], "taken") for n in (7, 41)}
    assert report.undone == 58
    assert Series.objects.count() == 60
    again = _undone(world, _last())  # the redo takes back what came back, and nothing else
    assert not again.held
    assert sorted(Series.objects.values_list("pk", flat=True)) == taken
