"""What the views of notes, files and interactions share: finding the record, acting, and the way back."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.actions import of
from coordina.core.prepared import one
from coordina.core.records import Record
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import by_url, type_of
from coordina.ledger.change_sets import AlreadyDone, just_written
from coordina.ledger.doors import submit
from coordina.ledger.once import key_of, made_before
from coordina.records.models import Hanger
from coordina.records.subjects import type_for

TICKET = "ticket"
"""Input that is another one with each upload of the same file."""


def record_at(user: User, url: str, pk: int) -> Any:
    """The record at an address, as far as the person sees it.

    Raises:
        NotFound: Missing and invisible alike.
    """
    known = by_url(url)
    found = one(known.model, pk, user) if known and not known.within else None
    if found is None:
        raise NotFound
    return found


def hung[H: Hanger](model: type[H], user: User, pk: int) -> tuple[H, Any]:
    """Something that hangs on a record, with that record.

    Raises:
        NotFound: Missing and invisible alike.
    """
    all_rows: Any = model.objects
    found: H | None = all_rows.filter(pk=pk).first() if user.may(model.view_permission()) else None
    if found is None:
        raise NotFound
    rows: Any = type_for(found.subject_type).model.objects
    subject = rows.visible_to(user).filter(pk=found.subject_id).first()
    if subject is None:
        raise NotFound
    return found, subject


def rewriting(
    request: Any, found: Any, save: Callable[[str], HttpResponse], show: Callable[[dict[str, str], int], HttpResponse]
) -> HttpResponse:
    """Change a text that somebody wrote, or show its form: with what was typed, and why it was refused.

    Args:
        found: What holds the text.
        save: Writes what was sent, and answers.
        show: The form from its `text` and `error`, with a status.

    Raises:
        Refusal: One that no field of the form can answer for.
    """
    text = request.POST.get("text", found.text)
    if request.method != "POST":
        return show({"text": text, "error": ""}, 200)
    try:
        return save(text)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return show({"text": text, "error": " ".join(m for each in refusal.errors.values() for m in each)}, 422)


def act(request: Any, fn: Callable[..., Any], *, pk: int | None = None, once: str = "", **data: Any) -> tuple[Any, str]:
    """Call an action through the ledger's door.

    Args:
        request: Whose.
        fn: The action.
        pk: Its target, where it takes one.
        once: Names the form as it was drawn: sent twice with the same contents it writes once.
        **data: Input by field name.

    Returns:
        What it gave back, and the address that undoes it; empty where nothing was written.

    Raises:
        Refusal: Whatever the person may not do, or not now.
    """
    declared, at = of(fn), timezone.now()
    key = key_of(declared, data, request.user, once, apart=TICKET)
    try:
        result = submit(declared, data, by=request.user, via="web", pk=pk, at=at, key=key)
    except AlreadyDone as done:
        return made_before(declared, done.change_set), reverse("web:undo", args=(done.change_set.pk,))
    wrote = just_written(request.user, at)
    return result, reverse("web:undo", args=(wrote.pk,)) if wrote is not None else ""


def url_of(record: Record) -> str:
    """The page of a record."""
    return reverse("web:detail", args=(type_of(record).url, record.pk))


def told(request: Any, record: Record, text: str, undo_url: str) -> HttpResponse:
    """Back to the record, with a toast."""
    messages.success(request, text, extra_tags=f"undo:{undo_url}" if undo_url else "")
    return redirect(url_of(record))


def page_values(record: Record) -> dict[str, Any]:
    """What a page about something that hangs on a record shows around it."""
    known = type_of(record)
    return {
        "record": record,
        "title": str(record),
        "plural": str(known.plural)[:1].upper() + str(known.plural)[1:],
        "list_url": reverse("web:list", args=(known.url,)),
        "record_url": url_of(record),
    }


def answered(
    request: Any,
    record: Record,
    write: Callable[[Any, Any], tuple[str, str]],
    *,
    shown: Callable[[], HttpResponse],
    refused: Callable[[Refusal], HttpResponse],
) -> HttpResponse:
    """Write what stands on a record's timeline: a fragment with a toast where htmx asks, else back to the record.

    Args:
        request: What was sent.
        record: What it is about.
        write: Writes it; gives what the toast says, and the address that undoes it.
        shown: The fragment.
        refused: The form again, with what was typed and what is wrong with it.
    """
    try:
        text, undo_url = write(request, record)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return refused(refusal)
    if not request.headers.get("HX-Request"):
        told(request, record, text, undo_url)
        return redirect(f"{url_of(record)}#timeline")
    response = shown()
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "undo": undo_url}})
    return response
