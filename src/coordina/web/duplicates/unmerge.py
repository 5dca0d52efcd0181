"""Taking a merge back: what came since is listed, and where it is not plain whose it is, the page asks."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import find_type, type_of
from coordina.ledger.doors import perform
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.undo import may_undo, undo
from coordina.records.duplicates.deciding import HANDOVERS
from coordina.records.duplicates.unmerging import Newer, Since, is_merge, since
from coordina.web.access import find
from coordina.web.context import follow_job
from coordina.web.doing import model_noun, title_of
from coordina.web.duplicates.shown import label_of
from coordina.web.listpage import capital
from coordina.web.undoing import AT_ONCE, find_change, said_of, size_of, undo_changes


def asks(change: ChangeSet, user: Any) -> str:
    """The page that must be asked before a change set is undone; empty where it can be undone at once."""
    if not is_merge(change) or since(change, user).quiet:
        return ""
    return reverse("web:unmerge", args=(change.pk,))


@require_http_methods(["GET", "HEAD", "POST"])
def unmerge_page(request: Any, pk: int) -> HttpResponse:
    """What a merge did and what came since; sent, it is taken back."""
    change = find_change(request.user, pk)
    if not is_merge(change):
        raise NotFound
    if not may_undo(change, request.user):
        raise Refusal("not_undoable", _("This cannot be undone."), status=409)
    found = since(change, request.user)
    if request.method == "POST":
        return taken_back(request, change, found)
    return render(request, "web/duplicates/unmerge.html", page_values(request, change, found))


def page_values(request: Any, change: ChangeSet, found: Since) -> dict[str, Any]:
    """What the page shows."""
    known = type_of(found.stays) if found.stays is not None else None
    columns = {c.attname: c.name for c in type(found.stays)._meta.concrete_fields} if known else {}
    names = [columns.get(column, column) for column in found.edited]
    return {
        "change": change,
        "stays": found.stays,
        "title": title_of(found.stays) if found.stays is not None else "",
        "gone": found.gone,
        "edited": [label_of(known, n) for n in names if known and n in known.known_to(request.user)],
        "newer": [_line(one) for one in found.newer],
        "who": change.by.name if change.by is not None else "Coordina",
        "when": request.formats.exact(change.at),
        "url": reverse("web:detail", args=(known.url, found.stays.pk)) if known else "/",
    }


def _line(one: Newer) -> dict[str, str]:
    known = find_type(type(one.obj))
    noun = capital(known.label) if known is not None else model_noun(one.obj._meta.label)
    return {"mark": one.mark, "title": title_of(one.obj), "noun": noun}


def taken_back(request: Any, change: ChangeSet, found: Since) -> HttpResponse:
    """Undo the merge, then hand over what was said to belong to a record that came back."""
    by = request.user
    chosen: dict[int, list[str]] = defaultdict(list)
    gone = {pk for pk, _name in found.gone}
    for one in found.newer:
        owner = parse_id(request.POST.get(f"to-{one.mark}", ""))
        if owner in gone:
            chosen[int(owner or 0)].append(one.mark)
    if size_of(change) > AT_ONCE and not chosen:
        made = undo_changes.using(by=by.pk).enqueue(change.pk, by.pk, False)
        follow_job(request, int(made.id))
        return redirect("web:job", int(made.id))
    report = undo(change, by=by, at=timezone.now())
    known = type_of(found.stays)
    for pk, marks in chosen.items():
        back = find(by, known, pk)
        perform(HANDOVERS[known.name], via="web")(
            record=back, source=found.stays, marks=marks, by=by, at=timezone.now()
        )
    redo = reverse("web:undo", args=(report.change_set.pk,)) if report.change_set is not None and not chosen else ""
    messages.success(request, said_of(report), extra_tags=f"undo:{redo}" if redo else "")
    if ChangeSet.objects.filter(pk=change.pk, state=State.PARTLY).exists():
        return redirect("web:change", change.pk)
    return redirect("web:detail", known.url, found.stays.pk)
