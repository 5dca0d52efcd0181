"""The queue in one process: what is enqueued, in which order it runs, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.tasks import TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils import timezone, translation

from coordina.ledger.models.jobs import Event, Job, JobState
from coordina.ledger.queue import is_idle, run_until_idle
from coordina.ledger.queue.claim import (
    _CLAIM,
    LeaseLost,
    _sql,
    bury_killed,
    claim,
    delay,
    finish,
    give_back,
    renew,
)
from coordina.ledger.queue.execute import execute
from coordina.ledger.queue.options import Options, options
from coordina.ledger.queue.progress import Run
from tests.ledger import queue_tasks as t

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


def effects() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("pk").values_list("name", "subject"))


def job(result: Any) -> Job:
    return Job.objects.get(pk=int(result.id))


def expire(row: Job) -> None:
    Job.objects.filter(pk=row.pk).update(locked_until=timezone.now() - timedelta(seconds=1))


def test_a_job_runs_once_and_keeps_its_result() -> None:
    result = t.note.enqueue("a", "1")
    assert result.status is TaskResultStatus.READY
    assert run_until_idle() == 1
    assert run_until_idle() == 0
    assert effects() == [("a", "1")]
    result.refresh()
    assert result.status is TaskResultStatus.SUCCESSFUL
    assert result.return_value == "a"
    assert result.attempts == 1
    assert is_idle()


def test_tasks_declared_with_django_alone_run_too() -> None:
    plain, context = t.declared_with_django.enqueue(1), t.with_context.enqueue(n=7)
    run_until_idle()
    assert job(plain).result == 2
    assert job(context).result == [1, 7]


def test_a_rollback_leaves_no_job() -> None:
    with transaction.atomic():
        t.note.enqueue("a")
        assert Job.objects.exists()
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_key_is_enqueued_once() -> None:
    first = t.note.using(key="import:1").enqueue("a")
    again = t.note.using(key="import:1").enqueue("b")
    assert first.id == again.id
    run_until_idle()
    assert t.note.using(key="import:1").enqueue("c").id == first.id
    assert run_until_idle() == 0
    assert effects() == [("a", "")]


def test_arguments_are_plain_json() -> None:
    with pytest.raises(TypeError):
        t.note.enqueue(object())  # type: ignore[arg-type]  # the mistake that is tested
    assert not Job.objects.exists()


def test_priority_goes_first_and_a_later_time_waits() -> None:
    t.note.enqueue("normal")
    t.note.using(priority=10).enqueue("urgent")
    t.note.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("later")
    run_until_idle()
    assert [name for name, _ in effects()] == ["urgent", "normal"]
    assert Job.objects.get(state=JobState.READY).args == [["later"], {}]


def test_queues_are_worked_off_apart() -> None:
    t.note.using(queue_name="mail").enqueue("mail")
    assert run_until_idle(queues=["default"]) == 0
    assert run_until_idle(queues=["mail"]) == 1


def test_jobs_of_one_key_are_claimed_one_after_the_other() -> None:
    for n in range(3):
        t.note.using(order_key="company:7").enqueue(str(n))
    t.note.using(order_key="company:8").enqueue("other")
    first = claim("w", limit=10, lease=LEASE)
    assert [c.args for c in first] == [["0"], ["other"]]
    assert claim("w2", limit=10, lease=LEASE) == []
    for claimed in first:
        execute(Run(claimed, kept=False, every=0))
    assert [c.args for c in claim("w2", limit=10, lease=LEASE)] == [["1"]]


def test_a_failing_job_holds_only_its_key() -> None:
    t.broken.using(order_key="a").enqueue("broken")
    t.note.using(order_key="a").enqueue("behind")
    t.note.using(order_key="b").enqueue("beside")
    Job.objects.filter(order_key="a").update(max_attempts=2)
    taken = claim("w", limit=1, lease=LEASE)[0]
    execute(Run(taken, kept=False, every=0))
    Job.objects.filter(pk=taken.pk).update(run_at=timezone.now() + timedelta(hours=1))
    run_until_idle()
    assert [name for name, _ in effects()] == ["beside"]
    Job.objects.filter(pk=taken.pk).update(run_at=timezone.now() - timedelta(hours=1))
    run_until_idle()
    assert [name for name, _ in effects()] == ["beside", "behind"]
    assert Job.objects.get(pk=taken.pk).state == JobState.DEAD


def test_the_database_refuses_two_running_jobs_of_one_key() -> None:
    jobs = [job(t.note.using(order_key="a").enqueue(name)) for name in "ab"]
    Job.objects.filter(pk=jobs[0].pk).update(state=JobState.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=jobs[1].pk).update(state=JobState.RUNNING)


def test_a_retried_old_job_waits_for_the_running_one_of_its_key() -> None:
    jobs = [job(t.note.using(order_key="a").enqueue(name)) for name in "ab"]
    Job.objects.filter(pk=jobs[0].pk).update(state=JobState.DEAD)
    running = claim("w", limit=9, lease=LEASE)
    Job.objects.filter(pk=jobs[0].pk).update(state=JobState.READY)
    assert [c.pk for c in running] == [jobs[1].pk]
    assert claim("w", limit=9, lease=LEASE) == []


def test_a_failed_job_leaves_no_effect_and_runs_again(tmp_path: Any) -> None:
    result = t.broken_once.enqueue("a", str(tmp_path / "flag"))
    run_until_idle()
    row = job(result)
    assert (row.state, row.attempts) == (JobState.DONE, 2)
    assert effects() == [("a", "")]
    assert row.error == ""
    assert row.error_class == ""


def test_a_job_that_always_fails_is_dead_after_its_attempts() -> None:
    result = t.broken.enqueue("a")
    assert run_until_idle() == 3
    row = job(result)
    assert (row.state, row.attempts, row.error_class) == (JobState.DEAD, 3, "builtins.ValueError")
    assert "always" in row.error
    assert row.finished_at
    assert effects() == []
    result.refresh()
    assert result.status is TaskResultStatus.FAILED


@pytest.mark.parametrize("hopeless", [t.hopeless, t.forbidden])
def test_what_cannot_be_mended_is_dead_at_once(hopeless: Any) -> None:
    result = hopeless.enqueue()
    assert run_until_idle() == 1
    assert job(result).state == JobState.DEAD
    assert job(result).note_raw


def test_a_conflict_is_tried_again() -> None:
    result = t.conflict.enqueue()
    run_until_idle(limit=1)
    assert job(result).state == JobState.READY


def test_a_result_that_is_no_json_is_a_failure() -> None:
    result = t.not_json.enqueue()
    run_until_idle(limit=1)
    assert job(result).error_class == "builtins.TypeError"


def test_a_task_without_code_waits_for_it() -> None:
    result = t.note.enqueue("a")
    Job.objects.update(task="tests.ledger.queue_tasks.gone")
    run_until_idle()
    row = job(result)
    assert row.state == JobState.READY
    assert row.run_at > timezone.now() + timedelta(seconds=20)


def test_a_job_speaks_the_language_of_who_started_it() -> None:
    with translation.override("es"), timezone.override("America/Bogota"):
        result = t.language.enqueue()
    run_until_idle()
    assert job(result).result == ["es", "America/Bogota"]


def test_the_lease_protects_until_it_runs_out() -> None:
    row = job(t.note.enqueue("a"))
    assert claim("w1", limit=1, lease=LEASE)
    assert claim("w2", limit=1, lease=LEASE) == []
    expire(row)
    taken = claim("w2", limit=1, lease=LEASE)
    assert [c.attempt for c in taken] == [2]


def test_a_frozen_run_can_neither_finish_nor_renew_nor_fail_its_job() -> None:
    row = job(t.note.enqueue("a"))
    frozen = claim("w1", limit=1, lease=LEASE)[0]
    expire(row)
    new = claim("w1", limit=1, lease=LEASE)[0]  # even the same worker: the attempt differs
    with pytest.raises(LeaseLost):
        finish(frozen, None, {})
    assert not renew(frozen, LEASE)
    assert not give_back([frozen])
    execute(Run(frozen, kept=False, every=60))
    assert effects() == [], "the effect of the frozen run is rolled back with its end"
    execute(Run(new, kept=False, every=60))
    assert effects() == [("a", "")]
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.DONE, 2)


def test_a_frozen_long_run_stops_at_its_next_transaction() -> None:
    row = job(t.count.enqueue(3))
    frozen = claim("w1", limit=1, lease=LEASE)[0]
    expire(row)
    claim("w2", limit=1, lease=LEASE)
    execute(Run(frozen, kept=False, every=60))
    assert effects() == []


def test_a_job_that_kills_its_worker_is_dead_in_the_end() -> None:
    row = job(t.note.enqueue("a"))
    Job.objects.update(max_attempts=2)
    for _ in range(2):
        assert claim("w", limit=1, lease=LEASE)
        expire(row)
    assert claim("w", limit=1, lease=LEASE) == []
    assert bury_killed() == 1
    row.refresh_from_db()
    assert row.state == JobState.DEAD
    assert row.note


def test_a_job_given_back_has_lost_no_attempt() -> None:
    row = job(t.note.enqueue("a"))
    assert give_back(claim("w", limit=1, lease=LEASE)) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.READY, 0)
    assert run_until_idle() == 1


def test_a_job_is_claimed_by_its_id_when_it_is_due() -> None:
    first, second = (job(t.note.using(order_key="a").enqueue(name)) for name in "ab")
    t.note.enqueue("c")
    assert claim("w", limit=1, lease=LEASE, pks=[second.pk]) == []
    [taken] = claim("w", limit=2, lease=LEASE, pks=[second.pk, first.pk])
    assert taken.args == ["a"]
    assert claim("w2", limit=1, lease=LEASE, pks=[first.pk]) == []
    assert claim("w2", limit=1, lease=LEASE, pks=[10**9]) == []
    assert claim("w2", limit=1, lease=LEASE, pks=[second.pk + 1], queues=["other"]) == []


def test_the_pause_doubles_and_has_a_limit() -> None:
    for attempt, middle in ((1, 2), (2, 4), (5, 32), (40, 3600)):
        assert all(0.5 * middle <= delay(attempt, 2.0).total_seconds() <= 1.5 * middle for _ in range(20))


def test_results_of_unknown_jobs_are_refused() -> None:
    for wrong in ("999999", "x"):
        with pytest.raises(TaskResultDoesNotExist):
            t.note.get_backend().get_result(wrong)


def test_times_come_from_the_settings(settings: Any) -> None:
    assert options() == Options()
    backend = {"BACKEND": "coordina.ledger.queue.LeaseBackend", "QUEUES": [], "OPTIONS": {"lease": 5}}
    settings.TASKS = {"default": backend}
    assert options().lease_time == timedelta(seconds=5)


def test_a_claim_walks_the_index_of_what_is_due_and_sorts_nothing() -> None:
    statement, parameters = _sql(_CLAIM, ("TRUE", []), LEASE, worker="w", limit=1)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan TO off")
            cursor.execute("SET LOCAL enable_bitmapscan TO off")
            cursor.execute(f"EXPLAIN {statement}", parameters)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = str(cursor.fetchall())
    assert "job_due" in plan
    assert "job_line" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
