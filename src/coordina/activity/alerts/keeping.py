"""Keeping alerts: each write asks the watchers again about the records it touched, in its own transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet

from coordina.activity.alerts.judging import Decided, Standing, standing
from coordina.activity.alerts.tuning import today, tuning
from coordina.activity.models import Alert, AlertMark, AlertTuning
from coordina.core.changes import Entry, Values, remembered
from coordina.core.derived import follows
from coordina.core.images import decode
from coordina.core.inserting import insert_tuples, update_tuples
from coordina.core.prepared import Prepared, RowIds, Shapes
from coordina.core.records import Record
from coordina.core.watchers import WATCHERS, NotPlain, Row, Tuning, Watcher, plain_test

CHUNK = 1000
"""Records that are asked about at once."""
FEW = 8
"""Rows below which each is written by itself."""
SCOPE = ("owner_id", "team_id")
MARK, TUNING = AlertMark._meta.label, AlertTuning._meta.label

_ROWS = Shapes()
_KEPT = Prepared(
    lambda label, keys: Alert.objects.filter(subject_type=label, subject_id__in=keys).values_list(
        "pk", "watcher", "subject_id", *Standing._fields
    )
)
_DECIDED = Prepared(
    lambda label, keys: (
        AlertMark.objects.filter(subject_type=label, subject_id__in=keys)
        .order_by("pk")
        .values_list("watcher", "subject_id", "since", "until", "handed_to_id", "closed")
    )
)

type Keys = dict[str, dict[int, set[str]]]
"""By model label and id of a record: names of the watchers to ask."""


@dataclass(slots=True)
class Asking:
    """What one round of asking goes by.

    Attributes:
        today: The day; said: the company's numbers.
    """

    today: date
    said: Tuning
    _conditions: dict[str, Q] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Asking":
        """By today's day and the numbers as they are."""
        return cls(today(), tuning())

    def condition(self, watcher: Watcher) -> Q | None:
        """A watcher's condition for the day; None where it is switched off."""
        if watcher.name in self.said.off:
            return None
        if watcher.name not in self._conditions:
            self._conditions[watcher.name] = watcher.when(self.today)
        return self._conditions[watcher.name]


@cache
def watchers_of(label: str) -> tuple[Watcher, ...]:
    """The watchers of a record class, by the label of its model."""
    return tuple(w for w in WATCHERS if w.of._meta.label == label)


@cache
def _asked_by(label: str) -> tuple[tuple[Watcher, Callable[[Sequence[Entry]], Iterable[int]]], ...]:
    """Watchers that ask again because of another model's entries, with what says about which records."""
    return tuple((w, w.asked_by[label]) for w in WATCHERS if label in w.asked_by)


@cache
def _unsettled_by(label: str) -> tuple[str, ...]:
    return tuple(w.name for w in WATCHERS if label in w.unsettled_by or label == TUNING)


@follows()
def keep_alerts(entries: Sequence[Entry]) -> None:
    """Raise, renew and take back alerts in the transaction of the records."""
    asked: Keys = defaultdict(lambda: defaultdict(set))
    by_model: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_model[entry.model].append(entry)
    for label, part in by_model.items():
        if watchers_of(label):
            _drop(label, [e.pk for e in part if e.kind == "d"])
            _touched(label, part, asked)
        for watcher, keys_of in _asked_by(label):
            for key in keys_of(part):
                asked[watcher.of._meta.label][key].add(watcher.name)
        if label == MARK:
            _marked(part, asked)
        if names := _unsettled_by(label):
            from coordina.activity.alerts.jobs import ask_again  # jobs call this module

            ask_again.enqueue(list(names))
    for label, keys in asked.items():
        names_of = {key: names for key, names in keys.items() if names}
        ask(label, names_of, remembered("alerts asking", Asking.now), made=_made(by_model.get(label, ())))


def _made(part: Sequence[Entry]) -> dict[int, Values]:
    """Columns of records that were made just now and not written again: nothing has to be read of them."""
    times = Counter(e.pk for e in part)
    return {e.pk: e.after for e in part if e.kind == "c" and times[e.pk] == 1}


def _drop(label: str, keys: list[int]) -> None:
    if keys:
        Alert.objects.filter(subject_type=label, subject_id__in=keys).delete()


def _touched(label: str, part: Sequence[Entry], asked: Keys) -> None:
    """Note which watchers have to be asked about which written records."""
    watchers = watchers_of(label)
    every = {w.name for w in watchers}
    columns = {w.name: {*w.columns, *SCOPE} for w in watchers}
    for entry in part:
        if entry.kind == "c":
            asked[label][entry.pk] |= every
        elif entry.kind == "u":
            asked[label][entry.pk] |= {name for name, read in columns.items() if not read.isdisjoint(entry.after)}
    for entry in part:
        if entry.kind == "d":
            asked[label].pop(entry.pk, None)


def _marked(part: Sequence[Entry], asked: Keys) -> None:
    """Note which matters somebody has decided about, or taken such a decision back."""
    known = {e.pk: e.after or e.before for e in part if e.kind != "u"}
    missing = [e.pk for e in part if e.pk not in known]
    names = ("subject_type", "subject_id", "watcher")
    rows = AlertMark.objects.filter(pk__in=missing).values(*names) if missing else ()
    for values in (*known.values(), *rows):
        if values["watcher"] in WATCHERS:
            asked[values["subject_type"]][values["subject_id"]].add(values["watcher"])


