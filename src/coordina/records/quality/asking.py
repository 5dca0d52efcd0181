"""The figures of data quality: one grouped reading a type; at once where few rows are in it, else by a job."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.filters.refusals import BadFilter
from coordina.core.keyset import bounded_count
from coordina.core.quality import QUALITY, Quality
from coordina.core.types import TYPES, RecordType
from coordina.records.figures import AT_ONCE, kept_figures
from coordina.records.grouping import Axis, axes_of
from coordina.records.models import KeptFigures
from coordina.records.quality.marks import looked_at
from coordina.records.vocabularies import QUIET, vocabulary_of

MISSING, CHECK, FLAW, STALE = "missing", "check", "flaw", "stale"


@dataclass(frozen=True, slots=True)
class Counts:
    """A group, or all rows.

    Attributes:
        key: Of the group; None for rows without a value.
        rows: How many there are.
        found: By code (`missing.email`, `check.owner`, `flaw.phone`, `stale`): how many it holds for.
    """

    key: Any
    rows: int
    found: dict[str, int]

    def completeness(self, important: int) -> float | None:
        """Per cent of the important fields that are filled; None of nothing."""
        cells = self.rows * important
        missing = sum(n for code, n in self.found.items() if code.startswith(f"{MISSING}."))
        return 100 * (cells - missing) / cells if cells else None


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures.

    Attributes:
        worked_at: When a job worked them out; None where they are of this moment.
        waiting: A job works at it and there is nothing to show yet.
    """

    groups: tuple[Counts, ...] = ()
    worked_at: dt.datetime | None = None
    waiting: bool = False

    @property
    def all(self) -> Counts:
        """All groups together."""
        found: dict[str, int] = {}
        for group in self.groups:
            for code, count in group.found.items():
                found[code] = found.get(code, 0) + count
        return Counts(None, sum(group.rows for group in self.groups), found)


