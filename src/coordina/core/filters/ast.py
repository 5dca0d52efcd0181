"""The tree of a filter: tests joined by and, or, not. Frozen, comparable, free of any meaning.

Positions ride along for messages and take no part in comparing, so a tree equals the tree of its own text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from coordina.core.filters.refusals import BadFilter

MAX_DEPTH = 8
MAX_TESTS = 50
MAX_LIST = 200
MAX_TEXT = 4000

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3}")
BARE_WORD = re.compile(
    r"[A-Za-z_][A-Za-z0-9_.]*(?:[+-][0-9]{1,6}[A-Za-z])?"  # open, today+30d
    r"|[+-][0-9]{1,6}[A-Za-z]"  # -2w
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9]{2}:[0-9]{2})?"  # 2026-11-22, 2026-11-22t10:30
    r"|[0-9]{4}-(?:[0-9]{2}|[Qq][1-4])"  # 2026-11, 2026-q4
)
BARE_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,20})?")
RESERVED = frozenset({"and", "or", "not", "in", "is", "has", "empty", "set"})
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Form(StrEnum):
    """How a value was written."""

    TEXT = "text"
    NUMBER = "number"
    WORD = "word"


class Operator(StrEnum):
    """What a test compares with; the value is its spelling."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    MATCHES = "~"
    IN = "in"
    HAS = "has"
    EMPTY = "is empty"
    SET = "is set"


class Joiner(StrEnum):
    """How the parts of a group belong together."""

    AND = "and"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value exactly as it was written: `"Quito"` (without its quotes), `1000` or `this_quarter`."""

    form: Form
    text: str
    at: int | None = attribute(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could not be written down and read back.

        Raises:
            BadFilter: For unreadable characters, or a word or number that is none.
        """
        shapes = {Form.WORD: BARE_WORD, Form.NUMBER: BARE_NUMBER}
        shape = shapes.get(self.form)
        if len(self.text) > MAX_TEXT or UNREADABLE.search(self.text):
            raise BadFilter(_("This value cannot be read."), self.at)
        if shape and not shape.fullmatch(self.text):
            raise BadFilter(_("This value cannot be read."), self.at)
        if self.form is Form.WORD and self.text.lower() in RESERVED:
            raise BadFilter(_("A value is missing here."), self.at)


@dataclass(frozen=True, slots=True)
class Test:
    """One condition: a field, an operator, its values (none for `is empty`, one, or a list for `in`)."""

    __test__ = False  # not a test of pytest

    field: str
    operator: Operator
    values: tuple[Literal, ...] = ()
    at: int | None = attribute(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a name or a number of values that no text could say.

        Raises:
            BadFilter: With the position of the test.
        """
        if not FIELD_NAME.fullmatch(self.field):
            raise BadFilter(_("A field name is missing here."), self.at)
        count = len(self.values)
        if count > MAX_LIST:
            message = _("A list takes at most %(limit)s values.") % {"limit": MAX_LIST}
            raise BadFilter(message, self.at)
        alone = self.operator in (Operator.EMPTY, Operator.SET)
        if (alone and count) or (not alone and not count) or (count > 1 and self.operator is not Operator.IN):
            raise BadFilter(_("A value is missing here."), self.at)


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that hold together (`and`), any of them (`or`), or one that must not hold (`not`)."""

    joiner: Joiner
    parts: tuple["Node", ...]
    at: int | None = attribute(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a group that no text could say.

        Raises:
            BadFilter: Unless `not` has exactly one part and the others two or more.
        """
        if (len(self.parts) == 1) is not (self.joiner is Joiner.NOT) or not self.parts:
            raise BadFilter(_("A condition is missing here."), self.at)


type Node = Test | Group


def every_test(node: Node | None) -> Iterator[Test]:
    """Every test of the tree, from left to right."""
    if isinstance(node, Test):
        yield node
    elif node is not None:
        for part in node.parts:
            yield from every_test(part)


def check(node: Node) -> None:
    """Refuse a tree beyond the caps, whether it was parsed or put together by hand.

    Raises:
        BadFilter: More than 8 levels of groups or 50 tests.
    """
    count = 0
    waiting: list[tuple[Node, int]] = [(node, 0)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, Test):
            count += 1
            if count > MAX_TESTS:
                raise BadFilter(_("A filter takes at most %(limit)s conditions.") % {"limit": MAX_TESTS}, item.at)
            continue
        if depth >= MAX_DEPTH:
            raise BadFilter(_("A filter nests at most %(limit)s levels deep.") % {"limit": MAX_DEPTH}, item.at)
        waiting.extend((part, depth + 1) for part in item.parts)
