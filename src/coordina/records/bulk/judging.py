"""What an order would do with records: what each becomes, and which are left as they are, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from coordina.core.actions import check_state
from coordina.core.changes import Values
from coordina.core.images import encode
from coordina.core.records import Record
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import Kind
from coordina.ledger.doors import unnamed
from coordina.ledger.history import touched, values_at
from coordina.ledger.models.changes import ChangeSet
from coordina.records.bulk.holding import blocked
from coordina.records.bulk.order import Mark, Order


@dataclass(slots=True)
class Verdict:
    """One record on its way.

    Attributes:
        obj: The record; None where it is gone or out of reach.
        values: What the writer would write; empty for «the same already», None where that is not known before.
        before: What the fields hold that change, by name.
        reason: Why it is left as it is; empty where it is not.
    """

    pk: int
    obj: Record | None = None
    values: Values | None = None
    before: Values = field(default_factory=dict)
    reason: str = ""

    @property
    def same(self) -> bool:
        """Whether it holds already what it would get."""
        return not self.reason and self.values is not None and not self.values


def judge(
    order: Order, part: Sequence[Mark], at: datetime, *, lock: bool = False, own: ChangeSet | None = None
) -> list[Verdict]:
    """Judge some records; nothing is written.

    Args:
        order: What is to be done; an action without a plan is judged by its state and reach alone.
        part: Which records.
        at: When.
        lock: Whether they are to be written in this transaction.
        own: The change set of the run itself: what that wrote is no surprise.
    """
    keys = [pk for pk, _version in part]
    rows = order.within_reach()
    here = {o.pk: o for o in (rows.locked() if lock else rows).filter(pk__in=keys)}
    words = order.words(keys)
    stale = [pk for pk, version in part if pk in here and here[pk].version != version]
    if stale and own is not None and own.pk is not None:
        stale = sorted(set(stale) - touched(own, order.known.model._meta.label, stale))
    versions = dict(part)
    held = blocked(order.known.model, [here[pk] for pk in keys if pk in here], order.by) if order.deletes else {}
    verdicts = []
    for pk in keys:
        obj = here.get(pk)
        if obj is None:
            verdicts.append(Verdict(pk, reason=_("You may not do this with it, or it is gone.")))
            continue
        one = Verdict(pk, obj, reason=held.get(pk, ""))
        try:
            if pk in stale:
                _still(order, obj, versions[pk])
            check_state(order.declared, obj)
            if order.planned and not one.reason:
                _plan(order, one, obj, words, at)
        except Refusal as refusal:
            one.reason = reason_of(order, refusal)
        verdicts.append(one)
    return verdicts


def _still(order: Order, obj: Record, version: int) -> None:
    """Refuse what somebody changed since it was looked at; an edit of other fields goes on, as in a form.

    Raises:
        Refusal: Naming the fields, where they are among those of the edit.
    """
    if not order.declared.patch:
        raise Refusal("conflict", _("Somebody changed it meanwhile."))
    columns = {c.attname: c.name for c in obj._meta.concrete_fields}
    since = {columns.get(name, name) for name in values_at(obj, version)} & order.names
    if since:
        labels = ", ".join(str(order.known.fields[n].label) for n in sorted(since) if n in order.known.fields)
        raise Refusal("conflict", _("Somebody changed it meanwhile: %(fields)s.") % {"fields": labels})


def _plan(order: Order, one: Verdict, obj: Record, words: dict[int, list[str]], at: datetime) -> None:
    """Work out what a record becomes.

    Raises:
        Refusal: When the action or the writer does not allow it.
    """
    assert order.declared.plan is not None
    values = order.declared.plan(**order.kwargs(obj, words, at))
    values = order.known.writer.clean(values, obj=obj) if values else values
    columns = {c.name: c.attname for c in obj._meta.concrete_fields}
    one.values = {}
    for name, value in values.items():
        before = getattr(obj, columns[name], None) if name in columns else words.get(obj.pk, [])
        known = order.known.fields.get(name)
        if name in columns or (known is not None and known.kind is Kind.TAGS):
            if encode(before) == encode(value.pk if isinstance(value, Model) else value):
                continue
            one.before[name] = before
        one.values[name] = value


def reason_of(order: Order, refusal: Refusal) -> str:
    """A refusal as one sentence, with the field it is about."""
    said: list[str] = []
    wrong = unnamed(refusal, order.declared, order.by) if isinstance(refusal, Invalid) else refusal
    for name, messages in wrong.errors.items():
        known: Any = order.known.fields.get(name)
        label = f"{known.label}"[:1].upper() + f"{known.label}"[1:] if known is not None else ""
        said += [f"{label}: {message}" if label else str(message) for message in messages]
    return " ".join(said)
