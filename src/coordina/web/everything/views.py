"""The page of everything: an archive is asked for, written by a job, and fetched by whoever asked."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.core.refusals import Forbidden, NotFound
from coordina.ledger.doors import perform
from coordina.transfer.actions import TAKE, order_archive
from coordina.transfer.enums import Standing
from coordina.transfer.jobs import key_of, path_of, under_way, write_archive
from coordina.transfer.models import Archive
from coordina.web.accounts.proving import fresh
from coordina.web.context import follow_job
from coordina.web.everything.showing import held, made_lately
from coordina.web.produced import handed_out

type View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """Open a page to who may take everything and has shown a short while ago who they are."""
    proved = fresh(view)

    @wraps(view)
    def asked(request: Any, *args: Any, **given: Any) -> HttpResponseBase:
        if not request.user.may(TAKE):
            raise Forbidden
        return proved(request, *args, **given)

    return asked


@require_safe
@guarded
def everything(request: Any) -> HttpResponse:
    """What an archive holds, and those that were made."""
    values = {"held": held(request.user, request.formats), "made": made_lately(request.user, request.formats)}
    return render(request, "web/everything/page.html", values)


@require_POST
@guarded
def order(request: Any) -> HttpResponse:
    """Ask for an archive; one that is being written already is followed instead."""
    user = request.user
    for waiting in Archive.objects.visible_to(user).filter(owner=user, status=Standing.WAITING).order_by("-pk")[:5]:
        job = under_way(waiting)
        if job is not None:
            return redirect("web:job", job)
    made = perform(order_archive, via="web")(by=user, at=timezone.now())
    job = int(write_archive.using(by=user.pk, key=key_of(made.pk)).enqueue(made.pk).id)
    follow_job(request, job)
    return redirect("web:job", job)


@require_safe
@guarded
def fetch(request: Any, pk: int) -> HttpResponseBase:
    """The file, for whoever asked for it; for others, and once it is gone, it does not exist."""
    row = Archive.objects.visible_to(request.user).filter(pk=pk, owner=request.user).first()
    if row is None:
        raise NotFound
    day = timezone.localdate(row.created_at).isoformat()
    name = f"coordina-{_('everything')}-{day}.zip"
    return handed_out(path_of(row.pk), name, "application/zip")
