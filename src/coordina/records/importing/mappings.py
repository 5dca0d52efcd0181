"""Saved mappings: kept when a file is imported, found again by the headers of the next one, and put to use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from coordina.accounts.models import User
from coordina.records.importing.access import may_import
from coordina.records.importing.tables import find_known
from coordina.records.imports.folding import folded
from coordina.records.models import ImportMapping, ImportRun

KEPT = ("target", "order", "decimal", "values", "lenient", "fixes", "forgiven", "make")
"""What is kept of a column."""
OPTIONS = ("mode", "match", "make", "constants", "fallbacks")
"""What is kept of the options."""
ALIKE = 88
"""Of 100: from here on two headers are one that was written differently."""
NEAR = 0.6
"""Part of the headers of either that the other must have for a mapping to be offered."""
MOST = 200
"""Mappings that a file is compared with."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A mapping for a file, and how their headers differ.

    Attributes:
        pairs: By header of the file, the header of the mapping that it goes by.
        gone: Headers of the mapping that the file has not.
        new: Headers of the file that the mapping does not know.
        renamed: Pairs of headers that are written differently: now, then.
    """

    mapping: ImportMapping
    pairs: Mapping[str, str]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def same(self) -> bool:
        """Whether the headers are the same."""
        return not (self.gone or self.new or self.renamed)


def content_of(run: ImportRun) -> dict[str, Any]:
    """What there is to keep of a run."""
    headers = [column["header"] for column in run.columns]
    columns = {folded(c["header"]): {name: c[name] for name in KEPT if name in c} for c in run.columns}
    return {
        "headers": headers,
        "columns": columns,
        "options": {name: run.options[name] for name in OPTIONS if name in run.options},
    }


def offers(user: User, headers: Sequence[str], type_name: str = "") -> list[Offer]:
    """The mappings that suit a file, the best first; of equal ones the newest.

    Args:
        type_name: Only for files of this record type.
    """
    rows = ImportMapping.objects.visible_to(user).order_by("-changed_at", "-pk")
    rows = rows.filter(type=type_name) if type_name else rows
    found = [offer for mapping in rows[:MOST] if (offer := compared(mapping, headers)) is not None]
    found = [o for o in found if (known := find_known(o.mapping.type)) is not None and may_import(user, known)]
    return sorted(found, key=lambda o: len(o.gone) + len(o.new) + len(o.renamed) / 2)


def compared(mapping: ImportMapping, headers: Sequence[str]) -> Offer | None:
    """How a mapping suits a file; None where they have too little in common."""
    theirs = {folded(text): text for text in mapping.headers}
    ours = {folded(text): text for text in headers}
    pairs = {ours[key]: key for key in ours if key in theirs}
    left = [key for key in theirs if key not in ours]
    renamed: list[tuple[str, str]] = []
    for key in [key for key in ours if key not in theirs]:
        best = max(left, key=lambda other: fuzz.ratio(key, other), default=None)
        if best is not None and fuzz.ratio(key, best) >= ALIKE:
            left.remove(best)
            pairs[ours[key]] = best
            renamed.append((ours[key], theirs[best]))
    if not pairs or len(pairs) < NEAR * max(len(theirs), len(ours)):
        return None
    new = tuple(text for text in ours.values() if text not in pairs)
    return Offer(mapping, pairs, tuple(theirs[key] for key in left), new, tuple(renamed))


def applied(run: ImportRun) -> ImportMapping | None:
    """The mapping that a run was decided by, where its importer still finds it."""
    pk = run.options.get("mapping")
    return ImportMapping.objects.visible_to(run.by).filter(pk=pk).first() if pk else None
