"""The page of the system, for administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden
from coordina.ledger.queue import dead_letters, retry
from coordina.web.system.facts import facts
from coordina.web.system.need import SYSTEM

FAILED = 20


def need(request: Any) -> None:
    """Refuse who is no administrator.

    Raises:
        Forbidden: Then.
    """
    if not request.user.may(SYSTEM):
        raise Forbidden


@require_safe
def system(request: Any) -> HttpResponse:
    """What is in use, how it is, and what to do."""
    need(request)
    groups, now = facts(request.formats), timezone.now()
    failed = [
        (job, request.formats.relative(job.finished_at or now, now)) for job in dead_letters(request.user, FAILED)
    ]
    amiss = sum(fact.good is False for _title, lines in groups for fact in lines)
    return render(request, "web/system/page.html", {"groups": groups, "failed": failed, "amiss": amiss})


@require_POST
def again(request: Any) -> HttpResponse:
    """Let a failed job run again."""
    need(request)
    pk = parse_id(request.POST.get("pk", ""))
    if pk is not None and retry(pk, request.user):
        messages.success(request, _("The job is tried again."))
    else:
        messages.warning(request, _("It does not wait for anybody any more."))
    return redirect("web:system")
