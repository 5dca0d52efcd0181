"""Tax ids are checked where the rules are known and taken as text elsewhere."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from coordina.core.refusals import Refusal
from coordina.core.tax_ids import RULES, TaxId, parse_tax_id, rule_of


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "country", "value", "kind"),
    [
        ("B-58378431", "ES", "B58378431", "NIF"),
        ("esb58378431", "es", "B58378431", "NIF"),
        ("12345678Z", "ES", "12345678Z", "NIF"),
        ("X1234567L", "ES", "X1234567L", "NIF"),
        ("136695976", "DE", "DE136695976", "VAT number"),
        ("DE 136 695 976", "DE", "DE136695976", "VAT number"),
        ("094259216", "GR", "EL094259216", "VAT number"),
        ("PT 501964843", "PT", "501964843", "NIF"),
        ("GODE561231GR8", "MX", "GODE561231GR8", "RFC"),
        ("213.123.432-1", "CO", "2131234321", "NIT"),
        ("20-26756539-3", "AR", "20267565393", "CUIT"),
        ("12.531.909-2", "CL", "125319092", "RUT"),
        ("20512333797", "PE", "20512333797", "RUC"),
    ],
)
def test_right(text: str, country: str, value: str, kind: str) -> None:
    assert parse_tax_id(text, country) == TaxId(value, kind, checked=True)


EUROPE = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV"]
EUROPE += ["MT", "NL", "PL", "RO", "SE", "SI", "SK"]


@pytest.mark.parametrize("country", sorted([*RULES, *EUROPE]))
def test_the_example_of_every_message_is_right(country: str) -> None:
    rule = rule_of(country)
    assert rule is not None
    assert parse_tax_id(rule.example, country).checked


@pytest.mark.parametrize(
    ("text", "country", "message"),
    [
        ("B58378432", "ES", "not a valid NIF: its check digit does not fit"),
        ("B5837", "ES", "too few or too many characters. Example: B58378431"),
        ("?58378431", "ES", "Write it like B58378431"),
        ("", "ES", "Write it like B58378431"),
        ("GODE5612", "MX", "not a valid RFC"),
        ("136695977", "DE", "not a valid VAT number: its check digit"),
    ],
)
def test_wrong(text: str, country: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        parse_tax_id(text, country)


@pytest.mark.parametrize("country", ["ZW", "", "??"])
def test_unknown_countries_take_any_text(country: str) -> None:
    assert parse_tax_id("  Reg.  12/B ", country) == TaxId("Reg. 12/B", "", checked=False)
    with pytest.raises(Refusal, match="at most 40 characters"):
        parse_tax_id("x" * 41, country)
    with pytest.raises(Refusal, match="at most 40 characters"):
        parse_tax_id(" ", country)
