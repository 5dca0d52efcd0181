"""What a seal covers, as it is stored: heads of the sealed rows, how far the tables are sealed, and the root.

Heads are JSON lists in the order of their digests:

- `["s", id]`: a change set itself, one digest;
- `["c", id, change set, seq, model, object, kind]`: a single entry, one digest;
- `["b", id, change set, seq, model, steps, kinds]`: a batch, one digest a line; `steps` are the differences between the
  ids of neighbouring rows, `kinds` one letter each.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Any

from coordina.ledger.entries import plain_json
from coordina.ledger.models.seals import Seal

CHANGE, BATCH, SET = "c", "b", "s"
FIRST = "0" * 64
"""The root before the first."""

type Head = list[Any]
type Gap = tuple[str, int, int, int]
"""Table, first and last id that were not there, and the first transaction that cannot have made them."""


@dataclass(slots=True)
class Reach:
    """How far the tables are sealed.

    Attributes:
        upto: Highest sealed id by table.
        gaps: Ids below it that were not there yet, and may still come: on PostgreSQL ids are not the order of commits.
    """

    upto: dict[str, int] = field(default_factory=lambda: {CHANGE: 0, BATCH: 0})
    gaps: list[Gap] = field(default_factory=list)

    @classmethod
    def of(cls, seal: Seal | None) -> "Reach":
        """As the newest seal says."""
        if seal is None:
            return cls()
        return cls(dict(seal.reach["upto"]), [(t, a, b, x) for t, a, b, x in seal.reach["gaps"]])

    def as_json(self) -> dict[str, Any]:
        """As a seal keeps it."""
        return {"upto": self.upto, "gaps": [list(gap) for gap in self.gaps]}

    def awaits(self, table: str, pk: int) -> bool:
        """Whether an id may still come."""
        return any(t == table and first <= pk <= last for t, first, last, _x in self.gaps)


def pack_heads(heads: Iterable[Head]) -> bytes:
    """Heads as they are stored."""
    return zlib.compress(plain_json(list(heads)).encode(), 6)


def heads_of(seal: Seal) -> list[Head]:
    """Heads as they were.

    Raises:
        ValueError, zlib.error: When they are not what was stored.
    """
    found: list[Head] = json.loads(zlib.decompress(bytes(seal.heads)))
    return found


def size_of(head: Head) -> int:
    """How many digests belong to a head."""
    return len(head[6]) if head[0] == BATCH else 1


def places_of(heads: Iterable[Head]) -> Iterator[tuple[Head, int]]:
    """Each head with the number of its first digest."""
    place = 0
    for head in heads:
        yield head, place
        place += size_of(head)


def steps_of(keys: list[int]) -> list[int]:
    """The first id, and the differences between neighbours."""
    return [*keys[:1], *(b - a for a, b in pairwise(keys))]


def keys_of(head: Head) -> list[int]:
    """Ids of the rows of a batch."""
    return list(accumulate(head[5]))


def root_of(before: str, number: int, at: datetime, reach: Any, heads: bytes, digests: bytes) -> str:
    """The root of a seal, over the one before and all that it says."""
    said = [before, number, at.timestamp(), reach, sha256(heads).hexdigest(), sha256(digests).hexdigest()]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