def ask(
    label: str,
    names_of: dict[int, set[str]],
    asking: Asking,
    *,
    lock: bool = False,
    made: Mapping[int, Values] | None = None,
) -> int:
    """Bring the alerts of some records in line with what the watchers say of them.

    Args:
        label: Of the records' model.
        names_of: By id: names of the watchers to ask.
        asking: The day and the numbers.
        lock: Whether to lock the records first; a write has done so already.
        made: Columns, as the ledger keeps them, of records that were just made: they have no alerts yet.

    Returns:
        How many alerts were raised, renewed or taken back.
    """
    keys, done = sorted(names_of), 0
    for start in range(0, len(keys), CHUNK):
        part = {key: names_of[key] for key in keys[start : start + CHUNK]}
        names = set().union(*part.values())
        watchers = [w for w in watchers_of(label) if w.name in names]
        done += _ask(label, part, watchers, asking, lock, made or {})
    return done


def columns_of(model: type[Record], watchers: Sequence[Watcher]) -> list[str]:
    """The columns that watchers of a model read, with owner and team where there are any."""
    own = [f"{name}_id" for name in (model.scope_owner, model.scope_team) if name]
    return list(dict.fromkeys(["pk", *own, *(c for w in watchers for c in w.columns)]))


def _ask(
    label: str,
    part: dict[int, set[str]],
    watchers: Sequence[Watcher],
    asking: Asking,
    lock: bool,
    made: Mapping[int, Values],
) -> int:
    model: Any = apps.get_model(label)
    columns = tuple(columns_of(model, watchers))
    here = _out_of(model, columns, {pk: made[pk] for pk in part if pk in made})

    def read(keys: Any) -> QuerySet[Any]:
        rows = model._base_manager.filter(pk__in=keys).order_by("pk")
        values: QuerySet[Any] = (rows.locked() if lock else rows).values(*columns)
        return values

    missing = [pk for pk in part if pk not in here]
    read_now = _ROWS.ask((label, columns, lock), read, RowIds(missing)) if missing else []
    found = [normal(model, row) for row in (*here.values(), *read_now)]
    wanted = {
        (w.name, row["pk"]): (w, row)
        for w in watchers
        for row in true_rows(w, [r for r in found if w.name in part[r["pk"]]], asking)
    }
    decided = decisions(label, {pk for _name, pk in wanted})
    due = {key: standing(w, row, asking.said, asking.today, decided.get(key)) for key, (w, row) in wanted.items()}
    return _write(label, part, due, missing)


def _out_of(model: type[Record], columns: Sequence[str], made: Mapping[int, Values]) -> dict[int, dict[str, Any]]:
    """Rows out of what the ledger keeps of new records; none where a column is not kept as it is."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    if not made or not fields.keys() >= set(columns) - {"pk"}:
        return {}
    ways = [(name, fields[name]) for name in columns if name != "pk"]
    return {pk: {"pk": pk} | {name: decode(way, held[name]) for name, way in ways} for pk, held in made.items()}


def normal(model: type[Record], row: dict[str, Any]) -> dict[str, Any]:
    """A row whose owner and team stand under these names."""
    if model.scope_owner not in ("", "owner"):
        row["owner_id"] = row.get(f"{model.scope_owner}_id")
    return row


def true_rows(watcher: Watcher, rows: Sequence[Row], asking: Asking) -> list[Row]:
    """The rows for which a watcher's condition holds: asked in memory, of the database where that cannot say."""
    condition = asking.condition(watcher) if rows else None
    if condition is None:
        return []
    try:
        test = plain_test(condition, rows[0].keys())
        return [row for row in rows if test(row)]
    except NotPlain:
        model: Any = watcher.of
        keys = [row["pk"] for row in rows]
        true = set(model._base_manager.filter(condition, pk__in=keys).values_list("pk", flat=True))
        return [row for row in rows if row["pk"] in true]


def decisions(label: str, keys: Iterable[int]) -> dict[tuple[str, int], Decided]:
    """What people decided about matters of some records, by watcher and id; the last decision counts."""
    wanted = list(keys)
    if not wanted:
        return {}
    return {(name, pk): Decided(*rest) for name, pk, *rest in _DECIDED(label, wanted)}


def _write(label: str, part: dict[int, set[str]], due: dict[tuple[str, int], Standing], missing: Sequence[int]) -> int:
    """Bring rows of the table in line; those of records that were just made are all new."""
    gone: list[int] = []
    changed: list[tuple[int, str, int, Standing]] = []
    for pk, name, subject, *now in _KEPT(label, sorted(missing)):
        if name not in part[subject]:
            continue
        wanted = due.pop((name, subject), None)
        if wanted is None:
            gone.append(pk)
        elif wanted != Standing(*now):
            changed.append((pk, name, subject, wanted))
    new = [(name, label, subject, *row) for (name, subject), row in due.items()]
    done = len(gone) + len(changed) + len(new)
    if len(changed) < FEW:
        update_tuples(Alert, Standing._fields, _ready([(*row, pk) for pk, _name, _subject, row in changed], 0))
    else:  # many are written anew, in two statements
        gone += [pk for pk, *_rest in changed]
        new += [(name, label, subject, *row) for _pk, name, subject, row in changed]
    if gone:
        Alert.objects.filter(pk__in=gone).delete()
    _insert(new)
    return done


def _ready(rows: Sequence[tuple[Any, ...]], before: int) -> list[tuple[Any, ...]]:
    """Rows with their standing from the column `before` on, in the shape in which the database takes days."""
    days = {Standing._fields.index(n) + before for n in ("since", "urgent_on", "aside_until")}
    adapt = connection.ops.adapt_datefield_value
    return [tuple(adapt(v) if i in days and v is not None else v for i, v in enumerate(row)) for row in rows]


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write new alerts."""
    if rows:
        insert_tuples(Alert, ("watcher", "subject_type", "subject_id", *Standing._fields), _ready(rows, 3), "default")
