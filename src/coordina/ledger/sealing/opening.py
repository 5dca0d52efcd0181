"""The seals of entries whose values are erased: digests are taken over, salts are given up."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from coordina.ledger.entries import Written
from coordina.ledger.models.seals import Seal
from coordina.ledger.sealing.blocks import BATCH, CHANGE, heads_of, places_of
from coordina.ledger.sealing.digests import column_digest, salts_of
from coordina.ledger.sealing.salts import Salts


class Opened:
    """Seals as one erasure needs them. Used under the lock of `making.alone`; `close` writes what has changed."""

    def __init__(self) -> None:
        self._seals: dict[int, tuple[Seal, dict[tuple[str, int], int], Salts]] = {}
        self._changed: set[int] = set()

    def give_up(self, table: str, pk: int, line: int, entry: Written, going: Collection[str]) -> dict[str, str] | None:
        """Give up the salts of some columns of an entry.

        Args:
            table: `blocks.CHANGE` or `blocks.BATCH`. pk: Id of the row.
            line: Place of the entry in the row; 0 for a single one.

        Returns:
            The digests under which these columns are sealed, hexadecimal; None where no seal knows the entry yet.
        """
        found = self._find(table, pk)
        if found is None:
            return None
        key, first = found
        salts = self._seals[key][2]
        leaf = first + line
        known = salts_of(entry, salts.one(leaf), salts.loose.get(leaf))
        salts.give_up(leaf)
        salts.loose[leaf] = {name: salt for name, salt in known.items() if name not in going}
        self._changed.add(key)
        return {name: column_digest(known[name], entry.delta[name]).hex() for name in going if name in known}

    def close(self) -> None:
        """Write the seals without what was given up."""
        for key in self._changed:
            seal, _places, salts = self._seals[key]
            Seal.objects.filter(pk=seal.pk).update(salts=salts.as_json())
        self._seals.clear()
        self._changed.clear()

    def _find(self, table: str, pk: int) -> tuple[int, int] | None:
        """Key of the seal that covers a row, and the number of the row's first digest."""
        for key, (_seal, known, _salts) in self._seals.items():
            if (table, pk) in known:
                return key, known[table, pk]
        name = {CHANGE: "change", BATCH: "batch"}[table]
        wanted = Q(**{f"{name}_from__lte": pk, f"{name}_to__gte": pk})
        for seal in Seal.objects.filter(wanted).exclude(pk__in=list(self._seals)).defer("digests"):
            places: dict[tuple[str, int], int] = {(h[0], h[1]): place for h, place in places_of(heads_of(seal))}
            held: dict[str, Any] = seal.salts
            self._seals[seal.pk] = (seal, places, Salts.stored(held))
            if (table, pk) in places:
                return seal.pk, places[table, pk]
        return None
