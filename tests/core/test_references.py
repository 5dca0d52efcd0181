"""References are written one way and read in every way people type them."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from coordina.core.references import Reference, find_reference, format_reference, parse_reference
from coordina.core.refusals import Refusal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("prefix", "number", "text"), [("OPP", 123, "OPP-000123"), ("OPP", 1234567, "OPP-1234567"), ("IN", 1, "IN-000001")]
)
def test_written(prefix: str, number: int, text: str) -> None:
    assert format_reference(prefix, number) == text
    assert str(Reference(prefix, number)) == text


@pytest.mark.parametrize(("prefix", "number"), [("OPP", 0), ("OPP", -1), ("opp", 1), ("O", 1), ("", 1)])
def test_not_written(prefix: str, number: int) -> None:
    with pytest.raises(ValueError, match="reference"):
        format_reference(prefix, number)


@pytest.mark.parametrize("text", ["OPP-000123", " opp-123 ", "opp 123", "opp123", "OPP–123"])
def test_found(text: str) -> None:
    assert find_reference(text) == Reference("OPP", 123)


@pytest.mark.parametrize("text", ["", "123", "OPP-", "OPP-000", "OPPORTUNITY-1", "Óptica 24", "OPP-1²"])
def test_not_found(text: str) -> None:
    assert find_reference(text) is None


def test_the_bare_number_will_do_in_its_own_series() -> None:
    assert parse_reference("123", "OPP") == parse_reference("OPP-123", "OPP") == 123


@pytest.mark.parametrize("text", ["", "ORD-1", "0", "x", "9" * 5000, "-3"])
def test_the_refusal_shows_an_example(text: str) -> None:
    with pytest.raises(Refusal, match="OPP-000123"):
        parse_reference(text, "OPP")
