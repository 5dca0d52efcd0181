"""Every reason the import assistant can give, with its translatable text, in one place.

A reason says what is wrong and what would be right. It travels as a code with parameters (so that a job can store it
and each reader sees it in their own language) and becomes text only when shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Parameter = str | int
"""What a message may mention: short text or a whole number, so that a reason can be stored as JSON."""

LONGEST_QUOTE = 60
"""Characters of a foreign value that a message repeats before it is cut with an ellipsis."""


class Code(StrEnum):
    """Stable names of the reasons; stored with import runs, so they are never renamed."""

    ROW_LONG = "row_long"
    ROW_SHORT = "row_short"
    BROKEN_BYTES = "broken_bytes"
    BROKEN_QUOTES = "broken_quotes"
    NUL_REMOVED = "nul_removed"
    CELL_TOO_LARGE = "cell_too_large"

    FILE_EMPTY = "file_empty"
    FILE_NO_HEADER = "file_no_header"
    FILE_PREAMBLE = "file_preamble"
    FILE_FOOTER = "file_footer"
    HEADER_REPEATED = "header_repeated"
    HEADER_EMPTY = "header_empty"
    BOOK_BROKEN = "book_broken"
    BOOK_LOCKED = "book_locked"
    BOOK_HUGE = "book_huge"
    SHEET_BROKEN = "sheet_broken"

    DATE_UNREADABLE = "date_unreadable"
    DATE_NOT_REAL = "date_not_real"
    DATE_OTHER_ORDER = "date_other_order"
    TIME_NOT_REAL = "time_not_real"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_OTHER_FORMAT = "number_other_format"
    NUMBER_TOO_LARGE = "number_too_large"
    NUMBER_NOT_WHOLE = "number_not_whole"
    BOOL_UNREADABLE = "bool_unreadable"
    EMAIL_UNREADABLE = "email_unreadable"
    EMAIL_TWO_ATS = "email_two_ats"

    COLUMN_SAME_NAME = "column_same_name"
    COLUMN_SAME_MEANING = "column_same_meaning"
    COLUMN_SIMILAR_NAME = "column_similar_name"
    COLUMN_BY_VALUES = "column_by_values"
    COLUMN_VALUES_DISAGREE = "column_values_disagree"
    COLUMN_TAKEN = "column_taken"
    COLUMN_UNKNOWN = "column_unknown"


class Severity(StrEnum):
    """How much a reason asks of the reader."""

    NOTICE = "notice"
    """Worth knowing; the row or column is used as it is."""
    WARNING = "warning"
    """Used, but somebody should look at it."""
    ERROR = "error"
    """The value or row cannot be used as it is."""


MESSAGES: Mapping[Code, "_StrPromise"] = {
    Code.ROW_LONG: _(
        "The row has %(found)s cells and the header has %(expected)s. A text that contains the separator must be "
        "in quotes."
    ),
    Code.ROW_SHORT: _("The row has %(found)s of %(expected)s cells; the missing ones were left empty."),
    Code.BROKEN_BYTES: _("Some characters do not belong to the encoding of the file; it was read as “%(value)s”."),
    Code.BROKEN_QUOTES: _("A quote opens in this row and never closes. Close it or write it twice."),
    Code.NUL_REMOVED: _("Invisible null characters were removed."),
    Code.CELL_TOO_LARGE: _("A cell has more than %(limit)s characters. Shorten it."),
    Code.FILE_EMPTY: _("The file has no rows."),
    Code.FILE_NO_HEADER: _("No row with column names was found: the columns are called by their letter."),
    Code.FILE_PREAMBLE: _("The column names are in row %(row)s; the rows above it are not imported."),
    Code.FILE_FOOTER: _("From row %(row)s on the file holds closing lines or totals; they are not imported."),
    Code.HEADER_REPEATED: _("Several columns are called “%(value)s”: they were numbered."),
    Code.HEADER_EMPTY: _("Column %(value)s has no name: it is called by its letter."),
    Code.BOOK_BROKEN: _("The file is broken. Open it in its own program, save it again and choose that file."),
    Code.BOOK_LOCKED: _("The workbook has a password. Save it without one and choose that file."),
    Code.BOOK_HUGE: _("The file unpacks to more than %(limit)s MB. Split it into several files."),
    Code.SHEET_BROKEN: _("The sheet “%(value)s” cannot be read. Choose another one."),
    Code.DATE_UNREADABLE: _("“%(value)s” is not a date. Write it like %(example)s."),
    Code.DATE_NOT_REAL: _("“%(value)s” does not exist. Check the day and the month."),
    Code.DATE_OTHER_ORDER: _("“%(value)s” does not fit the other dates of its column. Write it like %(example)s."),
    Code.TIME_NOT_REAL: _("“%(value)s” has a time that does not exist. Write it like 16:30."),
    Code.NUMBER_UNREADABLE: _("“%(value)s” is not a number. Write it like %(example)s."),
    Code.NUMBER_OTHER_FORMAT: _(
        "“%(value)s” is not written like the other numbers of its column. Write it like %(example)s."
    ),
    Code.NUMBER_TOO_LARGE: _("“%(value)s” has too many digits. Up to %(limit)s fit."),
    Code.NUMBER_NOT_WHOLE: _("“%(value)s” is not a whole number. Write it without decimals."),
    Code.BOOL_UNREADABLE: _("“%(value)s” is neither yes nor no. Write yes or no."),
    Code.EMAIL_UNREADABLE: _("“%(value)s” is not an e-mail address. Write it like name@company.com."),
    Code.EMAIL_TWO_ATS: _("“%(value)s” has two at signs. Write it like name@company.com."),
    Code.COLUMN_SAME_NAME: _("The name is the same."),
    Code.COLUMN_SAME_MEANING: _("The name means the same."),
    Code.COLUMN_SIMILAR_NAME: _("The name is similar. Check it."),
    Code.COLUMN_BY_VALUES: _("Recognised by its values. Check it."),
    Code.COLUMN_VALUES_DISAGREE: _("The name fits “%(value)s”, but the values do not."),
    Code.COLUMN_TAKEN: _("Another column already goes to “%(value)s”."),
    Code.COLUMN_UNKNOWN: _("Not recognised: it is kept under other data."),
}

_SEVERITIES: Mapping[Code, Severity] = {
    Code.ROW_SHORT: Severity.NOTICE,
    Code.BROKEN_BYTES: Severity.WARNING,
    Code.BROKEN_QUOTES: Severity.WARNING,
    Code.NUL_REMOVED: Severity.NOTICE,
    Code.FILE_NO_HEADER: Severity.WARNING,
    Code.FILE_PREAMBLE: Severity.NOTICE,
    Code.FILE_FOOTER: Severity.NOTICE,
    Code.HEADER_REPEATED: Severity.NOTICE,
    Code.HEADER_EMPTY: Severity.NOTICE,
    Code.COLUMN_SAME_NAME: Severity.NOTICE,
    Code.COLUMN_SAME_MEANING: Severity.NOTICE,
    Code.COLUMN_SIMILAR_NAME: Severity.WARNING,
    Code.COLUMN_BY_VALUES: Severity.WARNING,
    Code.COLUMN_VALUES_DISAGREE: Severity.WARNING,
    Code.COLUMN_TAKEN: Severity.NOTICE,
    Code.COLUMN_UNKNOWN: Severity.NOTICE,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to say about a file, a column, a row or a value.

    Attributes:
        code: which message.
        parameters: what the message mentions; values of the file are already cut to `LONGEST_QUOTE`.
    """

    code: Code
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __str__(self) -> str:
        """The message in the language that is active now."""
        return str(MESSAGES[self.code]) % self.parameters

    @property
    def severity(self) -> Severity:
        """How much this asks of the reader; what is not listed as milder is an error."""
        return _SEVERITIES.get(self.code, Severity.ERROR)

    def as_json(self) -> dict[str, object]:
        """The form an import run stores."""
        return {"code": self.code.value, "parameters": dict(self.parameters)}


def because(code: Code, **parameters: Parameter) -> Reason:
    """Make a reason, cutting quoted values so that no message grows with the file.

    Args:
        code: which message.
        **parameters: the message's placeholders.
    """
    return Reason(code, {name: quoted(value) for name, value in parameters.items()})


def quoted(value: Parameter) -> Parameter:
    """A value as a message may repeat it: one line, at most `LONGEST_QUOTE` characters; numbers unchanged."""
    if isinstance(value, int):
        return value
    line = " ".join(value[: LONGEST_QUOTE * 4].split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def from_json(stored: Mapping[str, object]) -> Reason:
    """The reason that `Reason.as_json` stored.

    Raises:
        ValueError: when the code is not one of `Code`.
    """
    raw = stored.get("parameters")
    parameters: dict[str, Parameter] = {}
    if isinstance(raw, dict):
        parameters = {str(name): value for name, value in raw.items() if isinstance(value, str | int)}
    return Reason(Code(str(stored["code"])), parameters)
