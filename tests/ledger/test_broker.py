"""Jobs whose ids travel through a broker: what becomes of messages changes nothing but the moment a job begins."""

import json
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from coordina.ledger.queue import broker, sender, wakeup
from coordina.ledger.queue.receiver import Receiver
from tests.chaos import services
from tests.ledger import queue_tasks as t
from tests.ledger.sites import Site, postgres_site, sqlite_site

database = pytest.mark.database  # so that it runs where a broker is given, too


@pytest.fixture
def site(given_broker: str, tmp_path: Path) -> Iterator[Site]:
    """An installation with the broker that `BROKER_URL` names, and a queue of its own there."""
    with sqlite_site(tmp_path, given_broker) as found:
        yield found


@pytest.fixture
def own_broker(request: Any) -> Iterator[Any]:
    """A broker that may be killed: a Redis or a RabbitMQ in a folder of its own."""
    needed = "redis-server" if request.param == "redis" else str(services.RABBITMQ)
    if not shutil.which(needed):
        pytest.skip(f"TESTS WITH A BROKER OF THEIR OWN DO NOT RUN: {needed} is missing")
    folder = Path(tempfile.mkdtemp(prefix="coordina-broker-"))
    made = services.Redis() if request.param == "redis" else services.RabbitMQ(folder)
    yield made
    made.kill()
    shutil.rmtree(folder)


both = pytest.mark.parametrize("own_broker", ["redis", pytest.param("rabbitmq", marks=pytest.mark.slow)], indirect=True)
DONE = "not Job.objects.exclude(state='done').exists()"
SEND = "from coordina.ledger.queue import sender\nfor pk in pks: sender.offer(pk, 'default')\nassert sender.flush(10)\n"


def sent(site: Site, *pks: int) -> None:
    """Send messages by hand, and wait until the broker has them."""
    site.ask(f"pks = {list(pks)}\n{SEND}say(None)")


@database
def test_a_message_is_an_id_and_comes_after_the_commit_only(site: Site) -> None:
    site.ask(
        "from django.db import transaction\nfrom coordina.ledger.queue import sender\n"
        "with transaction.atomic():\n"
        "    t.note.enqueue('never')\n"
        "    transaction.set_rollback(True)\n"
        "first, later = t.note.enqueue('a'), t.note.using(run_after=timezone.now() + timedelta(days=1)).enqueue('b')\n"
        "sender.flush(10)\n"
        "say(None)"
    )
    [[pk], _later] = site.jobs("pk")
    body = site.ask(
        "link = broker.Link()\n"
        "message = link._queue('default').get(no_ack=True)\n"
        "say([str(message.body), str(message.properties), broker.waiting()])"
    )
    assert json.loads(body[0]) == pk
    assert "note" not in body[1]
    assert body[2] == 0, "what is for later is found in the table when it is time"


@database
def test_doubled_messages_run_a_job_once_and_late_ones_not_at_all(site: Site) -> None:
    site.ask("for n in range(5): t.count.enqueue(3, 0.05)\nsay(None)")
    pks = [pk for (pk,) in site.jobs("pk")]
    sent(site, *pks, *pks)
    workers = [site.worker() for _ in range(2)]
    site.until(DONE)
    sent(site, *pks, 10**9)
    site.until("broker.waiting() == 0")
    time.sleep(0.3)
    assert Counter(attempts for (attempts,) in site.jobs("attempts")) == {1: 5}
    assert len(site.effects()) == 15
    for worker in workers:
        worker.terminate()
        assert worker.wait(10) == 0


