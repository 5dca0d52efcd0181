"""The condition «these words, in that order of reach» for FTS5 on SQLite and tsvector on PostgreSQL."""

from typing import Any

from django.db.models import BooleanField, F, Func

type Clause = list[str]
"""Alternatives: one of these marks must be there."""


class Matches(Func):
    """Whether a search row holds all of the words (by their beginnings) and one mark of each clause."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, words: list[str], clauses: list[Clause] | None = None) -> None:
        super().__init__(F("pk"), F("words"))
        self.asked = words
        self.clauses = clauses or []

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """The full-text table finds the rows' ids."""
        key, params = compiler.compile(self.source_expressions[0])
        parts = [f'"{w}"*' for w in self.asked]
        parts += ["(" + " OR ".join(_fts(mark) for mark in clause) + ")" for clause in self.clauses]
        sql = f"{key} IN (SELECT rowid FROM records_searchwords WHERE records_searchwords MATCH %s)"
        return sql, [*params, " AND ".join(parts)]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """The expression is spelled as in the index."""
        words, params = compiler.compile(self.source_expressions[1])
        parts = [f"'{w}':*" for w in self.asked]
        parts += ["(" + " | ".join(_ts(mark) for mark in clause) + ")" for clause in self.clauses]
        return f"to_tsvector('simple', {words}) @@ to_tsquery('simple', %s)", [*params, " & ".join(parts)]


def _fts(mark: str) -> str:
    return "(" + " AND ".join(f'"{m}"' for m in mark.split("&")) + ")"


def _ts(mark: str) -> str:
    return "(" + " & ".join(f"'{m}'" for m in mark.split("&")) + ")"
