"""What people see of their jobs and can do about them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from coordina.core.actors import Scope
from coordina.ledger.models.jobs import Event, Job, JobState
from coordina.ledger.queue import backlog, cancel, dead_letters, job_status, jobs_of, progress, retry, run_until_idle
from coordina.ledger.queue.claim import claim
from coordina.ledger.queue.execute import execute
from coordina.ledger.queue.progress import Run
from coordina.ledger.queue.upkeep import prune
from tests.ledger import queue_tasks as t

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Person:
    """An actor as far as the queue knows one."""

    pk: int
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def scope(self, permission: str) -> Scope | None:
        return None

    def shut(self, noun: str) -> dict[str, str]:
        return {}


LIA, BRUNO = Person(1), Person(2)
OPERATOR = Person(3, frozenset({"ledger.view_job", "ledger.change_job"}))


def started_by(person: Person, total: int = 3) -> int:
    return int(t.count.using(by=person.pk).enqueue(total).id)


def test_a_job_is_visible_to_who_started_it_and_to_operators() -> None:
    pk = started_by(LIA)
    assert job_status(pk, BRUNO) is None
    assert job_status(10**9, LIA) is None
    for person in (LIA, OPERATOR):
        status = job_status(pk, person)
        assert status
        assert status.label == "Counting"
        assert status.state is JobState.READY
        assert not status.over
    assert [s.pk for s in jobs_of(LIA)] == [pk]
    assert jobs_of(BRUNO) == []


def test_progress_is_seen_while_it_runs_and_kept_at_the_end() -> None:
    pk = started_by(LIA, 4)
    seen: list[Any] = []
    run = Run(claim("w", limit=1, lease=LEASE)[0], kept=False, every=0)
    look = run.check
    run.check = lambda: (seen.append(job_status(pk, LIA)), look())  # type: ignore[method-assign]  # a spy
    execute(run)
    assert [s.percent for s in seen if s.total] == [25, 50, 75]
    assert [s.message for s in seen if s.total] == ["Row 1", "Row 2", "Row 3"]
    assert len({s.etag for s in seen if s.total}) == 3
    end = job_status(pk, LIA)
    assert end
    assert (end.done, end.total, end.percent, end.result, end.over) == (4, 4, 100, 4, True)


def test_progress_is_written_seldom(django_assert_max_num_queries: Any) -> None:
    started_by(LIA, 1)
    run = Run(claim("w", limit=1, lease=LEASE)[0], kept=False, every=60)
    progress_columns = {"done": 1, "total": 9, "note": "", "note_params": {}, "note_raw": ""}
    with django_assert_max_num_queries(0):
        for _ in range(1000):
            run.tell(progress_columns)
            run.check()


def test_progress_outside_a_job_is_silent() -> None:
    progress.report(1, 2)
    progress.check()
    progress.fence()
    assert progress.job_id() is None


def test_a_waiting_job_is_cancelled_at_once() -> None:
    pk = started_by(LIA)
    assert not cancel(pk, BRUNO)
    assert cancel(pk, LIA)
    assert not cancel(pk, LIA)
    assert run_until_idle() == 0
    status = job_status(pk, LIA)
    assert status
    assert status.state is JobState.CANCELLED
    assert status.over
    assert status.can_retry


def test_a_running_job_is_cancelled_at_its_next_step() -> None:
    pk = started_by(LIA)
    run = Run(claim("w", limit=1, lease=LEASE)[0], kept=False, every=0)
    steps = []
    look = run.check

    def step() -> None:
        steps.append(1)
        if len(steps) == 3:
            assert cancel(pk, LIA)
            waiting = job_status(pk, LIA)
            assert waiting
            assert waiting.cancel_requested
            assert not waiting.can_cancel
        look()

    run.check = step  # type: ignore[method-assign]  # a spy
    execute(run)
    assert Event.objects.filter(name="chunk").count() == 1
    status = job_status(pk, LIA)
    assert status
    assert status.state is JobState.CANCELLED
    assert status.done == 1


def test_a_job_whose_worker_died_after_the_wish_to_cancel_is_cancelled() -> None:
    pk = started_by(LIA)
    claim("w", limit=1, lease=LEASE)
    cancel(pk, LIA)
    Job.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    run_until_idle()
    assert Job.objects.get(pk=pk).state == JobState.CANCELLED
    assert not Event.objects.exists()


@pytest.mark.usefixtures("english")
def test_a_dead_job_tells_why_and_can_be_started_again() -> None:
    pk = int(t.broken.using(by=LIA.pk).enqueue("a").id)
    other = int(t.hopeless.using(by=LIA.pk).enqueue().id)
    run_until_idle()
    status = job_status(pk, LIA)
    assert status
    assert status.state is JobState.DEAD
    assert status.can_retry
    assert "failed" in status.message
    told = job_status(other, LIA)
    assert told
    assert told.message == "Nothing can mend it."
    assert {s.pk for s in dead_letters(LIA)} == {pk, other} == {s.pk for s in dead_letters(OPERATOR)}
    assert dead_letters(BRUNO) == []
    assert backlog() == {"ready": 0, "running": 0, "dead": 2}
    assert not retry(pk, BRUNO)
    assert retry(pk, LIA)
    assert not retry(pk, LIA)
    assert run_until_idle() == 3


def test_messages_are_translated_where_they_are_shown() -> None:
    pk = started_by(LIA)
    Job.objects.update(note="Row %(row)s", note_params={"row": 3})
    shown = job_status(pk, LIA)
    assert shown
    assert shown.message == "Row 3"
    Job.objects.update(note="Row %(row)s", note_params={})
    bare = job_status(pk, LIA)
    assert bare
    assert bare.message == "Row %(row)s"
    with translation.override("es"):
        assert job_status(pk, LIA)


def test_old_jobs_are_tidied_up() -> None:
    old, recent = timezone.now() - timedelta(days=30), timezone.now()
    rows = {}
    for state in (JobState.DONE, JobState.CANCELLED, JobState.DEAD):
        for at in (old, recent):
            row = Job.objects.create(task="x", run_at=at, created_at=at, finished_at=at, state=state)
            rows[state, at] = row.pk
    very_old = Job.objects.create(
        task="x", run_at=old, created_at=old, finished_at=old - timedelta(days=90), state=JobState.DEAD
    )
    Event.objects.create(name="x", payload={}, at=old - timedelta(days=90))
    waiting = Job.objects.create(task="x", run_at=recent + timedelta(days=1), created_at=old)
    pk = prune.enqueue().id
    run_until_idle()
    assert Job.objects.get(pk=int(pk)).result == {"jobs": 3, "events": 1}
    left = set(Job.objects.values_list("pk", flat=True)) - {int(pk)}
    assert left == set(rows.values()) - {rows[JobState.DONE, old], rows[JobState.CANCELLED, old]} | {waiting.pk}
    assert very_old.pk not in left
