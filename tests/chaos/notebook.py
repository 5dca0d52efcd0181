"""What programs sent and what was answered, line by line on disk; and whether the database and receivers agree.

Every request is noted before it is sent, and again when its answer was good. What is judged is read from the file.
"""

import hashlib
import json
import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.chaos.company import Company
from tests.chaos.receiver import Receiver

TABLES = {"opportunity": "pipeline_opportunity", "company": "customers_company"}
type Entry = dict[str, Any]
type Found = dict[str, list[str]]


class Notebook:
    """All requests of a run, by whichever program sent them.

    Args:
        path: File of the lines.
        receiver: Where webhooks arrive.
    """

    def __init__(self, path: Path, receiver: Receiver) -> None:
        self.path, self.receiver = path, receiver
        self.complaints: list[str] = []
        self._lock = threading.Lock()
        self._file = path.open("a")
        self._sent = self._good = 0

    def add(self, kind: str, mark: str, **facts: Any) -> int:
        """Note a request that is about to be sent; gives its number."""
        with self._lock:
            self._sent += 1
            self._write({"n": self._sent, "kind": kind, "mark": mark, "ok": False, **facts})
            return self._sent

    def good(self, number: int, **facts: Any) -> None:
        """Note a good answer, with what it told."""
        with self._lock:
            self._good += 1
            self._write({"n": number, "ok": True, **facts})

    def _write(self, line: Entry) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def complain(self, text: str) -> None:
        """Note an answer that should not have come."""
        with self._lock:
            self.complaints.append(text)

    def answered(self) -> int:
        """How many requests were acknowledged."""
        with self._lock:
            return self._good

    def read(self) -> list[Entry]:
        """The requests as the file has them."""
        found: dict[int, Entry] = {}
        for line in self.path.read_text().splitlines():
            said = json.loads(line)
            found.setdefault(said["n"], {}).update(said)
        return list(found.values())

    def judged(self, company: Company) -> Found:
        """What is lost, doubled or there by halves."""
        found: Found = {"lost": [], "doubled": [], "halves": []}
        entries = self.read()
        state = State(company, _removed(entries))
        for entry in entries:
            if wrong := JUDGES[entry["kind"]](entry, state):
                found[wrong].append(f"{entry['kind']} {entry['mark']}")
        found["doubled"] += _moved_on(entries, state)
        return found

    def unheard(self) -> Found:
        """Whether webhooks told of everything that was acknowledged and stayed, each under one delivery id."""
        told = self.receiver.told()
        entries = self.read()
        gone = _removed(entries)
        lost = []
        for entry in entries:
            if entry["ok"] and (event := EVENTS.get(entry["kind"])) and (entry["noun"], entry["pk"]) not in gone:
                name = f"{entry['change']}-{entry['noun']}.{event}-{entry['pk']}"
                lost += [f"event {name}"] if name not in told else []
        doubled = [f"event {name}: {sorted(ids)}" for name, ids in told.items() if len(ids) > 1]
        return {"lost": lost, "doubled": doubled, "halves": []}


def _removed(entries: list[Entry]) -> set[tuple[str, int]]:
    """Records that somebody asked to remove, whatever was answered."""
    return {(entry["noun"], entry["pk"]) for entry in entries if entry["kind"] in ("gone", "undone")}


class State:
    """What the database holds, asked for once.

    Args:
        company: Whose.
        removed: Noun and id of records that may be gone.
    """

    def __init__(self, company: Company, removed: set[tuple[str, int]]) -> None:
        self.folder, self.removed = company.folder, removed
        self.rows: dict[str, dict[int, tuple[str, int]]] = {}
        self.names: dict[str, Counter[str]] = {}
        for noun, table in TABLES.items():
            rows = company.ask(f"SELECT id, name, version FROM {table}")
            self.rows[noun] = {pk: (name, version) for pk, name, version in rows}
            self.names[noun] = Counter(name for _pk, name, _version in rows)
        self.changes = dict(company.ask("SELECT id, state FROM ledger_changeset"))
        self.bulk: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, city, version in company.ask("SELECT name, city, version FROM customers_company"):
            mark, _blank, number = name.rpartition(" ")
            if number.isdigit():
                self.bulk[mark].append((city, version))
        files = company.ask("SELECT name, path, digest FROM records_attachment")
        self.files: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, path, digest in files:
            self.files[name].append((path, digest))


def _made(entry: Entry, state: State) -> str:
    count = state.names[entry["noun"]][entry["mark"]]
    if count > 1:
        return "doubled"
    if not entry["ok"]:
        return ""
    here = entry["pk"] in state.rows[entry["noun"]] or (entry["noun"], entry["pk"]) in state.removed
    return "" if here and entry["change"] in state.changes else "lost"


def _changed(entry: Entry, state: State) -> str:
    """A change that was answered has moved the version on, once."""
    if not entry["ok"]:
        return ""
    if entry["version"] != entry["before"] + 1:
        return "doubled"
    row = state.rows[entry["noun"]].get(entry["pk"])
    there = row[1] >= entry["version"] if row is not None else (entry["noun"], entry["pk"]) in state.removed
    return "" if there and entry["change"] in state.changes else "lost"


def _moved_on(entries: list[Entry], state: State) -> list[str]:
    """Records all of whose changes were answered, but whose version is a later one: something was done twice."""
    last: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        if entry["kind"] == "changed":
            last[entry["noun"], entry["pk"]] = entry
    rows = {place: state.rows[place[0]].get(place[1]) for place in last}
    return [
        f"changed {last[place]['mark']}"
        for place, row in rows.items()
        if last[place]["ok"] and row is not None and row[1] > last[place]["version"]
    ]


def _gone(entry: Entry, state: State) -> str:
    return "lost" if entry["ok"] and entry["pk"] in state.rows[entry["noun"]] else ""


def _undone(entry: Entry, state: State) -> str:
    here = entry["pk"] in state.rows[entry["noun"]]
    undone = state.changes.get(entry["change"]) == "undone"
    if here == undone:
        return "halves"
    return "lost" if entry["ok"] and not undone else ""


def _many(entry: Entry, state: State) -> str:
    """Rows of one request are there together or not at all, and later all of them changed or none."""
    rows = state.bulk.get(entry["mark"], [])
    if len(rows) > entry["rows"]:
        return "doubled"
    if len(rows) not in (0, entry["rows"]) or len(set(rows)) > 1:
        return "halves"
    return "lost" if entry["ok"] and not rows else ""


def _many_changed(entry: Entry, state: State) -> str:
    rows = set(state.bulk.get(entry["mark"], []))
    if len(rows) != 1:
        return "halves"
    [(city, version)] = rows
    if entry["ok"] and (city, version) != (entry["city"], 2):
        return "lost" if version < 2 else "doubled"
    return ""


def _file(entry: Entry, state: State) -> str:
    rows = state.files.get(entry["mark"], [])
    if len(rows) > 1:
        return "doubled"
    if not rows:
        return "lost" if entry["ok"] else ""
    [(path, digest)] = rows
    place = state.folder / "files" / path
    whole = place.exists() and hashlib.sha256(place.read_bytes()).hexdigest() == digest == entry["digest"]
    return "" if whole else "halves"


JUDGES = {
    "made": _made,
    "changed": _changed,
    "gone": _gone,
    "undone": _undone,
    "many": _many,
    "many_changed": _many_changed,
    "file": _file,
}
EVENTS = {"made": "created", "changed": "changed"}
"""What webhooks tell of a kind of request."""
