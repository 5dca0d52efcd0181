"""Currencies, time zones and countries: the ones there are, with their names in a language."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.accounts.rates import checked_currency
from coordina.core.contact import countries
from coordina.core.formats import babel_locale
from coordina.core.money import currency_name
from coordina.core.refusals import Refusal

__all__ = ["checked_country", "checked_currency", "checked_time_zone", "country_choices", "currency_choices",
           "time_zone_choices", "time_zone_groups"]  # fmt: skip

type Choices = list[tuple[str, str]]

_CONTINENTS = {
    "Europe": "150", "Arctic": "150", "America": "019", "Africa": "002", "Asia": "142", "Australia": "009",
    "Pacific": "009", "Antarctica": "AQ",
}  # fmt: skip
"""Territory codes of the continents by the beginning of a zone's name; oceans have none."""


@cache
def currency_choices(locale: str) -> Choices:
    """Currencies in use today, by name: `("EUR", "euro (EUR)")`."""
    now = {
        code
        for used in get_global("territory_currencies").values()
        for code, _begun, ended, tender in used
        if ended is None and tender
    }
    named = [(code, f"{_large(currency_name(code, locale))} ({code})") for code in now]
    return sorted(named, key=lambda pair: _folded(pair[1]))


@cache
def country_choices(locale: str) -> Choices:
    """Countries by name: `("ES", "España")`."""
    return list(countries(locale).items())


@cache
def time_zone_choices(locale: str) -> Choices:
    """Time zones by country and city: `("Europe/Madrid", "España, Madrid")`."""
    spoken, usable = babel_locale(locale), available_timezones()
    named: Choices = []
    for zone, territory in get_global("zone_territories").items():
        if zone not in usable or "/" not in zone or zone.startswith("Etc/"):
            continue
        city = str(get_timezone_location(zone, locale=spoken, return_city=True))
        country = spoken.territories.get(territory, "")
        named.append((zone, f"{country}, {city}" if country and country != city else city))
    return [*sorted(named, key=lambda pair: _folded(pair[1])), ("UTC", "UTC")]


def time_zone_groups(locale: str, country: str, now: datetime) -> list[tuple[str, Choices]]:
    """Time zones by continent, each with what its clocks show; before them those of a country.

    Args:
        locale: Language of the names.
        country: Two letters: whose zones come first; empty for none.
        now: The current moment, with a time zone.

    Returns:
        Headings with zones: `("España", [("Europe/Madrid", "España, Madrid (14:05)"), …])`.
    """
    spoken, territories = babel_locale(locale), get_global("zone_territories")
    own: Choices = []
    groups: dict[str, Choices] = {}
    for zone, name in time_zone_choices(locale):
        shown = (zone, f"{name} ({now.astimezone(ZoneInfo(zone)):%H:%M})")
        if country and territories.get(zone) == country:
            own.append(shown)
        else:
            continent = _CONTINENTS.get(zone.split("/")[0], "")
            groups.setdefault(str(spoken.territories.get(continent, "")), []).append(shown)
    rest = groups.pop("", [])
    found = [(name, groups[name]) for name in sorted(groups, key=_folded)]
    if own:
        found.insert(0, (str(spoken.territories.get(country, country)), own))
    return [*found, (gettext("Oceans and others"), rest)]


def checked_time_zone(name: str, field: str = "time_zone") -> str:
    """The name of a time zone.

    Raises:
        Refusal: When there is none of this name.
    """
    if name not in available_timezones():
        raise Refusal("time_zone", _("There is no such time zone. Choose one of the list."), field=field)
    return name


def checked_country(code: str, field: str = "country") -> str:
    """The two letters of a country, in capitals; nothing stays nothing.

    Raises:
        Refusal: When there is no such country.
    """
    code = code.strip().upper()
    if code and code not in countries("en"):
        raise Refusal("country", _("There is no such country. Choose one of the list."), field=field)
    return code


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folded(text: str) -> str:
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
