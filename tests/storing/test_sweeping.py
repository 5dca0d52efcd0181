"""Bytes that nobody names go after a day; what a row, the ledger or an open transaction names stays."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coordina.core.storing.areas import FILES, IMPORTS, the_store
from coordina.core.storing.folder import FolderStore
from coordina.core.storing.stores import Store
from coordina.customers.models import Company
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue.schedules import SCHEDULES
from coordina.ledger.undo import undo
from coordina.records import files, sweeping
from coordina.records.actions import attach_file, delete_file
from coordina.records.files import keep, read_ticket
from coordina.records.importing import files as import_files
from coordina.records.importing import steps
from coordina.records.jobs import sweep_files
from coordina.records.models import Attachment
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def later(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let time pass: all clocks but those of the files are ahead by so many hours."""
    now = timezone.now

    def passed(hours: float) -> None:
        monkeypatch.setattr(sweeping.timezone, "now", lambda: now() + timedelta(hours=hours))

    yield passed
    monkeypatch.undo()


def _kept(world: World, name: str = "a.txt") -> Attachment:
    company = world.create(Company, name=f"Faro {name}", owner=world.rep)
    about = {"subject_type": Company._meta.label, "subject_id": company.pk}
    made: Attachment = world.act(attach_file, **about, ticket=keep([name.encode()]), name=name)
    return made


def _names() -> set[str]:
    return {entry.name for entry in FILES.entries()}


def test_it_is_declared_as_work_that_comes_back() -> None:
    assert SCHEDULES["records.sweep_files"].task is sweep_files


def test_an_upload_whose_transaction_was_rolled_back_goes_after_a_day(world: World, later: Any) -> None:
    mine = _kept(world)
    lost = _rolled_back(world)
    assert not Attachment.objects.filter(path=lost.path).exists() and lost.path in _names()
    later(24.5)
    assert sweep_files.call() == 0
    later(25.5)
    assert sweep_files.call() == 1
    assert _names() == {mine.path}


def _rolled_back(world: World) -> Attachment:
    with transaction.atomic():
        lost = _kept(world, "lost.txt")
        transaction.set_rollback(True)
    return lost


_KILLED = """
import os, signal, django; django.setup()
from coordina.records.files import keep
def chunks():
    yield b"half" * 100_000
    if os.environ["AFTER"] == "0":
        os.kill(os.getpid(), signal.SIGKILL)
keep(chunks())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("after", ["0", "1"])
def test_an_upload_of_a_killed_process_goes_after_a_day(
    world: World, tmp_path: Path, settings: Any, after: str
) -> None:
    """Killed in the middle of the bytes, or with all of them on the disk before any row named them."""
    environment = os.environ | {"COORDINA_DATA": str(tmp_path / "data"), "PYTHONPATH": "src:.", "AFTER": after}
    environment |= {"DJANGO_SETTINGS_MODULE": "coordina.config.settings", "SECRET_KEY": "x" * 40}
    environment.pop("COORDINA_FILES", None)
    assert subprocess.run([sys.executable, "-c", _KILLED], check=False, env=environment, timeout=60).returncode == -9
    [left] = FILES.entries()
    mine = _kept(world)
    assert sweep_files.call() == 0
    old = datetime.now(UTC).timestamp() - 26 * 3600
    for name in (left.name, mine.path):
        os.utime(settings.MEDIA_ROOT / name, (old, old))
    assert sweep_files.call() == 1
    assert _names() == {mine.path}


def test_deleted_files_stay_for_undo(world: World, later: Any) -> None:
    mine = _kept(world)
    world.act(delete_file, pk=mine.pk)
    later(24 * 400)
    assert sweep_files.call() == 0
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    with FILES.at(Attachment.objects.get().path).open() as file:
        assert file.read() == b"a.txt"


def test_deleted_with_many_they_stay_too(world: World, later: Any) -> None:
    """Large change sets keep their rows in batches."""
    company = world.create(Company, name="Faro", owner=world.rep)
    about = {"subject_type": Company._meta.label, "subject_id": company.pk}
    for number in range(60):
        world.act(attach_file, **about, ticket=keep([b"x"]), name=f"{number}.txt")
    world.delete(company)
    assert not Attachment.objects.exists()
    later(26)
    assert sweep_files.call() == 0 and len(_names()) == 60


def test_what_another_room_names_stays_and_so_does_what_it_named(
    world: World, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "NAMED", dict(files.NAMED))
    monkeypatch.setattr(files, "NAMED", sweeping.NAMED)
    files.named_in(Company, "name")
    first, second = (read_ticket(keep([b"x"])).path for _ in range(2))
    company = world.create(Company, name=first, owner=world.rep)
    world.edit(company, name=second)
    keep([b"lost"])
    later(26)
    assert sweep_files.call() == 1
    assert _names() == {first, second}


def test_imports_go_with_their_runs(world: World, later: Any) -> None:
    path, size = import_files.keep([b"name\nFaro\n"])
    run = steps.start(world.boss, "company", "a.csv", path, size)
    table = import_files.stem_of(path) + import_files.TABLE
    import_files.place_of(table).write([b"x"])
    lost, _size = import_files.keep([b"name\nNadie\n"])
    later(26)
    assert sweep_files.call() == 1
    assert {entry.name for entry in IMPORTS.entries()} == {path, table}
    run.delete()
    assert sweep_files.call() == 2 and lost not in {entry.name for entry in IMPORTS.entries()}


def test_what_is_not_ours_stays(world: World, later: Any) -> None:
    FILES.at("README").write([b"by hand"])
    IMPORTS.at("notes.txt").write([b"by hand"])
    later(26)
    assert sweep_files.call() == 0 and _names() == {"README"}


def test_what_was_on_its_way_to_a_bucket_goes(world: World, later: Any, tmp_path: Path, settings: Any) -> None:
    left = Path(settings.DATA_DIR) / ".passing-x"
    left.mkdir(parents=True)
    (left / "a.zip").write_text("half")
    later(1)
    sweep_files.call()
    assert left.exists()
    later(26)
    sweep_files.call()
    assert not left.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite nobody has a transaction open meanwhile")
def test_a_transaction_that_is_still_open_keeps_its_files(world: World, tmp_path: Path) -> None:
    import psycopg

    store = the_store()
    assert isinstance(store, FolderStore)
    place = store.place("files", read_ticket(keep([b"x"])).path)
    old = datetime.now(UTC).timestamp() - 26 * 3600
    os.utime(place, (old, old))
    params: Any = {
        k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "host", "port")
    }
    with psycopg.connect(**params) as other:
        other.execute("SELECT 1")
        assert sweep_files.call() == 1  # it began after the ticket had ended
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"x")
    with psycopg.connect(**params) as other:
        other.execute("SELECT 1")
        os.utime(place, (old + 1.5 * 3600, old + 1.5 * 3600))
        sweeping_now = datetime.now(UTC) + timedelta(hours=20)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sweeping.timezone, "now", lambda: sweeping_now)
            assert sweep_files.call() == 0  # it may still name them
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping.timezone, "now", lambda: sweeping_now)
        assert sweep_files.call() == 1
