"""Which kinds of records somebody outside listens to, as this process knows it: asked at every write, without a query.

What is listened to lives in a room above; it registers how it is read (`reads`). A mark in the database says whether
what a process holds is still true: requests and jobs hand it to `agree`, as they do for fields that people add.
"""

from collections.abc import Callable
from threading import RLock

type Reader = Callable[[], frozenset[str]]

_lock = RLock()
_reader: Reader | None = None
_mark: int | None = None
_labels: frozenset[str] = frozenset()


def reads(reader: Reader) -> Reader:
    """Register how it is read: labels of models such as `pipeline.Opportunity`."""
    global _reader
    _reader = reader
    return reader


def labels() -> frozenset[str]:
    """Labels of the models that somebody listens to; nearly always none."""
    return _labels


def agree(mark: int | None) -> None:
    """Know it as of a mark; None where nobody ever listened."""
    if mark != _mark:
        load(mark)


def load(mark: int | None) -> None:
    """Read it now, as of a mark."""
    global _mark, _labels
    with _lock:
        _labels = _reader() if _reader is not None and mark is not None else frozenset()
        _mark = mark


def forget() -> None:
    """Know of nobody, as a process that has just begun."""
    if _mark is not None:
        load(None)
