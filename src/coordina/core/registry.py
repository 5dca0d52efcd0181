"""Registries that rooms fill while they load and doors read for ever after."""

from collections.abc import Iterator


class Registry[K, V]:
    """A named table that refuses duplicates and freezes once the program has started.

    Raises:
        RuntimeError: On a duplicate key or a registration after `freeze`.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[K, V] = {}
        self._frozen = False

    def add(self, key: K, value: V) -> None:
        """Register `value`; a late or double registration is a bug."""
        if self._frozen:
            raise RuntimeError(f"{self.what}: registered after start-up: {key}")
        if key in self._items:
            raise RuntimeError(f"{self.what}: registered twice: {key}")
        self._items[key] = value

    def freeze(self) -> None:
        """Refuse what comes later. Called when the last app is ready."""
        self._frozen = True

    def get(self, key: K) -> V | None:
        """The value, or None where nothing was registered."""
        return self._items.get(key)

    def items(self) -> Iterator[tuple[K, V]]:
        """Keys with values, in the order of registration."""
        return iter(self._items.items())

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[V]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)
