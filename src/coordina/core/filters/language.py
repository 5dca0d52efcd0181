"""Text to tree and back.

    status = open and amount >= 1000 and close_date < today+30d
    company.city in ("Quito", "Lima") or not (owner = me and tags has 3)
    next_step is empty and name ~ "text" and close_date in this_quarter

Keywords may be written in capitals. Values are quoted texts, numbers, or words (`open`, `me`, `today+30d`). What is not
plain ASCII goes into quotes. `a not in (…)` and `is not empty` are read and written back in the canonical way.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coordina.core.filters.ast import (
    BARE_NUMBER,
    BARE_WORD,
    FIELD_NAME,
    MAX_DEPTH,
    MAX_LIST,
    MAX_TESTS,
    MAX_TEXT,
    RESERVED,
    UNREADABLE,
    Form,
    Group,
    Joiner,
    Literal,
    Node,
    Operator,
    Test,
    check,
)
from coordina.core.filters.refusals import BadFilter

_TOKEN = re.compile(
    rf"""
      (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<operator><=|>=|!=|=|<|>|~)
    | (?P<mark>[(),])
    | (?P<word>{BARE_WORD.pattern})(?![\w.])
    | (?P<number>{BARE_NUMBER.pattern})(?![\w.])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {str(op): op for op in Operator if not str(op).isalpha() and " " not in op}
_EXCERPT = 20


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def key(self) -> str:
        """What a keyword or mark is compared by; nothing for a quoted text."""
        return "" if self.kind == "text" else self.text.lower()


