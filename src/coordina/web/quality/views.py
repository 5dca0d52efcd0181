"""Data quality: what is missing, wrong, stale or without an owner, each figure with its list."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.core.refusals import Forbidden
from coordina.records.quality.jobs import look_for_flaws
from coordina.web.context import follow_job
from coordina.web.quality.showing import asked_in, page_values


@require_safe
def page(request: Any) -> HttpResponse:
    """The figures of every noun one sees, and one noun broken down by who looks after it."""
    wanted = asked_in(request)
    if not wanted.nouns:
        raise Forbidden
    return render(request, "web/quality/page.html", page_values(request, wanted))


@require_POST
def look(request: Any) -> HttpResponse:
    """Have values judged that were written since the last look."""
    if not asked_in(request).nouns:
        raise Forbidden
    made = look_for_flaws.using(by=request.user.pk).enqueue()
    follow_job(request, int(made.id))
    messages.success(request, _("Values are being looked at."))
    return redirect("web:quality")
