"""Defining fields: add, change, put in order, archive; each write is seen by every process at once."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field as Given

from coordina.accounts.models import Role, User
from coordina.core.actions import action
from coordina.core.added import checked
from coordina.core.growing import PREFIX
from coordina.core.money import currencies
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Kind, RecordType
from coordina.records.fields.building import LINKED, extensible, field_of
from coordina.records.models import CustomField, FieldKind

MOST = 100
"""Fields of one record type."""
MOST_INDEXED = 10
"""Fields of one record type that lists filter by: each index costs at every write."""
MOST_CHOICES = 200
CHANGE = CustomField.permission("change")
Label = Annotated[str, Given(min_length=1, max_length=80)]


@action(CustomField, permission=CustomField.permission("add"), label=_("Add a field"), verb="create", icon="plus",
        hidden=True, undoable=False, warning=_("A field is not deleted again, but archived."))  # fmt: skip
def add_field(
    *,
    noun: str,
    label: Label,
    kind: FieldKind,
    labels: dict[str, str] | None = None,
    to: str = "",
    help: Annotated[str, Given(max_length=300)] = "",
    choices: list[str] | None = None,
    currency: str = "",
    decimals: Annotated[int, Given(ge=1, le=4)] = 2,
    default: Any = None,
    required: bool = False,
    required_if: dict[str, Any] | None = None,
    visible_if: dict[str, Any] | None = None,
    section: Annotated[str, Given(max_length=80)] = "",
    indexed: bool = False,
    by: User,
    at: datetime,
) -> CustomField:
    """Add a field to a record type.

    Args:
        noun: Name of the record type.
        labels: The name in other languages, by code.
        to: For a link, what it leads to.
        choices: Names of the options, in order.
        currency: Of amounts; empty for that of the record.
        default: What new records get.
        required_if: `{"field", "values"}` or `{"field", "from"}`.
        section: Title of the section; `@` and a field for the section of that field.
        indexed: Whether lists filter and sort by it.

    Raises:
        Refusal: Naming what does not fit.
    """
    known = noun_of(noun)
    rows = CustomField.objects.filter(noun=noun)
    if rows.filter(archived=False).count() >= MOST:
        raise Refusal("many", _("There are %(limit)d fields already. Archive one first.") % {"limit": MOST})
    refuse_taken(known, label, None)
    last = rows.order_by("-position").values_list("position", flat=True).first() or 0
    made = CustomField(
        noun=noun, slug=free_slug(noun, label), label=label, labels=dict(labels or {}), kind=kind, to=to, help=help,
        currency=currency, decimals=decimals, required=required, required_if=dict(required_if or {}),
        visible_if=dict(visible_if or {}), section=section, position=last + 1, indexed=indexed,
        choices=with_keys(choices or [], []),
    )  # fmt: skip
    check_definition(known, made)
    set_default(known, made, default)
    made.save()
    return made


@action(CustomField, permission=CHANGE, label=_("Save the field"), verb="edit", hidden=True, icon="pencil")
def edit_field(
    *,
    field: CustomField,
    label: Label,
    labels: dict[str, str] | None = None,
    help: Annotated[str, Given(max_length=300)] = "",
    choices: list[dict[str, Any]] | None = None,
    currency: str = "",
    default: Any = None,
    required: bool = False,
    required_if: dict[str, Any] | None = None,
    visible_if: dict[str, Any] | None = None,
    section: Annotated[str, Given(max_length=80)] = "",
    by: User,
    at: datetime,
) -> CustomField:
    """Change what a field is called, offers and asks for; its type changes by a conversion.

    Args:
        choices: All options in order, as `{"key", "label", "gone"}`; a new one has no key. One with `gone` is no longer
            offered, and records that have it keep it.
        default: What new records get.

    Raises:
        Refusal: Naming what does not fit.
    """
    known = noun_of(field.noun)
    refuse_taken(known, label, field)
    field.label, field.labels, field.help, field.section = label, dict(labels or {}), help, section
    field.required, field.currency = required, currency
    field.required_if, field.visible_if = dict(required_if or {}), dict(visible_if or {})
    if choices is not None:
        field.choices = kept_choices(field, choices)
    check_definition(known, field)
    set_default(known, field, default)
    field.save()
    return field


@action(CustomField, permission=CHANGE, label=_("Put the fields in order"), hidden=True)
def order_fields(*, field: CustomField, order: list[int], by: User, at: datetime) -> CustomField:
    """Put the fields of a record type in another order.

    Args:
        field: Any field of the type.
        order: Ids of all its fields that are in use, first to last.
    """
    rows = {row.pk: row for row in CustomField.objects.locked().filter(noun=field.noun, archived=False)}
    if sorted(order) != sorted(rows):
        raise Refusal("order", _("The fields have changed meanwhile. Look at them again."), status=409)
    for position, pk in enumerate(order, 1):
        rows[pk].position = position
        rows[pk].save()
    return rows.get(field.pk, field)


@action(CustomField, permission=CHANGE, label=_("Archive the field"), icon="archive", hidden=True)
def archive_field(*, field: CustomField, by: User, at: datetime) -> CustomField:
    """Take a field off forms, lists and imports. Its values stay, and history shows them."""
    field.archived, field.indexed = True, False
    field.save()
    return field


@action(CustomField, permission=CHANGE, label=_("Delete the field"), verb="delete", hidden=True)
def delete_field(*, field: CustomField, by: User, at: datetime) -> CustomField:
    """Refuse: a field that was used once keeps its name and its values for ever.

    Raises:
        Refusal: Always.
    """
    raise Refusal("archive", _("Fields are archived, not deleted: their values stay."), status=409)


@action(CustomField, permission=CHANGE, label=_("Bring the field back"), icon="arrow-back-up", hidden=True)
def restore_field(*, field: CustomField, by: User, at: datetime) -> CustomField:
    """Bring an archived field back, with its values."""
    refuse_taken(noun_of(field.noun), field.label, field)
    field.archived = False
    field.save()
    return field


@action(CustomField, permission=CHANGE, label=_("Use it in filters"), hidden=True, icon="filter")
def set_indexed(*, field: CustomField, indexed: bool, by: User, at: datetime) -> CustomField:
    """Say whether lists filter and sort by a field; a job prepares its index."""
    if indexed and Kind(field.kind) is Kind.LONG_TEXT:
        raise Refusal("kind", _("Long texts are found by the search, not by filters."))
    others = CustomField.objects.filter(noun=field.noun, indexed=True).exclude(pk=field.pk).count()
    if indexed and others >= MOST_INDEXED:
        message = _("Lists filter by at most %(limit)d added fields. Switch another one off first.")
        raise Refusal("many", message % {"limit": MOST_INDEXED}, status=409)
    field.indexed = indexed and not field.archived
    field.save()
    return field


@action(CustomField, permission=CHANGE, label=_("Say who sees it"), hidden=True, icon="lock")
def set_seen_by(*, field: CustomField, roles: list[int] | None, by: User, at: datetime) -> CustomField:
    """Let everyone see a field, or only some roles.

    Args:
        roles: Ids of the roles that see it; None for everyone who sees the record.

    Raises:
        Refusal: When nobody would see it.
    """
    if roles is not None and not Role.objects.filter(pk__in=roles).exists():
        raise Refusal("roles", _("Choose at least one role."), field="roles")
    field.restricted = roles is not None
    field.save()
    name = field.permission_name
    for role in Role.objects.locked().order_by("pk"):
        reach = {p: r for p, r in role.reach.items() if p != name}
        if roles is not None and role.pk in roles:
            reach[name] = "all"
        if reach != role.reach:
            role.reach = dict(sorted(reach.items()))
            role.save()
    return field


def noun_of(name: str) -> RecordType:
    """The record type of a name, where it takes fields.

    Raises:
        Refusal: At `noun`.
    """
    known = TYPES.get(name)
    if known is None or not extensible(known):
        raise Refusal("noun", _("These records take no further fields."), field="noun")
    return known


def refuse_taken(known: RecordType, label: str, field: CustomField | None) -> None:
    """Refuse a name that another field of the record type has: nobody could tell them apart.

    Raises:
        Refusal: At `label`.
    """
    own = field.slug if field is not None else ""
    if folded(label) in {folded(str(f.label)) for n, f in known.fields.items() if n != own and not f.far}:
        raise Refusal("taken", _("Another field has this name."), field="label")


def folded(text: str) -> str:
    """A text without accents, capitals and signs."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def free_slug(noun: str, label: str) -> str:
    """A slug that no field of the type has or had."""
    base = PREFIX + (folded(label)[:30] or "field")
    taken = set(CustomField.objects.filter(noun=noun).values_list("slug", flat=True))
    return next(s for n in range(1, MOST * 100) if (s := base if n == 1 else f"{base}_{n}") not in taken)


