"""The page of the seals: the newest root, what waits, and checking."""

import csv
import re
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.accounts.models import User
from coordina.ledger.models.seals import Seal, Verification
from coordina.ledger.sealing.jobs import check, newest
from coordina.ledger.sealing.making import waiting
from coordina.web.audit.need import need
from coordina.web.audit.showing import known_of
from coordina.web.context import follow_job
from coordina.web.listpage import capital

SHOWN = 10
NAMED = 50
"""Findings that the page names."""


_ROOT = re.compile(r"[0-9a-f]{64}")


@require_safe
def seals(request: Any) -> HttpResponse:
    """How far the ledger is sealed, and what checks have found."""
    need(request)
    return _page(request)


def _page(request: Any, typed: str = "", error: str = "") -> HttpResponse:
    """The page; with a root that is none and why."""
    formats, last = request.formats, newest()
    checks = list(Verification.objects.order_by("-pk")[:SHOWN])
    people: Any = User.objects.visible_to(request.user).filter(pk__in=[c.by_id for c in checks if c.by_id])
    names = dict(people.values_list("pk", "name"))
    values = {
        "last": last,
        "at": formats.exact(last.at) if last is not None else "",
        "sealed": formats.integer(Seal.objects.aggregate(n=Sum("leaves"))["n"] or 0),
        "waiting": formats.integer(waiting()),
        "checks": [
            (formats.exact(c.at), names.get(c.by_id or 0, "Coordina"), formats.integer(c.leaves), c.wrong, c.erased)
            for c in checks
        ],
        "findings": [words_of(found) for found in checks[0].findings[:NAMED]] if checks else [],
        "wrong": checks[0].wrong if checks else 0,
        "typed": typed,
        "error": error,
    }
    return render(request, "web/audit/seals.html", values, status=422 if error else 200)


def words_of(found: list[Any]) -> tuple[str, str, str]:
    """A finding in words, what it is about, and where to look; no address where there is nothing to look at."""
    what, change_set, model, pk, seal = found
    said = {
        "changed": _("Changed"),
        "removed": _("Removed"),
        "inserted": _("Inserted"),
        "reordered": _("Put in another order"),
        "index": _("Not found by the history of its record"),
        "unknown": _("Erased by nobody on record"),
    }
    if what == "seal":
        return _("The chain of seals is broken"), _("Seal %(number)s") % {"number": seal}, ""
    known = known_of(model) if model else None
    noun = capital(str(known.label)) if known is not None else model
    about = _("%(noun)s, no. %(number)s") % {"noun": noun, "number": pk} if pk else noun
    whole = _("Change %(number)s") % {"number": change_set}
    return said.get(what, what), f"{whole} · {about}" if about else whole, reverse("web:audit_one", args=(change_set,))


@require_POST
def check_seals(request: Any) -> HttpResponse:
    """Check the whole ledger, as a job; what cannot be a root is refused before it looks like a broken chain."""
    need(request)
    anchor = "".join(request.POST.get("root", "").lower().split())
    if anchor and not _ROOT.fullmatch(anchor):
        return _page(request, anchor[:80], _("A root has 64 digits and letters from a to f. Copy it whole."))
    job = check.using(by=request.user.pk, order_key="ledger:check").enqueue(
        request.user.pk, anchor, reverse("web:audit_seals")
    )
    follow_job(request, int(job.id))
    return redirect("web:job", int(job.id))


@require_safe
def roots(request: Any) -> HttpResponse:
    """The roots of all seals as a table, to be kept somewhere else."""
    need(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="coordina-roots.csv"'
    lines = csv.writer(answer)
    lines.writerow(["number", "at", "digests", "root"])
    for number, at, leaves, root in Seal.objects.order_by("number").values_list("number", "at", "leaves", "root"):
        lines.writerow([number, at.isoformat(), leaves, root])
    return answer
