"""What earlier files of one export will make: so that a file can be judged before anything is written."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from coordina.records.importing.seen import Seen
from coordina.records.imports.folding import folded


class Promises:
    """Ids and names of records to come, kept on disk however many they are."""

    def __init__(self) -> None:
        self._seen = Seen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._seen.__exit__(kind, error, at)

    def add(self, label: str, ids: Iterable[str], names: Iterable[str]) -> None:
        """Remember what a file will make.

        Args:
            label: Of the model.
            ids: By which the other program knows the records.
            names: Their titles, folded.
        """
        self._seen.add(_key(label, "i", one) for one in ids if one)
        self._seen.add(_key(label, "n", one) for one in names if one)

    def made(self, label: str, texts: Iterable[str]) -> set[str]:
        """Which of some texts are an id or a name of a record to come."""
        asked = {text: (_key(label, "i", text), _key(label, "n", folded(text))) for text in texts}
        known = self._seen.known(key for keys in asked.values() for key in keys)
        return {text for text, keys in asked.items() if known.intersection(keys)}


def _key(label: str, kind: str, text: str) -> str:
    return f"{label}\0{kind}\0{text}"
