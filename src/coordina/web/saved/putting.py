"""Putting one field of a record: what a card on a board and a day on a calendar do when they are moved."""

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from coordina.core.actions import actions_on, standard
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Forbidden, NotFound, Refusal
from coordina.core.types import Field, Kind, RecordType
from coordina.records.models import Layout
from coordina.web.access import find, reaches
from coordina.web.doing import Done, carry_out, tell
from coordina.web.edits import form_of, values_now
from coordina.web.formpage import page_of
from coordina.web.lists import listing_of
from coordina.web.saved.boards import moved_columns


def put_answer(request: Any, known: RecordType, pk: int, name: str) -> HttpResponse:
    """The small form of one field, or what comes of sending it.

    Raises:
        NotFound: For records and fields that there are not for this person.
        Forbidden: Where they may see the record but not change it.
        Refusal: Whatever else stands in the way.
    """
    obj = find(request.user, known, pk)
    declared = standard(known.model, "edit")
    about = known.known_to(request.user).get(name)
    if about is None:
        raise NotFound
    if request.method == "POST" and (deed := _deed_instead(request, known, obj, about)):
        return deed
    if declared is None or declared.hidden or not reaches(request.user, declared.permission, obj):
        raise Forbidden
    if name not in known.sight(request.user).editable:
        raise Refusal("fixed", _("“%(field)s” cannot be changed like this.") % {"field": about.label}, status=409)
    if request.method != "POST":
        form = form_of(request, declared, only=(name,), values={name: values_now(known, obj).get(name)})
        return page_of(request, declared, known, form, obj)
    return _sent(request, known, obj, about)


def _sent(request: Any, known: RecordType, obj: Record, about: Field) -> HttpResponse:
    """Carry out the edit: JSON for scripts, back to where one came from for forms."""
    declared = standard(known.model, "edit")
    assert declared is not None
    if request.headers.get("X-Requested-With") == "fetch" or "value" in request.POST:
        value: Any = request.POST.get("value", "")
    else:
        form = form_of(request, declared, only=(about.name,), data=request.POST)
        if not form.is_valid():
            return page_of(request, declared, known, form, obj, status=422)
        value = form.cleaned_data.get(about.name)
    version = parse_id(request.POST.get("version", ""))
    data = {about.name: settled(request, about, obj, value)}
    try:
        done = carry_out(declared, data, user=request.user, pk=obj.pk, version=version)
    except Refusal as refusal:
        if _scripted(request):
            return _refused(refusal)
        raise
    return _done(request, known, done)


def settled(request: Any, about: Field, obj: Record, value: Any) -> Any:
    """What the action is given for a value of an address: a day for a moment keeps its time, nothing is none."""
    if value in (None, ""):
        return None
    if about.kind is Kind.DATETIME and isinstance(value, str) and len(value) == len("2026-11-22"):
        now = getattr(obj, about.path, None)
        here = now.astimezone(request.asker.time_zone) if now is not None else None
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            return value
        time = here.timetz() if here is not None else dt.time(9, tzinfo=request.asker.time_zone)
        return dt.datetime.combine(day, time.replace(tzinfo=request.asker.time_zone))
    return value


def _deed_instead(request: Any, known: RecordType, obj: Record, about: Field) -> HttpResponse | None:
    """Where a state is reached by an action of its own (to win, to lose), the form of that action."""
    value = request.POST.get("value", "")
    for each in actions_on(known.model):
        ends = each.lifecycle[1] if each.lifecycle else None
        if about.name == "status" and ends == value and not each.hidden and each.allows(obj):
            if not reaches(request.user, each.permission, obj):
                raise Forbidden
            url = reverse("web:do", args=(known.url, obj.pk, each.slug))
            if _scripted(request):
                return JsonResponse({"message": str(each.label), "form_url": url}, status=422)
            return HttpResponseRedirect(url)
    return None


def _scripted(request: Any) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _refused(refusal: Refusal) -> JsonResponse:
    message = " ".join(text for texts in refusal.errors.values() for text in texts)
    status = refusal.status if isinstance(refusal, Conflict | Forbidden | NotFound) else 400
    return JsonResponse({"message": message}, status=status)


def _done(request: Any, known: RecordType, done: Done) -> HttpResponse:
    if _scripted(request):
        toast = {"text": done.text, "undo": done.undo_url} if done.undo_url else None
        listing = listing_of(request, known) if request.GET.get("layout") == Layout.BOARD else None
        columns = moved_columns(listing) if listing is not None else {}
        return JsonResponse({"version": done.result.version, "toast": toast, "columns": columns})
    tell(request, done)
    url = request.POST.get("next", "") or request.GET.get("next", "")
    safe = url and url_has_allowed_host_and_scheme(url, {request.get_host()})
    url = url if safe else reverse("web:detail", args=(known.url, done.result.pk))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
