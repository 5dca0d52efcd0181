"""The commands on the server: out of one system, into another, on another database, cut off and begun again."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coordina.accounts.models import User
from coordina.config.cli import CommandFailed
from coordina.config.restore import FIRST, HOLD, LIST, UNREAD, refuse_unfinished
from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.leads.models import Lead
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.privacy import beside
from coordina.privacy.models import Erasure
from coordina.transfer import coming_in, finishing
from coordina.transfer.models import Archive
from tests.transfer.rows import empty, everything
from tests.world import World

from .conftest import members_of

ROOT = Path(__file__).resolve().parents[2]
database = pytest.mark.django_db(transaction=True)


def run(folder: Path, *words: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """A command of a system of its own."""
    environment = {**os.environ, "COORDINA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "coordina.config.settings"}
    environment |= {"PYTHONPATH": f"src{os.pathsep}.", "COORDINA_LOG_LEVEL": "ERROR", "DATABASE_URL": url}
    program = [sys.executable, *words] if words[0].endswith(".py") else [sys.executable, "-m", "coordina", *words]
    return subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def archive(tmp_path: Path, settings: Any) -> Path:
    """An archive that the command wrote; the database it came from is empty again."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    world = World()
    world.create(Company, name="Aurora")
    call_command("export_everything", str(tmp_path / "a.zip"))
    empty()
    return tmp_path / "a.zip"


@database
def test_that_it_was_made_is_on_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    World()
    call_command("export_everything", str(tmp_path / "a.zip"))
    made = Archive.objects.get()
    assert made.size == (tmp_path / "a.zip").stat().st_size and made.owner is None
    assert ChangeSet.objects.filter(action="transfer.order_archive", via="system").exists()
    assert "keep it safe" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no folder"):
        call_command("export_everything", str(tmp_path / "none" / "a.zip"))


@database
def test_in_it_comes_whole(archive: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_everything", str(archive))
    assert Company.objects.get().name == "Aurora"
    assert "The ledger is as it was sealed" in capsys.readouterr().out
    assert not (settings.DATA_DIR / UNREAD).exists()
    assert (settings.DATA_DIR / HOLD).exists()  # the next start lets nothing leave
    with pytest.raises(CommandError, match="not empty"):
        call_command("import_everything", str(archive))


@database
def test_files_of_somebody_else_are_not_mixed_with(archive: Path, settings: Any) -> None:
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "theirs").write_text("x")
    with pytest.raises(CommandError, match="holds files already"):
        call_command("import_everything", str(archive))
    assert coming_in.is_empty()


@database
def test_cut_off_before_the_commit_it_is_read_again(
    archive: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(connection, "check_constraints", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("import_everything", str(archive))
    assert coming_in.is_empty()
    with pytest.raises(CommandFailed, match="cut off"):
        refuse_unfinished(settings.DATA_DIR)
    (settings.MEDIA_ROOT / "ab").mkdir(parents=True)
    (settings.MEDIA_ROOT / "ab" / "half").write_text("a file that the kill left")
    call_command("import_everything", str(archive))
    assert Company.objects.get().name == "Aurora"
    refuse_unfinished(settings.DATA_DIR)


@database
def test_cut_off_after_the_commit_only_the_rest_is_done(
    archive: Path, forge: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(say: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finishing, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("import_everything", str(archive))
    assert Company.objects.exists()
    before = everything()
    with pytest.raises(CommandError, match="Another archive was being read"):
        call_command("import_everything", str(forge(archive, manifest={"made_at": "later"})))
    call_command("import_everything", str(archive))
    assert everything() == before
    assert not (settings.DATA_DIR / UNREAD).exists()


@database
def test_who_was_erased_since_is_erased_again(
    archive: Path, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_everything", str(archive))
    boss = User.objects.for_request().get(role__slug="administrator")
    lead = submit(standard(Lead, "create"), {"name": "Quien pidió irse"}, by=boss, via="web")
    call_command("export_everything", str(tmp_path / "b.zip"))
    beside.remember({"leads.Lead": [lead.pk]})
    empty()
    call_command("import_everything", str(tmp_path / "b.zip"))
    assert "Erased again: 1" in capsys.readouterr().out
    assert not Lead.objects.filter(name="Quien pidió irse").exists()
    assert Erasure.objects.count() == 1
    assert (settings.DATA_DIR / LIST).exists() and not (settings.DATA_DIR / FIRST).exists()


def test_across_databases_and_back(tmp_path: Path, postgres: str) -> None:
    """SQLite, PostgreSQL, SQLite: three systems of their own. Slow because each is migrated and a process."""
    (tmp_path / "one").mkdir()
    made = run(tmp_path / "one", "tests/transfer/company.py", str(tmp_path / "a.zip"))
    assert made.returncode == 0, made.stderr[-2000:]
    for number, (name, url) in enumerate((("two", postgres), ("three", ""))):
        source, target = tmp_path / f"{'ab'[number]}.zip", tmp_path / f"{'bc'[number]}.zip"
        (tmp_path / name).mkdir()
        came = run(tmp_path / name, "import_everything", str(source), url=url)
        assert came.returncode == 0, came.stderr[-2000:]
        gone = run(tmp_path / name, "export_everything", str(target), url=url)
        assert gone.returncode == 0, gone.stderr[-2000:]
    first = members_of(tmp_path / "a.zip")
    assert len(first) > 100
    assert members_of(tmp_path / "b.zip") == first
    assert members_of(tmp_path / "c.zip") == first
    checked = run(tmp_path / "two", "rebuild", "--check", url=postgres)
    assert checked.returncode == 0, checked.stdout
    with zipfile.ZipFile(tmp_path / "c.zip") as packed:
        assert json.loads(packed.read("data/accounts.Organization.jsonl"))["name"] == "Lumbrera"
