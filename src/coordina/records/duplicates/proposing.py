"""Which record should stay and which values should be kept: proposals that a person may overrule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

EMPTY = (None, "")


class Why(StrEnum):
    """Why a value is proposed."""

    ONLY = "only"
    FULLER = "fuller"
    NEWER = "newer"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the records.

    Attributes:
        values: By field name.
        changed_at: When it was written last.
        links: How many other records refer to it.
    """

    pk: int
    values: Mapping[str, Any]
    changed_at: datetime
    links: int = 0


def who_stays(candidates: Sequence[Candidate]) -> int:
    """The id of the record that should stay: most refers to it, then the fullest, then the oldest."""
    filled = {c.pk: sum(v not in EMPTY for v in c.values.values()) for c in candidates}
    return min(candidates, key=lambda c: (-c.links, -filled[c.pk], c.pk)).pk


def proposed(
    name: str, candidates: Sequence[Candidate], stays: int, *, titled: bool, text: bool, usual: Any = None
) -> tuple[int, Why]:
    """Whose value of a field should be kept, and why.

    Args:
        name: Of the field.
        candidates: All records, each with the field.
        stays: Id of the record that stays.
        titled: Whether the field names the record: then a name in mixed letters wins.
        text: Whether it is a longer text: then the longest wins.
        usual: What the field holds where nobody chose anything: it gives way to what somebody chose.
    """
    filled = [c for c in candidates if c.values.get(name) not in EMPTY]
    filled = [c for c in filled if c.values[name] != usual] or filled
    if not filled:
        return stays, Why.STAYS
    if len({str(c.values[name]) for c in filled}) == 1:
        mine = next((c for c in filled if c.pk == stays), filled[0])
        return mine.pk, Why.STAYS if mine.pk == stays else Why.ONLY
    if titled or text:
        best = max(filled, key=lambda c: (*_quality(str(c.values[name]), titled=titled), c.pk == stays))
        return best.pk, Why.FULLER
    best = max(filled, key=lambda c: (c.changed_at, c.pk == stays))
    return best.pk, Why.NEWER


def _quality(text: str, *, titled: bool) -> tuple[bool, bool, int]:
    """How well a text is written: capitals and small letters, accents, and how much it says."""
    well = text != text.upper() and text != text.lower()
    return (well, not text.isascii(), len(text.split())) if titled else (False, False, len(text))
