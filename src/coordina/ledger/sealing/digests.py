"""The digest of one entry: over what it is about and the salted digest of each column.

A column whose value was erased stands with the digest that its mark keeps, so the digest of the entry stays what it
was. Each column has a salt of its own, worked out of that of its entry.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from coordina.ledger.entries import Written, plain_json
from coordina.ledger.models.changes import ChangeSet

SIZE = 16
"""Bytes of a digest: to find another value with the same one, 2^128 would have to be tried."""
_HEADER = ("by_id", "via", "action", "key", "undo_of_id", "subject_type", "subject_id", "undoable")


def column_salt(salt: bytes, name: str) -> bytes:
    """The salt of one column of an entry."""
    return blake2b(name.encode(), digest_size=SIZE, key=salt).digest()


def column_digest(salt: bytes, value: Any) -> bytes:
    """The digest of what one column holds, as JSON."""
    return blake2b(plain_json(value).encode(), digest_size=SIZE, key=salt).digest()


def salts_of(entry: Written, salt: bytes | None, loose: Mapping[str, bytes] | None) -> dict[str, bytes]:
    """The salts of an entry's columns that are still known.

    Args:
        salt: Of the entry; None where it was given up.
        loose: What is left then.
    """
    if salt is None:
        return dict(loose or {})
    return {name: column_salt(salt, name) for name in entry.delta if name not in entry.erased}


def entry_digest(entry: Written, change_set: int, salts: Mapping[str, bytes]) -> bytes | None:
    """The digest of an entry; None where it cannot be worked out, because a salt is missing or a mark is none.

    Args:
        salts: Of its columns, from `salts_of`.
    """
    made = blake2b(plain_json([change_set, entry.model, entry.pk, entry.kind]).encode(), digest_size=SIZE)
    for name in sorted(entry.delta):
        value = entry.delta[name]
        digest = _marked(entry.erased.get(name), value) if name in entry.erased else None
        if digest is None:
            if name in entry.erased or name not in salts:
                return None
            digest = column_digest(salts[name], value)
        made.update(name.encode() + b"\0" + digest)
    return made.digest()


def _marked(mark: Sequence[Any] | None, value: Any) -> bytes | None:
    """The digest that the mark of an erased column keeps; None where there still is a value, or no such mark."""
    if mark is None or value not in (None, [None, None]):
        return None
    try:
        return bytes.fromhex(mark[0])
    except (TypeError, ValueError, IndexError):
        return None


def header_digest(row: ChangeSet, salt: bytes) -> bytes:
    """The digest of a change set itself: who, when, through which door, which action."""
    told = [row.at.timestamp(), *(getattr(row, name) for name in _HEADER)]
    return blake2b(plain_json(told).encode(), digest_size=SIZE, key=salt).digest()
