"""What programs can ask for: one operation for each thing that record types and actions declare, with a stable name."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from coordina.core.actions import ACTIONS, Action
from coordina.core.types import TYPES, RecordType, find_type, type_of
from coordina.records.bulk.rowwise import takes_many
from coordina.records.models import Attachment
from coordina.records.subjects import holds_things

ANY = "actions"
"""First part of the addresses of actions that belong to no record type."""
MANY = "bulk"
FILES = "files"
"""Last part of the addresses of a record's files."""


class Does(StrEnum):
    """Kinds of operation; all operations of a kind are answered by one function."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    ACT = "act"
    CALL = "call"
    CREATE_MANY = "create_many"
    EDIT_MANY = "edit_many"
    DELETE_MANY = "delete_many"
    ACT_MANY = "act_many"
    FILES = "files"
    UPLOAD = "upload"
    DOWNLOAD = "download"

    @property
    def many(self) -> bool:
        """Whether it takes many rows in one request."""
        return self.value.endswith("_many")

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self not in (Does.LIST, Does.READ, Does.FILES, Does.DOWNLOAD)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can ask for.

    Attributes:
        name: Stable: `companies.list`, `opportunities.win`; the `operationId` of the document.
        path: Below `/api/v1`; `{ref}` names a record.
        known: The record type; None for an action that belongs to none.
        declared: The action; None for reading.
    """

    name: str
    method: str
    path: str
    does: Does
    known: RecordType | None
    declared: Action | None = None

    @property
    def status(self) -> int:
        """Status of the answer when it was done."""
        return 201 if self.does in (Does.CREATE, Does.UPLOAD) else 204 if self.does is Does.DELETE else 200


class Table:
    """The operations by name, and by method and address."""

    def __init__(self, operations: Iterator[Operation]) -> None:
        self.by_name: dict[str, Operation] = {}
        self._places: dict[tuple[str, ...], dict[str, Operation]] = {}
        for each in operations:
            if each.name in self.by_name:
                raise RuntimeError(f"two operations are called {each.name}")
            self.by_name[each.name] = each
            here = self._places.setdefault(tuple(each.path.strip("/").split("/")), {})
            if each.method in here:
                raise RuntimeError(f"two operations answer {each.method} {each.path}")
            here[each.method] = each

    def at(self, parts: tuple[str, ...]) -> tuple[dict[str, Operation], str]:
        """The operations of an address by method, none where it leads nowhere; and what names the record in it."""
        found = self._places.get(parts)
        if found is not None:
            return found, ""
        if len(parts) in (2, 3):
            return self._places.get((parts[0], "{ref}", *parts[2:]), {}), parts[1]
        return {}, ""


_table: tuple[tuple[int, int], Table] | None = None


def table() -> Table:
    """All operations; made once, for declarations do not change while the program runs."""
    global _table
    size = (len(TYPES), len(ACTIONS))
    if _table is None or _table[0] != size:
        _table = (size, Table(_operations()))
    return _table[1]


def _operations() -> Iterator[Operation]:
    for known in TYPES:
        tag = known.url.replace("-", "_")
        yield Operation(f"{tag}.list", "GET", f"/{known.url}", Does.LIST, known)
        yield Operation(f"{tag}.read", "GET", f"/{known.url}/{{ref}}", Does.READ, known)
        if holds_things(known):
            yield Operation(f"{tag}.files", "GET", f"/{known.url}/{{ref}}/{FILES}", Does.FILES, known)
            yield Operation(f"{tag}.upload_file", "POST", f"/{known.url}/{{ref}}/{FILES}", Does.UPLOAD, known)
    kept = type_of(Attachment)
    yield Operation(f"{FILES}.download", "GET", f"/{kept.url}/{{ref}}/content", Does.DOWNLOAD, kept)
    for declared in ACTIONS:
        if not declared.private:
            yield from _of_action(declared, find_type(declared.model))


def _of_action(declared: Action, known: RecordType | None) -> Iterator[Operation]:
    """The operations that one action makes possible."""
    url = known.url if known is not None else ANY
    tag, fn = url.replace("-", "_"), declared.fn.__name__
    one = f"/{url}/{{ref}}"
    if known is not None and declared.verb == "create":
        yield Operation(f"{tag}.create", "POST", f"/{url}", Does.CREATE, known, declared)
    elif declared.target is None:
        yield Operation(f"{tag}.{fn}", "POST", f"/{url}/{declared.slug}", Does.CALL, known, declared)
        return
    elif declared.verb == "edit":
        yield Operation(f"{tag}.edit", "PATCH", one, Does.EDIT, known, declared)
    elif declared.verb == "delete":
        yield Operation(f"{tag}.delete", "DELETE", one, Does.DELETE, known, declared)
    else:
        yield Operation(f"{tag}.{fn}", "POST", f"{one}/{declared.slug}", Does.ACT, known, declared)
    if takes_many(declared):
        last = declared.verb or declared.slug
        does = Does(f"{declared.verb or 'act'}_many")
        yield Operation(f"{tag}.{declared.verb or fn}_many", "POST", f"/{url}/{MANY}/{last}", does, known, declared)
