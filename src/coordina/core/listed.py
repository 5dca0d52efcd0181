"""Rows of a list: what somebody may see, narrowed by a filter; asked for by statements that are compiled once a shape.

People look at the same list with other amounts, days and names. Where a filter compares columns of the record itself
with plain values, its shape is kept and only the values change; any other filter becomes a query as it always did.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import models

from coordina.core.actors import Actor
from coordina.core.prepared import MAX_ID, PreparedWithin, Typed

MOST = 500
"""Shapes of filters that are kept."""
COMPARED = frozenset({"exact", "lt", "lte", "gt", "gte"})
SMALL = 2**31 - 1

type Narrow = Callable[[models.QuerySet[Any]], models.QuerySet[Any]]

_kept: OrderedDict[Hashable, PreparedWithin[Any]] = OrderedDict()


class Listed:
    """Rows of a list.

    Args:
        model: Whose rows.
        actor: Who looks.
        condition: What has to hold; None for nothing.
    """

    def __init__(self, model: Any, actor: Actor, condition: models.Q | None) -> None:
        self.model, self.actor, self.condition = model, actor, condition

    @cached_property
    def rows(self) -> models.QuerySet[Any]:
        """The same as a query set, without an order."""
        seen: models.QuerySet[Any] = self.model.objects.visible_to(self.actor)
        return seen if self.condition is None else seen.filter(self.condition)

    def ask(self, what: Hashable, narrow: Narrow) -> list[Any]:
        """What a query over the rows gives.

        Args:
            what: Names what `narrow` does.
            narrow: From the rows to the query.
        """
        prepared = self._prepared(what, narrow)
        if prepared is None:
            return list(narrow(self.rows))
        return prepared(self.actor, self.model.view_permission(), *self._values)

    def statement(self, what: Hashable, narrow: Narrow) -> tuple[str, Sequence[Any]] | None:
        """The statement of a query over the rows, to be put into another one; None where no row can match. As `ask`."""
        prepared = self._prepared(what, narrow)
        if prepared is not None:
            return prepared.statement(self.actor, self.model.view_permission(), *self._values)
        try:
            sql, params = narrow(self.rows).query.sql_with_params()
        except EmptyResultSet:
            return None
        return sql, params

    @cached_property
    def _shape(self) -> tuple[Hashable, tuple[Typed | str, ...]] | None:
        """The shape of the condition and the values in it; None where it has no shape."""
        values: list[Typed | str] = []
        if self.condition is None:
            return (), ()
        shape = _shape_of(self.model, self.condition, values)
        return None if shape is None else (shape, tuple(values))

    @property
    def _values(self) -> tuple[Typed | str, ...]:
        return self._shape[1] if self._shape else ()

    def _prepared(self, what: Hashable, narrow: Narrow) -> PreparedWithin[Any] | None:
        if self._shape is None:
            return None
        key = (self.model, self._shape[0], what)
        found = _kept.get(key)
        if found is None:
            condition = self.condition

            def build(rows: models.QuerySet[Any], *given: Typed | str) -> models.QuerySet[Any]:
                return narrow(rows if condition is None else rows.filter(_filled(condition, list(given))))

            found = _kept[key] = PreparedWithin(self.model, build)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return found


def _shape_of(model: Any, condition: models.Q, values: list[Typed | str]) -> Hashable | None:
    """A condition without its values, which are put into a list; None where it holds more than plain comparisons."""
    parts: list[Hashable] = [condition.connector, condition.negated]
    for child in condition.children:
        part = _shape_of(model, child, values) if isinstance(child, models.Q) else _compared(model, child, values)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _compared(model: Any, child: Any, values: list[Typed | str]) -> Hashable | None:
    """One comparison without its value."""
    if not isinstance(child, tuple):
        return None
    path, value = child
    name, _sign, lookup = path.partition("__")
    if lookup == "isnull" and isinstance(value, bool):
        return (path, value)
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if lookup not in COMPARED or not (held := _value(field, value)):
        return None
    values.append(held)
    return (path,)


def _value(field: Any, value: Any) -> Typed | str | None:
    """A value with its column, where such a value can be put in later; None where it cannot."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.CharField | models.TextField):
        return value if isinstance(value, str) and value else None
    if isinstance(field, models.DecimalField):
        return Typed(field, value) if isinstance(value, Decimal) and value.is_finite() else None
    if isinstance(field, models.DateField):
        return Typed(field, value) if isinstance(value, date) else None
    if not isinstance(field, models.IntegerField) or isinstance(value, bool) or not isinstance(value, int):
        return None
    most = MAX_ID if isinstance(field, models.BigIntegerField | models.BigAutoField) else SMALL
    return Typed(field, value) if abs(value) <= most and not isinstance(field, models.SmallIntegerField) else None


def _filled(condition: models.Q, values: list[Typed | str]) -> models.Q:
    """The condition with other values, taken from the front of a list."""
    made = models.Q(_connector=condition.connector, _negated=condition.negated)
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, models.Q):
            made.children.append(_filled(child, values))
        elif child[0].endswith("__isnull"):
            made.children.append(child)
        else:
            value = values.pop(0)
            made.children.append((child[0], value.value if isinstance(value, Typed) else value))
    return made
