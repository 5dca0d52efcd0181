"""What a preview tells: how many change, from what to what, with a few of the records as examples."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from coordina.core.images import encode
from coordina.core.types import Kind
from coordina.records.bulk.judging import Verdict
from coordina.records.bulk.order import Order

SAMPLES = 10
KINDS_OF_VALUES = 50
"""Different values of a field that are counted one by one; the others together."""
OTHERS = "…"


class Preview:
    """Counts what the verdicts say, chunk by chunk; memory does not grow with the records."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.counts: Counter[str] = Counter(change=0, same=0, refused=0)
        self.samples: list[dict[str, Any]] = []
        self.moves: dict[str, Counter[str]] = defaultdict(Counter)

    def take(self, verdicts: Iterable[Verdict]) -> None:
        """Count some verdicts."""
        for one in verdicts:
            self.counts["refused" if one.reason else "same" if one.same else "change"] += 1
            if one.reason or one.same:
                continue
            pairs = self._pairs(one)
            for name, pair in pairs.items():
                self._count(name, pair)
            if len(self.samples) < SAMPLES:
                self.samples.append({"pk": one.pk, "fields": pairs, "currency": getattr(one.obj, "currency", "")})

    def _pairs(self, one: Verdict) -> dict[str, list[Any]]:
        """Before and after of the fields that a record changes."""
        fields = self.order.known.fields
        return {
            name: [encode(before), _plain((one.values or {})[name])]
            for name, before in one.before.items()
            if name in fields
        }

    def _count(self, name: str, pair: list[Any]) -> None:
        known = self.order.known.fields[name]
        if known.kind is Kind.LONG_TEXT:
            return
        moves = self.moves[name]
        key = json.dumps(pair)
        if key not in moves and len(moves) >= KINDS_OF_VALUES:
            key = OTHERS
        moves[key] += 1

    def shown(self) -> dict[str, Any]:
        """What the run keeps of it."""
        moves = {
            name: [[*(json.loads(key) if key != OTHERS else [OTHERS, OTHERS]), n] for key, n in counter.most_common()]
            for name, counter in self.moves.items()
        }
        return {"samples": self.samples, "moves": moves}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else encode(value)
