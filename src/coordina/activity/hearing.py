"""What followers hear of: changes of the columns that matter, told after the commit by a job, once.

An upper room says which columns of its records matter (`HEARD`); the owner's column always does. Whoever becomes owner
is told so. A change of one record is told in words, bulk work in one summary a person. An undo tells nobody: it takes
back what was told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
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
from coordina.activity.models import HearingDue, How, Notification
from coordina.activity.notifications import News, chosen_by, keep, languages_of
from coordina.activity.seeing import people_of, seen_by_each
from coordina.core import changes
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.formats import Formats, formats_of
from coordina.core.inserting import insert_tuples
from coordina.core.prepared import Prepared
from coordina.core.records import Record
from coordina.core.registry import Registry
from coordina.core.types import find_type
from coordina.ledger.entries import Written, read_each
from coordina.ledger.history import Event
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.queue import schedule, task
from coordina.records.changes import Reading, shown, titles_of
from coordina.records.models import Hanger

HEARD: Registry[str, tuple[str, ...]] = Registry("columns that followers hear of")
"""Fields by model label, such as `("stage", "status")` of `pipeline.Opportunity`; without entry only the owner."""
MOST = 2000
"""Records of one change set that are looked at for followers; of more, the first are told of."""
AT_ONCE = 50
"""Change sets that are told of together: a job is one transaction."""
GATHERED = timedelta(seconds=2)
"""How long changes gather before they are told of: many become one job, and one query each."""
LATER = timedelta(seconds=20)
TRIES = 30
"""How often a job looks whether an import is over: about a day."""
NEWS = timedelta(days=1)
"""What is written for an earlier time is history, no news: nobody is told."""
_FLAG = "activity.hearing"
_WAITING = Prepared(lambda: HearingDue.objects.values_list("pk")[:1])


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
        return
    others_wait = bool(_WAITING())
    insert_tuples(HearingDue, ("change_set_id",), [(row.pk,)], "default")
    if not others_wait:
        tell_due.using(run_after=timezone.now() + GATHERED).enqueue()


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
def tell_due() -> int:
    """Tell of what was written since the last time; gives how many were told.

    A change set that joins while this runs may find that others wait and leave no job behind: the schedule sees to it.
    """
    due = list(HearingDue.objects.order_by("pk")[:AT_ONCE])
    rows = ChangeSet.objects.select_related("by").filter(pk__in={d.change_set_id for d in due}).order_by("pk")
    ready = []
    for row in rows:
        if row.state == State.OPEN:
            tell_followers.using(key=f"{_FLAG}:{row.pk}").enqueue(row.pk)
        else:
            ready.append(row)
    HearingDue.objects.filter(pk__in=[d.pk for d in due]).delete()
    if len(due) == AT_ONCE:
        tell_due.enqueue()
    return told_of(ready)


@task(label=gettext_lazy("Telling followers"))
def tell_followers(change_set_id: int, tries: int = 0) -> int:
    """Tell of a change set of many transactions once it is over, as often as it runs; gives how many were told."""
    row = ChangeSet.objects.select_related("by").filter(pk=change_set_id).first()
    if row is None:
        return 0
    if row.state == State.OPEN:
        if tries < TRIES:
            wait = min(LATER * 2**tries, timedelta(hours=1))
            tell_followers.using(run_after=timezone.now() + wait).enqueue(change_set_id, tries + 1)
        return 0
    return told_of([row])


schedule("activity.hearing", tell_due, "every 1m")


def gathered(rows: Sequence[ChangeSet]) -> list[tuple[ChangeSet, str, Heard]]:
    """What change sets wrote that matters, by model; several writes of one record become one."""
    found: dict[tuple[int, str], Heard] = defaultdict(Heard)
    for row, chunk in read_each(rows):
        for written in chunk:
            columns = columns_of(written.model)
            if columns:
                _take(found[row.pk, written.model], written, columns)
    by_id = {row.pk: row for row in rows}
    return [(by_id[pk], label, heard) for (pk, label), heard in found.items() if heard.changed or heard.owners]


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


@dataclass(frozen=True, slots=True)
class Said:
    """What one person is to hear of one change set.

    Attributes:
        label: Of the records.
        kind: `ASSIGNED` or `FOLLOWED`.
        keys: The records, before it is asked whether the person sees them.
    """

    row: ChangeSet
    label: str
    heard: Heard
    person: int
    kind: str
    keys: list[int]


def told_of(rows: Sequence[ChangeSet]) -> int:
    """Tell followers and new owners what change sets did, each once; gives how many were told.

    What is asked of the database is asked for all of them together.
    """
    heard = gathered([row for row in rows if row.state not in (State.UNDONE, State.PARTLY)])
    said = [each for label in {label for _row, label, _heard in heard} for each in _said_of(label, heard)]
    people = {user.pk: user for user in people_of({each.person for each in said})}
    said = [each for each in said if each.person in people]
    told: list[Notification] = []
    for kind in (ASSIGNED, FOLLOWED):
        mine = [each for each in said if each.kind == kind]
        ways = chosen_by({each.person for each in mine}, kind)
        told += _composed([each for each in mine if ways[each.person] != How.OFF], people, ways)
    return len(keep(told, people.values()))


def _said_of(label: str, everything: Iterable[tuple[ChangeSet, str, Heard]]) -> Iterator[Said]:
    """Who is to hear what about records of one model."""
    mine = [(row, heard) for row, about, heard in everything if about == label]
    changed = [[pk for pk in h.changed if any(a != b for a, b in h.changed[pk].values())][:MOST] for _row, h in mine]
    followers = followers_of_many(label, {pk for ids in changed for pk in ids}) if any(changed) else {}
    for (row, heard), ids in zip(mine, changed, strict=True):
        owned: dict[int, list[int]] = defaultdict(list)
        followed: dict[int, list[int]] = defaultdict(list)
        for pk, owner in heard.owners.items():
            owned[owner].append(pk)
        for pk in ids:
            for person in followers[pk]:
                if heard.owners.get(pk) != person:
                    followed[person].append(pk)
        for kind, by_person in ((ASSIGNED, owned), (FOLLOWED, followed)):
            for person, keys in by_person.items():
                if person != row.by_id:
                    yield Said(row, label, heard, person, kind, keys[:MOST])


def _composed(said: Sequence[Said], people: Mapping[int, User], ways: Mapping[int, str]) -> Iterator[Notification]:
    """The notifications of one kind, about what each person sees."""
    wanted: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for each in said:
        wanted[each.label][each.person].update(each.keys)
    seen = {label: seen_by_each([people[pk] for pk in asked], label, asked) for label, asked in wanted.items()}
    shown = [(each, sorted(seen[each.label][each.person].intersection(each.keys))) for each in said]
    records = _records({(each.label, keys[0]) for each, keys in shown if len(keys) == 1})
    languages = languages_of([people[pk] for pk in {each.person for each in said}])
    listeners = {pk: Listener(people[pk], language) for pk, language in languages.items()}
    for each, keys in shown:
        text = _text(each, listeners[each.person], keys, records) if keys else ""
        if text:
            news = News(
                each.kind,
                each.row.at,
                about=(each.label, keys[0]),
                by_id=each.row.by_id,
                also=keys[1:],
                key=f"{each.kind}:{each.row.pk}:{each.label}",
                change_set_id=each.row.pk,
            )
            yield news.to(people[each.person], ways[each.person], text)


def _records(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Record]:
    """Records by label and id, one query a model."""
    found: dict[tuple[str, int], Record] = {}
    by_label: dict[str, list[int]] = defaultdict(list)
    for label, pk in wanted:
        by_label[label].append(pk)
    for label, keys in by_label.items():
        model: Any = apps.get_model(label)
        found |= {(label, pk): record for pk, record in model._base_manager.in_bulk(keys).items()}
    return found


@dataclass(frozen=True)
class Listener:
    """Somebody who is told, and how they read."""

    user: User
    language: str

    @cached_property
    def formats(self) -> Formats:
        """Numbers and days as they write them; most news tell none."""
        from coordina.activity.news import zone_of

        return formats_of(self.language, zone_of(self.user).key, reporting_currency(), timezone.now())


def _text(said: Said, listener: Listener, keys: Sequence[int], records: Mapping[tuple[str, int], Record]) -> str:
    with translation.override(listener.language):
        if len(keys) > 1:
            return many(said.row, said.kind, len(keys))
        record = records.get((said.label, keys[0]))
        return one(said.row, record, listener, said.kind, said.heard) if record is not None else ""


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


def one(row: ChangeSet, record: Record, listener: Listener, kind: str, heard: Heard) -> str:
    """What happened to one record, as far as the person may see its fields; empty where nothing is left to tell."""
    who = row.by.name if row.by else "Coordina"
    if kind == ASSIGNED:
        return _("%(who)s made it yours") % {"who": who}
    lines = [*said_of(row, record, listener, heard.changed[record.pk])]
    return _("%(who)s changed %(what)s") % {"who": who, "what": "; ".join(lines)} if lines else ""


def said_of(row: ChangeSet, record: Record, listener: Listener, pairs: Mapping[str, Sequence[Any]]) -> Iterable[str]:
    """Each changed column with what it holds now: «stage: Proposal»."""
    known = find_type(type(record))
    if known is None:
        return
    delta = dict(pairs)
    fields = {f.path: f for f in known.known_to(listener.user).values() if not f.far and not f.virtual}
    event = Event(row, record._meta.label, record.pk, "u", delta)
    reading = Reading(listener.user, listener.formats, titles_of([event], listener.user), record)
    for column in type(record)._meta.concrete_fields:
        about = fields.get(column.name)
        if about is None or column.attname not in delta or delta[column.attname][0] == delta[column.attname][1]:
            continue
        new = unescape(strip_tags(shown(about, delta[column.attname][1], reading, delta)))
        yield f"{about.label}: {new or '—'}"


__all__ = ["HEARD", "columns_of", "gathered", "listen", "tell_due", "tell_followers"]
