"""What a column holds, learnt from all its cells in bounded memory."""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from coordina.records.imports.dates import DateFormat, DateVotes, Order
from coordina.records.imports.numbers import NumberFormat, NumberVotes
from coordina.records.imports.values import answered, is_unknown, to_email

MOST_DISTINCT = 5_000
"""Different values of a column that are counted one by one; beyond, only their kinds are."""

LONGEST_COUNTED = 200
"""Characters of a value that may be counted; longer ones are prose, not a choice."""

_DIGIT = re.compile(r"[0-9]")
_URL = re.compile(
    r"(?:https?://|www\.)\S+\.\S+|(?!\d+\.[a-z]+$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,12}(?:/\S*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?[(]?\d[\d\s().\-/]{5,22}(?:\s*(?:ext|x|#)\.?\s*\d{1,6})?", re.IGNORECASE)


class Evidence(StrEnum):
    """What the shape of a value speaks for; one value may speak for several."""

    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole"
    BOOL = "bool"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What was decided about a column.

    Attributes:
        filled: cells with a value.
        unknown: cells that are blank or say that the value is not known.
        shares: for each kind of evidence, the part of the different values that speak for it, from 0 to 1.
        distinct: how often each value occurs, the most frequent first; empty when there are too many.
        many: whether there were more different values than are counted.
        longest: characters of the longest value.
        date: how its dates are written.
        number: how its numbers are written.
        examples: some values.
    """

    filled: int = 0
    unknown: int = 0
    shares: dict[Evidence, float] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    many: bool = False
    longest: int = 0
    date: DateFormat = field(default_factory=DateFormat)
    number: NumberFormat = field(default_factory=NumberFormat)
    examples: tuple[str, ...] = ()

    def share(self, evidence: Evidence) -> float:
        """The part of the different values that speak for something; 0 when there are none."""
        return self.shares.get(evidence, 0.0)

    @property
    def unique(self) -> bool:
        """Whether no value occurs twice, as in a column that identifies its rows; False when it cannot be known."""
        return bool(self.distinct) and not self.many and len(self.distinct) == self.filled


class ColumnProfile:
    """Collects the cells of one column; `decide` may be asked at any time, also before the last cell."""

    __slots__ = (
        "_counts",
        "_examples",
        "_filled",
        "_judged",
        "_longest",
        "_many",
        "_unknown",
        "dates",
        "numbers",
        "seen",
    )

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: list[str] = []
        self._filled = self._unknown = self._judged = self._longest = 0
        self._many = False
        self.seen: Counter[Evidence] = Counter()
        self.dates = DateVotes()
        self.numbers = NumberVotes()

    def add(self, value: str) -> None:
        """Take the next cell of the column."""
        counts = self._counts
        if value in counts:
            counts[value] += 1
            self._filled += 1
            return
        if is_unknown(value):
            self._unknown += 1
            return
        self._filled += 1
        self._judged += 1
        if len(value) > self._longest:
            self._longest = len(value)
        if len(counts) >= MOST_DISTINCT:
            self._many = True
        elif len(value) <= LONGEST_COUNTED:
            counts[value] = 1
        else:
            self._many = True
        if len(self._examples) < 5:
            self._examples.append(value[:LONGEST_COUNTED])
        self._judge(value)

    def _judge(self, value: str) -> None:
        """Note what a new value speaks for."""
        seen = self.seen
        if len(value) > LONGEST_COUNTED or "\n" in value:
            seen[Evidence.LONG] += 1
            return
        if _DIGIT.search(value):
            if self._in_play(Evidence.DATE) and self.dates.add(value):
                seen[Evidence.DATE] += 1
            if self._in_play(Evidence.NUMBER) and self.numbers.add(value):
                seen[Evidence.NUMBER] += 1
                if value.strip().isdecimal():
                    seen[Evidence.WHOLE] += 1
            if (
                self._in_play(Evidence.PHONE)
                and _PHONE.fullmatch(value.strip())
                and 7 <= sum(char.isdigit() for char in value) <= 20
            ):
                seen[Evidence.PHONE] += 1
        if "@" in value:
            if isinstance(to_email(value), str):
                seen[Evidence.EMAIL] += 1
        elif "." in value and _URL.fullmatch(value.strip()):
            seen[Evidence.URL] += 1
        if len(value) < 13 and self._in_play(Evidence.BOOL) and answered(value) is not None:
            seen[Evidence.BOOL] += 1

    def _in_play(self, evidence: Evidence) -> bool:
        """Whether it is worth while to look for some evidence: not when thousands of values hardly showed it."""
        return self._judged <= MOST_DISTINCT or self.seen[evidence] * 20 > self._judged

    def decide(self, *, order: Order = Order.DMY, decimal: str = ",") -> ColumnFacts:
        """What the cells so far amount to.

        Args:
            order: order of day and month where the column leaves it open.
            decimal: decimal sign where the column leaves it open.
        """
        total = self._judged or 1
        ranked = sorted(self._counts.items(), key=lambda pair: -pair[1])
        return ColumnFacts(
            filled=self._filled,
            unknown=self._unknown,
            shares={evidence: count / total for evidence, count in self.seen.items()},
            distinct={} if self._many else dict(ranked),
            many=self._many,
            longest=self._longest,
            date=self.dates.decide(order),
            number=self.numbers.decide(decimal),
            examples=tuple(self._examples),
        )
