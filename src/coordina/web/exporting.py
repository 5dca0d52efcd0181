"""A list as a CSV file: the same rows, order and columns as on the page, streamed, with formulas made harmless."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import translation

from coordina.core.cells import Path
from coordina.core.csvsafe import export_safe
from coordina.core.filters import BadFilter
from coordina.core.jsonvalues import loaded
from coordina.core.keyset import MAX_PAGE, page, rows
from coordina.core.types import Field, Kind
from coordina.records.grouping import shown_to
from coordina.web.listing import Listing
from coordina.web.values import NO, YES, paths_of

BOM = "\ufeff"
"""By it spreadsheets know the encoding."""


class _Echo:
    """Gives what the CSV writer writes."""

    def write(self, text: str) -> str:
        return text


def csv_lines(listing: Listing) -> Iterator[str]:
    """The file, line by line.

    A comma separates where the reader's decimal sign is a point, a semicolon elsewhere, as spreadsheets expect. Days
    are ISO, numbers ungrouped in the reader's way, references their titles.

    Args:
        listing: Read from the address; its page is ignored.

    Raises:
        BadFilter: Where the filter cannot be read.
    """
    if listing.error:
        raise BadFilter(listing.error)
    fields = exported_fields(listing)
    point = listing.formats.decimal(Decimal("1.5"))[1]
    headers = [str(f.label) for f in fields]
    headers = [h[:1].upper() + h[1:] for h in headers]
    with translation.override(listing.formats.locale):
        writers = [writer_of(f, point) for f in fields]
    return _lines(listing, fields, headers, writers, ";" if point == "," else ",")


def exported_fields(listing: Listing) -> list[Field]:
    """The fields of a list that a file has columns of: those shown that have a value of their own."""
    visible = shown_to(listing.known, listing.user)
    return [visible[n] for n in listing.names if n in visible and paths_of(visible[n])]


def path_of(field: Field) -> Path:
    """The ORM path of what a file holds of a field; of a reference its title."""
    return paths_of(field)[1] if field.kind is Kind.REF else paths_of(field)[0]


def _lines(
    listing: Listing, fields: list[Field], headers: list[str], writers: list[Callable[[Any], object]], delimiter: str
) -> Iterator[str]:
    line = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield BOM + line.writerow([export_safe(h) for h in headers])
    paths = [path_of(f) for f in fields]
    after = ""
    while True:
        found = page(listing.source, listing.order, after=after, size=MAX_PAGE)
        block = rows(listing.known.model, found.ids, *paths)
        yield "".join(
            [line.writerow([export_safe(w(v)) for w, v in zip(writers, row[1:], strict=True)]) for row in block]
        )
        after = found.next
        if not after:
            return


def writer_of(field: Field, point: str) -> Callable[[Any], object]:
    """From a value to what stands in the file."""
    if field.json_key:
        plain = _plain_writer(field, point)
        return lambda v: plain(loaded(field, v))
    return _plain_writer(field, point)


def _plain_writer(field: Field, point: str) -> Callable[[Any], object]:
    if field.kind is Kind.CHOICES:
        names = {value: str(label) for value, label in field.choices}
        return lambda v: "; ".join(names.get(key, str(key)) for key in v or ())
    if field.kind is Kind.BOOL:
        yes, no = str(YES), str(NO)
        return lambda v: "" if v is None else yes if v else no
    if field.kind is Kind.CHOICE:
        labels = {value: str(label) for value, label in field.choices}
        return lambda v: labels.get(v, v)
    if field.kind in (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT):
        return lambda v: "" if v is None else str(v).replace(".", point)
    if field.kind is Kind.DATETIME:
        return lambda v: v.astimezone(dt.UTC).isoformat(timespec="seconds") if v else ""
    return lambda v: v
