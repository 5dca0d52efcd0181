"""The pieces that the pages' door draws with, lent to rooms whose pages have a shape of their own.

A room knows no door; the door lends its module of badges, avatars and icons when it is ready, and rooms build fast
strings with it.
"""

from typing import Any

_lent: list[Any] = []


def lend(module: Any) -> None:
    """Say which module draws; the door calls this once."""
    _lent[:] = [module]


def pieces() -> Any:
    """The module of functions that return escaped HTML: `icon`, `avatar`, `thread`, `split_bar` …

    Raises:
        RuntimeError: Where no door is installed.
    """
    if not _lent:
        raise RuntimeError("no door has lent its pieces")
    return _lent[0]
