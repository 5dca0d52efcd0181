"""Records by a code of theirs, such as a product by its SKU, in whichever writing a file has it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coordina.core.actors import Actor
from coordina.core.records import Record
from coordina.core.types import RecordType, find_type

MOST = 100_000
"""Up to so many codes of a type are compared in whatever writing; among more only as they are written."""
_RUNS = re.compile(r"[^\W\d_]+|\d+")


def code_key(text: str) -> str:
    """What two writings of a code have in common: its runs of letters and of digits; what parts them does not matter.

    >>> code_key("S18_1749") == code_key("s18-1749") == code_key("S 18 1749")
    True
    >>> code_key("AB-12") == code_key("ab12"), code_key("1-10") == code_key("110"), code_key("007") == code_key("7")
    (True, False, False)
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return " ".join(_RUNS.findall(plain)) or plain


def coded_by(model: type[Record], by: Actor) -> Mapping[str, Sequence[str]]:
    """Columns by whose code records of a model are known, with what files call it; none that is hidden from somebody.

    A type says them in `extra["codes"]`.
    """
    known = find_type(model)
    return codes_of(known, by) if known is not None else {}


def codes_of(known: RecordType, by: Actor | None) -> Mapping[str, Sequence[str]]:
    """As `coded_by`, of a record type; by nobody all of them."""
    said: Mapping[str, Sequence[str]] = known.extra.get("codes", {})
    hidden = known.sight(by).hidden if by is not None and said else frozenset()
    return {column: names for column, names in said.items() if column not in hidden}


class Codes:
    """Finds records of a model by one of their columns, for one person.

    Args:
        model: Whose records; only those that the person may see are found.
        column: That holds the code.
    """

    def __init__(self, model: type[Record], column: str, by: Actor) -> None:
        self.model, self.column, self.by = model, column, by
        self._known: dict[str, list[tuple[int, str]]] | None = None
        self._many = False

    def find(self, texts: Iterable[str]) -> dict[str, list[int]]:
        """Ids of the records that have each code: exactly so, else in another writing; several where unclear."""
        asked = {text: text.strip() for text in texts}
        if self._known is None:
            self._load()
        if self._many:
            rows = self._rows().filter(**{f"{self.column}__in": list(asked.values())})
            self._known = {}
            self.learn(rows.values_list("pk", self.column))
        known = self._known or {}
        found: dict[str, list[int]] = {}
        for text, plain in asked.items():
            near = known.get(code_key(plain), []) if plain else []
            found[text] = [pk for pk, code in near if code == plain] or [pk for pk, _code in near if not self._many]
        return found

    def learn(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Take records that were written since into account."""
        if self._known is None:
            return
        for pk, code in pairs:
            if code:
                near = self._known.setdefault(code_key(code), [])
                near[:] = [one for one in near if one[0] != pk] + [(pk, code)]

    def forget(self) -> None:
        """Drop what was remembered, after a transaction was rolled back."""
        self._known = None

    def _load(self) -> None:
        pairs = list(self._rows().order_by("pk").values_list("pk", self.column)[: MOST + 1])
        self._many = len(pairs) > MOST
        self._known = {}
        self.learn([] if self._many else pairs)

    def _rows(self) -> Any:
        rows: Any = self.model.objects
        return rows.visible_to(self.by).exclude(**{self.column: ""})
