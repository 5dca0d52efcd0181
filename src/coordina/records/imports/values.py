"""Turn the text of one cell into a value, by what was decided for its column.

Every converter returns the value, None when the cell says that it is unknown, or the `Reason` why it cannot be read.
Unknown stays unknown: nothing is filled in, least of all today.
"""

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal

from coordina.records.imports import dates, numbers
from coordina.records.imports.folding import plain
from coordina.records.imports.reasons import Code, Reason, because

_UNKNOWN_WORDS = """
- -- --- — – . n/a #n/a #n/d n/d s/d null NULL (null) \\N undefined (blank) (empty) (vacío) (vacio) (none)
#ref! #¡ref! #value! #¡valor! #div/0! #¡div/0! #name? #¿nombre? #num! #¡num!
"""
_CHOOSE = ("-none-", "--none--", "-ninguno-", "- select -", "--select--", "please select", "seleccione una opción")
_UNKNOWN = frozenset((*_UNKNOWN_WORDS.split(), *_CHOOSE, "", "(en blanco)", "sin datos", "no data"))
_UNKNOWN_VALUE = frozenset(
    ("na", "nd", "n.a.", "n.d.", "nan", "nil", "none", "null", "?", "??", "ninguno", "ninguna", "tbd", "0000-00-00")
)
_NO_DATE = frozenset(("0000-00-00 00:00:00", "00/00/0000", "0/0/0000", "00-00-0000"))
_YES = frozenset(
    ["si", "s", "yes", "y", "true", "t", "verdadero", "v", "x", "1", "on", "ok", "checked", "marcado", "cierto"]
)
_NO = frozenset(("no", "n", "false", "f", "falso", "0", "off", "unchecked", "sin marcar"))
_MARKS = {"✓": True, "✔": True, "✅": True, "☑": True, "☒": True, "✗": False, "✘": False, "☐": False, "❌": False}
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00a1-\uffff-]{1,64}@(?:[^\W_](?:[^\W_]|-){0,62}\.)+[^\W\d_][^\W_]{1,62}"
)


def is_unknown(text: str, *, words: bool = False) -> bool:
    """Whether a cell says that its value is not known: blank, a dash, N/A, null, an error of a spreadsheet.

    Args:
        text: the cell.
        words: whether the column holds words, where «NA» or «Null» may be somebody's name.
    """
    if len(text) > 40:
        return not text.strip()
    bare = text.strip()
    if bare in _UNKNOWN:
        return True
    low = bare.casefold()
    if words:
        return low != "null" and low in _UNKNOWN
    return low in _UNKNOWN or low in _UNKNOWN_VALUE or low in _NO_DATE


def to_date(text: str, shape: dates.DateFormat, zone: tzinfo | None = None) -> date | Reason | None:
    """The day that a cell means.

    Args:
        text: the cell.
        shape: what was decided for its column.
        zone: the zone in which a day is meant when the cell has a time with its own zone.
    """
    if is_unknown(text):
        return None
    moment = dates.to_moment(text, shape)
    if isinstance(moment, Reason):
        return moment
    if zone is not None and moment.tzinfo is not None:
        try:
            moment = moment.astimezone(zone)
        except (OverflowError, ValueError):
            return because(Code.DATE_NOT_REAL, value=text)
    return moment.date()


def to_datetime(text: str, shape: dates.DateFormat, zone: tzinfo) -> datetime | Reason | None:
    """The moment that a cell means, with its zone.

    Args:
        text: the cell; without a time it is the beginning of the day.
        shape: what was decided for its column.
        zone: the zone of cells that name none.
    """
    if is_unknown(text):
        return None
    moment = dates.to_moment(text, shape)
    if isinstance(moment, Reason) or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


def to_decimal(text: str, shape: numbers.NumberFormat) -> Decimal | Reason | None:
    """The number that a cell means, without its currency; 23,4 % is 23.4.

    Args:
        text: the cell.
        shape: what was decided for its column.
    """
    return None if is_unknown(text) else numbers.to_decimal(text, shape)


def to_int(text: str, shape: numbers.NumberFormat) -> int | Reason | None:
    """The whole number that a cell means; 12.0 is 12, and 12.5 is refused.

    Args:
        text: the cell.
        shape: what was decided for its column.
    """
    number = to_decimal(text, shape)
    if number is None or isinstance(number, Reason):
        return number
    whole = int(number)
    return whole if whole == number else because(Code.NUMBER_NOT_WHOLE, value=text)


def to_bool(text: str) -> bool | Reason | None:
    """Yes or no, in Spanish, English, as 1 and 0, as an x or a tick."""
    if is_unknown(text):
        return None
    answer = answered(text)
    return because(Code.BOOL_UNREADABLE, value=text) if answer is None else answer


def answered(text: str) -> bool | None:
    """Yes, no, or None when a text says neither."""
    bare = text.strip()
    if bare in _MARKS:
        return _MARKS[bare]
    if len(bare) > 12:
        return None
    word = plain(bare)
    if word in _YES:
        return True
    return False if word in _NO else None


def to_email(text: str) -> str | Reason | None:
    """The e-mail address of a cell, without ``mailto:``, brackets or a name before it; case is kept.

    What it accepts is what mail systems accept in practice; a comment or a quoted local part is refused.
    """
    if is_unknown(text):
        return None
    bare = text.strip()
    if len(bare) > 320:
        return because(Code.EMAIL_UNREADABLE, value=text)
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1].strip()
    if bare[:7].casefold() == "mailto:":
        bare = bare[7:]
    if _EMAIL.fullmatch(bare) and ".." not in bare and not bare.startswith(".") and ".@" not in bare:
        return bare
    return because(Code.EMAIL_TWO_ATS if bare.count("@") > 1 else Code.EMAIL_UNREADABLE, value=text)
