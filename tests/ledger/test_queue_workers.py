"""Worker processes, killed, frozen and stopped: nothing is lost and nothing happens twice."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.sites import Site, postgres_site, sqlite_site

slow = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgres", pytest.param("broker", marks=pytest.mark.database)])
def site(request: Any, tmp_path: Path) -> Iterator[Site]:
    """An installation of its own, on each database; on PostgreSQL also with the broker that `BROKER_URL` names."""
    broker = request.getfixturevalue("given_broker") if request.param == "broker" else ""
    with sqlite_site(tmp_path) if request.param == "sqlite" else postgres_site(tmp_path, broker) as found:
        yield found


def test_a_worker_works_off_the_queue_and_ends(tmp_path: Path) -> None:
    with sqlite_site(tmp_path) as site:
        site.ask("for n in range(20): t.note.enqueue(str(n))\nsay(None)")
        assert site.worker("--once").wait(20) == 0
        assert site.ask("say([queue.is_idle(), Event.objects.count(), queue.backlog()])") == [
            True,
            20,
            {"ready": 0, "running": 0, "dead": 0},
        ]


@slow
def test_two_workers_run_500_jobs_once_each_and_in_order(site: Site) -> None:
    site.ask(
        "from django.db import transaction\n"
        "with transaction.atomic():\n"
        "    for n in range(500):\n"
        "        t.note.using(order_key=f'key:{n % 25}').enqueue(f'key:{n % 25}', str(n))\n"
        "say(None)"
    )
    workers = [site.worker("--threads", "3") for _ in range(2)]
    site.until("not Job.objects.exclude(state='done').exists()", 90)
    for worker in workers:
        worker.terminate()
    assert [worker.wait(10) for worker in workers] == [0, 0]
    effects = site.effects()
    assert Counter(subject for _, subject in effects) == Counter(str(n) for n in range(500))
    for key in range(25):
        order = [int(subject) for name, subject in effects if name == f"key:{key}"]
        assert order == sorted(order)
    done = site.jobs("state", "attempts", "worker")
    assert {(state, attempts) for state, attempts, _ in done} == {("done", 1)}
    assert len({worker for *_, worker in done}) == 2, "both took part"


@slow
@pytest.mark.chaos
def test_a_killed_worker_loses_no_job_and_repeats_none_of_its_chunks(site: Site) -> None:
    site.ask("t.resumable.enqueue(12, 0.15); t.note.enqueue('a'); say(None)")
    worker = site.worker("--threads", "1")
    site.until("Event.objects.filter(name='piece').count() >= 3")
    worker.kill()
    worker.wait()
    before = site.effects()
    assert site.jobs("state")[0] == ["running"]
    second = site.worker()
    site.until("not Job.objects.exclude(state='done').exists()")
    second.terminate()
    assert second.wait(10) == 0
    effects = site.effects()
    assert Counter(e for e in map(tuple, effects) if e[0] == "piece") == Counter(("piece", str(n)) for n in range(12))
    assert len([e for e in effects if e[0] == "started"]) == 2
    assert len(before) < len(effects)
    assert sorted(site.jobs("attempts")) == [[1], [2]]


@slow
@pytest.mark.chaos
def test_a_kill_in_the_middle_of_a_database_job_leaves_nothing_of_it(site: Site) -> None:
    site.ask("t.slow_in_database.enqueue('a', 1.0); say(None)")
    worker = site.worker()
    site.until("Job.objects.filter(state='running').exists()")
    time.sleep(0.3)
    worker.kill()
    worker.wait()
    assert site.effects() == []
    site.worker()
    site.until("Job.objects.filter(state='done').exists()")
    assert site.effects() == [["a", ""]]
    assert site.jobs("attempts") == [[2]]


@slow
@pytest.mark.chaos
def test_a_frozen_worker_that_wakes_up_late_changes_nothing(site: Site) -> None:
    site.ask("t.count.enqueue(8, 0.3); say(None)")
    frozen = site.worker()
    site.until("Event.objects.filter(name='chunk').count() >= 2")
    time.sleep(0.15)  # in the middle of its next chunk, when no transaction is open that would keep the job locked
    frozen.send_signal(signal.SIGSTOP)
    site.until("Job.objects.filter(locked_until__lt=timezone.now()).exists()")
    before = len(site.effects())
    second = site.worker()
    site.until("Job.objects.filter(attempts=2).exists()")
    frozen.send_signal(signal.SIGCONT)
    site.until("Job.objects.filter(state='done').exists()")
    second.terminate()
    frozen.terminate()
    assert [second.wait(10), frozen.wait(10)] == [0, 0]
    assert len(site.effects()) == before + 8, "eight chunks of the second run, none more of the first"
    assert site.jobs("attempts", "result") == [[2, 8]]


@slow
def test_the_lease_of_a_long_job_is_renewed(site: Site) -> None:
    site.ask("t.deaf.enqueue(5); say(None)")
    workers = [site.worker() for _ in range(2)]
    site.until("Job.objects.filter(state='done').exists()")
    for worker in workers:
        worker.terminate()
    assert site.effects() == [["deaf", ""]]
    assert site.jobs("attempts") == [[1]]


@slow
@pytest.mark.chaos
def test_what_kills_its_worker_each_time_is_dead_in_the_end(site: Site) -> None:
    site.ask("t.deadly.enqueue(); say(None)")
    for _ in range(2):
        assert site.worker().wait(20) == 9
        site.until("Job.objects.filter(locked_until__lt=timezone.now()).exists()")
    assert site.worker("--once").wait(20) == 0
    assert site.jobs("state", "attempts") == [["dead", 2]]
    assert len(site.effects()) == 2


@slow
def test_cancellation_and_progress_reach_a_running_worker(site: Site) -> None:
    site.ask("t.count.using(by=1).enqueue(200, 0.05); say(None)")
    worker = site.worker()
    site.until("Job.objects.filter(done__gte=5, total=200, note='Row %(row)s').exists()")
    site.ask("Job.objects.update(cancel_requested=True); say(None)")
    site.until("Job.objects.filter(state='cancelled').exists()", 10)
    worker.terminate()
    assert worker.wait(10) == 0
    assert len(site.effects()) < 200


@slow
def test_a_stopping_worker_gives_back_what_it_cannot_end(site: Site) -> None:
    site.ask("t.deaf.enqueue(60); t.count.enqueue(500, 0.05); t.note.using(run_after=None).enqueue('a'); say(None)")
    worker = site.worker("--threads", "3")
    site.until("Event.objects.filter(name='chunk').exists() and Event.objects.filter(name='deaf').exists()")
    began = time.monotonic()
    worker.terminate()
    assert worker.wait(20) == 0
    assert 2 < time.monotonic() - began < 8, "it waited for its jobs, but not longer than it may"
    states = site.jobs("state", "attempts", "locked_until")
    assert states == [["ready", 0, None], ["ready", 0, None], ["done", 1, None]]


@slow
def test_two_schedulers_tick_once(site: Site) -> None:
    site.ask("queue.plan('s', t.note, 'every 1s', ['tick'], by=None, time_zone='UTC'); say(None)")
    workers = [site.worker() for _ in range(2)]
    site.until("Event.objects.count() >= 4")
    for worker in workers:
        worker.terminate()
    assert [worker.wait(10) for worker in workers] == [0, 0]
    keys = [key for (key,) in site.jobs("key")]
    assert len(keys) == len(set(keys))
    ticks = [key.rsplit(":", 4)[-4:] for key in keys]
    assert len(site.effects()) <= len(ticks)


@slow
def test_waiting_costs_next_to_nothing_and_work_is_seen_at_once(site: Site) -> None:
    worker = site.worker()
    time.sleep(2.5)
    stat = Path(f"/proc/{worker.pid}/stat")
    if not stat.exists():
        pytest.skip("no /proc here")

    def ticks() -> int:
        return sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13]))

    before = ticks()
    time.sleep(5)
    assert ticks() - before <= 10, "a hundredth of a second each: at most 2 % of a processor"
    waits = site.ask(
        "import time\n"
        "waits = []\n"
        "for n in range(5):\n"
        "    began = time.monotonic(); key = t.note.enqueue(str(n)).id\n"
        "    while not Job.objects.filter(pk=key, state='done').exists(): time.sleep(0.005)\n"
        "    waits.append(time.monotonic() - began); time.sleep(0.3)\n"
        "say(waits)"
    )
    assert sorted(waits)[2] < 0.4, waits


@slow
def test_several_processes_are_watched_and_stopped_together(site: Site) -> None:
    site.ask("for n in range(50): t.note.enqueue(str(n))\nsay(None)")
    watch = site.worker("--processes", "2", "--threads", "1")
    site.until("Event.objects.count() == 50")
    watch.terminate()
    assert watch.wait(20) == 0
