"""What the pages of a bulk run show: the preview and the result, in the reader's words."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.core.types import TYPES, Field, Kind, RecordType
from coordina.ledger.models.changes import State
from coordina.ledger.queue import job_status
from coordina.ledger.undo import may_undo
from coordina.records.bulk.order import Order
from coordina.records.bulk.previewing import OTHERS
from coordina.records.changes import Reading, shown
from coordina.records.models import BulkProblem, BulkRun, BulkState
from coordina.web.bulk.choices import Choice
from coordina.web.bulk.forms import BulkForm
from coordina.web.bulk.picking import Picked
from coordina.web.jobs import as_context
from coordina.web.listpage import capital
from coordina.web.sentences import titles_of

PROBLEMS = 100
"""Refused records that a page names; the file has all."""
MOVES = 8


def order_values(known: RecordType, choice: Choice, form: BulkForm, chosen: Picked) -> dict[str, Any]:
    """Everything the page shows on which one says what is to be done."""
    noun = known.label if chosen.number == 1 else known.plural
    return {
        "known": known,
        "choice": choice,
        "form": form,
        "picked": chosen,
        "title": f"{choice.label} · {chosen.count} {noun}",
        "list_name": capital(known.plural),
        "action": reverse("web:bulk", args=(known.url,)),
    }


def page_values(request: Any, run: BulkRun) -> dict[str, Any]:
    """Everything the page of a run shows."""
    known = TYPES[run.type]
    order = Order.of(run, request.user)
    noun = known.label if run.total == 1 else known.plural
    title = f"{label_of(order)} · {request.formats.integer(run.total)} {noun}" if run.total else label_of(order)
    working = run.state in (BulkState.CHECKING, BulkState.RUNNING)
    status = job_status(run.job_id, request.user) if working and run.job_id is not None else None
    change = run.change_set
    counts = {name: int(run.counts.get(name, 0)) for name in ("change", "done", "same", "refused")}
    changing = counts["change"]
    return {
        "run": run,
        "known": known,
        "title": title,
        "list_url": list_url(run, known),
        "list_name": capital(known.plural),
        "job": as_context(request, status) if status is not None else None,
        "working": working,
        "finished": run.state in (BulkState.DONE, BulkState.STOPPED),
        "counts": counts,
        "text": {name: request.formats.integer(n) for name, n in counts.items()},
        "behind": request.formats.integer(run.behind),
        "button": button_of(order, changing, request.formats),
        "danger": order.declared.danger,
        "warning": order.declared.warning if not order.declared.undoable else "",
        "moves": _moves(request, order, run) if run.state == BulkState.CHECKED else [],
        "samples": _samples(request, order, run) if run.state == BulkState.CHECKED else [],
        "heads": [_label(known.fields[n]) for n in _names(order, run)],
        "problems": problems_of(run, request.user, PROBLEMS),
        "more_problems": max(0, counts["refused"] - PROBLEMS),
        "undoable": change is not None and change.state == State.DONE and may_undo(change, request.user),
        "undone": change is not None and change.state in (State.UNDONE, State.PARTLY),
        "change_url": reverse("web:change", args=(change.pk,)) if change is not None else "",
    }


def label_of(order: Order) -> str:
    """What is done, in words."""
    verbs = {"edit": _("Edit fields"), "delete": _("Delete")}
    return verbs.get(order.declared.verb, capital(order.declared.label))


def button_of(order: Order, count: int, formats: Any) -> str:
    """What the button says that does it."""
    known = order.known
    noun = str(known.label if count == 1 else known.plural)
    values = {"count": formats.integer(count), "noun": noun, "action": capital(order.declared.label)}
    if order.declared.verb == "edit":
        return _("Change %(count)s %(noun)s") % values
    if order.declared.verb == "delete":
        return _("Delete %(count)s %(noun)s") % values
    return _("%(action)s: %(count)s %(noun)s") % values


def done_text(run: BulkRun, formats: Any) -> str:
    """What the toast says after a run that left nothing out."""
    done = int(run.counts.get("done", 0))
    if not done:
        return _("Nothing changed.")
    text = ngettext("%(count)s record done.", "%(count)s records done.", done)
    return text % {"count": formats.integer(done)}


def list_url(run: BulkRun, known: RecordType) -> str:
    """The list the run came from, with its filter."""
    base = reverse("web:list", args=(known.url,))
    query = run.query or run.given.get("q", "")
    return f"{base}?{urlencode({'q': query})}" if query else base


def _label(field: Field) -> str:
    return capital(field.label)


def _names(order: Order, run: BulkRun) -> list[str]:
    """Fields that the samples change, as far as the reader may see them."""
    visible = order.known.known_to(order.by)
    names: dict[str, None] = {}
    for sample in run.shown.get("samples", ()):
        names |= dict.fromkeys(n for n in sample["fields"] if n in visible)
    return list(names)


def _reading(request: Any, order: Order, pairs: Iterable[tuple[str, list[Any]]]) -> Reading:
    wanted: dict[Any, set[int]] = {}
    for name, pair in pairs:
        about = order.known.fields[name]
        if about.kind is Kind.REF and about.to is not None:
            wanted.setdefault(about.to, set()).update(k for k in pair if isinstance(k, int))
    titles = {(m, pk): t for m, keys in wanted.items() for pk, t in titles_of(m, keys, request.user).items()}
    return Reading(request.user, request.formats, titles, order.known.model())


def _words(field: Field, value: Any, reading: Reading, currency: Mapping[str, Any]) -> str:
    if value == OTHERS:
        return _("other values")
    if isinstance(value, list):
        return ", ".join(str(v) for v in value) or "—"
    return shown(field, value, reading, currency) or "—"


def _moves(request: Any, order: Order, run: BulkRun) -> list[dict[str, Any]]:
    """By field: how many change from what to what."""
    visible = order.known.known_to(request.user)
    moves = {n: rows for n, rows in run.shown.get("moves", {}).items() if n in visible}
    reading = _reading(request, order, [(n, [row[0], row[1]]) for n, rows in moves.items() for row in rows])
    found = []
    for name, rows in moves.items():
        about = order.known.fields[name]
        lines = [
            (_words(about, old, reading, {}), _words(about, new, reading, {}), request.formats.integer(n))
            for old, new, n in rows[:MOVES]
        ]
        rest = sum(n for _old, _new, n in rows[MOVES:])
        found.append({"label": _label(about), "lines": lines, "rest": request.formats.integer(rest) if rest else ""})
    return found


def _samples(request: Any, order: Order, run: BulkRun) -> list[dict[str, Any]]:
    """A few records with what they hold and will hold."""
    samples, names = run.shown.get("samples", []), _names(order, run)
    titles = titles_here(order.known, [s["pk"] for s in samples], request.user)
    pairs = [(n, s["fields"][n]) for s in samples for n in names if n in s["fields"]]
    reading = _reading(request, order, pairs)
    found = []
    for sample in samples:
        cells: list[tuple[str, str] | None] = []
        for name in names:
            pair = sample["fields"].get(name)
            about = order.known.fields[name]
            money = {about.currency: sample["currency"]} if about.currency else {}
            cells.append(
                (_words(about, pair[0], reading, money), _words(about, pair[1], reading, money)) if pair else None
            )
        title = titles.get(sample["pk"], "—")
        found.append(
            {"title": title, "url": reverse("web:detail", args=(order.known.url, sample["pk"])), "cells": cells}
        )
    return found


def titles_here(known: RecordType, keys: list[int], user: Any) -> dict[int, str]:
    """Names of records, as far as the reader may see them."""
    rows: Any = known.model.objects.visible_to(user).filter(pk__in=keys)
    return {pk: str(title) for pk, title in rows.values_list("pk", known.model.title_column)}


def problems_of(run: BulkRun, user: Any, most: int, after: int = 0) -> list[dict[str, Any]]:
    """Records that were or will be left out, with the reasons."""
    known = TYPES[run.type]
    rows = BulkProblem.objects.filter(run=run, pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", "object_id", "reason")[:most])
    titles = titles_here(known, [key for _pk, key, _reason in found], user)
    return [
        {
            "mark": pk,
            "pk": key,
            "title": titles.get(key, "—"),
            "url": reverse("web:detail", args=(known.url, key)) if key in titles else "",
            "reason": reason,
        }
        for pk, key, reason in found
    ]
