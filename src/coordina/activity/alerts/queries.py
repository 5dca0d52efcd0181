"""What a cockpit shows: matters by quadrant, off the table of alerts alone; then the records of the few shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.activity.alerts.keeping import columns_of, normal
from coordina.activity.models import Alert
from coordina.activity.models.alerts import ASIDE, HANDED
from coordina.core.actions import ACTIONS
from coordina.core.actors import Reach
from coordina.core.prepared import Prepared, RowIds, Shapes
from coordina.core.records import Record
from coordina.core.refusals import NotFound, Refusal
from coordina.core.sight import blanked
from coordina.core.types import find_type
from coordina.core.visibility import within_scope
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


@cache
def helping(of: type[Record] | None = None) -> frozenset[str]:
    """Permissions of which one suffices to settle some matter, of one record class or of any."""
    acts = [act for w in WATCHERS if of in (None, w.of) for act in w.acts if act.action in ACTIONS]
    return frozenset(ACTIONS[act.action].permission for act in acts)


def watched_by(user: Any) -> list[type[Record]]:
    """The record classes with watchers that a person may see, and about which there is something they may do."""
    found = dict.fromkeys(w.of for w in WATCHERS)
    return [m for m in found if user.may(m.view_permission()) and any(map(user.may, helping(m)))]


def shut_to(user: Any) -> frozenset[str]:
    """Names of the watchers whose matters tell of a field hidden from somebody: for them there are none."""
    found: set[str] = set()
    for model in watched_by(user):
        known = find_type(model)
        hidden = known.sight(user).hidden if known is not None else frozenset()
        found |= {w.name for w in WATCHERS if hidden and w.of is model and not hidden.isdisjoint(w.about)}
    return frozenset(found)


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
    if shut := shut_to(user):
        types &= ~Q(watcher__in=shut)
    if whose is Reach.OWN:
        return types & Q(holder_id=user.pk)
    return types & Q(team_id__in=user.team_ids) if whose is Reach.TEAM else types


def _matters(rows: QuerySet[Alert], limit: int) -> list[Matter]:
    found = [Matter(*row) for row in rows.order_by(*ORDER).values_list(*COLUMNS)[:limit]]
    return [matter for matter in found if matter.watcher in WATCHERS]


def _listed(**where: Any) -> Any:
    """Matters in their order: along an index where the conditions are equalities."""
    return Alert.objects.filter(**where).order_by(*ORDER).values_list(*COLUMNS)[:MOST]


_SHAPES = Shapes()
FEW_TEAMS = 4
"""Teams that are asked one by one; more of them own so much that walking everything in order finds their rows soon."""


def quadrants(user: Any, whose: Reach) -> dict[Quadrant, list[Matter]]:
    """The matters of each quadrant, the weightiest first, then the oldest; at most `MOST` each.

    Args:
        whose: Everybody's, those of one's teams, or those on one's own list; no further than one may see.
    """
    mine = Alert.objects.filter(holder_id=user.pk, place__gt=HANDED).exclude(watcher__in=shut_to(user))
    handed = _known(mine) if whose is not Reach.OWN else []
    found: dict[Quadrant, list[Matter]] = {}
    for each in Quadrant:
        rows = [*_rows_at(user, whose, int(each)), *(m for m in handed if m.quadrant is each)]
        found[each] = sorted(rows, key=lambda m: (-m.importance, m.since))[:MOST]
    return found


def _asked(column: str, key: int, place: int) -> list[Any]:
    """What stands at a place for one person or one team; the statement is built once."""
    return _SHAPES.ask((column, place), lambda of: _listed(place=place, **{column: of}), key)


def _rows_at(user: Any, whose: Reach, place: int) -> list[Matter]:
    """What stands at a place, read along an index."""
    every = len(watched_by(user)) == len({w.of for w in WATCHERS})
    if shut_to(user):
        mine = Q(holder_id=user.pk, place__in=(place, place + HANDED))
        return _matters(
            Alert.objects.filter(_within(user, whose), mine if whose is Reach.OWN else Q(place=place)), MOST
        )
    if whose is Reach.OWN:
        raw = [*_asked("holder_id", user.pk, place), *_asked("holder_id", user.pk, place + HANDED)]
    elif whose is Reach.TEAM and len(user.team_ids) <= FEW_TEAMS:
        raw = [row for team in user.team_ids for row in _asked("team_id", team, place)]
    elif whose is Reach.ALL and every:
        raw = _SHAPES.ask(place, lambda: _listed(place=place))
    else:
        return _matters(Alert.objects.alias(of=F("team_id") + 0).filter(_along(user, whose), place=place), MOST)
    seen = {model._meta.label for model in watched_by(user)}
    matters = [Matter(*row) for row in raw if row[0] in WATCHERS]
    return matters if every else [m for m in matters if m.key[0] in seen]


def _along(user: Any, whose: Reach) -> Q:
    """The same as `_within`, said so that rows are walked in order instead of gathered by team and sorted."""
    types = Q(subject_type__in=[model._meta.label for model in watched_by(user)])
    return types & Q(of__in=user.team_ids) if whose is Reach.TEAM else types


def _known(rows: QuerySet[Alert]) -> list[Matter]:
    return _matters(rows, MOST)


def of_kind(user: Any, watcher: str, whose: Reach, limit: int) -> list[Matter]:
    """The matters of one kind, the latest first."""
    if watcher in shut_to(user):
        return []
    rows = Alert.objects.alias(of=F("team_id") + 0).filter(watcher=watcher, place__gt=ASIDE)
    rows = rows.filter(holder_id=user.pk) if whose is Reach.OWN else rows.filter(_along(user, whose))
    return [Matter(*row) for row in rows.order_by("-since", "-pk").values_list(*COLUMNS)[:limit]]


def counts_of_kinds(user: Any, whose: Reach) -> list[tuple[Watcher, int]]:
    """How many matters of each kind stand on the lists one looks at, the most frequent first."""
    rows = Alert.objects.filter(_within(user, whose), place__gt=ASIDE).order_by().values_list("watcher")
    found = [(WATCHERS[name], count) for name, count in rows.annotate(count=Count("pk")) if name in WATCHERS]
    return sorted(found, key=lambda pair: (-pair[1], str(pair[0].label)))


def weightiest(user: Any, watcher: Watcher, whose: Reach) -> tuple[list[Matter], int]:
    """The matters of one kind, the weightiest first, at most `MOST`; and how many there are."""
    rows = Alert.objects.filter(_within(user, whose), watcher=watcher.name, place__gt=ASIDE)
    return _known(rows), rows.count()


def out_of_sight(user: Any, whose: Reach, limit: int = MOST) -> list[Matter]:
    """What was put off, closed by hand or handed on, within what one looks at."""
    rows = Alert.objects.filter(_within(user, whose))
    aside = _matters(rows.filter(place=ASIDE), limit)
    if whose is Reach.OWN:
        own = Alert.objects.filter(owner_id=user.pk, place__gt=HANDED).exclude(watcher__in=shut_to(user))
        away = own.exclude(holder_id=user.pk)
    else:
        away = rows.filter(place__gt=HANDED).exclude(holder_id=user.pk)
    return [*aside, *_matters(away, limit)]


def matter_of(user: Any, watcher: str, pk: int) -> tuple[Matter, Row]:
    """One matter of a record that a person may see, with the record.

    Raises:
        NotFound: When the record may not be seen or does not exist: both alike.
        Refusal: When the record needs no hand any more.
    """
    known = WATCHERS.get(watcher) if watcher not in shut_to(user) else None
    seen = records_of(user, [known], [pk], known.of) if known is not None else []
    if known is None or not seen:
        raise NotFound
    rows = Alert.objects.filter(watcher=watcher, subject_type=known.of._meta.label, subject_id=pk)
    row = rows.values_list(*COLUMNS).first()
    if row is None:
        raise Refusal("over", _("This is settled already."), status=409)
    return Matter(*row), seen[0]


_ABOUT = Prepared(
    lambda label, pk: (
        Alert.objects.filter(subject_type=label, subject_id=pk)
        .exclude(place=ASIDE)
        .order_by(*ORDER)
        .values_list(*COLUMNS)[:MOST]
    )
)


def about(user: Any, record: Record) -> list[Matter]:
    """The matters of one record that is seen, the most urgent first; those put off or closed are left out."""
    found = [Matter(*row) for row in _ABOUT(record._meta.label, record.pk)]
    shut = shut_to(user)
    told = (m for m in found if m.watcher in WATCHERS and m.watcher not in shut)
    return sorted(told, key=lambda m: m.place % HANDED)


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
    """What the sentences of some watchers need of some records that a person may see; hidden fields are empty.

    The records are fetched by their ids and judged by owner and team: a database that is asked for both at once may
    well gather everything of a team first.
    """
    owner = [f"{model.scope_owner}__name"] if model.scope_owner else []
    paths = [*columns_of(model, watchers), *owner, *(path for w in watchers for path in w.shows), "version"]
    special = model.scope_parent or hasattr(model, "condition")
    columns = tuple(dict.fromkeys(paths))

    def read(rows: Any, ids: Any) -> QuerySet[Any]:
        values: QuerySet[Any] = rows.filter(pk__in=ids).order_by().values(*columns)
        return values

    found: list[Row]
    if special:
        found = [normal(model, row) for row in read(model.objects.visible_to(user), keys)]
    else:
        raw = _SHAPES.ask((model, columns), lambda ids: read(model._base_manager, ids), RowIds(keys))
        found = [normal(model, row) for row in raw]
        scope = user.scope(model.view_permission())
        if model.scope_owner or model.scope_team:
            found = [row for row in found if within_scope(scope, row.get("owner_id"), row.get("team_id"))]
    kind = find_type(model)
    return [blanked(row, kind, user) for row in found] if kind is not None else found


def names_of(user: Any, keys: Iterable[int]) -> dict[int, str]:
    """Names of people by id, as far as one may see them."""
    return dict(User.objects.visible_to(user).filter(pk__in=set(keys)).values_list("pk", "name"))
