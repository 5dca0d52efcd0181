"""What followers hear of: changes of the columns that matter, told after the commit by a job, once.

An upper room says which columns of its records matter (`HEARD`); the owner's column always does. Whoever becomes owner
is told so. A change of one record is told in words, bulk work in one summary a person. An undo tells nobody: it takes
back what was told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any

from django.apps import apps
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.accounts.models import User
from coordina.accounts.rates import reporting_currency
from coordina.activity.following import followers_of_many
from coordina.activity.kinds import ASSIGNED, FOLLOWED
from coordina.activity.notifications import language_of, tell
from coordina.activity.seeing import people_of, seen_of
from coordina.core import changes
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.formats import Formats, formats_of
from coordina.core.records import Record
from coordina.core.registry import Registry
from coordina.core.types import find_type
from coordina.ledger.entries import Written, read
from coordina.ledger.history import Event
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.queue import task
from coordina.records.changes import Reading, shown, titles_of
from coordina.records.models import Hanger

HEARD: Registry[str, tuple[str, ...]] = Registry("columns that followers hear of")
"""Fields by model label, such as `("stage", "status")` of `pipeline.Opportunity`; without entry only the owner."""
MOST = 2000
"""Records of one change set that are looked at for followers; of more, the first are told of."""
LATER = timedelta(seconds=20)
TRIES = 30
"""How often a job looks whether an import is over: about a day."""
NEWS = timedelta(days=1)
"""What is written for an earlier time is history, no news: nobody is told."""
_FLAG = "activity.hearing"


@follows()
def listen(entries: Sequence[Entry]) -> None:
    """Let a job look at a change set that wrote something to hear of. Costs nothing but a look at the columns."""
    journal = changes.current()
    if journal is None or _FLAG in journal.memory or "change_set" not in journal.context:
        return
    row: ChangeSet = journal.context["change_set"]
    if (
        timezone.now() - journal.at > NEWS
        or row.undo_of_id is not None
        or row.pk is None
        or not any(_matters(e, row.by_id) for e in entries)
    ):
        return
    journal.memory[_FLAG] = True
    if row.via == "import":  # many transactions, one telling
        tell_followers.using(key=f"{_FLAG}:{row.pk}").enqueue(row.pk)
    else:
        tell_followers.enqueue(row.pk)


def _matters(entry: Entry, by_id: int | None) -> bool:
    columns = columns_of(entry.model)
    if entry.kind == "u":
        return any(name in entry.after for name in columns)
    return entry.kind == "c" and bool(columns) and entry.after.get(columns[0]) not in (None, by_id)


_columns: dict[str, tuple[str, ...]] = {}


def columns_of(label: str) -> tuple[str, ...]:
    """Columns that somebody may hear of, the owner's first; none of settings, parts and what hangs on others."""
    if label not in _columns:
        try:
            model: Any = apps.get_model(label)
        except LookupError:
            return ()
        known = find_type(model)
        if known is None or known.setting or known.within or not model.scope_owner or issubclass(model, Hanger):
            _columns[label] = ()
        else:
            names = (model.scope_owner, *(HEARD.get(label) or ()))
            _columns[label] = tuple(dict.fromkeys(model._meta.get_field(name).attname for name in names))
    return _columns[label]


@dataclass(slots=True)
class Heard:
    """What a change set did to records of one model: columns before and after, and who owns new ones."""

    changed: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)


@task(label=gettext_lazy("Telling followers"))
def tell_followers(change_set_id: int, tries: int = 0) -> int:
    """Tell followers and new owners what a change set did; done twice it tells once. Gives how many were told."""
    row = ChangeSet.objects.select_related("by").filter(pk=change_set_id).first()
    if row is None or row.state in (State.UNDONE, State.PARTLY):
        return 0
    if row.state == State.OPEN:
        if tries < TRIES:
            wait = min(LATER * 2**tries, timedelta(hours=1))
            tell_followers.using(run_after=timezone.now() + wait).enqueue(change_set_id, tries + 1)
        return 0
    return sum(_told(row, label, heard) for label, heard in gathered(row).items())


def gathered(row: ChangeSet) -> dict[str, Heard]:
    """What a change set wrote that matters, by model; several writes of one record become one."""
    found: dict[str, Heard] = defaultdict(Heard)
    for chunk in read(row):
        for written in chunk:
            columns = columns_of(written.model)
            if columns:
                _take(found[written.model], written, columns)
    return {label: heard for label, heard in found.items() if heard.changed or heard.owners}


