"""What a cockpit shows: matters by quadrant, off the table of alerts alone; then the records of the few shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.activity.alerts.keeping import columns_of, normal
from coordina.activity.models import Alert
from coordina.activity.models.alerts import ASIDE, HANDED
from coordina.core.actors import Reach
from coordina.core.records import Record
from coordina.core.refusals import NotFound, Refusal
from coordina.core.watchers import WATCHERS, Quadrant, Row, Watcher

MOST = 100
"""Matters of a quadrant that are looked at; beyond that the page says «and more»."""
ORDER = ("-importance", "since", "pk")
COLUMNS = (
    *("watcher", "subject_id", "owner_id", "holder_id", "since", "urgent_on", "importance", "place", "aside_until"),
    "closed",
)
RANK = (Reach.OWN, Reach.TEAM, Reach.ALL)


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as the table has it; the names are those of its columns."""

    watcher: str
    subject_id: int
    owner_id: int | None
    holder_id: int | None
    since: date
    urgent_on: date | None
    importance: int
    place: int
    aside_until: date | None
    closed: bool

    @property
    def kind(self) -> Watcher:
        """The watcher that raised it."""
        return WATCHERS[self.watcher]

    @property
    def quadrant(self) -> Quadrant | None:
        """Where it stands; None while it is put off or closed."""
        return Quadrant(self.place % HANDED) if self.place % HANDED else None

    @property
    def key(self) -> tuple[str, int]:
        """Label of the record's model, and its id."""
        return self.kind.of._meta.label, self.subject_id


def watched_by(user: Any) -> list[type[Record]]:
    """The record classes with watchers that a person may see at all."""
    found = dict.fromkeys(w.of for w in WATCHERS)
    return [model for model in found if user.may(model.view_permission())]


def reach_of(user: Any) -> Reach | None:
    """How far somebody's cockpit reaches: as far as the narrowest view of what is watched; None without any."""
    scopes = [user.scope(model.view_permission()) for model in watched_by(user)]
    reaches = [scope.reach for scope in scopes if scope is not None]
    return min(reaches, key=RANK.index) if reaches else None


def _within(user: Any, whose: Reach) -> Q:
    """Alerts of the types one may see, of everybody, of one's teams, or on one's own list."""
    seen = watched_by(user)
    every = {w.of for w in WATCHERS}
    types = Q() if len(seen) == len(every) else Q(subject_type__in=[model._meta.label for model in seen])
    if whose is Reach.OWN:
        return types & Q(holder_id=user.pk)
    return types & Q(team_id__in=user.team_ids) if whose is Reach.TEAM else types


def _matters(rows: QuerySet[Alert], limit: int) -> list[Matter]:
    found = [Matter(*row) for row in rows.order_by(*ORDER).values_list(*COLUMNS)[:limit]]
    return [matter for matter in found if matter.watcher in WATCHERS]


def quadrants(user: Any, whose: Reach, limit: int = MOST) -> dict[Quadrant, list[Matter]]:
    """The matters of each quadrant, the weightiest first, then the oldest; at most `limit` each.

    Args:
        whose: Everybody's, those of one's teams, or those on one's own list; no further than one may see.
    """
    found: dict[Quadrant, list[Matter]] = {}
    within = _within(user, whose)
    handed = _handed_to(user) if whose is not Reach.OWN else []
    for each in Quadrant:
        places = [int(each), each + HANDED] if whose is Reach.OWN else [int(each)]
        here = _matters(Alert.objects.filter(within, place__in=places), limit)
        mine = [matter for matter in handed if matter.quadrant is each]
        found[each] = sorted([*here, *mine], key=lambda m: (-m.importance, m.since))[:limit] if mine else here
    return found


def _handed_to(user: Any) -> list[Matter]:
    """What others handed to somebody, beside what is on the list of the owners."""
    return _matters(Alert.objects.filter(holder_id=user.pk, place__gt=HANDED), MOST)


def of_kind(user: Any, watcher: str, whose: Reach, limit: int) -> list[Matter]:
    """The matters of one kind, the latest first."""
    rows = Alert.objects.filter(_within(user, whose), watcher=watcher, place__gt=ASIDE)
    return [Matter(*row) for row in rows.order_by("-since", "-pk").values_list(*COLUMNS)[:limit]]


def out_of_sight(user: Any, whose: Reach, limit: int = MOST) -> list[Matter]:
    """What was put off, closed by hand or handed on, within what one looks at."""
    rows = Alert.objects.filter(_within(user, whose))
    aside = _matters(rows.filter(place=ASIDE), limit)
    if whose is Reach.OWN:
        away = Alert.objects.filter(owner_id=user.pk, place__gt=HANDED).exclude(holder_id=user.pk)
    else:
        away = rows.filter(place__gt=HANDED).exclude(holder_id=user.pk)
    return [*aside, *_matters(away, limit)]


def matter_of(user: Any, watcher: str, pk: int) -> tuple[Matter, Row]:
    """One matter of a record that a person may see, with the record.

    Raises:
        NotFound: When the record may not be seen or does not exist: both alike.
        Refusal: When the record needs no hand any more.
    """
    known = WATCHERS.get(watcher)
    seen = records_of(user, [known], [pk], known.of) if known is not None else []
    if known is None or not seen:
        raise NotFound
    rows = Alert.objects.filter(watcher=watcher, subject_type=known.of._meta.label, subject_id=pk)
    row = rows.values_list(*COLUMNS).first()
    if row is None:
        raise Refusal("over", _("This is settled already."), status=409)
    return Matter(*row), seen[0]


def about(user: Any, record: Record) -> list[Matter]:
    """The matters of one record that is seen, the most urgent first; those put off or closed are left out."""
    rows = Alert.objects.filter(subject_type=record._meta.label, subject_id=record.pk).exclude(place=ASIDE)
    return sorted(_matters(rows, MOST), key=lambda m: m.place % HANDED)


def facts_of(user: Any, matters: Iterable[Matter]) -> Mapping[tuple[str, int], Row]:
    """The records behind some matters by model label and id: as far as the person may see them; one query a type."""
    by_model: dict[type[Record], dict[str, set[int]]] = {}
    for matter in matters:
        by_model.setdefault(matter.kind.of, {}).setdefault(matter.watcher, set()).add(matter.subject_id)
    found: dict[tuple[str, int], Row] = {}
    for model, keys in by_model.items():
        watchers = [WATCHERS[name] for name in keys]
        rows = records_of(user, watchers, sorted(set().union(*keys.values())), model)
        found |= {(model._meta.label, row["pk"]): row for row in rows}
    return found


def records_of(user: Any, watchers: Sequence[Watcher], keys: Sequence[int], model: type[Record]) -> list[Row]:
    """What the sentences of some watchers need of some records that a person may see."""
    rows: Any = model.objects.visible_to(user).filter(pk__in=keys)
    owner = [f"{model.scope_owner}__name"] if model.scope_owner else []
    paths = [*columns_of(model, watchers), *owner, *(path for w in watchers for path in w.shows)]
    return [normal(model, row) for row in rows.order_by().values(*dict.fromkeys([*paths, "version"]))]


def names_of(user: Any, keys: Iterable[int]) -> dict[int, str]:
    """Names of people by id, as far as one may see them."""
    return dict(User.objects.visible_to(user).filter(pk__in=set(keys)).values_list("pk", "name"))