def _unexpected(token: _Token) -> BadFilter:
    return BadFilter(_("“%(text)s” does not fit here.") % {"text": token.text[:_EXCERPT]}, token.at)


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_TEXT:
        raise BadFilter(_("A filter takes at most %(limit)s characters.") % {"limit": MAX_TEXT}, MAX_TEXT)
    if bad := UNREADABLE.search(text):
        raise BadFilter(_("There is a character here that cannot be read."), bad.start())
    found: list[_Token] = []
    at = _blank(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            message = _("“%(text)s” cannot be read here. Put texts in straight quotes.")
            raise BadFilter(message % {"text": text[at : at + _EXCERPT]}, at)
        found.append(_Token(match.lastgroup or "", match.group(), at))
        at = _blank(text, match.end())
    return found


def _blank(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Parser:
    """Recursive descent over tokens; recursion is bounded by the depth cap."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.end = len(text)
        self.place = 0
        self.count = 0

    def peek(self) -> str:
        """Key of the token to come; empty at the end and before a quoted text."""
        return self.tokens[self.place].key if self.place < len(self.tokens) else ""

    def take(self) -> _Token:
        if self.place >= len(self.tokens):
            raise BadFilter(_("The filter ends too early."), self.end)
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, key: str) -> _Token:
        token = self.take()
        if token.key != key:
            message = _("“%(wanted)s” is missing before “%(text)s”.")
            raise BadFilter(message % {"wanted": key, "text": token.text[:_EXCERPT]}, token.at)
        return token

    def whole(self) -> Node:
        node = self.either(0)
        if self.place < len(self.tokens):
            raise _unexpected(self.tokens[self.place])
        check(node)
        return node

    def either(self, depth: int) -> Node:
        return self.joined(Joiner.OR, depth)

    def joined(self, joiner: Joiner, depth: int) -> Node:
        """Parts with one joiner between them; `and` binds tighter than `or`."""
        at = self.tokens[self.place].at if self.place < len(self.tokens) else self.end
        parts = [self.part(joiner, depth)]
        while self.peek() == joiner:
            self.take()
            parts.append(self.part(joiner, depth))
        return parts[0] if len(parts) == 1 else Group(joiner, tuple(parts), at)

    def part(self, joiner: Joiner, depth: int) -> Node:
        return self.joined(Joiner.AND, depth) if joiner is Joiner.OR else self.one(depth)

    def one(self, depth: int) -> Node:
        key = self.peek()
        if key not in ("not", "("):
            return self.test()
        token = self.take()
        if depth >= MAX_DEPTH:
            raise BadFilter(_("A filter nests at most %(limit)s levels deep.") % {"limit": MAX_DEPTH}, token.at)
        if key == "not":
            return Group(Joiner.NOT, (self.one(depth + 1),), token.at)
        inner = self.either(depth + 1)
        self.expect(")")
        return inner

    def test(self) -> Node:
        name = self.take()
        if name.kind != "word" or name.key in RESERVED or not FIELD_NAME.fullmatch(name.key):
            raise BadFilter(_("A field name is missing before “%(text)s”.") % {"text": name.text[:_EXCERPT]}, name.at)
        self.count += 1
        if self.count > MAX_TESTS:
            raise BadFilter(_("A filter takes at most %(limit)s conditions.") % {"limit": MAX_TESTS}, name.at)
        operator = self.take()
        negated = operator.key == "not"
        if negated:
            operator = self.expect("in")
        test = self.comparison(name, operator)
        return Group(Joiner.NOT, (test,), name.at) if negated else test

    def comparison(self, name: _Token, operator: _Token) -> Test:
        if operator.key in _SIGNS:
            return Test(name.key, _SIGNS[operator.key], (self.value(),), name.at)
        if operator.key == "has":
            return Test(name.key, Operator.HAS, (self.value(),), name.at)
        if operator.key == "in":
            return Test(name.key, Operator.IN, self.values(), name.at)
        if operator.key == "is":
            return Test(name.key, self.state(), (), name.at)
        message = _("After “%(field)s” comes one of: = != < <= > >= ~ in has is")
        raise BadFilter(message % {"field": name.key}, operator.at)

    def state(self) -> Operator:
        """`empty`, `set`, `not empty` or `not set`."""
        token = self.take()
        negated = token.key == "not"
        if negated:
            token = self.take()
        if token.key not in ("empty", "set"):
            raise BadFilter(_("After “is” comes “empty” or “set”."), token.at)
        return Operator.EMPTY if (token.key == "empty") is not negated else Operator.SET

    def values(self) -> tuple[Literal, ...]:
        """A list in parentheses, or one bare value such as `this_quarter`."""
        if self.peek() != "(":
            return (self.value(),)
        self.take()
        found = [self.value()]
        while self.peek() == ",":
            mark = self.take()
            if len(found) >= MAX_LIST:
                raise BadFilter(_("A list takes at most %(limit)s values.") % {"limit": MAX_LIST}, mark.at)
            found.append(self.value())
        self.expect(")")
        return tuple(found)

    def value(self) -> Literal:
        token = self.take()
        if token.kind == "text":
            return Literal(Form.TEXT, _ESCAPED.sub(r"\1", token.text[1:-1]), token.at)
        if token.kind == "number":
            return Literal(Form.NUMBER, token.text, token.at)
        if token.kind == "word" and token.key not in RESERVED:
            return Literal(Form.WORD, token.text, token.at)
        raise BadFilter(_("A value is missing before “%(text)s”.") % {"text": token.text[:_EXCERPT]}, token.at)


def parse(text: str) -> Node | None:
    """Read a filter.

    Args:
        text: At most 4,000 characters.

    Returns:
        Its tree; None for a blank text, which asks for everything.

    Raises:
        BadFilter: With the position of the first trouble.
    """
    parser = _Parser(text)
    return parser.whole() if parser.tokens else None


def unparse(node: Node | None) -> str:
    """Write a tree in the canonical way; reading it gives the same tree."""
    if node is None:
        return ""
    if isinstance(node, Test):
        return _written_test(node)
    if node.joiner is Joiner.NOT:
        return f"not {_inner(node.parts[0])}"
    return f" {node.joiner} ".join(_inner(part) for part in node.parts)


def conjuncts(node: Node | None) -> list[str]:
    """What all has to hold, each written as a part of the whole: joined with ` and ` they are what `unparse` writes."""
    if isinstance(node, Group) and node.joiner is Joiner.AND:
        return [_inner(part) for part in node.parts]
    return [] if node is None else [_inner(node)]


def _inner(node: Node) -> str:
    """A part of a group; groups other than `not` go into parentheses."""
    text = unparse(node)
    return text if isinstance(node, Test) or node.joiner is Joiner.NOT else f"({text})"


def _written_test(test: Test) -> str:
    written = [_written(value) for value in test.values]
    if test.operator is Operator.IN and not (len(written) == 1 and test.values[0].form is Form.WORD):
        written = ["({})".format(", ".join(written))]
    return " ".join([test.field, test.operator, *written])


def _written(value: Literal) -> str:
    if value.form is not Form.TEXT:
        return value.text
    return '"{}"'.format(value.text.replace("\\", "\\\\").replace('"', '\\"'))
