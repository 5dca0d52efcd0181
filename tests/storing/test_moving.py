"""From a folder into a bucket and back, cut off and begun again; backups and everything of either kind."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coordina.config.backup import back_up
from coordina.config.backup import command as backup_command
from coordina.config.cli import CommandFailed
from coordina.config.restore import command as restore_command
from coordina.config.restore import refuse_elsewhere
from coordina.core.storing import moving
from coordina.core.storing.address import Bucket, read_address
from coordina.core.storing.areas import AREAS, FILES, the_store
from coordina.core.storing.kept import MARK, store_of
from coordina.core.storing.moving import Damaged, move
from coordina.core.storing.stores import FilesAway, Store
from coordina.customers.models import Company
from coordina.records.actions import attach_file
from coordina.records.files import keep
from coordina.records.models import Attachment
from coordina.transfer.coming_in import bring_in, holds_files
from coordina.transfer.going_out import write_everything
from coordina.transfer.opening import opened
from tests.storing.conftest import address_of
from tests.storing.s3_server import SECRET, S3Server
from tests.transfer.rows import empty
from tests.world import World

CONTENT = {
    ("files", "ab/one"): b"1",
    ("files", "cd/two"): b"2" * (6 << 20),
    ("imports", "a.csv"): b"name\n",
    ("exports", "7-x.zip"): b"PK",
}


def _fill(store: Store) -> None:
    for (area, name), content in CONTENT.items():
        store.write(area, name, [content])


def _held(store: Store) -> dict[tuple[str, str], bytes]:
    found = {}
    for area in AREAS:
        for entry in store.entries(area.name):
            with store.open(area.name, entry.name) as file:
                found[area.name, entry.name] = file.read()
    return found


def test_files_move_into_a_bucket_and_back(server: S3Server, settings: Any, capsys: Any) -> None:
    folder = the_store()
    _fill(folder)
    address = address_of(server)
    call_command("move_files", "--to", address)
    told = capsys.readouterr().out
    assert "Moved 4 files (6.0 MB) to s3://files/of/us" in told and "COORDINA_FILES=" in told
    assert not [path for path in settings.DATA_DIR.rglob("*") if path.name not in ("in-use.lock", MARK)]
    settings.FILES = read_address(address)
    assert _held(the_store()) == CONTENT
    with pytest.raises(CommandError, match="there already"):
        call_command("move_files", "--to", address)
    call_command("move_files", "--to", "folder")
    assert not server.buckets["files"] and not server.uploads
    settings.FILES = None
    assert _held(the_store()) == CONTENT


def test_cut_off_it_goes_on_where_it_was(bucket: Bucket, server: S3Server, tmp_path: Path) -> None:
    folder, target = store_of(None, tmp_path), store_of(bucket, tmp_path)
    _fill(folder)

    def away(done: int) -> None:
        server.failing = 10**6 if done == 2 else 0

    with pytest.raises(FilesAway):
        move(folder, target, away)
    assert _held(folder) == CONTENT  # nothing was taken away
    server.failing = 0
    [half] = [name for name in server.buckets["files"] if name.endswith("one")]
    server.buckets["files"][half].content = b"?"  # as long as it should be, and another
    sent = [asked for asked in server.asked if asked.startswith("PUT")]
    moved = move(folder, target)
    again = [asked for asked in server.asked if asked.startswith("PUT")][len(sent) :]
    assert (moved.files, moved.before) == (4, 1)
    assert not [asked for asked in again if asked.endswith("two")]  # it was there, whole
    assert _held(target) == CONTENT and not _held(folder)


def test_what_is_read_back_as_another_is_told_and_nothing_taken_away(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, target = store_of(None, tmp_path), store_of(bucket, tmp_path)
    _fill(folder)
    blocks = moving._blocks
    monkeypatch.setattr(type(target), "write", lambda *given: type(folder).write(folder, "exports", "spoilt", [b"!"]))
    monkeypatch.setattr(type(target), "open", lambda *given: folder.open("exports", "spoilt"))
    with pytest.raises(Damaged):
        move(folder, target)
    assert blocks is moving._blocks and CONTENT.items() <= _held(folder).items()


@pytest.mark.parametrize("to", ["", "s4://x", "s3://KEY:hush@b"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(CommandError, match="--to") as told:
        call_command("move_files", "--to", to)
    assert "hush" not in str(told.value)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: S3Server) -> Path:
    """A data folder with a database, whose files are in the bucket."""
    folder = tmp_path / "company"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "coordina.sqlite3")) as made:
        made.execute("CREATE TABLE company (name text)")
        made.commit()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COORDINA_DATA", str(folder))
    monkeypatch.setenv("COORDINA_FILES", address_of(server))
    return folder


def _here(server: S3Server, folder: Path) -> Store:
    return store_of(read_address(address_of(server)), folder)


def test_a_backup_holds_what_is_in_the_bucket_and_puts_it_back(
    company: Path, server: S3Server, tmp_path: Path, capsys: Any
) -> None:
    _fill(_here(server, company))
    archive = tmp_path / "b.tar.gz"
    backup_command([str(archive)])
    assert "2 files beside the database" in capsys.readouterr().out
    objects = server.buckets["files"]
    del objects["of/us/files/ab/one"]
    _here(server, company).write("files", "ef/later", [b"3"])
    with pytest.raises(CommandFailed, match="holds data already"):
        restore_command([str(archive)])
    restore_command([str(archive), "--force"])
    assert objects["of/us/files/ab/one"].content == b"1"
    assert objects["of/us/files/cd/two"].content == CONTENT["files", "cd/two"]
    assert {entry.name for entry in _here(server, company).entries("files")} == {"ab/one", "cd/two"}
    [aside] = [name for name in objects if name.endswith("ef/later")]
    assert re.fullmatch(r"of/us/before-restore-[\d-]+/files/ef/later", aside) and objects[aside].content == b"3"
    told = capsys.readouterr().out
    assert "1 files that the backup does not hold are kept below before-restore-" in told and SECRET not in told
    assert not (company / "files").exists()


def test_a_backup_of_a_folder_goes_into_a_bucket(
    company: Path, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COORDINA_FILES", "folder")
    _fill(store_of(None, company))
    assert back_up(tmp_path / "b.tar.gz") == 2
    monkeypatch.setenv("COORDINA_FILES", address_of(server))
    monkeypatch.setenv("COORDINA_DATA", str(tmp_path / "new"))
    restore_command([str(tmp_path / "b.tar.gz")])
    assert {name.removeprefix("of/us/files/") for name in server.buckets["files"]} == {"ab/one", "cd/two"}
    assert not (tmp_path / "new" / "files").exists()


def test_a_bucket_that_is_away_stops_backup_and_restore_before_anything_changes(
    company: Path, server: S3Server, tmp_path: Path
) -> None:
    _fill(_here(server, company))
    archive = tmp_path / "b.tar.gz"
    backup_command([str(archive)])
    server.failing = 10**6
    with pytest.raises(CommandFailed, match="nothing was written"):
        backup_command([str(tmp_path / "c.tar.gz")])
    assert not (tmp_path / "c.tar.gz").exists()
    before = (company / "coordina.sqlite3").stat().st_ino
    with pytest.raises(CommandFailed, match="nothing was restored"):
        restore_command([str(archive), "--force"])
    assert (company / "coordina.sqlite3").stat().st_ino == before
    assert not list(company.glob("before-restore-*")) and not list(company.glob(".restore-*"))


def test_files_are_not_left_behind_by_a_setting_that_is_missing(
    company: Path, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A backup without files, or two places for them, would be told of too late."""
    settings.DATA_DIR = company
    monkeypatch.setenv("COORDINA_FILES", "folder")
    store_of(None, company).write("files", "ab/one", [b"1"])
    refuse_elsewhere(company)
    monkeypatch.setenv("COORDINA_FILES", address_of(server))
    with pytest.raises(CommandFailed, match=r"There are files in .*: move them first"):
        refuse_elsewhere(company)
    call_command("move_files", "--from", "folder", "--to", address_of(server))
    refuse_elsewhere(company)
    for other in ("folder", address_of(server, prefix="/else")):
        monkeypatch.setenv("COORDINA_FILES", other)
        for command in (refuse_elsewhere, lambda folder: back_up(tmp_path / "b.tar.gz")):
            with pytest.raises(CommandFailed, match=r"are in s3://files/of/us · http.*set COORDINA_FILES") as told:
                command(company)
            assert SECRET not in str(told.value)
    settings.FILES = None
    with pytest.raises(CommandError, match="are in s3://files/of/us"):
        call_command("move_files", "--to", address_of(server, prefix="/else"))
    monkeypatch.setenv("COORDINA_FILES", address_of(server))
    assert back_up(tmp_path / "b.tar.gz") == 1
    call_command("move_files", "--from", address_of(server), "--to", "folder")
    monkeypatch.setenv("COORDINA_FILES", "folder")
    refuse_elsewhere(company)
    assert back_up(tmp_path / "b.tar.gz") == 1


@pytest.mark.django_db(transaction=True)
def test_everything_goes_out_and_in_with_its_files(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    company = world.create(Company, name="Faro", owner=world.rep)
    about = {"subject_type": Company._meta.label, "subject_id": company.pk}
    world.act(attach_file, **about, ticket=keep([b"\x00bytes\xff"]), name="plano.pdf")
    assert write_everything(tmp_path / "a.zip").files == 1
    FILES.at(Attachment.objects.get().path).remove()
    empty()
    assert not holds_files()
    with opened(tmp_path / "a.zip") as source:
        with monkeypatch.context() as patch:
            patch.setattr(connection, "check_constraints", _stop)
            with pytest.raises(KeyboardInterrupt):
                bring_in(source)
        assert not holds_files()  # an import that fails leaves none
        bring_in(source)
    with FILES.at(Attachment.objects.get().path).open() as file:
        assert file.read() == b"\x00bytes\xff"


def _stop() -> None:
    raise KeyboardInterrupt
