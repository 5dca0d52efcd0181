"""A backup restores exactly what was there, and nothing else ever gets in."""

import io
import json
import os
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from coordina.accounts import quarantine
from coordina.config import archive
from coordina.config.backup import LAST, back_up
from coordina.config.backup import command as backup_command
from coordina.config.cli import CommandFailed
from coordina.config.restore import HOLD, refuse_unfinished, refuse_unheld, restore


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a database in WAL mode, a secret key and two files."""
    folder = tmp_path / "company"
    (folder / "files" / "2026").mkdir(parents=True)
    (folder / "files" / "2026" / "ñandú 1.txt").write_text("uno")
    (folder / "files" / "empty").write_bytes(b"")
    (folder / "secret.key").write_text("only-here")
    with closing(sqlite3.connect(folder / "coordina.sqlite3")) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE company (name text)")
        opened.execute("INSERT INTO company VALUES ('Aurora')")
        opened.commit()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COORDINA_DATA", str(folder))
    return folder


def companies(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "coordina.sqlite3")) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM company ORDER BY name")]


def forged(path: Path, members: list[tarfile.TarInfo], manifest: dict[str, object] | None = None) -> Path:
    """Write an archive by hand, each member with the content 'x' where it is a plain file."""
    with tarfile.open(path, "w:gz") as tar:
        for entry in members:
            entry.size = 1 if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(b"x") if entry.isreg() else None)
        if manifest is not None:
            content = json.dumps(manifest).encode()
            entry = tarfile.TarInfo("manifest.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "in-use.lock" and not path.name.endswith(("-wal", "-shm"))
    }


def test_what_was_there_comes_back_elsewhere(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert back_up(tmp_path / "b.tar.gz") == 2
    monkeypatch.setenv("COORDINA_DATA", str(tmp_path / "other"))
    restore(tmp_path / "b.tar.gz")
    assert companies(tmp_path / "other") == ["Aurora"]
    assert (tmp_path / "other" / "files" / "2026" / "ñandú 1.txt").read_text() == "uno"
    assert (tmp_path / "other" / "files" / "empty").read_bytes() == b""
    assert (tmp_path / "other" / "secret.key").read_text() == "only-here"


def test_a_backup_holds_what_others_have_committed_while_it_runs(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / "coordina.sqlite3")) as writer:
        writer.execute("INSERT INTO company VALUES ('Boreal')")
        writer.commit()
        writer.execute("INSERT INTO company VALUES ('unfinished')")
        back_up(tmp_path / "b.tar.gz")
        writer.rollback()
    restore(tmp_path / "b.tar.gz", force=True)
    assert companies(data) == ["Aurora", "Boreal"]


def test_a_backup_by_the_command_leaves_a_note_beside_the_data(data: Path, tmp_path: Path) -> None:
    backup_command([str(tmp_path / "b.tar.gz")])
    note = json.loads((data / LAST).read_text())
    assert note["bytes"] == (tmp_path / "b.tar.gz").stat().st_size
    assert datetime.fromisoformat(note["made_at"]).tzinfo is not None


def test_what_was_restored_does_not_serve_before_it_holds_back_what_waits(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz")
    refuse_unheld(data)
    restore(tmp_path / "b.tar.gz", force=True)
    with pytest.raises(CommandFailed, match="hold_outgoing"):
        refuse_unheld(data)
    assert HOLD == quarantine.FIRST


def test_only_its_owner_may_read_an_archive(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0
    assert sorted(os.listdir(tmp_path)) == ["b.tar.gz", "company"]


def test_present_data_is_replaced_only_when_asked_and_kept_aside(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz")
    with closing(sqlite3.connect(data / "coordina.sqlite3")) as opened:
        opened.execute("UPDATE company SET name = 'later'")
        opened.commit()
    (data / "files" / "later").write_text("dos")
    with pytest.raises(CommandFailed, match="--force"):
        restore(tmp_path / "b.tar.gz")
    assert companies(data) == ["later"]
    restore(tmp_path / "b.tar.gz", force=True)
    assert companies(data) == ["Aurora"]
    assert not (data / "files" / "later").exists()
    (aside,) = data.glob("before-restore-*")
    assert companies(aside) == ["later"]
    assert (aside / "files" / "later").read_text() == "dos"


@pytest.mark.parametrize("size", [0, 100, -40])
def test_a_cut_archive_changes_nothing(data: Path, tmp_path: Path, size: int) -> None:
    back_up(tmp_path / "b.tar.gz")
    content = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(content[:size])
    before = snapshot(data)
    with pytest.raises(CommandFailed, match="nothing was restored"):
        restore(tmp_path / "b.tar.gz", force=True)
    assert snapshot(data) == before


def test_a_changed_member_is_found_by_its_checksum(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz")
    manifest = archive.unpack(tmp_path / "b.tar.gz", tmp_path / "out")
    (tmp_path / "out" / "files" / "empty").write_text("not empty")
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as tar:
        for name in manifest["members"]:
            tar.add(tmp_path / "out" / name, name)
        (tmp_path / "manifest.json").write_text(json.dumps(manifest))
        tar.add(tmp_path / "manifest.json", "manifest.json")
    with pytest.raises(CommandFailed, match="damaged at files/empty"):
        restore(tmp_path / "c.tar.gz", force=True)
    assert companies(data) == ["Aurora"]


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "/etc/passwd"
    return entry


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("/etc/cron.d/x"),
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("files/../../outside"),
        tarfile.TarInfo("files/./x"),
        tarfile.TarInfo("files"),
        tarfile.TarInfo("migrated.json"),
        link("files/x", tarfile.SYMTYPE),
        link("files/x", tarfile.LNKTYPE),
        link("files/x", tarfile.CHRTYPE),
        link("files/x", tarfile.DIRTYPE),
    ],
    ids=lambda entry: f"{entry.name}-{entry.type!r}",
)
def test_a_member_that_no_backup_holds_is_refused(data: Path, tmp_path: Path, member: tarfile.TarInfo) -> None:
    before = snapshot(tmp_path)
    source = forged(tmp_path / "evil.tar.gz", [member], {"format": 1, "members": {}})
    with pytest.raises(CommandFailed, match="nothing was restored"):
        restore(source, force=True)
    source.unlink()
    assert snapshot(tmp_path) == before


def test_a_member_twice_is_refused(data: Path, tmp_path: Path) -> None:
    twice = [tarfile.TarInfo("files/x"), tarfile.TarInfo("files/x")]
    with pytest.raises(CommandFailed, match="wrong place"):
        restore(forged(tmp_path / "evil.tar.gz", twice, {"format": 1, "members": {}}), force=True)


def test_an_archive_of_a_newer_form_says_so(data: Path, tmp_path: Path) -> None:
    source = forged(tmp_path / "new.tar.gz", [], {"format": 2, "coordina": "9.0", "members": {}})
    with pytest.raises(CommandFailed, match=r"newer Coordina \(9\.0\)"):
        restore(source, force=True)


def test_an_archive_of_the_other_database_is_refused(data: Path, tmp_path: Path) -> None:
    source = forged(tmp_path / "pg.tar.gz", [], {"format": 1, "database": "postgresql", "members": {}})
    with pytest.raises(CommandFailed, match="this set-up uses sqlite"):
        restore(source, force=True)


def test_a_restore_that_was_killed_between_two_moves_is_noticed_and_done_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(tmp_path / "b.tar.gz")
    (data / ".restore-killed").mkdir()
    moves = iter(range(10))
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if next(moves) == 2:
            raise KeyboardInterrupt  # passes every handler, as a kill would
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "b.tar.gz", force=True)
    with pytest.raises(CommandFailed, match=r"was cut off: run it again with --force.*before-restore-"):
        refuse_unfinished(data)
    restore(tmp_path / "b.tar.gz", force=True)
    refuse_unfinished(data)
    assert companies(data) == ["Aurora"]
    assert not list(data.glob(".restore-*"))


def test_nothing_to_back_up_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COORDINA_DATA", str(tmp_path / "none"))
    with pytest.raises(CommandFailed, match="nothing to back up"):
        back_up(tmp_path / "b.tar.gz")
    assert os.listdir(tmp_path) == []
