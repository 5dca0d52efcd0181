"""The page of the system: for administrators, true, and without a secret."""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from coordina.ledger.models import Job
from coordina.ledger.models.jobs import JobState
from coordina.ledger.queue import broker
from coordina.ledger.queue.pulse import Beating
from coordina.web.system.addresses import shown

from .conftest import World

pytestmark = pytest.mark.django_db
URL = "/settings/system/"
CANARY = "kanarienvogel"


def test_only_administrators_see_it(world: World) -> None:
    for person in (world.manager, world.ana, world.nobody):
        client = world.client(person)
        for url in (URL, f"{URL}held/"):
            assert client.get(url).status_code == 403
        for url in (f"{URL}again/", f"{URL}held/release/"):
            assert client.post(url, {"pk": "1"}).status_code == 403
        assert URL not in client.get("/settings/").content.decode()
    assert URL in world.client(world.director).get("/settings/").content.decode()


def test_it_says_what_needs_attention_and_what_is_good(world: World, settings: Any) -> None:
    client = world.client(world.director)
    page = client.get(URL).content.decode()
    assert "Ninguno visto hace poco" in page
    assert "./run manage worker" in page
    Beating("maquina-7:41:ab", 2).beat()
    settings.DATA_DIR.mkdir(parents=True)
    made = timezone.now() - timedelta(hours=3)
    (settings.DATA_DIR / "last-backup.json").write_text(json.dumps({"made_at": made.isoformat(), "bytes": 5_000_000}))
    page = client.get(URL).content.decode()
    assert "maquina-7:41 (2)" in page
    assert "./run manage worker" not in page
    assert re.search(r"5(,[02])?\sMB", page)
    assert "./run backup" not in page


def test_an_old_backup_and_an_unreadable_note_need_attention(world: World, settings: Any) -> None:
    settings.DATA_DIR.mkdir(parents=True)
    client, note = world.client(world.director), settings.DATA_DIR / "last-backup.json"
    for text in ("{}", "broken", "[]", json.dumps({"made_at": "2020-01-01T00:00:00+00:00"})):
        note.write_text(text)
        assert "./run backup" in client.get(URL).content.decode()


def test_no_secret_is_shown(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_URL = f"smtp://{CANARY}-user:{CANARY}@mail.example.com:587?x={CANARY}"
    settings.REDIS_URL = f"redis://:{CANARY}@127.0.0.1:1/0?password={CANARY}"
    settings.BROKER_URL = f"amqp://{CANARY}:{CANARY}@127.0.0.1:5672//"
    settings.SECRET_KEY = CANARY
    for name in ("PASSWORD", "USER"):
        monkeypatch.setitem(connection.settings_dict, name, CANARY)
    page = world.client(world.director).get(URL)
    text = page.content.decode()
    assert page.status_code == 200
    assert CANARY not in text
    assert "smtp://mail.example.com:587" in text
    assert "redis://127.0.0.1:1/0" in text


def test_a_broker_that_is_away_is_told_of_with_the_time(world: World, settings: Any) -> None:
    settings.BROKER_URL = f"amqp://{CANARY}:{CANARY}@127.0.0.1:9//"
    client = world.client(world.director)
    page = client.get(URL).content.decode()
    assert "amqp://127.0.0.1:9 · no responde" in page
    assert "sin conexión desde" not in page
    since = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    Beating("maquina-7:41:ab", 2).beat(since)
    page = client.get(URL).content.decode()
    assert "no responde · sin conexión desde el 22 nov 2026" in page
    assert "los procesos los buscan en la tabla" in page
    assert CANARY not in page


def test_a_broker_in_use_says_what_waits_and_who_does_not_reach_it(
    world: World, settings: Any, given_broker: str
) -> None:
    settings.BROKER_URL = given_broker
    settings.SECRET_KEY += secrets.token_hex(8)  # a queue of its own
    client = world.client(world.director)
    link = broker.Link()
    for pk in (1, 2):
        link.send(pk, "default")
    beating = Beating("maquina-7:41:ab", 2)
    beating.beat()
    assert "en uso · 2 mensajes esperan<" in client.get(URL).content.decode()
    beating.beat(timezone.now())
    assert (
        "en uso · 2 mensajes esperan · 1 proceso no llega a él · sin conexión desde" in client.get(URL).content.decode()
    )
    link.drop("default")
    link.close()


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("redis://user:pass@host:6379/0?ssl=1", "redis://host:6379/0"),
        ("smtp://[::1]:25", "smtp://[::1]:25"),
        ("amqp://a:b@host//", "amqp://host"),
        ("http://host:port/", ""),
        ("", "://"),
    ],
)
def test_an_address_without_its_secrets(url: str, what: str) -> None:
    assert shown(url) == what


def test_a_failed_job_is_named_and_tried_again(world: World) -> None:
    now = timezone.now()
    job = Job.objects.create(
        task="coordina.ledger.queue.upkeep.prune",
        state=JobState.DEAD,
        run_at=now,
        created_at=now,
        finished_at=now,
        attempts=8,
        error="Canario",
    )
    client = world.client(world.director)
    page = client.get(URL).content.decode()
    assert f'value="{job.pk}"' in page
    assert "Canario" not in page
    client.post(f"{URL}again/", {"pk": job.pk})
    assert Job.objects.get().state == JobState.READY
    assert "Ya no espera" in client.post(f"{URL}again/", {"pk": job.pk}, follow=True).content.decode()
