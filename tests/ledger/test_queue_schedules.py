"""Work that comes back: when, and once however many look at the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from coordina.ledger.models.jobs import Job, Schedule
from coordina.ledger.queue import plan, run_until_idle, schedules, unplan
from coordina.ledger.queue.cron import BadSpec, next_after, parse
from tests.ledger import queue_tasks as t

MADRID, BOGOTA = ZoneInfo("Europe/Madrid"), ZoneInfo("America/Bogota")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "now", "zone", "expected"),
    [
        ("* * * * *", "2026-11-22T02:52:30", MADRID, "2026-11-22T02:53"),
        ("*/15 * * * *", "2026-11-22T02:45", MADRID, "2026-11-22T03:00"),
        ("30 8 * * *", "2026-11-22T07:29", MADRID, "2026-11-22T07:30"),
        ("30 8 * * *", "2026-11-22T07:30", MADRID, "2026-11-23T07:30"),
        ("30 8 * * *", "2026-11-22T07:30", BOGOTA, "2026-11-22T13:30"),
        ("0 9 * * 1-5", "2026-11-21T12:00", MADRID, "2026-11-23T08:00"),
        ("0 9 * * 0", "2026-11-21T12:00", MADRID, "2026-11-22T08:00"),
        ("0 9 * * 7", "2026-11-21T12:00", MADRID, "2026-11-22T08:00"),
        ("0 0 1 * *", "2026-11-22T12:00", MADRID, "2026-11-30T23:00"),
        ("0 12 29 2 *", "2026-11-22T12:00", MADRID, "2028-02-29T11:00"),
        ("0 9 13 * 5", "2026-11-22T12:00", MADRID, "2026-11-27T08:00"),  # the 13th or any Friday
        ("0 9-17/4 * * *", "2026-11-22T09:00", MADRID, "2026-11-22T12:00"),
        ("5,10 0 * * *", "2026-11-21T23:06", MADRID, "2026-11-21T23:10"),
        ("30 2 29 3 *", "2026-03-01T00:00", MADRID, "2026-03-29T01:30"),  # an hour that is not there: right after it
        ("30 2 25 10 *", "2026-10-24T00:00", MADRID, "2026-10-25T00:30"),  # an hour that comes twice: the first
    ],
)
def test_cron_fields_are_read_in_local_time(spec: str, now: str, zone: ZoneInfo, expected: str) -> None:
    assert next_after(spec, utc(now), utc(now), zone) == utc(expected)


def test_an_hour_that_comes_twice_counts_once() -> None:
    first = utc("2026-10-25T00:30")
    assert next_after("30 2 * * *", first, first, MADRID) == utc("2026-10-26T01:30")


def test_intervals_keep_step_and_do_not_make_up_for_what_was_missed() -> None:
    last = utc("2026-11-22T00:00")
    assert next_after("every 15m", last, last, MADRID) == last + timedelta(minutes=15)
    assert next_after("every 15m", last, utc("2026-11-22T05:01"), MADRID) == utc("2026-11-22T05:15")
    assert next_after("every 1d", last, last, MADRID) == utc("2026-11-23T00:00")


WRONG = (
    "|every 0m|every m|every 5x|* * * *|60 * * * *|* 24 * * *|* * 0 * *|5-1 * * * *|*/0 * * * *|a * * * *|1-2-3 * * * 1"
)


@pytest.mark.parametrize("spec", WRONG.split("|"))
def test_what_cannot_be_read_is_refused(spec: str) -> None:
    with pytest.raises(BadSpec):
        parse(spec)


def test_days_that_never_come_are_refused() -> None:
    now = utc("2026-11-22T00:00")
    with pytest.raises(BadSpec):
        next_after("0 0 30 2 *", now, now, MADRID)


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An own table of declared schedules."""
    table = type(schedules.SCHEDULES)("schedules")
    monkeypatch.setattr(schedules, "SCHEDULES", table)
    return table


@pytest.mark.django_db
def test_declared_schedules_follow_the_code(declared: Any) -> None:
    schedules.schedule("test.note", t.note, "every 15m", "tick")
    schedules.sync()
    row = Schedule.objects.get(name="test.note")
    before = row.next_run
    schedules.sync()
    row.refresh_from_db()
    assert row.next_run == before, "a start of a worker does not put it off"
    declared._items.clear()
    schedules.schedule("test.note", t.note, "0 3 * * *", "tick")
    schedules.sync()
    row.refresh_from_db()
    assert row.spec == "0 3 * * *"
    declared._items.clear()
    schedules.sync()
    row.refresh_from_db()
    assert not row.active
    assert schedules.tick(timezone.now() + timedelta(days=3)) == 0


@pytest.mark.django_db
def test_a_tick_becomes_one_job_and_missed_ticks_are_one(declared: Any) -> None:
    schedules.schedule("test.note", t.note, "every 15m", "tick")
    schedules.sync()
    assert schedules.tick() == 0
    now = timezone.now() + timedelta(hours=5)
    assert schedules.tick(now) == 1
    assert schedules.tick(now) == 0
    row = Schedule.objects.get(name="test.note")
    assert now < row.next_run <= now + timedelta(minutes=15)
    assert row.last_run == now
    assert run_until_idle() == 1


@pytest.mark.django_db
def test_even_a_doubled_tick_is_one_job(declared: Any) -> None:
    schedules.schedule("test.note", t.note, "every 15m", "tick")
    schedules.sync()
    row = Schedule.objects.get(name="test.note")
    now = timezone.now() + timedelta(hours=1)
    schedules.tick(now)
    Schedule.objects.filter(pk=row.pk).update(next_run=row.next_run)
    schedules.tick(now)
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_people_plan_and_forget_their_own_work(declared: Any) -> None:
    with pytest.raises(BadSpec):
        plan("report:1", t.note, "tomorrow", by=7, time_zone="Europe/Madrid")
    plan("report:1", t.note, "0 9 * * 1", ["report"], by=7, time_zone="Europe/Madrid")
    plan("report:1", t.note, "0 10 * * 1", ["report"], by=7, time_zone="America/Bogota")
    row = Schedule.objects.get(name="report:1")
    assert row.next_run.astimezone(BOGOTA).hour == 10
    schedules.sync()
    assert schedules.tick(row.next_run) == 1
    assert Job.objects.get().by_id == 7
    unplan("report:1")
    assert not Schedule.objects.exists()


@pytest.mark.django_db
def test_a_schedule_without_code_is_switched_off(declared: Any) -> None:
    now = timezone.now()
    broken = Schedule.objects.create(name="a", task="tests.gone", spec="every 1m", next_run=now)
    fine = plan("b", t.note, "every 1m", ["b"], by=None, time_zone="Nowhere/Atlantis")
    assert schedules.tick(fine.next_run) == 1
    broken.refresh_from_db()
    assert not broken.active
