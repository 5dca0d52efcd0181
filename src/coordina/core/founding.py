"""What rooms make when a company begins: registered by each room, run by the first-run page in its transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from coordina.core.registry import Registry

type Founder = Callable[..., None]
"""Called with `language` (code of the company's language), `by` (the administrator) and `at`."""

FOUNDING: Registry[str, Founder] = Registry("founding")
"""Defaults of the rooms by a stable name, such as `pipeline.defaults`; run in the order of registration."""


def founds(name: str) -> Callable[[Founder], Founder]:
    """Declare a function that makes what a new company begins with.

    It runs inside the change set of the founding and opens none of its own.

    Args:
        name: Such as `pipeline.defaults`.
    """

    def register(fn: Founder) -> Founder:
        FOUNDING.add(name, fn)
        return fn

    return register


def make_defaults(*, language: str, by: Any, at: datetime) -> None:
    """Let every room make its defaults, named in the language of the company."""
    for fn in FOUNDING:
        fn(language=language, by=by, at=at)
