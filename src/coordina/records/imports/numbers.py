"""Numbers as people write them: read one, and decide decimal and thousands signs over a whole column."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from coordina.records.imports.reasons import Code, Reason, because

MAX_DIGITS = 28
"""Digits of the longest number, exponent included."""

_CODES = """
EUR USD GBP JPY CHF CAD AUD NZD CNY INR BRL MXN ARS CLP COP PEN UYU BOB PYG CRC GTQ HNL DOP VES SEK
NOK DKK ISK PLN CZK HUF RON BGN TRY ILS ZAR MAD EGP AED SAR KRW SGD HKD TWD THB IDR MYR PHP VND
"""
CODES = frozenset(_CODES.split())
"""Currency codes that may stand beside an amount."""

_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "US$": "USD",
    "R$": "BRL",
    "MX$": "MXN",
}
_WORDS = re.compile(r"US\$|R\$|MX\$|CA\$|A\$|S/\.?|Bs\.?|kr\.?|zł|Kč|Ft|[A-Z]{3}")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u2009]+")
_SIMPLE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_BODY = re.compile(r"(?P<body>[0-9][0-9.,' ]*|[.,][0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?")
_MAX_LENGTH = 60


class Bare(NamedTuple):
    """A text that has the shape of a number, before its signs are known.

    Attributes:
        body: digits with decimal and thousands signs; apostrophes of any kind are ``'``, blanks are one space.
        negative: whether it is below zero.
        exponent: power of ten of the scientific notation.
        currency: code of the currency, "?" for a sign that several currencies share, "" for none.
        percent: whether a percent sign is written.
    """

    body: str
    negative: bool
    exponent: int
    currency: str
    percent: bool


def read(text: str) -> Bare | None:
    """Take signs, brackets, currency and percent off a number; None when the text does not have the shape of one.

    Args:
        text: any text; blanks around it do not count.
    """
    if len(text) > _MAX_LENGTH:
        return None
    if _SIMPLE.fullmatch(text):
        return Bare(text, False, 0, "", False)
    rest = _SPACES.sub(" ", text).replace("’", "'").replace("`", "'").replace("−", "-").replace("–", "-").strip()
    if not any("0" <= char <= "9" for char in rest):
        return None
    negative = rest.startswith("(") and rest.endswith(")")
    if negative:
        rest = rest[1:-1].strip()
    rest, currency = _without_currency(rest)
    percent = rest.endswith("%") or rest.startswith("%")
    rest = rest.strip("% ")
    signs = 0
    while rest[:1] in {"-", "+"}:
        negative, signs, rest = negative != (rest[0] == "-"), signs + 1, rest[1:].lstrip()
    if rest.endswith("-"):
        negative, signs, rest = not negative, signs + 1, rest[:-1].rstrip()
    rest, again = _without_currency(rest)
    match = _BODY.fullmatch(rest.strip())
    if match is None or signs > 1 or (currency and again and currency != again):
        return None
    return Bare(match["body"], negative, int(match["exponent"] or 0), currency or again, percent)


def _without_currency(text: str) -> tuple[str, str]:
    """A text without the currency at its beginning or end, and the code of that currency."""
    for match in (_WORDS.match(text), re.search(rf"(?:{_WORDS.pattern})$", text)):
        if match is not None and (len(match[0]) != 3 or not match[0].isalpha() or match[0] in CODES):
            rest = text[: match.start()] + text[match.end() :]
            return rest.strip(), match[0] if match[0] in CODES else _SIGNS.get(match[0], "?")
    for place in (0, -1):
        if text and unicodedata.category(text[place]) == "Sc":
            return (text[1:] if place == 0 else text[:-1]).strip(), _SIGNS.get(text[place], "?")
    return text, ""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of a column are written, decided over all its rows.

    Attributes:
        decimal: the sign before decimals, ``.`` or ``,``.
        ambiguous: whether a sign occurs that may be decimal or thousands in every single value (1.234).
        misfits: values that contradict the choice.
        whole: whether no value has decimals.
        percent: whether a percent sign occurs.
        currencies: currency codes that occur; "?" is a sign that several share, such as $.
        example: a value of the column that shows the choice.
    """

    decimal: str = "."
    ambiguous: bool = False
    misfits: int = 0
    whole: bool = True
    percent: bool = False
    currencies: tuple[str, ...] = ()
    example: str = ""

    @property
    def model(self) -> str:
        """A number written in this format, as a model for others."""
        return "1234.56" if self.decimal == "." else "1234,56"


