"""Numbers as people type them into a form. Strict where a guess could be wrong: then the answer is a refusal.

What decides is the person's locale. `1.234,56` and `1,234.56` can only be read one way, so both are taken everywhere;
`1,234` can be a thousand or a little more than one, so it is taken only where the field settles it. Dates are in
`dates`. REST and import files do not come here: they say their format.
"""

import re
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from babel.numbers import get_decimal_symbol
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.core.formats import babel_locale
from coordina.core.money import currencies
from coordina.core.refusals import Refusal

MAX_DIGITS: Final = 30
"""Longer numbers are typing accidents, and would make arithmetic slow."""

_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f'’]+")
_SPACED = re.compile(r"[+-]? ?[1-9][0-9]{0,2}( [0-9]{3})+([.,][0-9]*)?", re.ASCII)
_MINUSES = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-"})
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<body>[0-9][0-9.,]*|[.,][0-9]+)", re.ASCII)
_SIGNS = frozenset("$€£¥₡₲₱₿₴₽₹₺₩")
_PREFIXES = ("US", "MX", "AR", "CO", "CL", "R", "S/", "S/.", "Bs", "Bs.", "Q", "L", "C")


class _Shape(NamedTuple):
    """Signs of a number in a locale."""

    point: str
    comma: str


@cache
def _shape(locale: str) -> _Shape:
    """Decimal sign of the locale; the other of the two groups, whatever CLDR says (a space is always allowed)."""
    point = get_decimal_symbol(babel_locale(locale))
    return _Shape(",", ".") if point == "," else _Shape(".", ",")


def decimal_sign(locale: str) -> str:
    """The sign before the decimals of a number: `,` or `.`."""
    return _shape(locale).point


def parse_decimal(text: str, locale: str, places: int | None = None) -> Decimal:
    """Read a number with decimals and groups.

    Args:
        text: What was typed: `1.234,56`, `1,234.56`, `1 234,5`, `-8`, `−8`.
        locale: Language code of the person; it decides whether `,` or `.` marks decimals.
        places: Most decimals the field keeps, None if any number will do. It settles `1.234`: where at most two
            decimals are kept and `.` groups, that is a thousand two hundred and thirty-four.

    Raises:
        Refusal: `number` (not a number), `ambiguous` (two readings), `places` (too many decimals).
    """
    spaced = _SPACES.sub(" ", text.strip()).translate(_MINUSES)
    compact = spaced.replace(" ", "")
    match = _PLAIN.fullmatch(compact)
    if re.search("[0-9.,] [0-9.,]", spaced) and not _SPACED.fullmatch(spaced):
        match = None
    if not match or sum(c.isdigit() for c in compact) > MAX_DIGITS:
        raise _not_a_number(text, locale, places)
    whole, decimals = _split(match["body"], text, locale, places)
    if places is not None and len(decimals.rstrip("0")) > places:
        raise Refusal("places", _too_precise(places))
    value = Decimal(f"{match['sign']}{whole or '0'}" + (f".{decimals}" if decimals else ""))
    return value if value else abs(value)


def _split(body: str, text: str, locale: str, places: int | None) -> tuple[str, str]:
    """Whole digits and decimal digits of a number without sign."""
    shape = _shape(locale)
    marks = [c for c in body if c in ".,"]
    if not marks:
        return body, ""
    last = marks[-1]
    if len(set(marks)) == 2:
        whole, _mark, decimals = body.rpartition(last)
        if last in whole or not _well_grouped(whole, marks[0]):
            raise _not_a_number(text, locale, places)
        return re.sub("[.,]", "", whole), decimals
    if len(marks) > 1:
        if not _well_grouped(body, last):
            raise _not_a_number(text, locale, places)
        return body.replace(last, ""), ""
    whole, _mark, decimals = body.partition(last)
    if not _well_grouped(body, last):
        return whole, decimals
    keeps_three = places is None or places >= 3
    if (last == shape.comma) == keeps_three:
        raise _ambiguous(text, whole, decimals, shape, places)
    return (whole, decimals) if last == shape.point else (whole + decimals, "")


def _well_grouped(whole: str, mark: str) -> bool:
    """Whether digits are grouped by three, the first group of one to three and not starting with 0."""
    return re.fullmatch(rf"[1-9][0-9]{{0,2}}(\{mark}[0-9]{{3}})+", whole, re.ASCII) is not None


def parse_integer(text: str, locale: str) -> int:
    """Read a whole number; groups are allowed.

    Raises:
        Refusal: `number`, or `places` when it has decimals.
    """
    value = parse_decimal(text, locale, places=0)
    return int(value)


def parse_percent(text: str, locale: str, places: int | None = 2) -> Decimal:
    """Read percentage points, with or without the sign: `23,4 %` and `23,4` are both 23.4.

    Raises:
        Refusal: as for `parse_decimal`.
    """
    return parse_decimal(text.strip().removesuffix("%"), locale, places)


def parse_money(text: str, locale: str, places: int = 2) -> tuple[Decimal, str | None]:
    """Read an amount that may name its currency: `1.234,50 €`, `USD 1,234.50`, `MX$ 900`.

    A sign such as `$` or `€` is accepted and says nothing: which dollar or peso is the field's business. A code does.

    Args:
        text: What was typed.
        locale: Language code of the person.
        places: Minor units of the currency.

    Returns:
        The amount, and the ISO code if one was typed.

    Raises:
        Refusal: as for `parse_decimal`; `currency` when letters beside the amount are no currency.
    """
    body, code = text.strip(), None
    for word in re.findall(r"[^\W\d_]+/?\.?|[$€£¥₡₲₱₿₴₽₹₺₩]", body):
        if word.upper() in currencies() and len(word) == 3:
            code = word.upper()
        elif word not in _SIGNS and word not in _PREFIXES:
            raise Refusal(
                "currency",
                _("“%(text)s” is not a currency. Write the amount alone, or a code such as EUR.") % {"text": word[:20]},
            )
        body = body.replace(word, "", 1)
    return parse_decimal(body, locale, places), code


def example(locale: str, places: int | None) -> str:
    """A number written as the locale does, with as many decimals as a field keeps: `1234,56`."""
    digits = "56789"[: 2 if places is None else min(places, 5)]
    return f"1234{_shape(locale).point}{digits}" if digits else "1234"


def _not_a_number(text: str, locale: str, places: int | None) -> Refusal:
    if not text.strip():
        return Refusal("number", _("Write a number, such as %(example)s.") % {"example": example(locale, places)})
    return Refusal(
        "number",
        _("“%(text)s” is not a number. Write it like %(example)s.")
        % {"text": text.strip()[:40], "example": example(locale, places)},
    )


def _too_precise(places: int) -> str:
    if places == 0:
        return _("Write a whole number, without decimals.")
    return ngettext("Write at most %(places)d decimal.", "Write at most %(places)d decimals.", places) % {
        "places": places
    }


def _ambiguous(text: str, whole: str, decimals: str, shape: _Shape, places: int | None) -> Refusal:
    """A refusal that shows both readings in a form that can be typed."""
    little = f"{decimals}0" if places is None or places >= 3 else decimals[:places]
    return Refusal(
        "ambiguous",
        _("“%(text)s” can be read in two ways. Write %(large)s or %(small)s.")
        % {
            "text": text.strip()[:40],
            "large": whole + decimals,
            "small": f"{whole}{shape.point}{little}" if little else whole,
        },
    )
