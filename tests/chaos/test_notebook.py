"""What programs were answered is looked for, in tables and at the receiver of webhooks; and each fault is seen."""

import hashlib
import sqlite3
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.notebook import Notebook
from tests.chaos.receiver import Receiver

TABLES = """
CREATE TABLE pipeline_opportunity (id INTEGER, name TEXT, version INTEGER);
CREATE TABLE customers_company (id INTEGER, name TEXT, city TEXT, version INTEGER);
CREATE TABLE ledger_changeset (id INTEGER, state TEXT);
CREATE TABLE records_attachment (name TEXT, path TEXT, digest TEXT);
INSERT INTO pipeline_opportunity VALUES (1, 'uno', 2), (2, 'dos', 1), (3, 'dos', 1);
INSERT INTO customers_company VALUES (1, 'tres 0', 'Vigo', 1), (2, 'tres 1', 'Vigo', 1), (3, 'cuatro 0', 'Vigo', 1),
  (4, 'cuatro 1', 'Lugo', 2), (5, 'cinco 0', 'Lugo', 2), (6, 'seis 0', 'Lugo', 3);
INSERT INTO ledger_changeset VALUES (7, 'done'), (8, 'undone');
"""
SHA = hashlib.sha256(b"bytes").hexdigest()
SALE: dict[str, Any] = {"noun": "opportunity"}


class Database:
    """A few rows to be judged by, and a file that is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.link = sqlite3.connect(":memory:")
        self.link.executescript(TABLES)
        (folder / "files").mkdir()
        (folder / "files" / "a").write_bytes(b"bytes")
        rows = [("whole", "a", SHA), ("torn", "gone", SHA), ("twice", "a", SHA), ("twice", "a", SHA)]
        self.link.executemany("INSERT INTO records_attachment VALUES (?, ?, ?)", rows)

    def ask(self, sql: str) -> list[Any]:
        return self.link.execute(sql).fetchall()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("kind", "mark", "facts", "found"),
    [
        ("made", "uno", SALE | {"pk": 1, "change": 7}, ""),
        ("made", "uno", SALE | {"pk": 1, "change": 9}, "lost"),
        ("made", "dos", SALE | {"pk": 2, "change": 7}, "doubled"),
        ("made", "nada", SALE | {"pk": 9, "change": 7}, "lost"),
        ("changed", "k", SALE | {"pk": 1, "before": 1, "version": 2, "change": 7}, ""),
        ("changed", "k", SALE | {"pk": 1, "before": 1, "version": 3, "change": 7}, "doubled"),
        ("changed", "k", SALE | {"pk": 1, "before": 2, "version": 3, "change": 7}, "lost"),
        ("changed", "k", SALE | {"pk": 1, "before": 0, "version": 1, "change": 7}, "doubled"),
        ("gone", "k", SALE | {"pk": 9}, ""),
        ("gone", "k", SALE | {"pk": 1}, "lost"),
        ("undone", "8", SALE | {"pk": 9, "change": 8}, ""),
        ("undone", "8", SALE | {"pk": 1, "change": 8}, "halves"),
        ("undone", "7", SALE | {"pk": 1, "change": 7}, "lost"),
        ("many", "tres", {"rows": 2}, ""),
        ("many", "tres", {"rows": 3}, "halves"),
        ("many", "tres", {"rows": 1}, "doubled"),
        ("many", "cuatro", {"rows": 2}, "halves"),
        ("many", "nada", {"rows": 2}, "lost"),
        ("many_changed", "cinco", {"city": "Lugo"}, ""),
        ("many_changed", "tres", {"city": "Lugo"}, "lost"),
        ("many_changed", "seis", {"city": "Lugo"}, "doubled"),
        ("many_changed", "cuatro", {"city": "Lugo"}, "halves"),
        ("file", "whole", {"digest": SHA}, ""),
        ("file", "torn", {"digest": SHA}, "halves"),
        ("file", "twice", {"digest": SHA}, "doubled"),
        ("file", "nada", {"digest": SHA}, "lost"),
    ],
)
def test_what_was_answered_is_looked_for(
    kind: str, mark: str, facts: dict[str, Any], found: str, tmp_path: Path, receiver: Receiver
) -> None:
    book = Notebook(tmp_path / "notes.jsonl", receiver)
    book.good(book.add(kind, mark, **facts))
    told = book.judged(Database(tmp_path))  # type: ignore[arg-type]  # it only asks
    assert {name for name, texts in told.items() if texts} == ({found} if found else set())


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("made", SALE), ("changed", SALE | {"pk": 1, "before": 2}), ("many", {"rows": 2}), ("file", {"digest": SHA})],
)
def test_what_got_no_answer_may_be_missing(
    kind: str, facts: dict[str, Any], tmp_path: Path, receiver: Receiver
) -> None:
    book = Notebook(tmp_path / "notes.jsonl", receiver)
    book.add(kind, "nada", **facts)
    assert not any(book.judged(Database(tmp_path)).values())  # type: ignore[arg-type]  # it only asks


def send(receiver: Receiver, delivery: str, body: bytes) -> None:
    request = urllib.request.Request(receiver.url, body, {"Coordina-Delivery": delivery})
    urllib.request.urlopen(request, timeout=5).close()


def test_webhooks_tell_of_everything_under_one_id_each(tmp_path: Path, receiver: Receiver) -> None:
    book = Notebook(tmp_path / "notes.jsonl", receiver)
    book.good(book.add("made", "uno", noun="opportunity"), pk=1, change=7)
    book.good(book.add("made", "dos", noun="opportunity"), pk=2, change=8)
    book.add("gone", "k", noun="opportunity", pk=2)
    assert book.unheard()["lost"] == ["event 7-opportunity.created-1"]
    send(receiver, "dlv_a", b'{"id": "7-opportunity.created-1"}')
    send(receiver, "dlv_a", b'{"id": "7-opportunity.created-1"}')
    assert not any(book.unheard().values())
    assert receiver.came() == (1, 1)
    send(receiver, "dlv_b", b'[{"id": "7-opportunity.created-1"}]')
    assert len(book.unheard()["doubled"]) == 1
