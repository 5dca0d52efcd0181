"""Records are written by actions and writers alone, and read through what the reader may see.

The walk is over the source, so that a write nobody calls in a test is found too. What is right for another reason
stands in a short list with that reason; a line of a list that no longer applies fails as well.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from coordina.core.records import Record

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "coordina"

WRITES = {"save", "delete", "update", "create", "edit", "bulk_create", "bulk_update", "bulk_save"}
WRITES |= {"get_or_create", "update_or_create", "save_base", "raw", "_raw_delete"}
MANAGERS = {"objects", "_base_manager", "_default_manager"}
SEEING = {"visible_to", "within", "none", "for_request"}
NARROWING = {"filter", "exclude", "all", "order_by", "select_related", "locked", "visible_to", "within", "using", "of"}

FREE = ("core", "ledger", "config/demo", "config/seed")
"""Packages whose work writing is: recording and undoing; and filling a database for show or measure."""

WRITTEN_BY = {
    "accounts/cached_sessions.py": "Django's own session, and its copy in the cache",
    "accounts/devices.py": "what sessions are known by, a machine table",
    "accounts/session.py": "Django's own session",
    "accounts/tickets.py": "links of invitations and resets, a machine table",
    "accounts/founding.py": "the first administrator, inside the change set of the founding",
    "catalog/tax_defaults.py": "what a new company begins with, inside the change set of the founding",
    "catalog/defaults.py": "what a new company begins with, inside the change set of the founding",
    "config/cache.py": "the cache that servers share, no table at all",
    "accounts/quarantine.py": "the action that lets messages leave after a restore, beside what it decides about",
    "activity/delivery.py": "mails, a machine table",
    "config/management/commands/hold_outgoing.py": "that nothing leaves after a restore, in a change set",
    "config/management/commands/create_user.py": "a user made on the server's command line, in a change set",
    "config/management/commands/set_password.py": "access given back on the server's command line, in a change set",
    "customers/duplicates.py": "what belongs to merged companies and people, inside the merging action",
    "hooks/keeping.py": "deliveries and troubles, machine tables; a webhook stopped by Coordina, in a change set",
    "hooks/sending.py": "deliveries and troubles, machine tables",
    "hooks/signing.py": "what secrets are derived from, a machine table",
    "leads/conversion.py": "the action that converts a lead, too long to stand among the others",
    "leads/stages.py": "the stages a company begins with, in the change set that founds it or makes the first lead",
    "orders/fulfilment.py": "what the rooms above tell an order, inside their actions",
    "orders/winning.py": "the draft of a won opportunity, inside the action that wins it",
    "pipeline/defaults.py": "what a new company begins with, inside the change set of the founding",
    "pipeline/importing.py": "answers to an import's questions, by the writer, in its change set",
    "pipeline/way.py": "the stages that opportunities and leads went through, written by their writers",
    "privacy/erasing.py": "what an erasure empties and deletes, in its change set; one of its own that nothing undoes",
    "records/bulk/rowwise.py": "the writer called for rows that a program sent, in the change set of its request",
    "records/bulk/running.py": "the writer called for a chunk of records, in the bulk run's change set",
    "records/bulk/steps.py": "the bulk run itself, a machine table",
    "records/duplicates/deciding.py": "the merging and parting actions of each record type",
    "records/duplicates/merging.py": "what the merging action does, inside its change set",
    "leads/duplicates.py": "what belongs to merged leads, inside the merging action",
    "records/duplicates/pairs.py": "the queue of duplicates, a machine table",
    "records/duplicates/unmerging.py": "what the action that hands links over does, inside its change set",
    "records/importing/references.py": "records that rows of an import name, by their writers, in its change set",
    "records/importing/running.py": "the import's own run and its change set",
    "records/importing/steps.py": "the import's own run, a machine table",
    "records/importing/together.py": "the runs of several files, machine tables",
    "records/importing/checking.py": "the import's own run, a machine table",
    "records/importing/writing.py": "the writer called for a chunk of rows, in the import's change set",
    "promises/arriving.py": "what a customer says on the page of a link, in a change set of its own",
    "promises/promising.py": "what follows from confirming and reserving, inside these actions",
    "promises/slipping.py": "deliveries at risk, found by jobs in change sets of their own",
    "promises/telling.py": "the actions about deliveries at risk, too long to stand among the others",
    "shipping/progress.py": "where a shipment is, after its carrier told something, inside the action that tells it",
    "shipping/telling.py": "what carriers tell by themselves, by the writer, in a change set of its own",
    "stock/levels.py": "balances, a machine table; figures of stock that follow moves, in their change set",
    "stock/places.py": "the places outside, in the change set of the first warehouse",
    "stock/ordering.py": "actions that write purchase orders from what is proposed, by their writers",
    "stock/purchasing.py": "the actions of buying, too long to stand among the others",
    "stock/receipts.py": "what is incoming, figures that follow purchase orders, in their change set",
    "stock/reserving.py": "what the rooms above reserve and release, inside their actions",
    "webforms/jobs.py": "what forms were sent, a machine table",
    "webforms/receiving.py": "what forms were sent, a machine table; leads come from the writer",
    "records/tags.py": "the words of records, written by actions and writers",
}
"""Modules beside actions and writers that write, with the reason."""

READ_FREELY = {
    "api/naming.py: ExternalId": "ids alone, each then asked of what the caller may see",
    "web/audit/asking.py: model": "the id behind a reference, for who may see all that happened",
    "web/audit/showing.py: model": "names of records, for who may see all that happened",
    "web/fields/forms.py: about.to": "names of stages and other settings, for who looks after fields",
    "web/fields/showing.py: CustomField": "definitions of fields, for who looks after them",
    "web/fields/views.py: CustomField": "definitions of fields, for who looks after them",
    "catalog/queries.py: BundlePart": "what prices are made of, for the company; pages ask what of it the reader sees",
    "catalog/queries.py: MarginFloor": "compared with a margin that the reader sees, said to nobody else",
    "catalog/queries.py: PriceItem": "prices are made of it, for the company; its list is told to who sees lists",
    "catalog/queries.py: PriceList": "prices are made of it, for the company; its list is told to who sees lists",
    "catalog/queries.py: PriceListCustomer": "for whom lists are, for the company; told to nobody",
    "catalog/queries.py: Product": "what prices are made of, for the company; pages ask what of it the reader sees",
    "leads/queries.py: Lead": "columns of the ids that a narrowed query has just given",
    "leads/views/convert.py: LeadProduct": "parts of a lead that the reader may change",
    "leads/views/panels.py: LeadEntry": "parts of a lead that the reader may see",
    "activity/alerts/queries.py: model": "records by id, each judged by its owner and team; else narrowed at once",
    "privacy/queries.py: kind.model": "the person that was found through visible_to, in all records that they are",
    "pipeline/metrics.py: Team": "names of regions for groups of records that were narrowed already",
    "pipeline/queries.py: Opportunity": "columns of the ids that a narrowed query has just given",
    "pipeline/queries.py: OpportunityLine": "parts of an opportunity that the caller may see",
    "pipeline/queries.py: StageEntry": "parts of an opportunity that the caller may see",
    "pipeline/views/panels.py: Stakeholder": "parts of an opportunity that the caller may see",
    "customers/panels.py: Position": "parts of people and companies that were narrowed already",
    "records/views/acting.py: model": "found first, then dropped unless its subject may be seen",
    "records/panels.py: Attachment": "files of a record that the reader may see",
    "stock/queries.py: Location": "places of a warehouse that the reader sees, and the ids of those",
    "stock/queries.py: StockItem": "sums of a product, for the rooms that sell it and for who sees stock",
    "web/accounts/arriving.py: Role": "the role of newcomers, as the settings name it; nobody is signed in yet",
    "web/accounts/arriving.py: User": "whom the company's provider brings; nobody is signed in yet",
    "web/accounts/entry.py: Organization": "whether there is a company yet, asked before anybody can sign in",
    "web/accounts/links.py: User": "the person of a link that was found whole; nobody is signed in yet",
    "web/left.py: model": "only ids and versions; names are read through visible_to",
    "web/recordpage.py: model": "found by its id, then missing unless the reader's reach covers it",
    "web/recordpage.py: child.model": "parts of a record that the reader may see",
}
"""Reads of records in doors and pages without `visible_to`: module, what is read, and why that is right."""

SQL_BY_HAND = {
    "accounts/known.py": "one read of two machine tables on every request",
    "accounts/sessions.py": "one read of a machine table on every request",
    "activity/bell.py": "one read of a machine table on every page",
    "config/database.py": "asks whether migrations have run, without Django",
    "config/management/commands/seed.py": "fills a database for measurements",
    "config/restore.py": "asks whether a database is empty and whole, without Django",
    "config/seed/straight.py": "fills a database for measurements; a command compares it with the ledger",
    "records/duplicates/lookup.py": "one index hit for each of many keys of a machine table",
    "records/search/find.py": "asks the full-text index for the newest rows first; the marks in the query narrow them",
    "transfer/coming_in.py": "empties machine tables before an archive of everything is read",
    "transfer/numbers.py": "asks and sets the next ids of tables, which no ORM knows",
    "transfer/snapshot.py": "begins a transaction of another kind",
    "records/importing/seen.py": "a scratch database of its own, gone with the import",
}
"""Modules outside core and ledger that hold a cursor."""

TYPES_ONLY = {
    "core/bulk.py": "records and QuerySets know each other",
    "core/inputs.py": "names of pydantic that exist for type checkers",
    "core/inserting.py": "records and QuerySets know each other",
    "core/querysets.py": "records and QuerySets know each other",
    "core/visibility.py": "records and QuerySets know each other",
    "ledger/queue/tasks.py": "Django's task is generic in its stubs only",
    "records/imports/reasons.py": "reasons and readings name each other",
}
"""Modules that import names for type checkers only."""


@dataclass(frozen=True)
class Call:
    """A call of a method: where, which, and on what."""

    path: str
    line: int
    method: str
    target: str
    manager: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.target}.{self.method}"


def sources() -> list[Path]:
    """The Python files of the product, without migrations."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def here(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    made = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(made):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]  # the tree does not know its way upwards
    return made


