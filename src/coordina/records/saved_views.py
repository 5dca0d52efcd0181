"""Reads of saved views: which a person finds, with which their list opens, and the records of one.

Audiences, tiles and rules use a view through `rows_of`: the same compiler, the same reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from coordina.accounts.models import User
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.prepared import PreparedSeen
from coordina.core.refusals import NotFound, Text
from coordina.core.types import TYPES, RecordType
from coordina.records.models import FirstView, SavedView
from coordina.records.vocabularies import vocabulary_of

MOST = 200
"""Views of one list that a person is shown."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A view that a company begins with: a room names it in `extra={"views": (…)}` of its record type.

    Attributes:
        state: As the address would say it (`view_state.KEYS`).
        first_for: Slugs of the roles whose list opens with it.
        role: Slug of the role it is shared with; empty for everyone.
    """

    name: Text
    state: Mapping[str, str] = attribute(default_factory=dict)
    pinned: bool = True
    first_for: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a person finds of one list.

    Attributes:
        views: Pinned ones first, as they were made, then the others by name.
        first: Id of the one their list opens with; 0 where it opens plain.
        own_first: Whether they chose it themselves.
    """

    views: tuple[SavedView, ...] = ()
    first: int = 0
    own_first: bool = False


_VIEWS = PreparedSeen(SavedView, lambda rows, name: rows.filter(type=name).order_by("pk")[:MOST])
_FIRST = PreparedSeen(
    FirstView,
    lambda rows, name, user, role: rows.filter(Q(user_id=user) | Q(role_id=role), type=name).values_list(
        "user_id", "view_id"
    ),
)


def views_for(user: User, known: RecordType) -> Found:
    """The views of a list that a person finds, and the first one: two reads, however many there are."""
    views = sorted(_VIEWS(user, known.name), key=_place)
    if not views:
        return Found()
    chosen: dict[int | None, int] = dict(_FIRST(user, known.name, user.pk, getattr(user, "role_id", None) or 0))
    ids = {view.pk for view in views}
    own, usual = chosen.get(user.pk, 0), chosen.get(None, 0)
    first = own if own in ids else usual if usual in ids else 0
    return Found(tuple(views), first, bool(first) and first == own)


def _place(view: SavedView) -> tuple[bool, str, int]:
    """Where a view stands among the others."""
    return not view.pinned, "" if view.pinned else view.name.casefold(), view.pk


def find_view(user: User, known: RecordType, pk: int) -> SavedView:
    """One view of a list.

    Raises:
        NotFound: When it does not exist or is not for them: both alike.
    """
    found: SavedView | None = SavedView.objects.visible_to(user).filter(type=known.name, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def segment_of(view: SavedView) -> str:
    """The segment of its address: the id, which never changes, and its name for people to read."""
    name = slugify(view.name)[:60].strip("-")
    return f"{view.pk}-{name}" if name else str(view.pk)


def rows_of(view: SavedView, asker: Asker) -> QuerySet[Any]:
    """The records of a view, as far as somebody may see them, without an order.

    Raises:
        BadFilter: When its filter names what they may not see, or what is no more.
    """
    known = TYPES[view.type]
    model: Any = known.model
    seen: QuerySet[Any] = model.objects.visible_to(asker.user)
    return seen.filter(compile_filter(parse(view.query), vocabulary_of(known), asker))
