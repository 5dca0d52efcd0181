"""What programs that watch the installation are told."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from coordina.core import database
from coordina.ledger.models import Pulse
from coordina.ledger.queue.pulse import Beating, seen_lately
from coordina.web.system import readiness
from tests.served import free_port


@pytest.fixture(autouse=True)
def _anew() -> None:
    readiness.forget()


@pytest.mark.django_db
def test_it_is_ready_once_a_worker_lives_and_no_more_when_it_ended(settings: Any) -> None:
    settings.REDIS_URL = settings.BROKER_URL = ""
    worker = Beating("a:1:x", 2)
    worker.beat()
    answer = Client().get("/ready/")
    assert answer.json() == {"status": "ready", "database": True, "migrations": True, "worker": True}
    assert answer.status_code == 200
    worker.end()
    readiness.forget()
    answer = Client().get("/ready/", headers={"host": "10.0.0.7"})
    assert answer.status_code == 503
    assert answer.json()["worker"] is False


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named_and_sends_nobody_elsewhere(settings: Any, capsys: Any) -> None:
    settings.REDIS_URL, settings.BROKER_URL = "", "amqp://guest:guest@127.0.0.1:9//"
    Beating("a:1:x", 2).beat()
    answer = Client().get("/ready/")
    assert answer.json()["broker"] is False
    assert answer.json()["status"] == "ready"
    assert answer.status_code == 200
    call_command("ready")
    assert "broker: NOT OK" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_killed_worker_counts_for_a_while_and_is_forgotten() -> None:
    Beating("a:1:x", 2).beat()
    Pulse.objects.update(seen_at=timezone.now() - timedelta(seconds=80))
    assert not seen_lately()
    Pulse.objects.update(seen_at=timezone.now() - timedelta(days=2))
    Beating("a:2:y", 2).beat()
    assert [pulse.name for pulse in Pulse.objects.all()] == ["a:2:y"]


@pytest.mark.django_db
def test_a_migration_that_the_database_has_not_seen_makes_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    written = readiness._written()
    monkeypatch.setattr(readiness, "_written", lambda: written | {("ledger", "9999_later")})
    assert readiness.missing() == ["ledger.9999_later"]
    assert readiness.readiness()["migrations"] is False


@pytest.mark.django_db
def test_strangers_do_not_keep_the_database_busy(django_assert_num_queries: Any) -> None:
    Client().get("/ready/")
    with django_assert_num_queries(0):
        assert Client().get("/ready/").status_code == 503


def test_a_database_that_is_away_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_given: Any) -> Any:
        raise DatabaseError("no route to 10.9.8.7")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(database, "_knock", lambda _patience: None)
    answer = Client().get("/ready/")
    assert answer.status_code == 503
    assert answer.json()["database"] is False
    assert "10.9.8.7" not in answer.content.decode()
    assert Client().get("/health/").status_code == 200


def test_a_redis_that_is_away_makes_it_unready(settings: Any) -> None:
    settings.REDIS_URL = f"redis://:secret@127.0.0.1:{free_port()}/0"
    assert not readiness.cache_answers()


@pytest.mark.django_db
def test_scripts_learn_it_by_the_exit(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.REDIS_URL = ""
    with pytest.raises(SystemExit):
        call_command("ready")
    assert "worker: NOT OK" in capsys.readouterr().out
    Beating("a:1:x", 2).beat()
    call_command("ready")
    assert "NOT OK" not in capsys.readouterr().out


def test_a_running_server_is_ready(tmp_path: Any, migrated: Any) -> None:
    """The product itself: server, worker and command together; a second or two for its start."""
    import json
    import urllib.request

    from tests.served import Served, until

    migrated(tmp_path / "data")
    served = Served(tmp_path / "data")
    try:

        def told() -> Any:
            try:
                return json.load(urllib.request.urlopen(f"http://127.0.0.1:{served.port}/ready/", timeout=5))
            except OSError:
                return None

        assert until(told)["status"] == "ready"  # type: ignore[index]  # what the address says
        command = [sys.executable, "-m", "coordina", "ready"]
        environment = {**served.environment, "COORDINA_DATA": str(tmp_path / "data")}
        assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    finally:
        served.process.terminate()
        served.process.wait(30)
