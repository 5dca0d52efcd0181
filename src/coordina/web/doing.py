"""Carrying an action out for the web: the call, what the toast says, and what a conflict looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import Action
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.refusals import Conflict, Refusal
from coordina.core.types import Field, Kind, RecordType, find_type, type_of
from coordina.ledger.change_sets import AlreadyDone, just_written
from coordina.ledger.doors import submit
from coordina.ledger.history import Event, history_of
from coordina.ledger.once import key_of, made_before
from coordina.web.listpage import capital, new_label
from coordina.web.sentences import titles_of
from coordina.web.values import shown_text


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action.

    Attributes:
        result: What it gave back, usually the record.
        text: What the toast says.
        undo_url: Where it is undone; empty when nothing was written or it cannot be.
    """

    result: Any
    text: str
    undo_url: str


def carry_out(
    declared: Action,
    data: Mapping[str, Any],
    *,
    user: User,
    pk: int | None = None,
    version: int | None = None,
    once: str = "",
) -> Done:
    """Call an action through the ledger's door.

    Args:
        declared: The action.
        data: Input by field name.
        user: Who calls.
        pk: The target, where the action takes one.
        version: The version the person saw.
        once: Names the rendered form: sending the same again gives what it made the first time.

    Raises:
        Refusal: Whatever the person may not do, or not now; also where other records stand in the way of deleting.
    """
    at = timezone.now()
    try:
        key = key_of(declared, data, user, once)
        result = submit(declared, data, by=user, via="web", pk=pk, version=version, at=at, key=key)
    except AlreadyDone as done:
        found = made_before(declared, done.change_set)
        return Done(found, _said(declared, found, True), address("web:undo", done.change_set.pk))
    except ProtectedError as held:
        raise Refusal("held", held_text(held, user), status=409) from None
    wrote = just_written(user, at)
    undo_url = address("web:undo", wrote.pk) if wrote is not None and wrote.undoable else ""
    return Done(result, _said(declared, result, wrote is not None), undo_url)


def held_text(error: ProtectedError, user: User) -> str:
    """What stands in the way of deleting, counted by noun; what the person may not see is not counted."""
    keys: dict[type[Any], list[int]] = {}
    for obj in error.protected_objects:
        if isinstance(obj, Record):
            keys.setdefault(type(obj), []).append(obj.pk)
    counted = {
        str(model._meta.verbose_name_plural): model.objects.visible_to(user).filter(pk__in=pks).count()
        for model, pks in keys.items()
    }
    words = ", ".join(f"{noun} ({count})" for noun, count in sorted(counted.items()) if count)
    if not words:
        return _("It cannot be deleted while other records refer to it.")
    return _("It cannot be deleted while these refer to it: %(records)s.") % {"records": words}


def _said(declared: Action, result: Any, wrote: bool) -> str:
    """One fact, with the name of the record."""
    title = title_of(result) if isinstance(result, Record) else ""
    if not wrote and declared.undoable:  # what cannot be undone, such as a link, stands beside the ledger
        return _("Nothing changed.")
    texts = {"create": _("Created: %(title)s"), "edit": _("Saved: %(title)s"), "delete": _("Deleted: %(title)s")}
    text = texts.get(declared.verb) or _("%(action)s: %(title)s")
    done = str(declared.label).rstrip("… ")
    return text % {"title": title, "action": done} if title else done


def tell(request: Any, done: Done) -> None:
    """Leave the toast for the next page."""
    messages.success(request, done.text, extra_tags=f"undo:{done.undo_url}" if done.undo_url else "")


def title_of(obj: Record) -> str:
    """What a record is called; parts of others are called by what they name."""
    column = type(obj).title_column
    value = getattr(obj, column, "")
    if column.endswith("_id") and value is not None:
        return str(getattr(obj, column.removesuffix("_id"), value))
    return str(value or obj)[:120]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people changed the same field: both values, who and when."""

    field: Field
    mine: str
    theirs: str
    who: str
    when: str


def clash_of(obj: Record, conflict: Conflict, given: Mapping[str, Any], user: User, formats: Formats) -> Clash | None:
    """The first field that both changed; None where the conflict is not about fields one may see."""
    known = type_of(obj)
    name = next((n for n in conflict.fields if n in known.known_to(user)), None)
    if name is None:
        return None
    field = known.fields[name]
    event = _last_write(obj, _column(obj, name))
    return Clash(
        field,
        text_of(field, given.get(name), user, formats),
        text_of(field, getattr(obj, _column(obj, name), None), user, formats),
        str(event.change_set.by or "") if event else "",
        formats.relative(event.change_set.at, timezone.now()) if event else "",
    )


def text_of(field: Field, value: Any, user: User, formats: Formats) -> str:
    """A value as plain text; a reference by its title, as far as the person may see it."""
    if field.kind is Kind.REF and value is not None and field.to is not None:
        return titles_of(field.to, [int(value)], user).get(int(value), "—")
    return shown_text(field, value, formats) or "—"


def _column(obj: Record, name: str) -> str:
    try:
        return str(getattr(obj._meta.get_field(name), "attname", name))
    except FieldDoesNotExist:
        return name


def _last_write(obj: Record, column: str) -> Event | None:
    return next((e for e in history_of(obj, limit=50) if e.kind == "u" and column in e.delta), None)


def changed_only(obj: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of an edit form differs from the record as it is now."""
    kept: dict[str, Any] = {}
    for name, value in given.items():
        now = getattr(obj, _column(obj, name), None)
        if value != now and not (value in (None, "") and now in (None, "")):
            kept[name] = value
    return kept


def heading_of(declared: Action, known: RecordType, title: str) -> str:
    """The h1 of an action's page."""
    if declared.verb == "create":
        return new_label(known)
    if declared.verb == "edit":
        return title
    if declared.verb == "delete":
        return _("Delete %(title)s?") % {"title": title}
    return _("%(action)s: %(title)s") % {"action": capital(declared.label), "title": title}


def model_noun(label: str) -> str:
    """What records of a model are called, for lists of what holds something."""
    from django.apps import apps

    model: Any = apps.get_model(label)
    known = find_type(model)
    return str(known.plural if known else model._meta.verbose_name_plural)
