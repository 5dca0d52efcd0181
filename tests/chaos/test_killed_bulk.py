"""A worker killed in the middle of a bulk edit, and again in the middle of its undo: nothing is lost or done twice."""

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

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.sqlite_only]
ROOT = Path(__file__).parents[2]
ROWS = 4000
PREPARE = """
import django; django.setup()
from django.utils import timezone
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.records.bulk import running, steps
from coordina.records.models import BulkRun
from tests.world import World
world = World()
with change_set(by=None, at=timezone.now(), via="system"):
    Company.objects.bulk_create(
        [Company(name=f"Empresa {n}", city=f"Ciudad {n % 7}", owner=world.rep, team=world.north) for n in range(ROWS)]
    )
run = BulkRun(by=world.boss, type="company", action="customers.edit_company", query="", created_at=timezone.now())
run.given = {"set": {"city": "Ávila", "owner": world.other.pk}, "add": {"tags": ["feria"]}}
run.save()
running.check(run, progress=lambda rows: None)
steps.start(run)
"""
UNDO = """
import django; django.setup()
from coordina.records.models import BulkRun
from coordina.web.undoing import undo_changes
run = BulkRun.objects.get()
undo_changes.using(by=run.by_id, order_key=f"undo:{run.change_set_id}").enqueue(run.change_set_id, run.by_id, False)
undo_changes.using(by=run.by_id, order_key=f"undo:{run.change_set_id}").enqueue(run.change_set_id, run.by_id, False)
"""
ASK = """
import django, json; django.setup()
from collections import Counter
from coordina.core.derived import REBUILDS
from coordina.customers.models import Company
from coordina.ledger.models import ChangeSet
from coordina.ledger.history import history_of
from coordina.records.models import BulkRun, TagLink
from tests.guards.replay import lies
run = BulkRun.objects.get()
print(json.dumps({
    "counts": run.counts, "cities": Counter(Company.objects.values_list("city", flat=True)),
    "owners": len(set(Company.objects.values_list("owner_id", flat=True))), "tags": TagLink.objects.count(),
    "versions": sorted(set(Company.objects.values_list("version", flat=True))),
    "sets": ChangeSet.objects.filter(via="bulk").count(), "undos": ChangeSet.objects.filter(via="undo").count(),
    "lies": lies()[:3], "derived": {n: c for n, (_r, compare) in REBUILDS.items() if (c := compare())},
}))
"""


class Site:
    """A database in a folder, with workers that are killed."""

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

    def run(self, code: str) -> Any:
        """What some code prints in a process of its own."""
        command = [sys.executable, "-c", code.replace("ROWS", str(ROWS))]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def asked(self, sql: str) -> Any:
        base = sqlite3.connect(f"file:{self.folder / 'coordina.sqlite3'}?mode=ro", uri=True)
        try:
            return base.execute(sql).fetchone()[0]
        finally:
            base.close()

    def killed_when(self, sql: str, least: int) -> None:
        """Start a worker and kill it as soon as a number is reached."""
        worker = subprocess.Popen([sys.executable, "-m", "coordina", "worker", "--threads", "1"], env=self.env)
        self.workers.append(worker)
        self.until(lambda: int(self.asked(sql) or 0) >= least)
        worker.kill()
        worker.wait(10)

    def worker(self) -> None:
        self.workers.append(
            subprocess.Popen([sys.executable, "-m", "coordina", "worker", "--threads", "1"], env=self.env)
        )

    def until(self, condition: Any, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.05)


@pytest.fixture
def site(tmp_path: Path, migrated: Callable[[Path], None]) -> Iterator[Site]:
    migrated(tmp_path)
    made = Site(tmp_path)
    yield made
    for worker in made.workers:
        worker.kill()
        worker.wait(10)


def test_a_bulk_edit_and_its_undo_survive_kill_nine(site: Site) -> None:
    site.run(PREPARE)
    behind = "SELECT behind FROM records_bulkrun"
    site.killed_when(behind, 1000)
    site.killed_when(behind, 2000)
    assert site.asked("SELECT state FROM records_bulkrun") == "running"
    assert site.asked(behind) == site.asked("SELECT count(*) FROM customers_company WHERE city = 'Ávila'")
    site.worker()
    site.until(lambda: site.asked("SELECT state FROM records_bulkrun") == "done")
    told = site.run(ASK)
    assert told["counts"] == {"change": ROWS, "same": 0, "refused": 0, "done": ROWS}
    assert (told["cities"], told["owners"], told["tags"]) == ({"Ávila": ROWS}, 1, ROWS)
    assert (told["versions"], told["sets"], told["lies"], told["derived"]) == ([2], 1, [], {})
    for worker in site.workers:
        worker.kill()
        worker.wait(10)

    site.run(UNDO)
    chunks = "SELECT json_extract(undoing, '$.chunks') FROM ledger_changeset WHERE via = 'bulk'"
    site.killed_when(chunks, 3)
    site.killed_when(chunks, 6)
    assert site.asked("SELECT state FROM ledger_changeset WHERE via = 'bulk'") == "done"
    site.worker()
    site.until(lambda: site.asked("SELECT state FROM ledger_changeset WHERE via = 'bulk'") == "undone")
    site.until(lambda: site.asked("SELECT count(*) FROM ledger_job WHERE state IN ('ready', 'running')") == 0)
    told = site.run(ASK)
    assert set(told["cities"]) == {f"Ciudad {n}" for n in range(7)}
    assert (told["tags"], told["undos"], told["lies"], told["derived"]) == (0, 1, [], {})
    assert told["versions"] == [3]