def chain(node: ast.expr) -> tuple[str, list[str]]:
    """What a chain of calls and attributes begins with, as text, and the names along it."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    base = node.id if isinstance(node, ast.Name) else f"<{type(node).__name__}>"
    return base, names


def written_on(base: str, names: list[str]) -> str:
    """The model or object that a chain is about: `Note` of `Note.objects.filter(…)`, `known.model` of the same."""
    cut = next((i for i, name in enumerate(names) if name in MANAGERS or name in NARROWING), len(names))
    return ".".join([base, *names[:cut]])


def calls(path: Path) -> Iterator[Call]:
    """Method calls of a module that may write."""
    return calls_in(tree(path), here(path))


def calls_in(source: ast.Module, path: str) -> Iterator[Call]:
    """Method calls that may write."""
    for node in ast.walk(source):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
            continue
        base, names = chain(node.func.value)
        manager = bool(MANAGERS & set(names))
        if base in {"hashlib", "contextvars"} or _plain(node, names, manager):
            continue
        yield Call(path, node.lineno, node.func.attr, written_on(base, names), manager)


def _plain(node: ast.Call, names: list[str], manager: bool) -> bool:
    """Whether it is a method of a dictionary, a set, a digest or a form rather than of rows."""
    assert isinstance(node.func, ast.Attribute)
    method = node.func.attr
    if method == "update":
        return bool(node.args) and not manager
    if method in {"create", "edit", "raw"}:
        base, _names = chain(node.func.value)
        return not manager and "writer" not in [*names, base] and not base.endswith("_")
    return False


def is_machine(target: str) -> bool:
    """Whether a name is that of a model whose rows are no records."""
    found: set[Any] = {m for m in apps.get_models() if m.__name__ == target}
    return bool(found) and not any(issubclass(m, Record) for m in found)


def may_write(path: str) -> bool:
    """Whether writing is a module's work."""
    name = Path(path).stem
    free = any(path.startswith(f"{package}/") for package in FREE)
    return free or name in {"actions", "writers"} or name.endswith("_writers")


