"""A list as a CSV file: the same rows, order and columns as on the page, streamed, with formulas made harmless."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import translation

from coordina.core.csvsafe import export_safe
from coordina.core.filters import BadFilter
from coordina.core.keyset import MAX_PAGE, page, rows
from coordina.core.types import Field, Kind
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
    fields = [listing.known.fields[n] for n in listing.names if n in listing.known.known_to(listing.user)]
    fields = [f for f in fields if paths_of(f)]
    point = listing.formats.decimal(Decimal("1.5"))[1]
    headers = [str(f.label) for f in fields]
    headers = [h[:1].upper() + h[1:] for h in headers]
    with translation.override(listing.formats.locale):
        writers = [_writer(f, point) for f in fields]
    return _lines(listing, fields, headers, writers, ";" if point == "," else ",")


def _lines(
    listing: Listing, fields: list[Field], headers: list[str], writers: list[Callable[[Any], object]], delimiter: str
) -> Iterator[str]:
    line = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield BOM + line.writerow([export_safe(h) for h in headers])
    paths = [paths_of(f)[1] if f.kind is Kind.REF else paths_of(f)[0] for f in fields]
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


def _writer(field: Field, point: str) -> Callable[[Any], object]:
    """From a value to what stands in the file."""
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
