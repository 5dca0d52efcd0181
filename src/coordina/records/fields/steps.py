"""Conversions as pages begin them: looked at, started, and what becomes of other data."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import of
from coordina.core.actors import Reach
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES, Kind
from coordina.ledger.doors import submit
from coordina.records.fields.actions import add_field, noun_of
from coordina.records.fields.converting import targets_of
from coordina.records.fields.guessing import facts_of, kind_of, told
from coordina.records.models import CustomField, FieldWork, OtherKey, WorkState

GUESSED_FROM = 300
"""Records whose text a guess looks at where nobody has counted yet."""
ACTIVE = (WorkState.WAITING, WorkState.RUNNING)


def need_all(by: User, noun: str) -> None:
    """Refuse to convert the records of a type to who may not change all of them.

    Raises:
        Forbidden: Without the permission for all records.
    """
    model = TYPES[noun].model
    scope = by.scope(model.permission("change"))
    if scope is None or (scope.reach is not Reach.ALL and (model.scope_owner or model.scope_team)):
        raise Forbidden(_("Only who may change all of these records can convert them."))


def look_at_kind(field: CustomField, kind: str, by: User) -> FieldWork:
    """Have a job see whether all values of a field fit another kind.

    Raises:
        Refusal: For a kind that values of this one never become, or while other work on the field runs.
    """
    need_all(by, field.noun)
    if kind not in {k.value for k in targets_of(Kind(field.kind))}:
        raise Refusal("kind", _("This type cannot become that one."), status=409)
    return begin(field, "kind", {"kind": kind}, by)


def replace_everywhere(field: CustomField, old: str, new: str, by: User) -> FieldWork:
    """Have a job give every record that has one option another one.

    Raises:
        Refusal: When one of them is no option, or other work on the field runs.
    """
    need_all(by, field.noun)
    keys = {c["key"]: c for c in field.choices}
    if old not in keys or new not in keys or old == new or keys[new].get("gone"):
        raise Refusal("choice", _("Choose one of the options."), field="new")
    return begin(field, "choice", {"old": old, "new": new}, by)


def begin(field: CustomField, what: str, given: Mapping[str, Any], by: User) -> FieldWork:
    """Note a conversion and enqueue its job."""
    from coordina.records.fields.jobs import work_on_field

    with transaction.atomic():
        FieldWork.objects.filter(field=field, state__in=(WorkState.CHECKED, WorkState.REFUSED)).delete()
        if FieldWork.objects.filter(field=field, state__in=ACTIVE).exists():
            raise Refusal("busy", _("Its values are being converted already. Wait until that is done."), status=409)
        work = FieldWork.objects.create(field=field, by=by, what=what, given=dict(given), created_at=timezone.now())
        _enqueue(work, work_on_field)
    return work


def go_on(work: FieldWork, by: User) -> None:
    """Convert what was looked at, or what was stopped.

    Raises:
        Refusal: When there is nothing to convert any more.
    """
    from coordina.records.fields.jobs import work_on_field

    need_all(by, work.field.noun)
    with transaction.atomic():
        open_to = (WorkState.CHECKED, WorkState.STOPPED)
        if not FieldWork.objects.filter(pk=work.pk, state__in=open_to).update(state=WorkState.RUNNING, by=by):
            raise Refusal("state", _("This was done already."), status=409)
        _enqueue(FieldWork.objects.get(pk=work.pk), work_on_field)


def _enqueue(work: FieldWork, task: Any) -> None:
    made = task.using(by=work.by_id).enqueue(work.pk)
    FieldWork.objects.filter(pk=work.pk).update(job_id=int(made.id))
    work.job_id = int(made.id)


def guessed(noun: str, key: str) -> dict[str, Any]:
    """Kind and way of writing of what stands under a heading: as counted, else from some of the newest records.

    Raises:
        NotFound: When nothing stands there.
    """
    counted = OtherKey.objects.filter(noun=noun, key=key).first()
    if counted is not None:
        return {"kind": counted.kind, **counted.facts}
    rows: Any = noun_of(noun).model._base_manager
    found = rows.filter(other_data__has_key=key).order_by("-changed_at", "-pk").values_list("other_data", flat=True)
    facts = facts_of(str(held[key]) for held in found[:GUESSED_FROM])
    if not facts.filled:
        raise NotFound
    return {"kind": kind_of(facts).value, **told(facts)}


def adopt(noun: str, key: str, by: User, *, label: str = "", kind: str = "") -> FieldWork:
    """Make a field of what imported files left under a heading: define it, then have a job move the values.

    Args:
        key: The heading.
        label: Another name than the heading.
        kind: Another kind than the values look like.

    Raises:
        Refusal: As `add_field`.
    """
    need_all(by, noun)
    said = guessed(noun, key)
    chosen = kind or said["kind"]
    listed = chosen in (Kind.CHOICE, Kind.CHOICES)
    given = {
        "noun": noun,
        "label": (label or key).strip()[:80],
        "kind": chosen,
        "choices": said.get("options", []) if listed else None,
    }
    with transaction.atomic():
        field: CustomField = submit(of(add_field), given, by=by, via="web")
        return begin(field, "other", {"key": key, **said}, by)
