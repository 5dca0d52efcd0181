"""The tables that people read: one CSV file for each type of record, with names beside ids and labels for choices."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from typing import Any

from django.db import models
from django.utils import translation

from coordina.accounts.company import the_company
from coordina.core.added import COLUMN
from coordina.core.carried import carried
from coordina.core.csvsafe import export_safe
from coordina.core.images import encode
from coordina.core.jsonvalues import loaded
from coordina.core.records import Record
from coordina.core.types import TYPES, Field, RecordType
from coordina.transfer.tables import READ, ordered

BOM = "\ufeff"
"""By it spreadsheets know the encoding."""

type Cell = tuple[str, str, Callable[[Any], Any]]
"""Header, ORM path and how a value is written."""


def sheets(using: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Name and lines of each file, in the language of the company."""
    company = the_company()
    language = company.language if company is not None else "en"
    for known in sorted(TYPES, key=lambda known: known.url):
        if not carried(known.model).left_out:
            yield known.url, _lines(known, using, language or "en")


def _lines(known: RecordType, using: str, language: str) -> Iterator[str]:
    with translation.override(language):
        cells = list(_cells(known))
    yield BOM + _line([head for head, _path, _way in cells])
    paths = list(dict.fromkeys(path for _head, path, _way in cells))
    ways = [(paths.index(path), way) for _head, path, way in cells]
    rows: Any = known.model._base_manager.using(using).order_by("pk").values_list(*paths)
    for row in rows.iterator(READ):
        yield _line([None if row[place] is None else way(row[place]) for place, way in ways])


def _line(values: list[Any]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([export_safe(value) for value in values])
    return text.getvalue()


def _cells(known: RecordType) -> Iterator[Cell]:
    for column in known.model._meta.concrete_fields:
        label = str(column.verbose_name)
        label = label[:1].upper() + label[1:]
        if column.name == COLUMN:
            yield from _added(known)
        elif isinstance(column, models.ForeignKey):
            far: Any = column.related_model
            if issubclass(far, Record):
                yield label, f"{column.name}__{far.title_column}", encode
            yield f"{label} (id)", column.attname, encode
        elif column.choices:
            yield label, column.attname, _naming({key: str(text) for key, text in column.flatchoices})
        elif isinstance(column, models.JSONField):
            yield label, column.attname, _json
        else:
            yield label, column.attname, _plain


def _naming(labels: Mapping[Any, str]) -> Callable[[Any], Any]:
    return lambda value: labels.get(value, value)


def _added(known: RecordType) -> Iterator[Cell]:
    """A column for each field that people added."""
    for field in known.fields.values():
        if field.json_key and not field.far:
            yield str(field.label), COLUMN, _taking(field)


def _taking(field: Field) -> Callable[[Any], Any]:
    def take(held: Any) -> Any:
        value = loaded(field, held.get(field.json_key)) if held else None
        return _json(value) if isinstance(value, dict | list) else "" if value is None else _plain(value)

    return take


def _json(value: Any) -> str:
    return json.dumps(ordered(value), ensure_ascii=False) if value else ""


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else encode(value)
