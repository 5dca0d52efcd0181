"""What the settings of fields show: per noun its fields by section, other data, and the form as people will see it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.types import TYPES, RecordType
from coordina.records.fields.building import extensible, field_of, told
from coordina.records.models import CustomField, FieldIndex, FieldKind, FieldWork, IndexState, OtherKey, WorkState
from coordina.web.fields.forms import section_title
from coordina.web.forms import ActionForm
from coordina.web.listpage import capital

MOST_OTHER = 40
"""Headings of other data that the page shows."""
ACTIVE = (WorkState.WAITING, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class Tab:
    """One noun."""

    label: str
    url: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One field in the list.

    Attributes:
        marks: Short facts: required, only for some roles.
        filter: State of its index in words; empty where lists do not filter by it.
        tone: Of that state.
    """

    field: CustomField
    label: str
    kind: str
    marks: list[str]
    filter: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A section with its fields."""

    title: str
    rows: list[Row]


def nouns() -> list[RecordType]:
    """The record types that take fields."""
    return [known for known in TYPES if extensible(known)]


def tabs(current: RecordType) -> list[Tab]:
    """The nouns, with how many fields of their own they have."""
    counts: dict[str, int] = {}
    for noun in CustomField.objects.filter(archived=False).values_list("noun", flat=True):
        counts[noun] = counts.get(noun, 0) + 1
    return [
        Tab(capital(k.plural), reverse("web:fields_of", args=(k.name,)), k is current, counts.get(k.name, 0))
        for k in nouns()
    ]


def row_of(known: RecordType, field: CustomField, state: str) -> Row:
    """A field as the list shows it."""
    about = field_of(known, field, state)
    marks = []
    if field.required:
        marks.append(_("Required"))
    elif about.required_if is not None:
        marks.append(_("Required for %(what)s") % {"what": about.required_if.words})
    if about.visible_if is not None:
        marks.append(_("Only for %(what)s") % {"what": about.visible_if.words})
    if field.restricted:
        marks.append(_("Only some roles"))
    texts = {
        IndexState.READY: (_("In filters"), "good"),
        IndexState.BUILDING: (_("Preparing filters"), "info"),
        IndexState.FAILED: (_("Filters failed"), "bad"),
    }
    text, tone = texts.get(IndexState(state), ("", "")) if state else ("", "")
    return Row(field, told(field), str(FieldKind(field.kind).label), marks, text if field.indexed else "", tone)


def groups_of(known: RecordType, rows: list[CustomField]) -> list[Group]:
    """The fields by section, in the order of pages."""
    states = dict(FieldIndex.objects.filter(field__in=rows).values_list("field_id", "state"))
    found: dict[str, list[Row]] = {}
    for row in rows:
        title = section_title(known, row.section) or _("More data")
        found.setdefault(title, []).append(row_of(known, row, states.get(row.pk, "")))
    return [Group(title, made) for title, made in found.items()]


def noun_values(request: Any, known: RecordType) -> dict[str, Any]:
    """Everything the page of one noun shows."""
    every = list(CustomField.objects.filter(noun=known.name).order_by("position", "pk"))
    rows = [row for row in every if not row.archived]
    other = list(OtherKey.objects.filter(noun=known.name).order_by("-rows", "key")[:MOST_OTHER])
    active = FieldWork.objects.filter(field__noun=known.name, state__in=ACTIVE).select_related("field")
    return {
        "known": known,
        "tabs": tabs(known),
        "groups": groups_of(known, rows),
        "archived": [row for row in every if row.archived],
        "others": [(key, str(FieldKind(key.kind).label)) for key in other],
        "counted": request.formats.exact(other[0].counted_at) if other else "",
        "active": [told(work.field) for work in active],
        "preview": preview(known, request.user, request.formats) if rows else None,
        "may_add": request.user.may(CustomField.permission("add")),
        "may_edit": request.user.may(CustomField.permission("change")),
        "sees_all": sees_all(request.user, known),
        "title": capital(known.plural),
    }


def sees_all(user: User, known: RecordType) -> bool:
    """Whether a person may see every record of a type: samples of values are shown to nobody else."""
    from coordina.core.actors import Reach

    scope = user.scope(known.model.view_permission())
    return scope is not None and (scope.reach is Reach.ALL or not (known.model.scope_owner or known.model.scope_team))


def preview(known: RecordType, user: User, formats: Any) -> Any:
    """The added fields as the form shows them."""
    create = standard(known.model, "create")
    names = tuple(n for n, f in known.editable.items() if f.json_key)
    if create is None or not names:
        return None
    return ActionForm(create, user=user, formats=formats, only=names, prefix="preview")


def works_of(field: CustomField, user: User) -> list[dict[str, Any]]:
    """What the values of a field went through, newest first."""
    from coordina.ledger.models.changes import State
    from coordina.ledger.undo import may_undo

    known = TYPES[field.noun]
    found = []
    for work in FieldWork.objects.filter(field=field).select_related("change_set").order_by("-pk")[:5]:
        keys = [pk for pk, _text in work.left[:20]]
        rows: Any = known.model.objects
        titles = dict(rows.visible_to(user).filter(pk__in=keys).values_list("pk", known.model.title_column))
        change = work.change_set
        undo = change is not None and change.state == State.DONE and work.state == WorkState.DONE
        found.append(
            {
                "work": work,
                "active": work.state in ACTIVE,
                "kind": str(FieldKind(work.given["kind"]).label) if work.given.get("kind") else "",
                "left": [
                    (titles[pk], text, reverse("web:detail", args=(known.url, pk)))
                    for pk, text in work.left[:20]
                    if pk in titles
                ],
                "undo_url": reverse("web:undo", args=(change.pk,))
                if undo and change and may_undo(change, user)
                else "",
            }
        )
    return found