def with_keys(labels: Sequence[str], known: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options with keys of their own; keys of earlier ones are not used again."""
    taken = {str(c["key"]) for c in known}
    made: list[dict[str, Any]] = []
    for label in labels:
        base = re.sub(r"^[^a-z]+", "", folded(label)[:30]) or "o"
        key = next(k for n in range(1, 10_000) if (k := base if n == 1 else f"{base}_{n}") not in taken)
        taken.add(key)
        made.append({"key": key, "label": label.strip()[:80]})
    return made


def kept_choices(field: CustomField, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All options after a change: none disappears that records may have; new ones get keys.

    Raises:
        Refusal: When one is missing or has a key that is not known.
    """
    known = {c["key"]: c for c in field.choices}
    asked = [str(c.get("key") or "") for c in given]
    if set(known) - set(asked) or set(asked) - set(known) - {""}:
        raise Refusal("choices", _("The options have changed meanwhile. Look at them again."), status=409)
    fresh = iter(with_keys([str(c["label"]) for c in given if not c.get("key")], field.choices))
    made = []
    for each in given:
        one = dict(known[each["key"]]) | {"label": str(each["label"]).strip()[:80]} if each.get("key") else next(fresh)
        one.pop("gone", None)
        made.append(one | ({"gone": True} if each.get("gone") else {}))
    return made


def check_definition(known: RecordType, field: CustomField) -> None:
    """Refuse a definition that no form could show.

    Raises:
        Refusal: At what is wrong.
    """
    kind = Kind(field.kind)
    if kind in (Kind.CHOICE, Kind.CHOICES):
        offered = [c["label"] for c in field.choices if not c.get("gone")]
        if not offered or not all(offered):
            raise Refusal("choices", _("Write at least one option."), field="choices")
        if len({folded(text) or text for text in offered}) < len(offered):
            raise Refusal("choices", _("Two options have the same name."), field="choices")
        if len(field.choices) > MOST_CHOICES:
            raise Refusal("choices", _("A list has at most %(n)d options.") % {"n": MOST_CHOICES}, field="choices")
    if kind is Kind.REF and (field.to not in LINKED or field.to not in TYPES):
        raise Refusal("to", _("Choose what it leads to."), field="to")
    if field.currency and field.currency not in currencies():
        raise Refusal("currency", _("Choose a currency."), field="currency")
    if kind is Kind.LONG_TEXT and field.indexed:
        raise Refusal("kind", _("Long texts are found by the search, not by filters."), field="indexed")
    for name in ("required_if", "visible_if"):
        about = getattr(field, name).get("field")
        if about is not None and about not in governing(known):
            raise Refusal("condition", _("A condition cannot ask for this."), field=name)


def governing(known: RecordType) -> list[str]:
    """Fields that decide when others are shown or required: choices, and links to settings such as the stage."""
    found = []
    for name, field in known.declared.items():
        if field.far or field.virtual or field.permission or field.many:
            continue
        far = next((t for t in TYPES if t.model is field.to), None) if field.to is not None else None
        if (field.kind is Kind.CHOICE and field.choices) or (far is not None and far.setting and far.name != "user"
                                                             and far.name != "team"):  # fmt: skip
            found.append(name)
    return found


def set_default(known: RecordType, field: CustomField, value: Any) -> None:
    """Keep what new records get, checked as a value of the field.

    Raises:
        Refusal: At `default`.
    """
    if value in (None, "", []):
        field.default = None
        return
    try:
        field.default = checked(field_of(known, field, ""), value, None)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, field="default") from None
