"""Undoing for the web: at once while it is small, as a job when it is large; and what an undo left."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from coordina.accounts.models import User
from coordina.core.records import Record
from coordina.core.refusals import NotFound
from coordina.core.sight import hidden_columns
from coordina.core.types import find_type
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import Batch, Change, State
from coordina.ledger.queue import Kind, progress, task
from coordina.ledger.undo import Held, UndoReport, may_undo, undo
from coordina.web.doing import model_noun
from coordina.web.listpage import capital

AT_ONCE = 200
"""Entries that are undone inside the request."""
TOLD = 500
"""Rows left by an undo that its page names."""
AWAY = frozenset({"taken", "missing", "free"})
"""Reasons of rows that are not there: their names are what they were called."""


def find_change(user: User, pk: int) -> ChangeSet:
    """A change set that the person may undo.

    Raises:
        NotFound: When there is none, or it is somebody else's to undo: both alike.
    """
    found = ChangeSet.objects.select_related("by").filter(pk=pk).first()
    if found is None or not (may_undo(found, user) or found.by_id == user.pk):
        raise NotFound
    return found


def size_of(change_set: ChangeSet) -> int:
    """How many rows it wrote."""
    batched = Batch.objects.filter(change_set=change_set).aggregate(n=Sum("size"))["n"] or 0
    return Change.objects.filter(change_set=change_set).count() + int(batched)


@task(kind=Kind.LONG, label=gettext_lazy("Undoing"))
def undo_changes(change_set: int, by: int, force: bool) -> dict[str, Any]:
    """Undo a large change set.

    Returns:
        How many rows went back, and what was left: `[model, id, reason, names]`.
    """
    user = User.objects.for_request().get(pk=by)
    found = ChangeSet.objects.get(pk=change_set)
    total = size_of(found)

    def tell(rows: int) -> None:
        progress.report(rows, total, gettext_noop("Putting everything back"))
        progress.check()

    url = reverse("web:change", args=(change_set,))
    if found.state == State.UNDONE:  # asked for twice
        return {"undone": 0, "held": [], "result_url": url}
    report = undo(found, by=user, at=timezone.now(), force=force, progress=tell)
    return {"undone": report.undone, "held": held_as_json(report), "result_url": url}


def held_as_json(report: UndoReport) -> list[list[Any]]:
    """What an undo left, to be kept with its job or in the session."""
    return [[h.model, h.pk, h.reason, list(h.names)] for h in report.held[:TOLD]]


@dataclass(frozen=True, slots=True)
class Left:
    """A row that an undo left as it is, for people."""

    noun: str
    title: str
    url: str
    reason: str


def left_of(held: list[list[Any]], user: User) -> list[Left]:
    """Names, links and reasons of what was left; rows the person may not see have no name.

    Args:
        held: As `held_as_json` and `web.left` give it; of a row that is away the name it had, where that is known.
        user: Who is told.
    """
    by_model: dict[str, list[int]] = {}
    for model, pk, _reason, _names in held:
        by_model.setdefault(model, []).append(pk)
    titles = {label: _titles(label, keys, user) for label, keys in by_model.items()}
    return [_left(Held(m, pk, reason, tuple(names)), titles[m], user) for m, pk, reason, names in held]


def _titles(label: str, keys: list[int], user: User) -> dict[int, str]:
    model: Any = apps.get_model(label)
    seen = model.objects.visible_to(user).filter(pk__in=keys)
    return {pk: str(title) for pk, title in seen.values_list("pk", model.title_column)}


def _left(held: Held, titles: dict[int, str], user: User) -> Left:
    model: type[Record] = apps.get_model(held.model)  # type: ignore[assignment]  # labels of the ledger are records
    known = find_type(model)
    title = titles.get(held.pk, "")
    url = reverse("web:detail", args=(known.url, held.pk)) if known and title and not known.within else ""
    noun = capital(known.label if known else model._meta.verbose_name)
    if held.reason in AWAY and held.names:
        title = held.names[0]
    return Left(noun, title or _("something you cannot see"), url, _why(held, model, user))


def _why(held: Held, model: type[Record], user: User) -> str:
    """The reason in words, without the names of fields hidden from the reader."""
    if held.reason == "held":
        nouns = ", ".join(model_noun(name) if "." in name else name for name in held.names)
        return _("Others built on it: %(records)s.") % {"records": nouns}
    if held.reason == "changed":
        known = find_type(model)
        hidden = hidden_columns(known, user) if known is not None else ()
        labels = [_label(model, name) for name in held.names if name not in hidden]
        if not labels:
            return _("Somebody changed it since.")
        return _("Changed since: %(fields)s.") % {"fields": ", ".join(labels)}
    if held.reason == "beyond":
        return _("You may not change it any more.")
    if held.reason == "erased":
        return _("What it held was erased for good.")
    if held.reason == "taken":
        return _("Another record has its name or number by now.")
    if held.reason == "missing":
        return _("What it belonged to is no longer there.")
    if held.reason == "free":
        return _("Nothing is in its way any more: finish undoing.")
    return _("It is there already.") if held.reason == "exists" else _("It is gone.")


def _label(model: type[Record], column: str) -> str:
    found = next((c for c in model._meta.concrete_fields if c.attname == column or c.name == column), None)
    return str(found.verbose_name) if found is not None else column


def said_of(report: UndoReport) -> str:
    """What the toast says after an undo."""
    left = sum(1 for h in report.held if h.reason != "gone")
    said = _("Undone.")
    if left:
        said = ngettext(
            "Undone, except for %(count)s record that others have changed since.",
            "Undone, except for %(count)s records that others have changed since.",
            left,
        ) % {"count": left}
    return " ".join([said, *report.outside])
