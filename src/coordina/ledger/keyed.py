"""Undo of JSON columns whose keys are facts of their own: each key goes back, or stays, by itself."""

from collections.abc import Sequence
from typing import Any

from coordina.core.images import encode
from coordina.core.jsonvalues import changed
from coordina.core.records import Record


def is_newer(model: type[Record], column: str, now: Any, pair: Sequence[Any]) -> bool:
    """Whether a column holds neither what was there before nor what was written; of a keyed one any written key."""
    if column not in model.keyed:
        return encode(now) not in pair
    here = now or {}
    return any(here.get(key) not in each for key, each in changed(*pair).items())


def keys_back(now: Any, old: Any, new: Any) -> dict[str, Any]:
    """What a keyed column holds once the written keys went back; keys that hold something newer stay."""
    back = dict(now or {})
    for key, (before, after) in changed(old, new).items():
        if back.get(key) == after:
            back[key] = before
    return {key: value for key, value in back.items() if value is not None}
