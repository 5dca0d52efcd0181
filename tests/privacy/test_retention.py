"""Rules of retention: off by default, shown before, announced a week ahead, and only then they erase."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity.models import Notification
from coordina.core.refusals import Forbidden, Refusal
from coordina.customers.models import Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.changes import ChangeSet
from coordina.privacy import jobs
from coordina.privacy.actions import hold_person, switch_rule_off, switch_rule_on
from coordina.privacy.jobs import apply_rules
from coordina.privacy.models import Erasure, RetentionRule
from coordina.privacy.retention import NOTICE, due_now
from tests.clock import madrid_day
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = madrid_day()
LONG_AGO = timezone.now() - dt.timedelta(days=500)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(jobs, "compact", lambda tables: None)


def old(world: World, name: str, **values: Any) -> Person:
    """Somebody with whom nothing has happened for long."""
    with change_set(by=world.boss, at=LONG_AGO, via="system"):
        made = Person(name=name, owner=world.boss, **values)
        made.save()
    return made


def rule_of(world: World, **values: Any) -> RetentionRule:
    made: RetentionRule = world.create(RetentionRule, **{"name": "Viejos", "of": "person", "days": 365, **values})
    return made


def announced(rule: RetentionRule, days: int) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        rule.refresh_from_db()
        rule.told_on = TODAY - dt.timedelta(days=days)
        rule.save()


def test_a_rule_does_nothing_until_it_is_switched_on(world: World) -> None:
    old(world, "Ana Roble")
    rule = rule_of(world)
    assert apply_rules.call() == 0
    rule.refresh_from_db()
    assert rule.told_on is None
    with pytest.raises(Forbidden):
        world.act(switch_rule_on, by=world.rep, pk=rule.pk)


def test_administrators_are_told_a_week_ahead_and_nobody_goes_before(world: World) -> None:
    old(world, "Ana Roble")
    rule = rule_of(world)
    world.act(switch_rule_on, pk=rule.pk)
    assert apply_rules.call() == 0
    assert "1" in Notification.objects.get(kind="privacy.retention").text
    announced(rule, NOTICE.days - 1)
    assert apply_rules.call() == 0
    assert Person.objects.filter(name="Ana Roble").exists()
    announced(rule, NOTICE.days)
    assert apply_rules.call() == 1
    assert not Person.objects.filter(name="Ana Roble").exists()
    rule.refresh_from_db()
    assert rule.told_on is None


def test_only_whom_the_filter_names_and_who_is_quiet_and_not_held(world: World) -> None:
    goes, stays = old(world, "Ana Roble", city="Vigo"), old(world, "Eva Haya", city="Lugo")
    held, new = old(world, "Leo Olmo", city="Vigo"), world.create(Person, name="Nuria Tejo", city="Vigo")
    world.act(hold_person, pk=held.pk, reason="Factura", until=TODAY + dt.timedelta(days=9))
    rule = rule_of(world, query="city = Vigo")
    assert list(due_now(rule, world.boss)) == [goes]
    page = world.client(world.boss).get(f"/retention-rules/{rule.pk}/")
    assert page.status_code == 200
    world.act(switch_rule_on, pk=rule.pk)
    announced(rule, NOTICE.days)
    assert apply_rules.call() == 1
    assert set(Person.objects.values_list("pk", flat=True)) == {stays.pk, held.pk, new.pk}


def test_who_was_not_due_at_the_notice_waits_for_the_next(world: World) -> None:
    old(world, "Ana Roble")
    with change_set(by=world.boss, at=timezone.now() - dt.timedelta(days=367), via="system"):
        Person(name="Eva Haya", owner=world.boss).save()
    rule = rule_of(world)
    assert due_now(rule, world.boss).count() == 2
    world.act(switch_rule_on, pk=rule.pk)
    announced(rule, NOTICE.days)
    assert apply_rules.call() == 1
    assert list(Person.objects.values_list("name", flat=True)) == ["Eva Haya"]


def test_one_round_is_one_change_set(world: World) -> None:
    for name in ("Ana Roble", "Eva Haya", "Leo Olmo"):
        old(world, name)
    rule = rule_of(world)
    world.act(switch_rule_on, pk=rule.pk)
    announced(rule, NOTICE.days)
    assert apply_rules.call() == 3
    assert ChangeSet.objects.filter(action="privacy.retain", undoable=False).count() == 1
    assert set(Erasure.objects.values_list("reason", "status")) == {("retention", "done")}


def test_a_changed_rule_is_announced_anew(world: World) -> None:
    rule = rule_of(world)
    world.act(switch_rule_on, pk=rule.pk)
    announced(rule, 3)
    world.edit(rule, days=400)
    rule.refresh_from_db()
    assert rule.told_on is None
    world.act(switch_rule_off, pk=rule.pk)
    rule.refresh_from_db()
    assert not rule.active


@pytest.mark.parametrize(
    ("values", "field"),
    [({"query": "ciudad = "}, "query"), ({"query": "no_such = 1"}, "query"), ({"days": 3}, "days")],
)
def test_a_rule_that_cannot_be_read_is_refused_at_its_field(world: World, values: Any, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rule_of(world, **values)
    assert refused.value.field == field or field in getattr(refused.value, "errors", {})
