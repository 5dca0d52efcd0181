"""Which locale writes numbers and days: that of a language in a country.

A language alone does not say it: Spanish writes 1.234,56 in Spain, Chile and Argentina and 1,234.56 in Mexico and Peru.
The code that `locale_code` gives is activated like a language, so that texts, formats, forms, exports, mails and what
the browser writes (`<html lang>`) agree; texts fall back from `es-cl` to `es` by themselves.
"""

from functools import cache
from typing import Final

from babel.localedata import locale_identifiers

_AT_HOME: Final = {"es": "ES", "en": "US"}
"""Where the plain code of a language is at home: `es` is Spain, as Unicode's own data have it."""
_WORLD: Final = {"en": "en-001"}
"""How a language is written in countries that have no way of their own."""


@cache
def locale_code(language: str, country: str) -> str:
    """The code of a language as a country writes it.

    Args:
        language: Of the texts: `es`, `es-419`, `en`.
        country: Two letters; empty where nobody said.

    Returns:
        `es-cl` for Spanish in Chile, the language itself where it is at home or nothing better is known: Latin American
        Spanish read in Spain stays Latin American. English in a country that has no locale for it writes days first.
    """
    base, _dash, wide = language.lower().partition("-")
    country = country.upper()
    if not country:
        return language
    if country == _AT_HOME.get(base):
        return language
    if f"{base}_{country}" in _known():
        return f"{base}-{country.lower()}"
    return language if wide else _WORLD.get(base, language)


@cache
def _known() -> frozenset[str]:
    return frozenset(locale_identifiers())
