"""What an erasure would take, read before it is ordered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.personal import KINDS, Fate, Subjects
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound, Text
from coordina.core.types import TYPES, by_url, type_of
from coordina.core.visibility import covers
from coordina.privacy.subjects import keepings, subjects_of
from coordina.records.search import matching
from coordina.records.search.index import indexed

STAYS_EMPTY = _("Without any personal data: figures of the funnel count it.")
MENTIONS = 20
"""Records of a kind that are named where somebody is mentioned elsewhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """Rows of one kind, what becomes of them and why they stay."""

    noun: Text
    count: int
    why: Text = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A record elsewhere in which the name stands: a human looks at it."""

    noun: Text
    name: str
    url: str
    pk: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would take.

    Attributes:
        goes: Rows that are deleted. stays: Rows of which something stays, with the reason.
        mentions: Records elsewhere in which the name stands.
    """

    goes: list[Line]
    stays: list[Line]
    mentions: list[Mention]


def person_for(user: User, url: str, pk: int, permission: str) -> Record:
    """A contact or lead that somebody may see and do this with.

    Raises:
        NotFound: It is none, or may not be seen.
        Forbidden: It may be seen, but not this.
    """
    known = by_url(url)
    if known is None or known.model._meta.label not in KINDS:
        raise NotFound
    rows: Any = known.model.objects
    found: Record | None = rows.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotFound
    if not user.may(permission) or not covers(found, user, permission):
        raise Forbidden
    return found


def preview_of(record: Record, user: User) -> Preview:
    """What an erasure would take, rows of the machine's own tables left out."""
    who = subjects_of(record)
    goes: list[Line] = []
    stays: list[Line] = []
    for label, keys in sorted(who.ids.items()):
        kind = KINDS[label]
        rows: Any = kind.model._base_manager.filter(pk__in=sorted(keys))
        for leaves in (True, False):
            count = sum(kind.leaves(row) is leaves for row in rows)
            if count:
                line = Line(kind.model._meta.verbose_name_plural or "", count, "" if leaves else STAYS_EMPTY)
                (goes if leaves else stays).append(line)
    for keeping in keepings():
        if keeping.tool or keeping.fate is Fate.FOLLOWS:
            continue
        count = keeping.rows(who).count()
        if count:
            line = Line(keeping.model._meta.verbose_name_plural or "", count, keeping.why)
            (goes if keeping.fate is Fate.GONE else stays).append(line)
    return Preview(goes, stays, mentions_of(record, who, user))


def mentions_of(record: Record, who: Subjects, user: User) -> list[Mention]:
    """Records elsewhere, as far as the reader may see them, in whose searched words the name stands."""
    name = str(getattr(record, type(record).title_column))
    found: list[Mention] = []
    for known in TYPES:
        if not indexed(known) or known.model._meta.label in who.ids or not user.may(known.model.view_permission()):
            continue
        rows: Any = known.model.objects
        hits = rows.visible_to(user).filter(matching(known.model, name, user))
        rest = hits.exclude(**_own(known.model, who))
        for obj in rest.order_by("-pk")[:MENTIONS]:
            found.append(Mention(known.label, str(getattr(obj, known.title, "") or obj)[:120], known.url, obj.pk))
    return found


def _own(model: Any, who: Subjects) -> Mapping[str, Any]:
    """What belongs to the person anyway is no mention."""
    keeping = next((k for k in keepings() if k.model is model), None)
    return {"pk__in": keeping.rows(who).values("pk")} if keeping is not None else {"pk__in": ()}


def noun_of(record: Record) -> Text:
    """What a person is called here: contact or lead."""
    return type_of(record).label
