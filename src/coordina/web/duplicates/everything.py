"""Merging all pairs that are almost certain: a preview, then a job, undone as one."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordina.accounts.models import User
from coordina.core.refusals import Forbidden
from coordina.core.types import TYPES, RecordType
from coordina.ledger.queue import Kind, progress, task
from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.sure import merge_all, planned
from coordina.web.context import follow_job
from coordina.web.duplicates.shown import compared_names, matching_for, sides_of

SHOWN = 20
"""Groups that the preview names."""


@require_http_methods(["GET", "HEAD", "POST"])
def all_page(request: Any, known: RecordType) -> HttpResponse:
    """What would become one; sent, it does."""
    kind = matching_for(known, request.user)
    if not request.user.may(known.model.permission("change")):
        raise Forbidden
    if request.method == "POST":
        made = merge_sure.using(by=request.user.pk).enqueue(known.name, request.user.pk, secrets.token_urlsafe(12))
        follow_job(request, int(made.id))
        return redirect("web:job", int(made.id))
    plan = planned(kind, request.user)
    keys = [pk for group in plan.groups[:SHOWN] for pk in group]
    sides = sides_of(known, keys, request.user, request.formats, compared_names(kind, request.user)[:3])
    values = {
        "known": known,
        "groups": [[sides[pk] for pk in group if pk in sides] for group in plan.groups[:SHOWN]],
        "count": len(plan.groups),
        "more": max(0, len(plan.groups) - SHOWN),
        "text": {
            "groups": request.formats.integer(len(plan.groups)),
            "gone": request.formats.integer(plan.gone),
            "beyond": request.formats.integer(plan.beyond),
        },
        "gone": plan.gone,
        "beyond": plan.beyond,
        "back": reverse("web:duplicates_of", args=(known.url,)),
        "crumbs": [(_("Duplicates"), reverse("web:duplicates_of", args=(known.url,)))],
    }
    return render(request, "web/duplicates/all.html", values)


@task(kind=Kind.LONG, label=gettext_lazy("Merging duplicates"))
def merge_sure(name: str, by_id: int, token: str) -> dict[str, Any]:
    """Merge all almost certain pairs of a type; gives where the result is."""

    def tell(behind: int, total: int) -> None:
        progress.report(behind, total)
        progress.check()

    by = User.objects.for_request().get(pk=by_id)
    made = merge_all(MATCHINGS[name], by, f"merge-sure:{token}", progress=tell)
    back = reverse("web:duplicates_of", args=(TYPES[name].url,))
    return {"result_url": reverse("web:change", args=(made.pk,)) if made is not None else back}