@database
def test_jobs_run_though_every_message_is_lost_or_is_nonsense(site: Site) -> None:
    site.ask("for n in range(30): t.note.using(order_key=f'k{n % 3}').enqueue('a', str(n))\nsay(None)")
    site.ask("from coordina.ledger.queue import sender\nsender.flush(10)\nsay(None)")
    assert site.messages() == 30
    site.ask(
        "link = broker.Link()\nlink.purge('default')\n"
        "producer = broker._kombu().Producer(link._channel)\n"
        "for body in ('{broken', '[1]', '\"x\"', 'true'):\n"
        "    producer.publish(body, routing_key=broker.place('default'), content_type='application/json',"
        " content_encoding='utf-8')\n"
        "say(None)"
    )
    worker = site.worker()
    site.until(DONE)
    site.until("broker.waiting() == 0")
    assert len(site.effects()) == 30
    assert worker.poll() is None


@database
def test_what_waits_for_a_later_time_or_another_attempt_begins_then(site: Site) -> None:
    worker = site.worker()
    site.until("Pulse.objects.exists()")
    flag = site.folder / "flag"
    site.ask(
        "t.note.using(run_after=timezone.now() + timedelta(seconds=1)).enqueue('later')\n"
        f"t.broken_once.enqueue('again', {str(flag)!r})\nsay(None)"
    )
    site.until(DONE, 10)
    assert sorted(name for name, _ in site.effects()) == ["again", "later"]
    worker.terminate()
    assert worker.wait(10) == 0


@database
def test_a_message_wakes_a_worker_long_before_it_looks_by_itself(site: Site) -> None:
    site.worker()
    site.until("Pulse.objects.exists()")
    waits = site.ask(
        "import time\nwaits = []\n"
        "for n in range(9):\n"
        "    time.sleep(0.21)\n"
        "    began = time.monotonic(); key = t.note.enqueue(str(n)).id\n"
        "    while not Job.objects.filter(pk=key, state='done').exists(): time.sleep(0.005)\n"
        "    waits.append(time.monotonic() - began)\n"
        "say(waits)"
    )
    assert sorted(waits)[4] < 0.25, waits


@both
@pytest.mark.chaos
def test_a_broker_that_is_killed_or_frozen_hurts_nobody(own_broker: Any, tmp_path: Path) -> None:
    with sqlite_site(tmp_path, own_broker.url) as site:
        workers = [site.worker() for _ in range(2)]
        site.until("Pulse.objects.count() == 2")
        own_broker.freeze(True)
        waits = _enqueued(site, "frozen")
        site.until(DONE)
        own_broker.kill()
        waits += _enqueued(site, "killed")
        site.until(DONE)
        site.until("Pulse.objects.filter(broker_away_since__isnull=False).count() == 2")
        own_broker.start() if hasattr(own_broker, "start") else own_broker.restart()
        site.until("not Pulse.objects.filter(broker_away_since__isnull=False).exists()", 40)
        waits += _enqueued(site, "back")
        site.until(DONE)
        assert len(site.effects()) == 60
        assert {attempts for (attempts,) in site.jobs("attempts")} == {1}
        assert sorted(waits)[-1] < 1, "no request waits for a broker"
        for worker in workers:
            worker.terminate()
            assert worker.wait(10) == 0


def _enqueued(site: Site, name: str) -> list[float]:
    """Enqueue twenty jobs; gives how long each took, in seconds."""
    waits: list[float] = site.ask(
        "import time\nwaits = []\n"
        "for n in range(20):\n"
        f"    began = time.monotonic(); t.note.enqueue({name!r}, str(n)); waits.append(time.monotonic() - began)\n"
        "say(waits)"
    )
    return waits


FROZEN = "Job.objects.filter(locked_until__lt=timezone.now(), attempts=1).exists()"


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("mode", ["table", pytest.param("broker", marks=database)])
def test_a_worker_frozen_in_a_transaction_loses_its_locks_with_its_lease(
    mode: str, request: Any, tmp_path: Path
) -> None:
    url = request.getfixturevalue("given_broker") if mode == "broker" else ""
    with postgres_site(tmp_path, url) as site:
        site.ask("t.long_transaction.enqueue('a', 1.0); say(None)")
        frozen = site.worker()
        site.until("Job.objects.filter(state='running').exists()")
        time.sleep(0.4)
        frozen.send_signal(signal.SIGSTOP)
        site.until(FROZEN)
        second = site.worker()
        site.until(DONE, 20)
        frozen.send_signal(signal.SIGCONT)
        time.sleep(1)
        assert site.effects() == [["a", ""]]
        assert site.jobs("state", "attempts") == [["done", 2]]
        for worker in (second, frozen):
            worker.terminate()
        assert [second.wait(10), frozen.wait(10)] == [0, 0]


