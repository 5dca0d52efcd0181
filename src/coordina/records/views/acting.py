"""What the views of notes, files and interactions share: finding the record, acting, and the way back."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.actions import Action, of
from coordina.core.records import Record
from coordina.core.refusals import NotFound
from coordina.core.types import by_url, type_of
from coordina.ledger.change_sets import AlreadyDone
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import Change
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
    found = known.model.objects.visible_to(user).filter(pk=pk).first() if known and not known.within else None
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
    key = key_of(request, declared, data, once)
    try:
        result = submit(declared, data, by=request.user, via="web", pk=pk, at=at, key=key)
    except AlreadyDone as done:
        return made_in(declared, done.change_set), reverse("web:undo", args=(done.change_set.pk,))
    wrote = ChangeSet.objects.filter(by=request.user, at=at, action=declared.name).order_by("-pk").first()
    return result, reverse("web:undo", args=(wrote.pk,)) if wrote is not None else ""


def key_of(request: Any, declared: Action, data: Mapping[str, Any], once: str) -> str | None:
    """Idempotency key of a form; who types something else into the same form means something else."""
    if not once:
        return None
    typed = hashlib.sha256(repr(sorted((n, str(v)) for n, v in data.items() if n != TICKET)).encode())
    return f"form:{request.user.pk}:{declared.name}:{once[:60]}:{typed.hexdigest()[:24]}"


def made_in(declared: Action, change_set: ChangeSet) -> Any:
    """What a form made when it was sent before; None where that is gone by now."""
    made = Change.objects.filter(change_set=change_set, model=declared.model._meta.label, kind="c").order_by("pk")
    rows: Any = declared.model._base_manager
    return rows.filter(pk__in=made.values("object_id")[:1]).first()


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