def _take(heard: Heard, written: Written, columns: Sequence[str]) -> None:
    owner = columns[0]
    if written.kind == "c":
        if written.delta.get(owner) is not None:
            heard.owners[written.pk] = written.delta[owner]
        return
    pairs = {n: list(written.delta[n]) for n in columns if n in written.delta} if written.kind == "u" else {}
    if not pairs:
        return
    known = heard.changed.setdefault(written.pk, {})
    for name, (old, new) in pairs.items():
        known[name] = [known[name][0] if name in known else old, new]
    if owner in pairs and pairs[owner][1] is not None:
        heard.owners[written.pk] = pairs[owner][1]


def _told(row: ChangeSet, label: str, heard: Heard) -> int:
    """Tell of the records of one model."""
    ids = [pk for pk in heard.changed if any(a != b for a, b in heard.changed[pk].values())][:MOST]
    by_person: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for pk, owner in heard.owners.items():
        by_person[owner][0].append(pk)
    followers = followers_of_many(label, ids) if ids else {}
    for pk in ids:
        for person in followers[pk]:
            if heard.owners.get(pk) != person:
                by_person[person][1].append(pk)
    by_person.pop(row.by_id or 0, None)
    count = 0
    for user in people_of(by_person):
        mine, followed = by_person[user.pk]
        for kind, keys in ((ASSIGNED, mine), (FOLLOWED, followed)):
            count += _tell(row, label, user, kind, sorted(seen_of(user, label, keys[:MOST])), heard)
    return count


def _tell(row: ChangeSet, label: str, user: User, kind: str, keys: Sequence[int], heard: Heard) -> int:
    if not keys:
        return 0
    model: Any = apps.get_model(label)
    record = model._base_manager.get(pk=keys[0])
    with translation.override(language_of(user)):
        text = one(row, record, user, kind, heard) if len(keys) == 1 else many(row, kind, len(keys))
    if not text:
        return 0
    told = tell(
        [user],
        kind=kind,
        about=record,
        by=row.by,
        also=keys[1:],
        text=text,
        key=f"{kind}:{row.pk}:{label}",
        at=row.at,
        change_set_id=row.pk,
    )
    return len(told)


def many(row: ChangeSet, kind: str, count: int) -> str:
    """The summary of bulk work."""
    who = row.by.name if row.by else "Coordina"
    if kind == ASSIGNED:
        text = ngettext("%(who)s made %(count)s record yours", "%(who)s made %(count)s records yours", count)
    else:
        text = ngettext(
            "%(who)s changed %(count)s record that you follow",
            "%(who)s changed %(count)s records that you follow",
            count,
        )
    return text % {"who": who, "count": count}


def one(row: ChangeSet, record: Record, user: User, kind: str, heard: Heard) -> str:
    """What happened to one record, as far as the person may see its fields; empty where nothing is left to tell."""
    who = row.by.name if row.by else "Coordina"
    if kind == ASSIGNED:
        return _("%(who)s made it yours") % {"who": who}
    lines = [*said_of(row, record, user, heard.changed[record.pk])]
    return _("%(who)s changed %(what)s") % {"who": who, "what": "; ".join(lines)} if lines else ""


def said_of(row: ChangeSet, record: Record, user: User, pairs: Mapping[str, Sequence[Any]]) -> Iterable[str]:
    """Each changed column with what it holds now: «stage: Proposal»."""
    known = find_type(type(record))
    if known is None:
        return
    delta = dict(pairs)
    fields = {f.path: f for f in known.known_to(user).values() if not f.far and not f.virtual}
    event = Event(row, record._meta.label, record.pk, "u", delta)
    reading = Reading(user, formats_for(user), titles_of([event], user), record)
    for column in type(record)._meta.concrete_fields:
        about = fields.get(column.name)
        if about is None or column.attname not in delta or delta[column.attname][0] == delta[column.attname][1]:
            continue
        new = unescape(strip_tags(shown(about, delta[column.attname][1], reading, delta)))
        yield f"{about.label}: {new or '—'}"


def formats_for(user: User) -> Formats:
    """Numbers and days as a person writes them."""
    from coordina.activity.news import zone_of

    return formats_of(language_of(user), zone_of(user).key, reporting_currency(), timezone.now())


__all__ = ["HEARD", "columns_of", "gathered", "listen", "tell_followers"]
