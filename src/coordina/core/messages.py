"""What is wrong with an input, told to people: pydantic's errors in the user's language, with the name of the field.

Pydantic says it in English and for programmers (`Input should be greater than or equal to 1`). Here every error type
has one sentence that names the field and says what would be right. `errors_of` gives what a form and problem+json show.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, get_args

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails, core_schema

from coordina.core.formats import babel_locale
from coordina.core.refusals import Invalid, Text

_PYDANTIC_TYPES: Final = frozenset(get_args(core_schema.ErrorType))
"""Types that pydantic itself raises. Those without a sentence below only a wrong program meets."""

_MISSING: Final = _("%(field)s is missing.")
_UNKNOWN_FIELD: Final = _("There is no field called “%(field)s” here. Leave it out.")
_LOCKED: Final = _("%(field)s cannot be changed here.")
_TEXT: Final = _("Write a text in %(field)s.")
_NUMBER: Final = _("Write a number in %(field)s.")
_WHOLE: Final = _("Write a whole number in %(field)s, without decimals.")
_HUGE: Final = _("The number in %(field)s is too large.")
_YES_NO: Final = _("Choose yes or no for %(field)s.")
_CHOICE: Final = _("Choose one of the options for %(field)s.")
_LIST: Final = _("%(field)s takes a list of values.")
_OBJECT: Final = _("%(field)s takes named values.")
_DATE: Final = _("Write a date in %(field)s, such as 2026-11-24.")
_TIME: Final = _("Write a time in %(field)s, such as 10:30.")
_MOMENT: Final = _("Write a date and a time in %(field)s, such as 2026-11-24 10:30.")
_DURATION: Final = _("Write a length of time in %(field)s, such as 1:30.")
_ADDRESS: Final = _("Write a web address in %(field)s, such as https://company.com.")
_IDENTIFIER: Final = _("%(field)s is not an identifier we know.")
_LETTERS: Final = _("%(field)s has letters that cannot be read. Save the text as UTF-8.")
_UNREADABLE: Final = _("%(field)s cannot be read. Look at what is written.")
_JSON: Final = _("The data is not valid JSON.")
_EMPTY: Final = _("%(field)s has to be empty.")

_MESSAGES: Final[dict[str, Promise]] = {
    "missing": _MISSING,
    "missing_argument": _MISSING,
    "missing_keyword_only_argument": _MISSING,
    "missing_positional_only_argument": _MISSING,
    "extra_forbidden": _UNKNOWN_FIELD,
    "unexpected_keyword_argument": _UNKNOWN_FIELD,
    "frozen_field": _LOCKED,
    "frozen_instance": _LOCKED,
    "none_required": _EMPTY,
    "string_type": _TEXT,
    "string_unicode": _LETTERS,
    "string_too_short": ngettext_lazy(
        "%(field)s needs at least %(min_length)s letter.",
        "%(field)s needs at least %(min_length)s letters.",
        "min_length",
    ),
    "string_too_long": ngettext_lazy(
        "%(field)s holds at most %(max_length)s letter.",
        "%(field)s holds at most %(max_length)s letters.",
        "max_length",
    ),
    "string_pattern_mismatch": _("%(field)s does not have the form it should have."),
    "string_not_ascii": _("Write %(field)s with plain letters and digits, without accents."),
    "bytes_too_long": _("%(field)s is too large."),
    "bytes_invalid_encoding": _LETTERS,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _HUGE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_digits": ngettext_lazy(
        "%(field)s holds at most %(max_digits)s digit.", "%(field)s holds at most %(max_digits)s digits.", "max_digits"
    ),
    "decimal_max_places": ngettext_lazy(
        "%(field)s holds at most %(decimal_places)s decimal.",
        "%(field)s holds at most %(decimal_places)s decimals.",
        "decimal_places",
    ),
    "decimal_whole_digits": ngettext_lazy(
        "%(field)s holds at most %(whole_digits)s digit before the decimals.",
        "%(field)s holds at most %(whole_digits)s digits before the decimals.",
        "whole_digits",
    ),
    "greater_than": _("%(field)s has to be more than %(gt)s."),
    "greater_than_equal": _("%(field)s has to be %(ge)s or more."),
    "less_than": _("%(field)s has to be less than %(lt)s."),
    "less_than_equal": _("%(field)s has to be %(le)s or less."),
    "multiple_of": _("%(field)s goes in steps of %(multiple_of)s."),
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": _CHOICE,
    "union_tag_not_found": _CHOICE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "too_short": ngettext_lazy(
        "%(field)s needs at least %(min_length)s value.",
        "%(field)s needs at least %(min_length)s values.",
        "min_length",
    ),
    "too_long": ngettext_lazy(
        "%(field)s takes at most %(max_length)s value.", "%(field)s takes at most %(max_length)s values.", "max_length"
    ),
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _("Write a date alone in %(field)s, without a time."),
    "date_past": _("%(field)s has to be before today."),
    "date_future": _("%(field)s has to be after today."),
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_past": _("%(field)s has to be in the past."),
    "datetime_future": _("%(field)s has to be in the future."),
    "timezone_aware": _("%(field)s needs its time zone, such as 2026-11-24T10:30:00+01:00."),
    "timezone_naive": _("Write %(field)s without a time zone."),
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "url_scheme": _("%(field)s has to begin with http:// or https://."),
    "url_too_long": _("The address in %(field)s is too long."),
    "uuid_type": _IDENTIFIER,
    "uuid_parsing": _IDENTIFIER,
    "uuid_version": _IDENTIFIER,
    "json_invalid": _JSON,
    "json_type": _JSON,
}


_DAY_LIMITS: Final[dict[str, Promise]] = {
    "greater_than": _("%(field)s has to be after %(gt)s."),
    "greater_than_equal": _("%(field)s has to be %(ge)s or later."),
    "less_than": _("%(field)s has to be before %(lt)s."),
    "less_than_equal": _("%(field)s has to be %(le)s or earlier."),
}
"""The same limits when the value is a day or a moment."""


def errors_of(error: ValidationError, labels: Mapping[str, Text]) -> dict[str, list[str]]:
    """Translate a validation error into the active language.

    Args:
        error: What pydantic raised.
        labels: Names of the fields as people see them, by input name; a field without one shows its input name.

    Returns:
        Sentences by input name, in the order of the errors and without repetition; the empty name is the whole form.
        Errors inside a list or a nested value stand at the field that holds it.
    """
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        name = next((part for part in detail["loc"] if isinstance(part, str)), "")
        sentence = sentence_of(detail, labels.get(name, name))
        sentences = found.setdefault(name, [])
        if sentence not in sentences:
            sentences.append(sentence)
    return found


def unknown_field(name: str) -> str:
    """What is said of an input that names no field."""
    return str(_UNKNOWN_FIELD % {"field": name})


def invalid(error: ValidationError, labels: Mapping[str, Text]) -> Invalid:
    """The refusal that every door shows for a validation error; see `errors_of`."""
    return Invalid(errors_of(error, labels))


def sentence_of(detail: ErrorDetails, label: Text) -> str:
    """One error as a sentence.

    Args:
        detail: One entry of `ValidationError.errors()`.
        label: Name of the field as people see it; empty for the whole form.
    """
    context = detail.get("ctx", {})
    if detail["type"] in {"value_error", "assertion_error"}:
        return _own_words(context.get("error")) or str(_UNREADABLE % {"field": label})
    context = {key: _typed(value) for key, value in context.items()}
    limits = _DAY_LIMITS if any(isinstance(value, date) for value in context.values()) else _MESSAGES
    message = limits.get(detail["type"]) or _MESSAGES.get(detail["type"])
    if message is None:
        return str(_UNREADABLE % {"field": label}) if detail["type"] in _PYDANTIC_TYPES else detail["msg"]
    values = {key: shown(value) for key, value in context.items()} | _counts(context)
    return str(message % {"field": str(label), **values})


def _own_words(error: object) -> str:
    """What a validator of ours said: it raises `ValueError` with a translated sentence."""
    return str(error.args[0]) if isinstance(error, Exception) and error.args else ""


def _typed(value: object) -> object:
    """Pydantic gives limits of days and moments as ISO text: the day or moment again."""
    if isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-":
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def _counts(context: Mapping[str, object]) -> dict[str, int]:
    """Values that choose a plural must stay numbers."""
    names = ("min_length", "max_length", "max_digits", "decimal_places", "whole_digits")
    return {name: value for name in names if isinstance(value := context.get(name), int)}


def shown(value: object) -> str:
    """A limit as the active language writes it: numbers with its separators, days in short."""
    locale = babel_locale(get_language() or "en")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return format_decimal(value, locale=locale)
    if isinstance(value, datetime):
        return format_datetime(value, "short", locale=locale)
    return format_date(value, "medium", locale=locale) if isinstance(value, date) else str(value)