@dataclass(frozen=True)
class Asked:
    """What is to be counted.

    Attributes:
        days: After so many without anything a record is stale.
        by: Name of the field that makes the groups; empty for all in one.
        mine: Only what the asker looks after.
    """

    quality: Quality
    asker: Asker
    days: int
    by: str = ""
    mine: bool = False
    texts: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the conditions, by code; those on fields hidden from the asker are left out."""
        object.__setattr__(self, "texts", conditions(self.quality, self.asker, self.days))

    @property
    def known(self) -> RecordType:
        """The record type."""
        return TYPES[self.quality.of]

    @cached_property
    def looked(self) -> bool:
        """Whether the values of these records were ever looked at."""
        return not self.quality.flaws or looked_at(self.quality) is not None

    @property
    def base(self) -> str:
        """The condition of the rows that count."""
        return joined(self.quality.base, "owner = me" if self.mine else "")

    @property
    def rows(self) -> QuerySet[Any]:
        """The rows that count, as far as the asker sees them."""
        model: Any = self.known.model
        seen: QuerySet[Any] = model.objects.visible_to(self.asker.user)
        return seen.filter(self.compiled(self.base)) if self.base else seen

    @property
    def axis(self) -> Axis | None:
        """What makes the groups."""
        return axes_of(self.known, self.asker.user).get(self.by) if self.by else None

    def compiled(self, text: str) -> Q:
        """A condition for the database."""
        return compile_filter(parse(text), vocabulary_of(self.known), self.asker)

    @property
    def key(self) -> str:
        """Digest of the question, of who asks on which day, and of all they may see."""
        user: Any = self.asker.user
        reach = sorted(getattr(user, "reach", {}).items())
        parts = ["quality", self.quality.of, self.days, self.by, self.mine, sorted(self.texts.items()), user.pk, reach,
                 list(getattr(user, "team_ids", ())), self.asker.today.isoformat()]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def joined(*texts: str) -> str:
    """Conditions that all have to hold."""
    return " and ".join(f"({text})" if " or " in text else text for text in texts if text)


def important_of(asked: Quality, asker: Asker) -> list[str]:
    """The important fields that somebody may know and filter by."""
    known = vocabulary_of(TYPES[asked.of]).known_to(asker.user)
    return [name for name in asked.important if name in known]


def conditions(asked: Quality, asker: Asker, days: int) -> dict[str, str]:
    """What is asked of the rows, in the filter language, by code."""
    found = {f"{MISSING}.{name}": f"{name} is empty" for name in important_of(asked, asker)}
    found |= {f"{CHECK}.{check.name}": check.where for check in asked.checks}
    found |= {f"{FLAW}.{flaw.name}": f"flaw = {flaw.name}" for flaw in asked.flaws}
    found[STALE] = f"{QUIET} = {days}"
    vocabulary = vocabulary_of(TYPES[asked.of])
    return {code: text for code, text in found.items() if _possible(text, vocabulary, asker)}


def _possible(text: str, vocabulary: Any, asker: Asker) -> bool:
    try:
        compile_filter(parse(text), vocabulary, asker)
    except BadFilter:
        return False
    return True


def answer(asked: Asked) -> Answer:
    """The figures now, or those that a job keeps; asks for the job where it is time."""
    _count, more = bounded_count(asked.rows, AT_ONCE)
    if not more:
        return Answer(tuple(counted(asked)))
    kept = kept_figures(asked.key, lambda now: _ask(asked, now))
    if kept is None or kept.worked_at is None:
        return Answer(waiting=True)
    return Answer(tuple(Counts(key, rows, found) for key, rows, found in kept.groups), worked_at=kept.worked_at)


def counted(asked: Asked) -> list[Counts]:
    """Read and count the rows, in one query."""
    codes = list(asked.texts)
    counts: dict[str, Any] = {
        f"c{n}": Count("pk", filter=asked.compiled(asked.texts[code])) for n, code in enumerate(codes)
    }
    axis, rows = asked.axis, asked.rows.order_by()
    if axis is None:
        found: Sequence[dict[str, Any]] = [rows.aggregate(n=Count("pk"), **counts) | {"k": None}]
    else:
        found = list(rows.annotate(k=axis.expression(asked.asker)).values("k").annotate(n=Count("pk"), **counts))
    merged: dict[Any, Counts] = {}
    for row in found:
        key = axis.key(row["k"]) if axis is not None else None
        own = {code: row[f"c{n}"] for n, code in enumerate(codes)}
        before = merged.get(key)
        if before is not None:
            own = {code: count + before.found[code] for code, count in own.items()}
        merged[key] = Counts(key, row["n"] + (before.rows if before is not None else 0), own)
    return list(merged.values())


def _ask(asked: Asked, now: dt.datetime) -> None:
    from coordina.records.quality.jobs import keep_quality

    user: Any = asked.asker.user
    question = {"of": asked.quality.of, "days": asked.days, "by": asked.by, "mine": asked.mine, "user": user.pk}
    question["zone"] = str(asked.asker.time_zone)
    keep_quality.using(key=f"figures:{asked.key}:{int(now.timestamp())}").enqueue(asked.key, question)


def work_out(key: str, question: dict[str, Any]) -> int:
    """Count for the person who asked, as far as they may see now; gives how many groups there are."""
    from zoneinfo import ZoneInfo

    from coordina.accounts.models import User

    now = timezone.now()
    user = User.objects.for_request().get(pk=question["user"])
    asker = Asker(user=user, now=now, time_zone=ZoneInfo(question["zone"]))
    asked = Asked(QUALITY[question["of"]], asker, question["days"], question["by"], question["mine"])
    if asked.key != key:  # what they may see has changed meanwhile: nobody asks for this any more
        KeptFigures.objects.filter(pk=key).delete()
        return 0
    groups = [[group.key, group.rows, group.found] for group in counted(asked)]
    KeptFigures.objects.filter(pk=key).update(groups=groups, worked_at=now)
    return len(groups)