def test_records_are_written_by_actions_and_writers_alone() -> None:
    found = [
        str(call)
        for path in sources()
        for call in calls(path)
        if not may_write(call.path) and not is_machine(call.target) and call.path not in WRITTEN_BY
    ]
    assert not found, "write through an action, or say in WRITTEN_BY why not"


def test_pages_and_doors_hold_no_writes_at_all() -> None:
    """A reason is not enough there: not even the list above may name a page. Runs of imports are a machine table."""
    doors = [path for path in WRITTEN_BY if path.startswith(("web/", "insights/", "api/")) or "/views" in path]
    assert not doors


def test_the_list_of_writers_is_true() -> None:
    """A line about a module that writes no records, or none any more, is taken out."""
    writing = {call.path for path in sources() for call in calls(path) if not is_machine(call.target)}
    assert sorted(set(WRITTEN_BY) - writing) == []


def doors() -> list[Path]:
    """Modules that show records to people."""
    shown = ("panels.py", "queries.py", "metrics.py", "views.py")
    return [
        path
        for path in sources()
        if here(path).startswith(("web/", "insights/", "api/")) or path.name in shown or "/views/" in here(path)
    ]


def reads(path: Path) -> Iterator[tuple[int, str]]:
    """Reads of rows that are not narrowed at once: line, and what is read."""
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS):
            continue
        base, names = chain(node.value)
        target = ".".join([base, *names]).replace("listing.known", "known").replace("self.known", "known")
        if not is_machine(target) and not _narrowed(node):
            yield node.lineno, target


