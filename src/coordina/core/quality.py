"""What makes records of a type good to work with: rooms declare it, one page and the lists read it.

A check is a condition in the filter language, so that each figure opens exactly its records. A flaw is a value that
only a program can judge, such as the digit of a tax id: a job marks the records, and lists filter by the marks.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q

from coordina.core.actors import Actor
from coordina.core.refusals import Text
from coordina.core.registry import Registry


class Concern(StrEnum):
    """What a check is about; the page puts them in this order."""

    OWNER = "owner"
    STEP = "step"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition under which a record has to be looked at.

    Attributes:
        name: Short and stable, unique within its type.
        where: The condition, in the filter language.
    """

    name: str
    label: Text
    concern: Concern
    where: str
    icon: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value that is wrong, though nobody can say so in a condition.

    Attributes:
        name: Short and stable, unique within its type; lists filter by `flaw = name`.
        columns: What `wrong` reads of a record, by attribute name.
        wrong: Whether it is, for values that are not all empty; a plain function, asked of many records.
    """

    name: str
    label: Text
    columns: tuple[str, ...]
    wrong: Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is asked of the records of one type.

    Attributes:
        of: Name of the record type.
        important: Fields that should be filled; completeness is the part of them that is.
        base: Condition of the records that matter, such as what is still open; empty for all.
        checks, flaws: What else is looked for.
        by: Fields by which figures are broken down.
        lived: Records to which anything has happened since a moment besides being changed, as far as somebody sees it.
    """

    of: str
    important: tuple[str, ...]
    base: str = ""
    checks: tuple[Check, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    by: tuple[str, ...] = ("owner", "team")
    lived: Callable[[Actor, dt.datetime], Q] | None = None


QUALITY: Registry[str, Quality] = Registry("quality")
"""By name of the record type."""


def ask_of(made: Quality) -> Quality:
    """Declare what is asked of the records of a type."""
    QUALITY.add(made.of, made)
    return made
