"""The condition «these words, in that order of reach» for FTS5 on SQLite and tsvector on PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func

type Clause = list[str]
"""Alternatives: one of these marks must be there."""
type Word = str | tuple[str, ...]
"""A word by its beginning, or several of which one must be there."""


class Matches(Func):
    """Whether a search row holds all of the words (by their beginnings) and one mark of each clause."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, words: Sequence[Word], clauses: list[Clause] | None = None) -> None:
        super().__init__(F("pk"), F("words"))
        self.asked = words
        self.clauses = clauses or []

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """The full-text table finds the rows' ids."""
        key, params = compiler.compile(self.source_expressions[0])
        sql = f"{key} IN (SELECT rowid FROM records_searchwords WHERE records_searchwords MATCH %s)"
        return sql, [*params, fts_query(self.asked, self.clauses)]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """The expression is spelled as in the index."""
        words, params = compiler.compile(self.source_expressions[1])
        parts = ["(" + " | ".join(f"'{w}':*" for w in alternatives(word)) + ")" for word in self.asked]
        parts += ["(" + " | ".join(_ts(mark) for mark in clause) + ")" for clause in self.clauses]
        return f"to_tsvector('simple', {words}) @@ to_tsquery('simple', %s)", [*params, " & ".join(parts)]


def alternatives(word: Word) -> tuple[str, ...]:
    """The beginnings of which one must be there."""
    return (word,) if isinstance(word, str) else word


def fts_query(words: Sequence[Word], clauses: Sequence[Clause]) -> str:
    """The same in the language of FTS5."""
    parts = ["(" + " OR ".join(f'"{w}"*' for w in alternatives(word)) + ")" for word in words]
    parts += ["(" + " OR ".join(_fts(mark) for mark in clause) + ")" for clause in clauses]
    return " AND ".join(parts)


def _fts(mark: str) -> str:
    return "(" + " AND ".join(f'"{m}"' for m in mark.split("&")) + ")"


def _ts(mark: str) -> str:
    return "(" + " & ".join(f"'{m}'" for m in mark.split("&")) + ")"
