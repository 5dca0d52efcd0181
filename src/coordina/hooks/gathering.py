"""From writes to deliveries: who listens to what a change set did.

A write leaves a note (`Due`) where somebody listens to its kind of record, else nothing. A job looks at the notes two
seconds later: what a change set did to one record is told once, whatever it took; up to `APART` records of one event
are deliveries of their own, more of them are told a hundred at a time. Change sets of many transactions, such as
imports, are told of once they are over. What was undone meanwhile is not told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from secrets import token_urlsafe
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.definitions import move_listeners
from coordina.core import changes, listening
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.inserting import insert_tuples
from coordina.core.types import RecordType, find_type
from coordina.hooks.models import Delivery, Due, Status, Webhook
from coordina.hooks.names import CHANGED, CREATED, DELETED, Happening, active, happenings, listens
from coordina.ledger.entries import Written, read
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.queue import Kind, schedule, task

listening.reads(active)

GATHERED = timedelta(seconds=2)
"""How long writes gather before a job looks at them."""
LATER = timedelta(seconds=20)
"""When a job looks again whether an import is over."""
NEWS = timedelta(days=1)
"""What is written for an earlier time is history, no news: nobody is told."""
AT_ONCE = 50
APART = 50
"""Records of one event that are told one by one; of more, many are told together."""
TOGETHER = 100
QUIET = frozenset({"version", "changed_at", "created_at"})
"""Columns that change with every write."""
_FLAG = "hooks.gathering"


@follows("hooks.Webhook")
def move(entries: Sequence[Entry]) -> None:
    """Let every process know who listens."""
    move_listeners()


@follows()
def listen(entries: Sequence[Entry]) -> None:
    """Leave a note where somebody listens to what was written. Costs a look at a set that is nearly always empty."""
    wanted = listening.labels()
    if not wanted:
        return
    journal = changes.current()
    if journal is None or _FLAG in journal.memory or "change_set" not in journal.context:
        return
    row: ChangeSet = journal.context["change_set"]
    if row.pk is None or timezone.now() - journal.at > NEWS or all(e.model not in wanted for e in entries):
        return
    journal.memory[_FLAG] = True
    others_wait = Due.objects.exists()
    if not Due.objects.filter(change_set_id=row.pk).exists():
        insert_tuples(Due, ("change_set_id",), [(row.pk,)], "default")
    if not others_wait:
        gather.using(run_after=timezone.now() + GATHERED).enqueue()


@dataclass(slots=True)
class Done:
    """What a change set did to one record, all its writes together.

    Attributes:
        kind: `c`, `u` or `d`.
        pairs: Of an updated one: columns that decide about events, with the first and the last value.
        changed: Whether anything but marks of the write itself changed.
    """

    kind: str
    pairs: dict[str, list[Any]] = field(default_factory=dict)
    changed: bool = False


type Doings = dict[str, dict[int, Done]]
"""By label and id."""


def doings_of(row: ChangeSet, labels: frozenset[str]) -> Doings:
    """What a change set did to records of some models; what it made and removed again is left out."""
    found: Doings = defaultdict(dict)
    watched = {label: _watched(label) for label in labels}
    for chunk in read(row):
        for written in chunk:
            if written.model in labels:
                _add(found[written.model], written, watched[written.model])
    return {label: {pk: done for pk, done in rows.items() if done.kind != ""} for label, rows in found.items() if rows}


def _watched(label: str) -> frozenset[str]:
    """Columns that decide about events of a model."""
    known = find_type(apps.get_model(label))
    assert known is not None
    return frozenset(columns_of(known).values())


def columns_of(known: RecordType) -> dict[str, str]:
    """Attributes of the columns that decide about events of a type, by the name of the field."""
    columns = {column.name: column.attname for column in known.model._meta.concrete_fields}
    return {each.field: columns[each.field] for each in happenings(known) if each.field}


def _add(rows: dict[int, Done], written: Written, watched: frozenset[str]) -> None:
    """Put one more write of a record to those before."""
    before = rows.get(written.pk)
    if written.kind != "u":
        back = before is not None and written.kind == "c"  # deleted and back: as if it had been changed
        gone = before is not None and before.kind == "c" and written.kind == "d"
        rows[written.pk] = Done("" if gone else "u" if back else written.kind, changed=back)
        return
    if before is None:
        before = rows[written.pk] = Done("u")
    if before.kind != "u":
        return
    for name, (old, new) in written.delta.items():
        before.changed = before.changed or (name not in QUIET and old != new)
        if name in watched:
            first = before.pairs[name][0] if name in before.pairs else old
            before.pairs[name] = [first, new]


def events_of(known: RecordType, done: Mapping[int, Done]) -> dict[str, list[int]]:
    """Ids by name of the event."""
    found: dict[str, list[int]] = {}
    told = happenings(known)
    columns = columns_of(known)
    for pk, each in sorted(done.items()):
        for happening in told:
            if _happened(happening, each, columns):
                found.setdefault(happening.name, []).append(pk)
    return found


def _happened(happening: Happening, done: Done, columns: Mapping[str, str]) -> bool:
    """Whether what was done to a record is an event of this kind."""
    if not happening.field:
        kind = {CREATED: "c", CHANGED: "u", DELETED: "d"}[happening.last]
        return done.kind == kind and (kind != "u" or done.changed)
    old, new = done.pairs.get(columns[happening.field], (None, None))
    if done.kind != "u" or old == new:
        return False
    return happening.value is None or str(new) == happening.value


@task(kind=Kind.LONG, label=_("Gathering events"))
def gather() -> int:
    """Turn what is due into deliveries; gives how many. Safe to run twice: a delivery is made once."""
    from coordina.hooks.sending import wake

    due = list(Due.objects.order_by("pk").values_list("change_set_id", flat=True)[:AT_ONCE])
    rows = {row.pk: row for row in ChangeSet.objects.filter(pk__in=due)}
    over = [pk for pk in due if pk not in rows or rows[pk].state != State.OPEN]
    made = [each for pk in over if pk in rows for each in deliveries_of(rows[pk])]
    with transaction.atomic():
        Delivery.objects.bulk_create(made, batch_size=200, ignore_conflicts=True)
        Due.objects.filter(change_set_id__in=over).delete()
        if made:
            wake()
        if len(over) == AT_ONCE:
            gather.enqueue()
        elif len(due) > len(over):
            gather.using(run_after=timezone.now() + LATER).enqueue()
    return len(made)


@task()
def look() -> None:
    """Look for what was left behind: a note whose job another had taken for its own."""
    if Due.objects.exists():
        gather.enqueue()


schedule("hooks.gather", look, "every 1m")


def deliveries_of(row: ChangeSet) -> Iterator[Delivery]:
    """What webhooks are to be told of a change set; who may know is asked when it is sent."""
    if row.state in (State.UNDONE, State.PARTLY):
        return
    hooks = list(Webhook._base_manager.filter(status=Status.ACTIVE, created_at__lte=row.at).order_by("pk"))
    if not hooks:
        return
    for label, done in doings_of(row, listening.labels() or active()).items():
        known = find_type(apps.get_model(label))
        assert known is not None
        for name, ids in events_of(known, done).items():
            for hook in hooks:
                if listens(hook.events, name):
                    yield from _made(hook, row, known, name, ids)


def _made(hook: Webhook, row: ChangeSet, known: RecordType, name: str, ids: Iterable[int]) -> Iterator[Delivery]:
    """The deliveries of one event of one change set to one webhook."""
    now = timezone.now()
    keys = list(ids)
    apart = len(keys) <= APART
    for number, part in enumerate(batched(keys, 1 if apart else TOGETHER), start=1):
        yield Delivery(
            webhook_id=hook.pk,
            token=new_token(),
            event=name,
            noun=known.name,
            ids=list(part),
            change_set_id=row.pk,
            part=part[0] if apart else -number,
            lane=f"{known.name}:{part[0]}" if apart else "",
            created_at=now,
            next_at=now,
        )


def new_token() -> str:
    """The public id of a delivery."""
    return f"dlv_{token_urlsafe(18)}"
