"""Interactions in the timeline of a company, a person, or whatever record they were about."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.addresses import address
from coordina.core.records import Record
from coordina.core.sight import veiled
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.core.types import find_type, type_of
from coordina.customers.enums import Direction, InteractionKind, Outcome
from coordina.customers.models import Company, Interaction, Person
from coordina.records.models import Hanger
from coordina.records.sources import who

ICONS: Mapping[str, str] = {
    InteractionKind.CALL: "phone",
    InteractionKind.EMAIL: "mail",
    InteractionKind.MEETING: "users",
    InteractionKind.VISIT: "map-pin",
    InteractionKind.MESSAGE: "message",
    InteractionKind.NOTE: "note",
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def interactions_with(record: Record) -> Q:
    """The condition for interactions that belong into the timeline of a record."""
    if isinstance(record, Company):
        return Q(company=record.pk)
    if isinstance(record, Person):
        return Q(person=record.pk)
    return Q(subject_type=record._meta.label, subject_id=record.pk)


def read_interactions(look: Look) -> Sequence[Moment]:
    """Interactions with a record, as far as the reader may see them."""
    rows = Interaction.objects.visible_to(look.user).filter(interactions_with(look.record))
    spot = _spot(look.after)
    if spot is not None:
        at, pk = spot
        rows = rows.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=pk))
    known = type_of(Interaction)
    newest = rows.select_related("owner", "person").order_by("-happened_at", "-pk")[: look.limit]
    found = [veiled(each, known, look.user) for each in newest]
    names = _subjects(found, look)
    return [_moment(each, look, names) for each in found]


def _spot(mark: str) -> tuple[dt.datetime, int] | None:
    """Time and id of a mark; None for one that cannot be read."""
    head, _dash, tail = mark.lstrip("-").partition("-")
    if not (head.isdigit() and tail.isdigit() and len(head) <= 17 and len(tail) <= 18):
        return None
    return _EPOCH + (-1 if mark.startswith("-") else 1) * int(head) * _MICROSECOND, int(tail)


def _subjects(found: Sequence[Interaction], look: Look) -> dict[tuple[str, int], tuple[str, str]]:
    """Names and addresses of the records that interactions were about, beside the one whose timeline it is."""
    wanted: dict[str, set[int]] = {}
    for each in found:
        if each.subject_id is not None and each.subject_type != look.record._meta.label:
            wanted.setdefault(each.subject_type, set()).add(each.subject_id)
    names: dict[tuple[str, int], tuple[str, str]] = {}
    from django.apps import apps

    for label, keys in wanted.items():
        known = find_type(apps.get_model(label))
        if known is not None:
            rows: Any = known.model.objects
            pairs = rows.visible_to(look.user).filter(pk__in=keys).values_list("pk", known.model.title_column)
            names |= {(label, pk): (str(t), address("web:detail", known.url, pk)) for pk, t in pairs}
    return names


def _moment(each: Interaction, look: Look, names: Mapping[tuple[str, int], tuple[str, str]]) -> Moment:
    micros = (each.happened_at - _EPOCH) // _MICROSECOND
    facts = [_("%(count)d min") % {"count": each.minutes}] if each.minutes else []
    if each.outcome and each.outcome != Outcome.DONE:
        facts.append(str(Outcome(each.outcome).label))
    named = each.summary.rstrip("…")
    body = each.body if each.body.startswith(named) else "\n".join(t for t in (each.summary, each.body) if t)
    links: list[tuple[Any, str, str]] = []
    if each.subject_id is not None and (each.subject_type, each.subject_id) in names:
        links.append((*names[each.subject_type, each.subject_id], ""))
    if may_change(look.user, each):
        links.append((gettext_lazy("Edit interaction"), address("web:edit", "interactions", each.pk), "pencil"))
    return Moment(
        source="interactions",
        mark=f"{micros}-{each.pk}",
        by=each.owner_id,
        at=each.happened_at,
        title=said(each),
        body=body,
        icon=ICONS.get(each.kind, "message"),
        tone="warn" if each.outcome == Outcome.NO_ANSWER else "",
        facts=tuple(facts),
        links=tuple(links),
    )


def may_change(user: Any, each: Interaction) -> bool:
    """Whether a person's role covers changing an interaction."""
    scope = user.scope(Interaction.permission("change"))
    if scope is None:
        return False
    return bool(scope.reach == "all" or each.owner_id == scope.user_id or each.team_id in scope.team_ids)


def said(each: Interaction) -> SafeString:
    """Who was in touch with whom, and how."""
    values = {"who": who(each.owner.name)}
    incoming = each.direction == Direction.IN
    if each.person is None:
        return format_html(_ALONE_IN[each.kind] if incoming and each.kind in _ALONE_IN else _ALONE[each.kind], **values)
    url = address("web:detail", "people", each.person.pk)
    values["person"] = format_html('<a class="strong" href="{}">{}</a>', url, each.person.name)
    return format_html(_WITH_IN[each.kind] if incoming and each.kind in _WITH_IN else _WITH[each.kind], **values)


_ALONE: Mapping[str, Any] = {
    "call": gettext_lazy("{who} called"),
    "email": gettext_lazy("{who} sent an e-mail"),
    "meeting": gettext_lazy("{who} had a meeting"),
    "visit": gettext_lazy("{who} made a visit"),
    "message": gettext_lazy("{who} sent a message"),
    "note": gettext_lazy("{who} noted"),
}
_ALONE_IN: Mapping[str, Any] = {
    "call": gettext_lazy("{who} took a call"),
    "email": gettext_lazy("{who} received an e-mail"),
    "message": gettext_lazy("{who} received a message"),
    "visit": gettext_lazy("{who} received a visit"),
}
_WITH: Mapping[str, Any] = {
    "call": gettext_lazy("{who} called {person}"),
    "email": gettext_lazy("{who} wrote to {person}"),
    "meeting": gettext_lazy("{who} met {person}"),
    "visit": gettext_lazy("{who} visited {person}"),
    "message": gettext_lazy("{who} sent {person} a message"),
    "note": gettext_lazy("{who} noted about {person}"),
}
_WITH_IN: Mapping[str, Any] = {
    "call": gettext_lazy("{person} called {who}"),
    "email": gettext_lazy("{person} wrote to {who}"),
    "message": gettext_lazy("{person} sent {who} a message"),
    "visit": gettext_lazy("{person} visited {who}"),
}

TIMELINE.add(
    "interactions",
    Source(
        gettext_lazy("Interactions"),
        read_interactions,
        lambda model: not issubclass(model, Hanger | Interaction),
        order=10,
    ),
)
