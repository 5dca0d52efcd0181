"""The two decisions about a pair: they are one, or they are not. Both on the ledger, both undone like anything else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.actors import Actor
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound
from coordina.core.types import Kind, RecordType, find_type
from coordina.records.duplicates.declared import MATCHINGS, Matching, Part
from coordina.records.duplicates.links import mover
from coordina.records.duplicates.merging import merge_into, mergeable
from coordina.records.duplicates.panels import add_panel
from coordina.records.duplicates.proposing import Candidate, proposed, who_stays
from coordina.records.duplicates.unmerging import hand_over
from coordina.records.models import NotSame
from coordina.records.models.duplicates import MERGED_LABELS

MERGES: dict[str, Callable[..., Any]] = {}
"""The merging action of each record type, by name."""
PARTINGS: dict[str, Callable[..., Any]] = {}
"""The action that tells two records of a type apart, by name."""
HANDOVERS: dict[str, Callable[..., Any]] = {}
"""The action that gives links of one record of a type to another, by name."""
MERGES_OF_MANY: dict[str, Callable[..., Any]] = {}
"""The action by which all almost certain pairs of a type are merged, by name."""


def compared(model: type[Record], *parts: Part) -> Matching:
    """Declare by what records of a model are compared; its record type is declared before.

    From this follow: keys and the queue, warnings on entry and on import, the merging action and its pages.
    """
    known = find_type(model)
    assert known is not None, f"{model}: declare its record type first"
    made = Matching(known.name, model, parts)
    MATCHINGS.add(known.name, made)
    MERGED_LABELS.append(made.label)
    declare_decisions(made)
    mover(made.label)(_carry_decisions)
    add_panel(made)
    return made


def _carry_decisions(stays: Record, gone: Record) -> None:
    """What was told apart from a record that goes is told apart from the one that stays."""
    rows: Any = NotSame.objects.filter(subject_type=stays._meta.label)
    for said in rows.filter(Q(low_id=gone.pk) | Q(high_id=gone.pk)).order_by("pk"):
        other = said.high_id if said.low_id == gone.pk else said.low_id
        low, high = sorted((stays.pk, other))
        if other == stays.pk or rows.filter(low_id=low, high_id=high).exists():
            said.delete()
        else:
            said.low_id, said.high_id = low, high
            said.save()


def declare_decisions(kind: Matching) -> None:
    """Declare the two actions of a record type."""
    MERGES[kind.name] = action(
        kind.model,
        permission=kind.model.permission("change"),
        label=_("Merge duplicates"),
        icon="arrow-merge",
        hidden=True,
        carries=True,
    )(_merge(kind))
    PARTINGS[kind.name] = action(
        kind.model,
        permission=kind.model.view_permission(),
        label=_("They are not the same"),
        icon="x",
        hidden=True,
    )(_tell_apart(kind))
    HANDOVERS[kind.name] = action(
        kind.model,
        permission=kind.model.permission("change"),
        label=_("Say whose it is after a merge was undone"),
        icon="arrow-right",
        hidden=True,
        private=True,
        carries=True,
    )(_hand_over(kind))
    MERGES_OF_MANY[kind.name] = action(
        kind.model,
        permission=kind.model.permission("change"),
        label=_("Merge almost certain duplicates"),
        icon="arrow-merge",
        hidden=True,
        private=True,
        carries=True,
    )(_merge_sure(kind))


def _named(fn: Callable[..., Any], name: str, doc: str, hints: dict[str, Any]) -> Callable[..., Any]:
    fn.__name__ = fn.__qualname__ = name
    fn.__doc__ = doc
    fn.__annotations__ = hints
    return fn


def _merge(kind: Matching) -> Callable[..., Any]:
    def merge(*, record: Any, others: Any, take: Any, by: Any, at: Any) -> Any:
        return merge_into(record, others, take, by=by, at=at)

    doc = f"""Merge records into this {kind.name}.

    Args:
        others: Ids of the records that go into it.
        take: By field, id of the record whose value is kept.
    """
    hints = {"record": kind.model, "others": list[int], "take": dict[str, int], "by": User, "at": datetime}
    return _named(merge, f"merge_{kind.name}", doc, hints)


def _tell_apart(kind: Matching) -> Callable[..., Any]:
    def tell_apart(*, record: Any, other: Any, by: Any, at: Any) -> Any:
        if other.pk == record.pk:
            raise NotFound
        return say_not_same(kind, record.pk, other.pk, by=by)

    doc = f"""Say that two records are not the same {kind.name}.

    Args:
        other: The other record.
    """
    hints = {"record": kind.model, "other": kind.model, "by": User, "at": datetime}
    return _named(tell_apart, f"tell_apart_{kind.name}", doc, hints)


def _hand_over(kind: Matching) -> Callable[..., Any]:
    def give(*, record: Any, source: Any, marks: Any, by: Any, at: Any) -> Any:
        rows: Any = kind.model.objects
        if not rows.within(by, kind.model.permission("change")).filter(pk=source.pk).exists():
            raise Forbidden
        hand_over(record, source, marks)
        return record

    doc = f"""Let what refers to another {kind.name} refer to this one.

    Args:
        source: The record it refers to now.
        marks: What is handed over: model, column and id.
    """
    hints = {"record": kind.model, "source": kind.model, "marks": list[str], "by": User, "at": datetime}
    return _named(give, f"hand_over_{kind.name}", doc, hints)


def _merge_sure(kind: Matching) -> Callable[..., Any]:
    def merge_group(*, group: Any, by: Any, at: Any) -> Any:
        rows: Any = kind.model.objects.within(by, kind.model.permission("change"))
        objs = list(rows.filter(pk__in=group).locked().order_by("pk"))
        if len(objs) < 2:
            return None
        stays, take = as_proposed(kind.known, objs, by)
        return merge_into(stays, [o.pk for o in objs if o is not stays], take, by=by, at=at)

    doc = f"""Merge records of one {kind.name} as it would be proposed.

    Args:
        group: Ids of the records.
    """
    hints = {"group": list[int], "by": User, "at": datetime}
    return _named(merge_group, f"merge_sure_{kind.name}", doc, hints)


def as_proposed(known: RecordType, objs: list[Any], by: Actor) -> tuple[Any, dict[str, int]]:
    """The record that should stay and whose values should be kept, as the merge page proposes them."""
    fields = mergeable(known, by)
    columns = {n: str(getattr(known.model._meta.get_field(x.path), "attname", x.path)) for n, x in fields.items()}
    given = [Candidate(o.pk, {n: getattr(o, c) for n, c in columns.items()}, o.changed_at) for o in objs]
    stays = who_stays(given)
    take = {
        n: proposed(n, given, stays, titled=n == known.title, text=x.kind is Kind.LONG_TEXT, usual=x.default)[0]
        for n, x in fields.items()
    }
    return next(o for o in objs if o.pk == stays), take


def say_not_same(kind: Matching, one: int, other: int, *, by: User) -> NotSame:
    """Remember that two records are not the same; once is enough."""
    low, high = sorted((one, other))
    known = NotSame.objects.filter(subject_type=kind.label, low_id=low, high_id=high).first()
    if known is not None:
        found: NotSame = known
        return found
    made = NotSame(subject_type=kind.label, low_id=low, high_id=high, owner=by)
    made.save()
    return made