@dataclass(slots=True)
class NumberVotes:
    """What the numbers of a column seen so far say about their signs; its size does not grow."""

    decimals: Counter[str] = field(default_factory=Counter)
    fractions: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    total: int = 0
    percent: bool = False
    currencies: set[str] = field(default_factory=set)
    example: str = ""

    def add(self, text: str, weight: int = 1) -> bool:
        """Count one value; False when it does not have the shape of a number."""
        bare = read(text)
        if bare is None:
            return False
        verdict = _verdict(bare.body)
        if verdict is None:
            return False
        self.total += weight
        self.percent = self.percent or bare.percent
        if bare.currency:
            self.currencies.add(bare.currency)
        sign, certain = verdict
        if sign:
            (self.decimals if certain else self.open)[sign] += weight
            if certain and sign in bare.body:
                self.fractions[sign] += weight
            if certain or not self.example:
                self.example = text
        return True

    def decide(self, prefer: str = ",") -> NumberFormat:
        """Choose the decimal sign that the most values demand; open values follow, or are marked as ambiguous.

        Args:
            prefer: decimal sign for a column that leaves it open, by the language of its reader or its sister columns.
        """
        sure = {sign: self.decimals[sign] for sign in ".,"}
        ambiguous = False
        if sure["."] != sure[","]:
            decimal = "." if sure["."] > sure[","] else ","
        elif sure["."] or (self.open["."] and self.open[","]):
            decimal, ambiguous = prefer, True
        else:
            decimal, ambiguous = prefer, bool(self.open)
        other = "," if decimal == "." else "."
        return NumberFormat(
            decimal=decimal,
            ambiguous=ambiguous,
            misfits=sure[other],
            whole=not self.fractions[decimal] and not self.open[decimal],
            percent=self.percent,
            currencies=tuple(sorted(self.currencies)),
            example=self.example,
        )


def _verdict(body: str) -> tuple[str, bool] | None:
    """What one number says: the decimal sign it demands and True; or the sign it would have if its only sign were
    decimal and False; ("", True) when it says nothing; None when it is no number at all.
    """
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        return ("", True) if _grouped(body, " ") or _grouped(body, "'") or body.isdigit() else None
    if points and commas:
        decimal = "." if body.rfind(".") > body.rfind(",") else ","
        return (decimal, True) if _value(body, decimal) is not None else None
    sign = "." if points else ","
    other = "," if points else "."
    if max(points, commas) > 1:
        return (other, True) if _grouped(body, sign) else None
    whole, _, rest = body.partition(sign)
    if len(rest) == 3 and _grouped(body, sign) and not whole.startswith("0"):
        return sign, False
    return (sign, True) if _value(body, sign) is not None else None


def _grouped(body: str, mark: str) -> bool:
    """Whether digits stand in groups of three, or Indian groups of two before the last three, parted by a mark."""
    first, *groups = body.split(mark)
    if not groups or not first.isdigit() or not all(group.isdigit() for group in groups):
        return False
    even = len(first) <= 3 and all(len(group) == 3 for group in groups)
    indian = len(first) <= 2 and len(groups[-1]) == 3 and all(len(group) == 2 for group in groups[:-1])
    return even or (indian and mark == ",")


def _value(body: str, decimal: str) -> str | None:
    """The number as Python writes it, or None when its marks do not fit the decimal sign."""
    whole, sign, rest = body.partition(decimal)
    if sign and not rest.isdigit() and rest:
        return None
    for mark in {".", ",", " ", "'"} - {decimal}:
        if mark in whole:
            if not _grouped(whole, mark):
                return None
            whole = whole.replace(mark, "")
            break
    if whole and not whole.isdigit():
        return None
    return f"{whole or '0'}.{rest or '0'}" if rest else (whole or None)


def to_decimal(text: str, shape: NumberFormat) -> Decimal | Reason:
    """The number that a text means; a percentage is its number before the sign (23,4 % is 23.4).

    Args:
        text: a filled cell.
        shape: what was decided for its column.
    """
    bare = read(text)
    if bare is None:
        return because(Code.NUMBER_UNREADABLE, value=text, example=shape.model)
    value = _value(bare.body, shape.decimal)
    if value is None:
        code = Code.NUMBER_UNREADABLE if _verdict(bare.body) is None else Code.NUMBER_OTHER_FORMAT
        return because(code, value=text, example=shape.model)
    digits = len(value.replace(".", "").lstrip("0"))
    if digits + abs(bare.exponent) > MAX_DIGITS and value.strip("0."):
        return because(Code.NUMBER_TOO_LARGE, value=text, limit=MAX_DIGITS)
    number = Decimal(value).scaleb(bare.exponent) if bare.exponent and value.strip("0.") else Decimal(value)
    return number.copy_negate() if bare.negative and number else number
