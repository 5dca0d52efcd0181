"""Sort orders: `amount` upwards, `-amount` downwards, rows without a value last either way, ties by id.

Only fields that are sortable and that the actor may know; a reference sorts over no relation. What an order means is
here; walking along it in pages is `keyset`, the index under it is `indexes.SortIndex`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, Field, Model
from django.db.models.expressions import Expression, OrderBy
from django.utils.translation import gettext_lazy as _

from coordina.core.filters.fields import Declared
from coordina.core.filters.refusals import BadFilter
from coordina.core.jsonpath import JsonValue
from coordina.core.jsonvalues import class_of


class Sortable(Declared, Protocol):
    """A field as sorting needs it."""

    @property
    def sortable(self) -> bool:
        """Whether lists may be sorted by it."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A sort by one column, ties by id in the same direction.

    Attributes:
        name: Public name of the field.
        column: Name of the column.
        descending: Whether the largest comes first.
        nullable: Whether rows may have no value; they come last.
        json: The expression where the value is inside a JSON column.
    """

    name: str
    column: str
    descending: bool
    nullable: bool
    json: JsonValue | None = None

    def __str__(self) -> str:
        """As it was asked for: `-amount`."""
        return f"-{self.name}" if self.descending else self.name

    @property
    def value(self) -> Expression | F:
        """The sorted value, for `values_list`."""
        return self.json if self.json is not None else F(self.column)

    def terms(self, *, backward: bool = False) -> tuple[OrderBy, OrderBy]:
        """The whole order for `order_by`.

        Args:
            backward: The exact reverse, as for the page before.
        """
        down = self.descending is not backward
        nulls: dict[str, Any] = {"nulls_first" if backward else "nulls_last": True} if self.nullable else {}
        value = OrderBy(self.value, descending=down, **nulls)
        return value, OrderBy(F("pk"), descending=down)


def order_of(text: str, fields: Mapping[str, Sortable], model: type[Model]) -> Order:
    """Read an order such as `-amount`.

    Args:
        text: Name of a field, with `-` for downwards.
        fields: The fields of the record type that the asker may see.
        model: The model of the rows.

    Raises:
        BadFilter: No such field, or one that cannot be sorted by.
        ImproperlyConfigured: A sortable field whose path leaves the model.
    """
    descending, name = text.startswith("-"), text.removeprefix("-")
    field = fields.get(name)
    if field is None:
        raise BadFilter(_("There is no field “%(name)s” to sort by.") % {"name": name[:40]})
    if not field.sortable or field.kind == "ref":
        raise BadFilter(_("Lists cannot be sorted by “%(field)s”.") % {"field": field.label})
    column = field.path or field.name
    if "__" in column:
        raise ImproperlyConfigured(f"{model.__name__}.{name}: sorting stays on the row; keep a copy of the value there")
    if field.json_key:
        return Order(name, column, descending, True, class_of(field.kind)(F(column), field.json_key))
    own = model._meta.get_field(column)
    if not isinstance(own, Field):
        raise ImproperlyConfigured(f"{model.__name__}.{column} is no column")
    return Order(name, own.name, descending, own.null)
