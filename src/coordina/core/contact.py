"""Ways to reach a company or a person, and where it is: read as people write them, kept in one form.

E-mail addresses in lower case, telephones in E.164, web addresses with their scheme, countries as ISO codes, tax ids
checked by the rules of their country. The heavy libraries load at first use.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from babel import Locale
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from coordina.core.formats import babel_locale
from coordina.core.refusals import Refusal

_EMAIL = EmailValidator()
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}")
_BRACKETED = re.compile(r"[^<>]*<([^<>]+)>\s*")
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_OTHER_NAMES: Final[dict[str, str]] = {
    "eeuu": "US", "ee uu": "US", "usa": "US", "estados unidos de america": "US", "united states of america": "US",
    "uk": "GB", "great britain": "GB", "gran bretana": "GB", "inglaterra": "GB", "england": "GB",
    "holanda": "NL", "holland": "NL", "the netherlands": "NL", "republica checa": "CZ", "czech republic": "CZ",
    "corea del sur": "KR", "corea": "KR", "south korea": "KR", "korea": "KR", "mejico": "MX", "mexique": "MX",
    "turkey": "TR", "birmania": "MM", "costa de marfil": "CI", "ivory coast": "CI", "el": "GR",
    "emiratos arabes": "AE", "uae": "AE", "republica popular china": "CN", "macedonia": "MK", "rep dominicana": "DO",
}  # fmt: skip


def parse_email(text: str) -> str:
    """Read an e-mail address; `mailto:` and a name around it are taken off, letters become small.

    Raises:
        Refusal: `email`, the text is no address.
    """
    address = text.strip()
    if match := _BRACKETED.fullmatch(address):
        address = match[1].strip()
    address = address.removeprefix("mailto:").lower()
    try:
        if len(address) > 254:
            raise ValidationError("")
        _EMAIL(address)
    except ValidationError:
        raise Refusal(
            "email",
            _("“%(text)s” is not an e-mail address. Write it like name@company.com.") % {"text": text.strip()[:80]},
        ) from None
    return address


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number understood.

    Args:
        e164: `+34910123456`, to store and dial.
        extension: Digits to dial afterwards, often empty.
        raw: What was written.
    """

    e164: str
    extension: str
    raw: str


def parse_phone(text: str, region: str) -> Phone:
    """Read a telephone number.

    Args:
        text: What was written: `+34 910 123 456`, `(55) 1234-5678 ext. 12`, `0034…`.
        region: ISO country of numbers without prefix.

    Raises:
        Refusal: `phone`, it has too few or too many digits, or its prefix does not exist.
    """
    import phonenumbers

    shown = text.strip()[:60]
    try:
        number = phonenumbers.parse(re.sub(r"^\s*00(?=[1-9])", "+", text), region.upper() or None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise Refusal(
                "phone",
                _("“%(text)s” has no country prefix that exists. Write it like +34 910 123 456.") % {"text": shown},
            ) from None
        raise Refusal(
            "phone",
            _("“%(text)s” is not a telephone number. Write it like +34 910 123 456.") % {"text": shown},
        ) from None
    if not phonenumbers.is_possible_number(number):
        short = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.TOO_SHORT
        message = (
            _("“%(text)s” is too short for a number with prefix +%(prefix)d.")
            if short
            else _("“%(text)s” does not have the digits of a number with prefix +%(prefix)d.")
        )
        raise Refusal("phone", message % {"text": shown, "prefix": number.country_code})
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(written, number.extension or "", text)


def format_phone(e164: str, region: str = "") -> str:
    """Write a stored number for people: `+34 910 12 34 56`, without prefix inside its own country.

    Args:
        e164: Stored number; anything else is given back as it is.
        region: ISO country of the reader, empty for the international form.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = region and phonenumbers.region_code_for_number(number) == region.upper()
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def parse_url(text: str) -> str:
    """Read a web address; `https://` is put before a bare name, the host becomes small.

    Raises:
        Refusal: `url`, another scheme than http and https, credentials inside, or no host with a dot.
    """
    shown = {"text": text.strip()[:80]}
    written = text.strip()
    if re.match(r"[a-z][a-z0-9+.\-]*:(?![0-9]+(/|$))", written, re.IGNORECASE) is None:
        written = f"https://{written.removeprefix('//')}"
    wrong = Refusal("url", _("“%(text)s” is not a web address. Write it like www.company.com.") % shown)
    if re.search(r"[\s\x00-\x1f<>\"\\^`{|}]", written) or len(written) > 2000:
        raise wrong
    try:
        parts = urlsplit(written)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        raise wrong from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise Refusal("url", _("“%(text)s” must begin with http:// or https://.") % shown)
    if parts.username or parts.password or not _HOST.fullmatch(host):
        raise wrong
    path = "" if parts.path == "/" and not parts.query and not parts.fragment else parts.path
    netloc = host if port in {None, 80, 443} else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, path, parts.query, parts.fragment))


def _fold(text: str) -> str:
    """Letters alone, small, without accents: for comparing names."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split())


@cache
def countries(locale: str) -> dict[str, str]:
    """Countries by ISO code with their names in a language, in alphabetical order of the names."""
    names = {
        code: str(name)
        for code, name in babel_locale(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: _fold(item[1])))


@cache
def _country_words() -> dict[str, str]:
    """Everything a country may be called, folded, with its ISO code."""
    words = {
        alias.casefold(): codes[0]
        for alias, codes in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1
    }
    for locale in ("es", "es_419", "es_MX", "en", "en_GB"):
        for code, name in Locale.parse(locale).territories.items():
            if code in countries("en"):
                words[_fold(name)] = words[code.casefold()] = code
    return words | _OTHER_NAMES


def find_country(text: str) -> str | None:
    """ISO code of a country named in Spanish or English or by its two or three letters; None if there is none."""
    return _country_words().get(_fold(text))


def parse_country(text: str) -> str:
    """Read a country, as `find_country` does.

    Raises:
        Refusal: `country`.
    """
    code = find_country(text)
    if code is None:
        raise Refusal(
            "country",
            _("“%(text)s” is not a country we know. Write its name, or its code such as ES.")
            % {"text": text.strip()[:60]},
        )
    return code
