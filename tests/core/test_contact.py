"""Addresses, telephones, web pages and countries: written in many ways, kept in one."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordina.core.contact import (
    countries,
    find_country,
    format_phone,
    parse_country,
    parse_email,
    parse_phone,
    parse_url,
)
from coordina.core.refusals import Refusal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("Ada Nenúfar <Ada@example.com>", "ada@example.com"),
        ("ada+crm@sub.example.co", "ada+crm@sub.example.co"),
        ("ada@españa.es", "ada@españa.es"),
    ],
)
def test_email(text: str, address: str) -> None:
    assert parse_email(text) == address


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "a@b", "a b@c.es", "a@b.es\nBcc: x@y.z", "a@b.es, c@d.es", "a" * 300 + "@b.es"]
)
def test_no_email(text: str) -> None:
    with pytest.raises(Refusal, match=r"name@company\.com"):
        parse_email(text)


@pytest.mark.parametrize(
    ("text", "region", "e164", "extension"),
    [
        ("910 123 456", "ES", "+34910123456", ""),
        ("+34 910 123 456", "MX", "+34910123456", ""),
        ("0034 910123456", "MX", "+34910123456", ""),
        ("(55) 1234-5678 ext. 12", "MX", "+525512345678", "12"),
        ("+57 601 7420000", "es", "+576017420000", ""),
        ("11 4321-1234", "ar", "+541143211234", ""),
    ],
)
def test_phone(text: str, region: str, e164: str, extension: str) -> None:
    phone = parse_phone(text, region)
    assert (phone.e164, phone.extension, phone.raw) == (e164, extension, text)


@pytest.mark.parametrize(
    ("text", "region", "message"),
    [
        ("", "ES", "is not a telephone number"),
        ("no tiene", "ES", "is not a telephone number"),
        ("12345", "ES", r"too short for a number with prefix \+34"),
        ("91012345678901", "ES", r"does not have the digits of a number with prefix \+34"),
        ("+999 123 456", "ES", "no country prefix that exists"),
        ("910123456", "", "no country prefix that exists"),
    ],
)
def test_no_phone(text: str, region: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        parse_phone(text, region)


def test_phones_for_reading() -> None:
    assert format_phone("+34910123456") == "+34 910 12 34 56"
    assert format_phone("+34910123456", "es") == "910 12 34 56"
    assert format_phone("+34910123456", "mx") == "+34 910 12 34 56"
    assert format_phone("centralita") == "centralita"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("www.Ejemplo.es", "https://www.ejemplo.es"),
        ("https://ejemplo.es/", "https://ejemplo.es"),
        ("HTTP://Ejemplo.es/Ruta?q=1#z", "http://ejemplo.es/Ruta?q=1#z"),
        ("//ejemplo.es", "https://ejemplo.es"),
        ("ejemplo.es:8080/x", "https://ejemplo.es:8080/x"),
        ("https://ejemplo.es:443/x", "https://ejemplo.es/x"),
        ("españa.es", "https://xn--espaa-rta.es"),
    ],
)
def test_url(text: str, url: str) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "ftp://a.es", "data:text/html,x", "mailto:a@b.es", "JaVaScRiPt:x"]
)
def test_only_web_schemes(text: str) -> None:
    with pytest.raises(Refusal, match="http"):
        parse_url(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "localhost:8000", "http://user:p@a.es", "http://[::1]", "http://[x", "http://a.es:99999", "http://127.0.0.1",
     "http://a .es", 'http://a.es/"onclick', "https://", "http://-a.es", "http://a.es/" + "x" * 2000],
)  # fmt: skip
def test_no_url(text: str) -> None:
    with pytest.raises(Refusal, match=r"www\.company\.com"):
        parse_url(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("España", "ES"), ("espana", "ES"), ("Spain", "ES"), ("ESP", "ES"), ("es", "ES"), (" México ", "MX"),
        ("EEUU", "US"), ("EE. UU.", "US"), ("Estados Unidos", "US"), ("USA", "US"), ("United States", "US"),
        ("Reino Unido", "GB"), ("UK", "GB"), ("GBR", "GB"), ("Perú", "PE"), ("Holanda", "NL"), ("Chequia", "CZ"),
        ("Costa de Marfil", "CI"), ("Côte d’Ivoire", "CI"), ("República Dominicana", "DO"),
    ],
)  # fmt: skip
def test_country(text: str, code: str) -> None:
    assert parse_country(text) == code


@pytest.mark.parametrize("text", ["", "xx", "Atlántida", "Unión Europea", "EU", "UN", "419"])
def test_no_country(text: str) -> None:
    assert find_country(text) is None
    with pytest.raises(Refusal, match="code such as ES"):
        parse_country(text)


@pytest.mark.parametrize("locale", ["es", "es-mx", "en"])
def test_every_country_is_understood_by_its_name(locale: str) -> None:
    for code, name in countries(locale).items():
        assert find_country(code) == code
        assert find_country(name) == code, name


def test_countries_are_in_the_order_of_their_names() -> None:
    names = list(countries("es").values())
    assert names[:3] == ["Afganistán", "Albania", "Alemania"]
    assert "España" in names
    assert 240 < len(names) < 270


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_email, parse_url, parse_country, lambda t: parse_phone(t, "ES")):
        with suppress(Refusal):
            parse(text)
