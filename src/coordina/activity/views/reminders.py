"""Setting, putting off and ticking off reminders."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordina.activity.actions import add_reminder, delete_reminder, finish_reminder, snooze_reminder
from coordina.activity.models import Reminder
from coordina.activity.panels import reminder_values
from coordina.core.parsing import parse_moment
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import type_of
from coordina.records.subjects import type_for
from coordina.records.views.acting import act, page_values, record_at, told, url_of


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: Any, url: str, pk: int) -> HttpResponse:
    """Set a reminder about a record."""
    record, errors = record_at(request.user, url, pk), []
    if request.method == "POST":
        try:
            undo_url = _set(request, record)
            return told(request, record, _("Reminder set."), undo_url)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            errors = [m for found in refusal.errors.values() for m in found]
    typed = request.POST.dict() if request.method == "POST" else None
    values = reminder_values(record, request.user, typed=typed) | page_values(record) | {"errors": errors}
    return render(request, "activity/remind.html", values, status=422 if errors else 200)


def _set(request: Any, record: Any) -> str:
    """Set the reminder that was sent. Gives the address that undoes it."""
    _made, undo_url = act(
        request,
        add_reminder,
        once=request.POST.get("once", ""),
        subject_type=type_of(record).model._meta.label,
        subject_id=record.pk,
        text=request.POST.get("text", ""),
        due_at=moment(request.POST.get("due_at", "")),
        person=parse_id(request.POST.get("person", "")) or request.user.pk,
    )
    return undo_url


def moment(text: str) -> dt.datetime:
    """The time that a form sends, in the person's zone.

    Raises:
        Refusal: At `due_at`, when it cannot be read.
    """
    try:
        return parse_moment(text, get_language() or "es", timezone.localtime())
    except Refusal as wrong:
        raise Refusal("datetime", wrong.message, field="due_at") from None


def mine(request: Any, pk: int) -> tuple[Reminder, Any]:
    """A reminder that the person made or gets, with its record.

    Raises:
        NotFound: Missing and invisible alike.
    """
    found = Reminder.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound
    rows: Any = type_for(found.subject_type).model.objects
    record = rows.visible_to(request.user).filter(pk=found.subject_id).first()
    if record is None:
        raise NotFound
    return found, record


@require_http_methods(["GET", "HEAD", "POST"])
def reminder(request: Any, pk: int) -> HttpResponse:
    """One reminder: put it off, tick it off, delete it."""
    found, record = mine(request, pk)
    error = ""
    if request.method == "POST":
        try:
            return _acted(request, found)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            error = " ".join(m for each in refusal.errors.values() for m in each)
    formats = request.formats
    due = request.POST.get("due_at") or formats.moment_figures(found.due_at)
    values = page_values(record) | {"reminder": found, "due_at": due, "error": error}
    values |= {"due_text": formats.exact(found.due_at), "day_order": formats.day_order}
    values["when_example"] = f"{formats.figures(formats.today)} 10:30"
    return render(request, "activity/reminder.html", values, status=422 if error else 200)


def _acted(request: Any, found: Reminder) -> HttpResponse:
    """Do what the button says, and go back to where it was pressed."""
    what = request.POST.get("do", "")
    if what == "done":
        _found, undo_url = act(request, finish_reminder, pk=found.pk)
        text = _("Done: %(text)s") % {"text": found.text}
    elif what == "delete":
        _found, undo_url = act(request, delete_reminder, pk=found.pk)
        text = _("Reminder deleted.")
    else:
        due_at = _later(what, request.POST.get("due_at", ""))
        _found, undo_url = act(request, snooze_reminder, pk=found.pk, due_at=due_at)
        text = _("You will be reminded later.")
    messages.success(request, text, extra_tags=f"undo:{undo_url}" if undo_url else "")
    back = request.POST.get("back", "")
    return redirect(back if back == reverse("activity:notifications") else url_of(mine_record(found, request)))


def mine_record(found: Reminder, request: Any) -> Any:
    """The record that a reminder is about."""
    rows: Any = type_for(found.subject_type).model.objects
    return rows.visible_to(request.user).get(pk=found.subject_id)


def _later(what: str, typed: str) -> dt.datetime:
    """In an hour, tomorrow or in a week at nine, or the time that was typed."""
    now = timezone.localtime()
    if what == "hour":
        return now + dt.timedelta(hours=1)
    days = {"tomorrow": 1, "week": 7}.get(what)
    if days is not None:
        return (now + dt.timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    return moment(typed)
