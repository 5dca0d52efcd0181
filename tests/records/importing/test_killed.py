"""A worker that is killed in the middle of an import: another one goes on, and no row is lost or doubled."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
ROWS = 6000
PREPARE = """
import django; django.setup()
from coordina.records import jobs
from coordina.records.importing import files, steps
from tests.world import World
world = World()
rows = "".join(f"{n},Company {n},Sector {n % 9},{f"Company {n // 2}" if n else ""}\\n" for n in range(ROWS))
path, size = files.keep([b"record id,company,sector,subsidiary of\\n" + rows.encode()])
run = steps.start(world.boss, "company", "big.csv", path, size)
steps.read(run, lambda rows: None)
run.state = "running"
run.save()
jobs.import_rows.enqueue(run.pk)
"""
ASK = """
import django, json; django.setup()
from collections import Counter
from coordina.customers.models import Company
from coordina.ledger.models import Batch, ChangeSet
from coordina.records.models import ExternalId, ImportRun
from coordina.records.importing import running
run = ImportRun.objects.select_related("by__role", "change_set").get()
names = Counter(Company.objects.values_list("name", flat=True))
said = {
    "state": run.state, "behind": run.behind, "counts": run.counts, "companies": sum(names.values()),
    "twice": [n for n, c in names.items() if c > 1], "ids": ExternalId.objects.count(),
    "sets": ChangeSet.objects.filter(action="records.import").count(),
}
running.take_back(run, run.by, force=False, progress=lambda rows: None)
said["left"] = Company.objects.count()
print(json.dumps(said))
"""


class Site:
    """A database in a folder, with processes that work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = os.environ | {
            "COORDINA_TEST_SITE": str(folder),
            "DJANGO_SETTINGS_MODULE": "tests.records.importing.worker_settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "COORDINA_LOG_LEVEL": "ERROR",
            "DATABASE_URL": "",
        }
        self.workers: list[subprocess.Popen[bytes]] = []

    def run(self, code: str) -> str:
        """What some code prints in a process of its own."""
        code = code.replace("ROWS", str(ROWS))
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def worker(self) -> "subprocess.Popen[bytes]":
        """A worker at work."""
        made = subprocess.Popen([sys.executable, "-m", "coordina", "worker", "--threads", "1"], env=self.env)
        self.workers.append(made)
        return made

    def until(self, condition: Any, seconds: float = 120) -> None:
        """Wait until a run's state and rows behind are as wanted."""
        end = time.monotonic() + seconds
        base = sqlite3.connect(f"file:{self.folder / 'coordina.sqlite3'}?mode=ro", uri=True)
        while not condition(*base.execute("SELECT state, behind FROM records_importrun").fetchone()):
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.02)
        base.close()


@pytest.fixture
def site(tmp_path: Path, migrated: Callable[[Path], None]) -> Iterator[Site]:
    migrated(tmp_path)
    made = Site(tmp_path)
    yield made
    for worker in made.workers:
        worker.kill()
        worker.wait(10)


@pytest.mark.slow
@pytest.mark.sqlite_only
def test_kill_nine_in_the_middle_loses_and_doubles_nothing(site: Site) -> None:
    site.run(PREPARE)
    for goal in (500, 2500):
        worker = site.worker()
        site.until(lambda state, behind, goal=goal: behind >= goal)
        worker.kill()
        worker.wait(10)
    base = sqlite3.connect(site.folder / "coordina.sqlite3")
    behind, state = base.execute("SELECT behind, state FROM records_importrun").fetchone()
    assert (state, base.execute("SELECT count(*) FROM records_externalid").fetchone()[0]) == ("running", behind)
    base.close()
    assert behind < ROWS
    site.worker()
    site.until(lambda state, behind: state == "done")
    said = json.loads(site.run(ASK).splitlines()[-1])
    assert said["twice"] == []
    assert (said["companies"], said["ids"], said["sets"]) == (ROWS, ROWS, 1)
    assert (said["counts"]["new"], said["counts"]["error"]) == (ROWS, 0)
    assert said["left"] == 0, "the import is undone as a whole, whoever wrote its parts"
