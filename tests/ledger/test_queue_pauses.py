"""Long work on SQLite does not keep everybody else from writing."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from coordina.ledger.queue.claim import Claimed
from coordina.ledger.queue.progress import Run


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases have no one lock for all that write")
def test_a_long_job_leaves_the_write_lock_to_others_now_and_then(tmp_path: Path) -> None:
    """Without its pauses it would take the lock again before anybody who waits looks for it, for as long as it runs."""
    claimed = Claimed(1, "t", [], {}, "w", 1, 1, None, None, "es", "UTC", False)
    file, over = tmp_path / "one.sqlite3", threading.Event()

    def other() -> None:
        with closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as link:
            link.execute("BEGIN IMMEDIATE")
            link.execute("COMMIT")
        over.set()

    with closing(sqlite3.connect(file, isolation_level=None)) as link:
        link.execute("PRAGMA journal_mode=WAL")
        waiting = threading.Thread(target=other)
        run, began = Run(claimed, kept=True, every=60), time.monotonic()
        link.execute("BEGIN IMMEDIATE")
        waiting.start()
        while not over.is_set() and time.monotonic() - began < 4:
            time.sleep(0.04)
            link.execute("COMMIT")
            run.check()
            link.execute("BEGIN IMMEDIATE")
        link.execute("COMMIT")
        waiting.join()
    assert time.monotonic() - began < 4
