"""One condition as a form: which comparisons a field offers, in words, and from what was typed to a test."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from coordina.core.filters import Family, Filterable, Form, Literal, Operator, Test, family_of, operators_of
from coordina.core.filters.ast import BARE_WORD
from coordina.core.filters.periods import PERIODS, period_label, shift_of
from coordina.core.formats import Formats
from coordina.core.parsing import parse_date, parse_decimal
from coordina.core.refusals import Refusal, Text

_SAME: Mapping[Operator, Text] = {
    Operator.EQUAL: pgettext_lazy("comparison", "is"),
    Operator.UNEQUAL: pgettext_lazy("comparison", "is not"),
    Operator.IN: pgettext_lazy("comparison", "is one of"),
    Operator.MATCHES: pgettext_lazy("comparison", "contains"),
    Operator.HAS: pgettext_lazy("comparison", "has"),
    Operator.LESS: pgettext_lazy("comparison", "less than"),
    Operator.AT_MOST: pgettext_lazy("comparison", "up to"),
    Operator.MORE: pgettext_lazy("comparison", "greater than"),
    Operator.AT_LEAST: pgettext_lazy("comparison", "at least"),
    Operator.EMPTY: pgettext_lazy("comparison", "is empty"),
    Operator.SET: pgettext_lazy("comparison", "has a value"),
}
_DAYS: Mapping[Operator, Text] = {
    Operator.IN: pgettext_lazy("comparison of days", "in"),
    Operator.EQUAL: pgettext_lazy("comparison of days", "on"),
    Operator.UNEQUAL: pgettext_lazy("comparison of days", "not on"),
    Operator.LESS: pgettext_lazy("comparison of days", "before"),
    Operator.AT_MOST: pgettext_lazy("comparison of days", "up to"),
    Operator.MORE: pgettext_lazy("comparison of days", "after"),
    Operator.AT_LEAST: pgettext_lazy("comparison of days", "from"),
}
_SOME_DAYS = re.compile(r"(?:last|next)_[0-9]{1,4}_days")
ALONE = frozenset({Operator.EMPTY, Operator.SET})
OFFERED_PERIODS = ("today", "this_week", "next_week", "this_month", "next_month", "this_quarter", "this_year")
TYPED_PERIODS = (
    *("yesterday", "tomorrow", "last_week", "last_month", "last_quarter", "next_quarter", "last_year", "next_year"),
    *("last_7_days", "last_30_days", "last_90_days", "next_7_days", "next_30_days", "next_90_days"),
)
"""Periods that the form of a condition offers besides."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a control."""

    value: str
    label: Text
    current: bool = False


def comparisons(field: Filterable, chosen: str = "") -> list[Choice]:
    """The comparisons a field offers, in words, most usual first."""
    dated = family_of(field) in (Family.DATE, Family.DATETIME)
    words = {**_SAME, **_DAYS} if dated else _SAME
    return [Choice(o.value, words[o], o.value == chosen) for o in operators_of(field)]


def value_choices(field: Filterable, chosen: Sequence[str] = ()) -> list[Choice]:
    """The fixed values of a field: its choices, yes and no, named periods; none where anything may be typed."""
    family = family_of(field)
    if family is Family.BOOL:
        pairs: list[tuple[str, Text]] = [("true", gettext("Yes")), ("false", gettext("No"))]
    elif family in (Family.CHOICE, Family.CHOICES):
        pairs = [(str(v), label) for v, label in field.choices]
    elif family in (Family.DATE, Family.DATETIME):
        pairs = [(word, PERIODS[word]) for word in OFFERED_PERIODS]
    else:
        pairs = []
    return [Choice(value, label, value in chosen) for value, label in pairs]


def typed_periods(field: Filterable, formats: Formats) -> list[Choice]:
    """Further periods that may be typed for a day: last week, in the next 30 days."""
    if family_of(field) not in (Family.DATE, Family.DATETIME):
        return []
    return [Choice(word, period_label(word, None, formats)) for word in TYPED_PERIODS]


def read_condition(field: Filterable, operator: str, typed: Sequence[str], formats: Formats) -> Test:
    """The test that a filled form means.

    Args:
        field: What is compared.
        operator: Its spelling; anything unknown becomes the most usual one.
        typed: What was typed or chosen; several values become a list.
        formats: Of the person, whose way of writing numbers and days counts.

    Raises:
        Refusal: For a value that cannot be read; it says what would be right.
    """
    offered = operators_of(field)
    wanted = next((o for o in offered if o.value == operator), offered[0])
    if wanted in ALONE:
        return Test(field.name, wanted)
    given = [text.strip() for text in typed if text.strip()]
    if not given:
        raise Refusal("filter", gettext("Write a value for the condition."), status=400)
    values = tuple(_literal(field, text, formats) for text in given)
    if len(values) > 1 and wanted is not Operator.IN:
        wanted, values = (Operator.IN, values) if Operator.IN in offered else (wanted, values[:1])
    return Test(field.name, wanted, values)


def _literal(field: Filterable, text: str, formats: Formats) -> Literal:
    match family_of(field):
        case Family.NUMBER:
            places = 0 if field.kind == "integer" else 2 if field.decimals is None else field.decimals
            return Literal(Form.NUMBER, str(parse_decimal(text.removesuffix("%"), formats.locale, places)))
        case Family.DATE | Family.DATETIME:
            return Literal(Form.WORD, _day(text, formats))
        case Family.REF:
            return Literal(Form.NUMBER if text.isdigit() else Form.WORD, text)
        case Family.BOOL:
            return Literal(Form.WORD, text)
        case Family.CHOICE | Family.CHOICES if BARE_WORD.fullmatch(text):
            return Literal(Form.WORD, text)
    return Literal(Form.TEXT, text)


def _day(text: str, formats: Formats) -> str:
    word: Any = text.lower()
    if word in PERIODS or shift_of(word):
        return str(word)
    for name in (*PERIODS, *TYPED_PERIODS):
        if period_label(name, None, formats).lower() == word:
            return name
    if _SOME_DAYS.fullmatch(word):
        return str(word)
    return parse_date(text, formats.locale, formats.today).isoformat()


PLACEHOLDERS: Mapping[Family, Text] = {
    Family.DATE: gettext_lazy("A day, or: this month"),
    Family.DATETIME: gettext_lazy("A day, or: this month"),
}