def _narrowed(node: ast.Attribute) -> bool:
    """Whether rows are narrowed to a reader, at once or wherever the name that they are given is used."""
    above = node.parent  # type: ignore[attr-defined]  # see `tree`
    if isinstance(above, ast.Attribute):
        return above.attr in SEEING
    if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
        name = above.target.id
    elif isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        name = above.targets[0].id
    else:
        return False
    inside: Any = above
    while not isinstance(inside, ast.FunctionDef | ast.Module):
        inside = inside.parent
    uses = [n for n in ast.walk(inside) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return bool(uses) and all(_is_narrowing(use) for use in uses)


def _is_narrowing(use: Any) -> bool:
    return isinstance(use.parent, ast.Attribute) and use.parent.attr in SEEING


def test_pages_read_records_through_what_the_reader_may_see() -> None:
    found = [
        f"{here(path)}:{line}: {target}"
        for path in doors()
        for line, target in reads(path)
        if f"{here(path)}: {target}" not in READ_FREELY
    ]
    assert not found, "read through visible_to, or say in READ_FREELY why not"


def test_the_list_of_free_reads_is_true() -> None:
    here_ = {f"{here(path)}: {target}" for path in doors() for _line, target in reads(path)}
    assert sorted(set(READ_FREELY) - here_) == []


def test_sql_by_hand_is_rare() -> None:
    holding = {
        here(path)
        for path in sources()
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"cursor", "executemany"})
        or (isinstance(node, ast.Name) and node.id == "keeping_cursor")
    }
    assert {path for path in holding if not path.startswith(("core/", "ledger/"))} == set(SQL_BY_HAND)


def test_nothing_is_unrecorded_on_purpose_but_where_it_is_said() -> None:
    using = {here(path) for path in sources() if "unrecorded(" in path.read_text(encoding="utf-8")}
    whole = {"core/changes.py", "transfer/coming_in.py"}  # an archive of everything brings its ledger along
    assert {path for path in using if not path.startswith("config/seed/")} <= whole


def test_imports_for_types_only_are_rare() -> None:
    """A circle between modules is better broken; where it stands, the reason stands here."""
    using = {here(path) for path in sources() if "if TYPE_CHECKING:" in path.read_text(encoding="utf-8")}
    assert using == set(TYPES_ONLY)


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("Note.objects.filter(pk=1).delete()", ["Note.delete"]),
        ("note.save()", ["note.save"]),
        ("known.writer.create(rows, by=by, at=at)", ["known.writer.create"]),
        ("rows.update(**{'a': 1})", ["rows.update"]),
        ("values.update({'a': 1})", []),
        ("Note.objects.update(text='')", ["Note.update"]),
        ("parser.create()", []),
    ],
)
def test_the_walk_finds_what_it_should(code: str, writes: list[str]) -> None:
    assert [f"{c.target}.{c.method}" for c in calls_in(ast.parse(code), "nowhere.py")] == writes


KEEPS_NO_BYTES = {
    "api/files.py": "hands tickets to the action of records",
    "privacy/files.py": "names what is to be burnt",
    "transfer/going_out.py": "copies files with their rows",
}
"""Modules above records that touch kept bytes without rows of their own that name them."""


def test_rooms_that_keep_bytes_say_which_column_names_them() -> None:
    """Bytes that no known column names are swept up after a day."""
    touching = ("as_columns", "read_ticket", "import FILES", "storing.areas import AREAS, FILES", "FILES.at(")
    silent = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name, text = path.relative_to(PACKAGE).as_posix(), path.read_text()
        if not name.startswith(("core/", "records/", "config/")) and any(word in text for word in touching):
            room = "".join(each.read_text() for each in (PACKAGE / name.split("/")[0]).rglob("*.py"))
            silent += [] if name in KEEPS_NO_BYTES or "named_in(" in room else [name]
    assert silent == []
