"""The bell, what it opens, and the page of notifications."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from coordina.activity.bell import state_of
from coordina.activity.lines import by_days, lines_of
from coordina.activity.models import Notification
from coordina.activity.places import place_of
from coordina.activity.reading import choose, mark_all_read, mark_read
from coordina.activity.reminding import open_reminders
from coordina.activity.shown import newest, readable
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound

FEW, MANY = 8, 40


@require_safe
def bell(request: Any) -> HttpResponse:
    """The number at the bell, for a script that asks again and again: nothing new costs nothing."""
    state = state_of(request.user)
    etag = f'"{state.etag}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return JsonResponse({"count": state.count, "label": state.label, "said": said(state.count)}, headers={"ETag": etag})


def said(count: int) -> str:
    """What the bell is called, read aloud."""
    if not count:
        return _("Notifications")
    return ngettext("Notifications: %(count)s unread", "Notifications: %(count)s unread", count) % {"count": count}


@require_safe
def popover(request: Any) -> HttpResponse:
    """The newest notifications, under the bell."""
    rows = newest(request.user, limit=FEW)
    values = {"lines": lines_of(rows, request.user, request.formats), "upto": rows[0].pk if rows else 0}
    return render(request, "activity/popover.html", values)


@require_safe
def page(request: Any) -> HttpResponse:
    """All notifications, or the unread ones, by days."""
    unread, before = request.GET.get("show") == "unread", parse_id(request.GET.get("before", ""))
    raw = Notification.objects.filter(person_id=request.user.pk, withdrawn=False)
    raw = raw.filter(read_at__isnull=True) if unread else raw
    raw = raw.filter(pk__lt=before) if before is not None else raw
    some = list(raw.order_by("-pk")[: MANY + 1])
    rows = readable(some[:MANY], request.user)
    values = {
        "days": by_days(lines_of(rows, request.user, request.formats), request.formats),
        "unread": unread,
        "count": state_of(request.user).count,
        "next": some[MANY - 1].pk if len(some) > MANY else None,
        "upto": some[0].pk if some else 0,
        "reminders": [] if before is not None else open_reminders(request.user, request.formats),
    }
    return render(request, "activity/notifications.html", values)


@require_safe
def go(request: Any, pk: int) -> HttpResponse:
    """Open what a notification is about; it is read then."""
    row = Notification.objects.filter(person_id=request.user.pk, pk=pk).first()
    left = readable([row], request.user) if row is not None else []
    if not left:
        raise NotFound
    mark_read(request.user, [pk])
    return redirect(place_of(left[0]))


@require_POST
def read(request: Any) -> HttpResponse:
    """Mark one notification, or all that the page knew, read."""
    one = parse_id(request.POST.get("one", ""))
    count = (
        mark_read(request.user, [one])
        if one
        else mark_all_read(request.user, parse_id(request.POST.get("upto", "")) or 0)
    )
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "bell"})
    if not one and count:
        messages.success(request, _("All read"))
    return redirect(reverse("activity:notifications"))


@require_POST
def choices(request: Any) -> HttpResponse:
    """Keep how somebody wants to hear of what."""
    choose(request.user, {name.removeprefix("kind:"): value for name, value in request.POST.items()})
    messages.success(request, _("Saved"))
    return redirect(f"{reverse('web:profile')}#notifications")
