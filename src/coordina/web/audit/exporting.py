"""The report as a file: a line for each field that was written, or JSON; written by a job, read as a stream.

It holds what its owner may see: fields hidden from them are missing, names they may not see are left out.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import batched
from typing import Any, TextIO

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.core.csvsafe import export_safe
from coordina.core.formats import Formats
from coordina.core.refusals import Forbidden
from coordina.ledger.audit import AUDIT, Asked, find, tells
from coordina.ledger.entries import Written, read
from coordina.ledger.history import Event
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import Kind, progress, task
from coordina.web.audit.asking import VIAS, read_question
from coordina.web.audit.showing import events_of, known_of, lines_of, titles_of, what_of
from coordina.web.exporting import BOM
from coordina.web.historypage import KINDS, columns_of
from coordina.web.listpage import capital
from coordina.web.produced import new_place
from coordina.web.visitor import setting_of

FORMATS = ("csv", "json")
AT_ONCE = 500
"""Entries that are put into words together."""

type Pair = tuple[ChangeSet, Written]


@task(kind=Kind.LONG, label=gettext_lazy("Writing the report"))
def make_file(user_id: int, typed: dict[str, str], form: str) -> dict[str, Any]:
    """Write what the report shows into a file; gives the address where its owner fetches it.

    Args:
        user_id: Who asked; they must still be allowed to when it is written.
        typed: The question as the form says it.
        form: One of `FORMATS`.
    """
    user = User.objects.for_request().get(pk=user_id)
    if not user.may(AUDIT):
        raise Forbidden
    chosen = setting_of(user, the_company(), "")
    target, address = new_place(user_id, "audit", form)
    with translation.override(chosen.locale), timezone.override(chosen.zone):
        asked = read_question(typed, user, chosen.formats).asked
        with target.draft() as half, half.open("w", encoding="utf-8", newline="") as file:
            write: Callable[..., None] = write_csv if form == "csv" else write_json
            write(file, entries_asked(asked), user, chosen.formats)
    return {"result_url": address}


def entries_asked(asked: Asked) -> Iterator[Pair]:
    """Every entry that is asked for, the newest change set first."""
    after: int | None = None
    done = 0
    while True:
        found = find(asked, after=after, size=200)
        for change in found.changes:
            for chunk in read(change):
                progress.check()
                for entry in chunk:
                    if tells(asked, entry):
                        done += 1
                        yield change, entry
            progress.report(done, None, gettext_noop("Reading the ledger"))
        after = found.next
        if after is None:
            return


def write_csv(file: TextIO, entries: Iterator[Pair], user: User, formats: Formats) -> None:
    """A line for each field, before and after in words; formulas are made harmless."""
    point = formats.decimal(Decimal("1.5"))[1]
    line = csv.writer(file, delimiter=";" if point == "," else ",", lineterminator="\r\n")
    file.write(BOM)
    line.writerow([export_safe(head) for head in _heads()])
    for part in batched(entries, AT_ONCE):
        events = events_of(part)
        titles = titles_of(events)
        for event, lines in zip(events, lines_of(events, user, formats), strict=True):
            known = known_of(event.model)
            noun = capital(known.label) if known is not None else event.model
            told = [*_head_of(event), noun, event.pk, titles.get((event.model, event.pk), "")]
            said = [(each.label, each.before, each.after) for each in lines] or [("", "", "")]
            line.writerows([[export_safe(cell) for cell in (*told, *each)] for each in said])


def _heads() -> list[str]:
    return [
        _("Number"),
        _("When"),
        _("Who"),
        _("Action"),
        _("Door"),
        _("What happened"),
        _("Type of record"),
        _("Id"),
        _("Name"),
        _("Field"),
        _("Before"),
        _("After"),
    ]


def _head_of(event: Event) -> list[Any]:
    change = event.change_set
    return [
        change.pk,
        _moment(change.at),
        change.by.name if change.by is not None else "Coordina",
        what_of(change, event.kind),
        VIAS.get(change.via, change.via),
        KINDS.get(event.kind, event.kind),
    ]


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")


def write_json(file: TextIO, entries: Iterator[Pair], user: User, formats: Formats) -> None:
    """One JSON list with an object for each written row; values as the ledger holds them."""
    file.write("[")
    first = True
    for change, entry in entries:
        file.write("\n" if first else ",\n")
        file.write(json.dumps(_as_json(change, events_of([(change, entry)])[0], user), ensure_ascii=False))
        first = False
    file.write("\n]\n")


def _as_json(change: ChangeSet, event: Event, user: User) -> dict[str, Any]:
    known = known_of(event.model)
    columns = columns_of(known, user) if known is not None else {}
    told = {
        about.name: {"before": None, "after": None, "erased": True}
        if column in event.erased
        else dict(zip(("before", "after"), _pair(event, column), strict=True))
        for column, about in columns.items()
        if column in event.delta
    }
    return {
        "change": change.pk,
        "at": _moment(change.at),
        "by": {"id": change.by_id, "name": change.by.name} if change.by is not None else None,
        "door": change.via,
        "action": change.action,
        "state": change.state,
        "undoes": change.undo_of_id,
        "what": {"c": "created", "u": "changed", "d": "deleted"}[event.kind],
        "type": known.name if known is not None else event.model,
        "id": event.pk,
        "fields": told,
    }


def _pair(event: Event, column: str) -> tuple[Any, Any]:
    given = event.delta[column]
    if event.kind == "u":
        return given[0], given[1]
    return (None, given) if event.kind == "c" else (given, None)