def test_a_locked_row_holds_up_neither_workers_nor_who_cancels(tmp_path: Path) -> None:
    with postgres_site(tmp_path) as site:
        site.ask("t.note.using(by=1).enqueue('a'); say(None)")
        told = site.ask(
            "import threading, time\nfrom django.db import transaction\nfrom coordina.core.refusals import Conflict\n"
            "from coordina.ledger.queue.claim import bury_killed\n"
            "past = timezone.now() - timedelta(minutes=1)\n"
            "Job.objects.update(state='running', attempts=8, locked_until=past)\n"
            "held, over = threading.Event(), threading.Event()\n"
            "def hold():\n"
            "    with transaction.atomic():\n"
            "        Job.objects.select_for_update().get(); held.set(); over.wait(20)\n"
            "thread = threading.Thread(target=hold); thread.start(); held.wait(5)\n"
            "class Person:\n"
            "    pk = 1\n"
            "    def may(self, permission): return False\n"
            "began = time.monotonic(); buried = bury_killed(); quick = time.monotonic() - began\n"
            "try:\n"
            "    said = queue.cancel(Job.objects.get().pk, Person())\n"
            "except Conflict:\n"
            "    said = 'conflict'\n"
            "whole = time.monotonic() - began; over.set(); thread.join()\n"
            "say([buried, quick < 1, said, whole < 8, bury_killed()])"
        )
        assert told == [0, True, "conflict", True, 1]


def test_without_a_broker_its_library_is_not_loaded(tmp_path: Path) -> None:
    with sqlite_site(tmp_path) as site:
        site.ask("t.note.enqueue('a'); queue.run_until_idle(); say(None)")
        assert site.ask("say([name for name in sys.modules if name.partition('.')[0] in ('kombu', 'amqp')])") == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_not_there_costs_who_enqueues_nothing(settings: Any, monkeypatch: Any) -> None:
    settings.BROKER_URL = "amqp://guest:guest@127.0.0.1:9//"
    fresh = sender.Sender()
    monkeypatch.setattr(wakeup.sender, "offer", fresh.offer)
    began = time.monotonic()
    for _ in range(50):
        t.note.enqueue("a")
    assert time.monotonic() - began < 2
    assert fresh.flush(10)
    t.note.enqueue("a")
    assert not fresh._waiting, "for a while nothing is even tried"


def test_a_receiver_says_since_when_the_broker_is_away(settings: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:9/0"
    receiver = Receiver((), 2)
    end = time.monotonic() + 10
    while receiver.away_since is None and time.monotonic() < end:
        time.sleep(0.02)
    assert receiver.away_since is not None
    assert receiver.looks()
    receiver.looked(False)
    assert not receiver.looks()
    receiver.looked(True)
    assert receiver.looks(), "while the table holds something, it is emptied"
    assert receiver.offered(5) == []
    receiver.close()


@pytest.mark.django_db
def test_no_message_leaves_for_what_is_rolled_back(settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:9/0"
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        t.note.enqueue("a")
        transaction.set_rollback(True)
    assert callbacks == []
    with django_capture_on_commit_callbacks() as callbacks:
        t.note.enqueue("a")
    assert len(callbacks) == 1


def test_installations_that_share_a_broker_have_queues_of_their_own(settings: Any) -> None:
    settings.SECRET_KEY = "one"
    first = broker.place("default")
    settings.SECRET_KEY = "other"
    assert broker.place("default") != first
    assert "other" not in broker.place("default")
