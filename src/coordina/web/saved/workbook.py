"""A list as a workbook: numbers and days as such, texts never as formulas; written row by row in little memory."""

import datetime as dt
import tempfile
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import translation

from coordina.core.filters import BadFilter
from coordina.core.keyset import MAX_PAGE, page, rows
from coordina.core.types import Field, Kind
from coordina.web.exporting import exported_fields, path_of, writer_of
from coordina.web.listing import Listing

DAYS = "yyyy-mm-dd"
MOMENTS = "yyyy-mm-dd hh:mm"
AMOUNTS = "#,##0.00"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": DAYS,
}
WIDTH = 22


def write_workbook(listing: Listing, target: IO[bytes], tell: Callable[[int], None] = lambda behind: None) -> int:
    """Write all rows of a list, in its order and with its columns; gives how many there were.

    Args:
        listing: Read from an address; its page is ignored.
        target: An open file for bytes.
        tell: Called with how many rows are behind, now and then.

    Raises:
        BadFilter: Where the filter cannot be read.
    """
    if listing.error:
        raise BadFilter(listing.error)
    fields = exported_fields(listing)
    book = xlsxwriter.Workbook(target, _OPTIONS)
    try:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        formats = {DAYS: book.add_format({"num_format": DAYS}), MOMENTS: book.add_format({"num_format": MOMENTS}),
                   AMOUNTS: book.add_format({"num_format": AMOUNTS})}  # fmt: skip
        for column, field in enumerate(fields):
            label = str(field.label)
            sheet.set_column(column, column, listing.widths.get(field.name, 0) / 7 or WIDTH)
            sheet.write_string(0, column, label[:1].upper() + label[1:], bold)
        sheet.freeze_panes(1, 0)
        return _rows(listing, sheet, fields, formats, tell)
    finally:
        book.close()


def _rows(
    listing: Listing, sheet: Any, fields: list[Field], formats: dict[str, Any], tell: Callable[[int], None]
) -> int:
    with translation.override(listing.formats.locale):
        cells = [_cell(field, listing, formats) for field in fields]
    paths = [path_of(field) for field in fields]
    number, after = 0, ""
    while True:
        found = page(listing.source, listing.order, after=after, size=MAX_PAGE)
        for row in rows(listing.known.model, found.ids, *paths):
            number += 1
            for column, (write, value) in enumerate(zip(cells, row[1:], strict=True)):
                if value is not None and value != "":
                    write(sheet, number, column, value)
        tell(number)
        after = found.next
        if not after:
            return number


def _cell(field: Field, listing: Listing, formats: dict[str, Any]) -> Callable[[Any, int, int, Any], None]:
    """Writes one value in its own kind; whatever is no number and no day is a text."""
    if field.kind in (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT, Kind.INTEGER):
        style = formats[AMOUNTS] if field.kind is Kind.MONEY else None
        return lambda sheet, row, column, value: sheet.write_number(row, column, _number(value), style)
    if field.kind is Kind.DATE:
        return lambda sheet, row, column, value: sheet.write_datetime(row, column, value, formats[DAYS])
    if field.kind is Kind.DATETIME:
        zone = listing.asker.time_zone
        style = formats[MOMENTS]
        return lambda sheet, row, column, value: sheet.write_datetime(row, column, _here(value, zone), style)
    text = writer_of(field, ".")
    return lambda sheet, row, column, value: sheet.write_string(row, column, str(text(value))[:32_767])


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _here(value: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return value.astimezone(zone).replace(tzinfo=None)


def workbook_of(listing: Listing) -> IO[bytes]:
    """The workbook, ready to be read from its beginning."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  # whoever answers closes it
    write_workbook(listing, file)
    file.seek(0)
    return file
