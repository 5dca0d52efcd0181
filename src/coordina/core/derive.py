"""Reading a field declaration out of a model: kind, label, choices, length, reference."""

from typing import Any

from django.db import models

from coordina.core.records import Record
from coordina.core.types import Draft, Field, Kind

_KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.BooleanField, Kind.BOOL),
    (models.DateTimeField, Kind.DATETIME),
    (models.DateField, Kind.DATE),
    (models.DecimalField, Kind.DECIMAL),
    (models.IntegerField, Kind.INTEGER),
    (models.EmailField, Kind.EMAIL),
    (models.URLField, Kind.URL),
    (models.TextField, Kind.LONG_TEXT),
    (models.CharField, Kind.TEXT),
)


def filled(model: type[Record], draft: Draft) -> Field:
    """The whole field: what the room said, and the rest from the model."""
    said = dict(draft.said)
    if said.get("virtual"):
        return Field(name=draft.name, **{"sortable": False} | said)
    column = _column(model, said.get("path") or draft.name.replace(".", "__"))
    known: dict[str, Any] = {
        "label": column.verbose_name,
        "kind": _kind(column),
        "path": draft.name.replace(".", "__"),
        "max_length": getattr(column, "max_length", None),
        "help": column.help_text,
        "editable": column.editable and "." not in draft.name,
        "required": not column.blank and not column.has_default() and column.editable and "." not in draft.name,
        "choices": tuple((v, label) for v, label in (column.choices or ()) if v != ""),
    }
    if isinstance(column, models.DecimalField):
        known |= {"digits": column.max_digits, "decimals": column.decimal_places}
    if draft.name == model.scope_owner:
        known["required"] = False  # the writer gives what nobody owns to whoever makes it
    if column.has_default() and not callable(column.default):
        known["default"] = column.default
    if isinstance(column, models.ForeignKey):
        far = column.related_model
        assert isinstance(far, type), f"{column}: points to nothing"
        assert issubclass(far, Record), f"{column}: points to no record"
        known |= {"to": far, "title_path": f"{known['path']}__{far.title_column}"}
    return Field(name=draft.name, **known | said)


def _column(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    """The model field at the end of an ORM path."""
    *steps, last = path.split("__")
    for step in steps:
        far = model._meta.get_field(step).related_model
        assert isinstance(far, type)
        model = far
    found = model._meta.get_field(last)
    assert isinstance(found, models.Field)
    return found


def _kind(column: models.Field[Any, Any]) -> Kind:
    if isinstance(column, models.ForeignKey):
        return Kind.REF
    if column.choices:
        return Kind.CHOICE
    return next((kind for cls, kind in _KINDS if isinstance(column, cls)), Kind.TEXT)
