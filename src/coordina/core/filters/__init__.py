"""The filter language: one text for addresses, saved views, REST, rules and audiences.

Text ↔ tree (`parse`, `unparse`), tree → condition (`compile_filter`), tree → words (`sentence`). Nothing from outside
reaches the ORM but the values of allowed fields; everything wrong is a `BadFilter` with its position.
"""

from coordina.core.filters.ast import Form, Group, Joiner, Literal, Node, Operator, Test, every_test
from coordina.core.filters.compile import compile_filter, find_field
from coordina.core.filters.fields import (
    REFERENCE_WORDS,
    Asker,
    Family,
    Filterable,
    Vocabulary,
    family_of,
    operators_of,
)
from coordina.core.filters.language import conjuncts, parse, unparse
from coordina.core.filters.refusals import BadFilter
from coordina.core.filters.sentence import Labels, Part, PartKind, sentence

__all__ = [
    "REFERENCE_WORDS",
    "Asker",
    "BadFilter",
    "Family",
    "Filterable",
    "Form",
    "Group",
    "Joiner",
    "Labels",
    "Literal",
    "Node",
    "Operator",
    "Part",
    "PartKind",
    "Test",
    "Vocabulary",
    "compile_filter",
    "conjuncts",
    "every_test",
    "family_of",
    "find_field",
    "operators_of",
    "parse",
    "sentence",
    "unparse",
]
