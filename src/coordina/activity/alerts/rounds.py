"""Rounds: asking all records at once, for time alone begins and ends matters; and comparing what is kept with that.

A round reads no record whose alert is right already: the database finds, by index, those for which a condition holds
without an alert, and alerts for which none holds.
"""

from array import array
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from coordina.activity.alerts.judging import Standing, standing
from coordina.activity.alerts.keeping import CHUNK, Asking, ask, columns_of, decisions, normal
from coordina.activity.models import Alert, AlertRound
from coordina.activity.models.alerts import ASIDE, HANDED
from coordina.core.derived import REBUILDS
from coordina.core.watchers import IMPORTANT, WATCHERS, Watcher

type Progress = Callable[[int], None]


def _silent(asked: int) -> None:
    """Tell nobody."""


def go_round(asking: Asking, *, progress: Progress = _silent) -> int:
    """Raise what has become due by itself, take back what is over, and move what has become urgent.

    Returns:
        How many alerts were raised, taken back or moved.
    """
    _forget_unknown()
    done = 0
    for watcher in WATCHERS:
        done += _close(watcher, asking, progress) + _open(watcher, asking, progress)
    done += _move(asking.today)
    AlertRound.objects.update_or_create(pk=1, defaults={"day": asking.today})
    return done


def _forget_unknown() -> None:
    Alert.objects.exclude(watcher__in=[w.name for w in WATCHERS]).delete()


def ask_all_again(names: list[str], asking: Asking, *, progress: Progress = _silent) -> int:
    """Ask again about every matter of some watchers: the numbers they go by have changed.

    Returns:
        How many alerts were raised, renewed or taken back.
    """
    done = 0
    for watcher in (WATCHERS[name] for name in names if name in WATCHERS):
        alerts = Alert.objects.filter(watcher=watcher.name)
        done += _asked(watcher, _steps(alerts, "subject_id"), asking, progress) + _open(watcher, asking, progress)
    return done


def _steps(rows: QuerySet[Any], column: str) -> Iterator[list[int]]:
    """Ids in order, a chunk at a time.

    They are looked for once: asked for chunk by chunk, a database that finds them by another index would sort all that
    are left each time.
    """
    keys = array("q", rows.order_by(column).values_list(column, flat=True).iterator(CHUNK))
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK].tolist()


def _asked(watcher: Watcher, steps: Iterator[list[int]], asking: Asking, progress: Progress) -> int:
    done, behind = 0, 0
    for keys in steps:
        with transaction.atomic():
            done += ask(watcher.of._meta.label, {key: {watcher.name} for key in keys}, asking, lock=True)
        behind += len(keys)
        progress(behind)
    return done


def _true(watcher: Watcher, asking: Asking) -> QuerySet[Any]:
    """The records for which a watcher's condition holds; none where it is switched off."""
    model: Any = watcher.of
    condition = asking.condition(watcher)
    rows: QuerySet[Any] = model._base_manager.filter(condition if condition is not None else Q(pk__in=()))
    return rows


def _open(watcher: Watcher, asking: Asking, progress: Progress) -> int:
    known = Alert.objects.filter(subject_type=watcher.of._meta.label, subject_id=OuterRef("pk"), watcher=watcher.name)
    return _asked(watcher, _steps(_true(watcher, asking).filter(~Exists(known)), "pk"), asking, progress)


def _close(watcher: Watcher, asking: Asking, progress: Progress) -> int:
    still = _true(watcher, asking).filter(pk=OuterRef("subject_id"))
    over = Alert.objects.filter(watcher=watcher.name).filter(~Exists(still))
    return _asked(watcher, _steps(over, "subject_id"), asking, progress)


def _move(today: date) -> int:
    """Bring alerts into the quadrant that the day puts them in, and back what was put off until today."""
    aside = Q(closed=True) | Q(aside_until__gt=today)
    urgent, important = Q(urgent_on__lte=today), Q(importance__gte=IMPORTANT)
    late, calm = urgent, Q(urgent_on=None) | Q(urgent_on__gt=today)
    back = Q(closed=False) & (Q(aside_until=None) | Q(aside_until__lte=today))
    done = Alert.objects.filter(aside).exclude(place=ASIDE).update(place=ASIDE)
    quadrants = {1: late & important, 2: calm & important, 3: late & ~important, 4: calm & ~important}
    for place, condition in quadrants.items():
        for added, whose in ((0, _own()), (HANDED, _handed())):
            wrong = ~Q(place=place + added)
            done += Alert.objects.filter(back & condition & whose & wrong).update(place=place + added)
    return done


def _own() -> Q:
    """Matters that nobody but the owner of the record holds."""
    return Q(holder_id=F("owner_id")) | Q(holder_id=None)


def _handed() -> Q:
    """Matters that somebody else holds."""
    return Q(holder_id__isnull=False) & (Q(owner_id=None) | ~Q(holder_id=F("owner_id")))


def is_due(today: date) -> bool:
    """Whether records have not been asked for this day yet."""
    return not AlertRound.objects.filter(day=today).exists()


def expected(watcher: Watcher, asking: Asking) -> Iterator[tuple[int, Standing]]:
    """What the alerts of a watcher must be, by the database's own answer to its condition."""
    label = watcher.of._meta.label
    rows = _true(watcher, asking).order_by("pk").values(*columns_of(watcher.of, [watcher]))
    part: list[Any] = []
    for row in rows.iterator(CHUNK):
        part.append(normal(watcher.of, row))
        if len(part) == CHUNK:
            yield from _judged(watcher, label, part, asking)
            part = []
    yield from _judged(watcher, label, part, asking)


def _judged(watcher: Watcher, label: str, rows: list[Any], asking: Asking) -> Iterator[tuple[int, Standing]]:
    decided = decisions(label, [row["pk"] for row in rows])
    for row in rows:
        yield row["pk"], standing(watcher, row, asking.said, asking.today, decided.get((watcher.name, row["pk"])))


def rebuild() -> int:
    """Ask everybody again about everything; gives how many alerts there are."""
    asking, kept = Asking.now(), Alert.objects.exists()
    go_round(asking)
    if kept:  # those that a round leaves alone may be other than they should be
        ask_all_again([w.name for w in WATCHERS], asking)
    return Alert.objects.count()


def compare() -> int:
    """How many alerts are missing, too many, or other than they should be."""
    asking, wrong = Asking.now(), Alert.objects.exclude(watcher__in=[w.name for w in WATCHERS]).count()
    for watcher in WATCHERS:
        rows = Alert.objects.filter(watcher=watcher.name, subject_type=watcher.of._meta.label)
        kept = {pk: Standing(*now) for pk, *now in rows.values_list("subject_id", *Standing._fields)}
        for pk, wanted in expected(watcher, asking):
            wrong += kept.pop(pk, None) != wanted
        wrong += len(kept)
    return wrong


REBUILDS["activity.alerts"] = (rebuild, compare)
