"""Every error of pydantic becomes a sentence that names the field and says what would be right."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from django.utils import translation
from pydantic import AfterValidator, AnyHttpUrl, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic import create_model as create
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema

from coordina.core.messages import errors_of, invalid, sentence_of, shown


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


LIMITS = ["gt", "ge", "lt", "le", "multiple_of", "max_digits", "decimal_places", "whole_digits", "error"]
LIMITS += ["min_length", "max_length"]


class Colour(StrEnum):
    RED = "red"


def _no(_value: object) -> object:
    raise ValueError("The end is before the beginning.")


def _silent(_value: object) -> object:
    raise ValueError


def _custom(_value: object) -> object:
    raise PydanticCustomError("ours", "Only on weekdays.")


def wrong(kind: Any, value: object) -> str:
    """The one sentence about a value that a field of this kind does not take."""
    model = create("Model", x=(kind, ...))
    with pytest.raises(ValidationError) as error:
        model.model_validate({"x": value})
    sentences = errors_of(error.value, {"x": "Amount"})
    assert list(sentences) == ["x"]
    return " ".join(sentences["x"])


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (str, 5, "Write a text in Amount."),
        (Annotated[str, Field(min_length=2)], "a", "Amount needs at least 2 letters."),
        (Annotated[str, Field(min_length=1)], "", "Amount needs at least 1 letter."),
        (Annotated[str, Field(max_length=3)], "abcd", "Amount holds at most 3 letters."),
        (Annotated[str, Field(pattern="^a$")], "b", "Amount does not have the form it should have."),
        (int, "x", "Write a whole number in Amount, without decimals."),
        (int, 1.5, "Write a whole number in Amount, without decimals."),
        (int, None, "Write a whole number in Amount, without decimals."),
        (int, "9" * 5000, "The number in Amount is too large."),
        (float, "x", "Write a number in Amount."),
        (Decimal, "x", "Write a number in Amount."),
        (Decimal, "Infinity", "Write a number in Amount."),
        (Annotated[Decimal, Field(gt=0)], "0", "Amount has to be more than 0."),
        (Annotated[Decimal, Field(ge=1000)], "5", "Amount has to be 1,000 or more."),
        (Annotated[int, Field(lt=5)], 5, "Amount has to be less than 5."),
        (Annotated[int, Field(le=100)], 101, "Amount has to be 100 or less."),
        (Annotated[int, Field(multiple_of=5)], 7, "Amount goes in steps of 5."),
        (Annotated[Decimal, Field(decimal_places=2)], "1.234", "Amount holds at most 2 decimals."),
        (Annotated[Decimal, Field(max_digits=3)], "12345", "Amount holds at most 3 digits."),
        (
            Annotated[Decimal, Field(max_digits=4, decimal_places=2)],
            "123",
            "Amount holds at most 2 digits before the decimals.",
        ),
        (bool, "x", "Choose yes or no for Amount."),
        (Literal["a", "b"], "c", "Choose one of the options for Amount."),
        (Colour, "blue", "Choose one of the options for Amount."),
        (list[int], 5, "Amount takes a list of values."),
        (list[int], ["x", "y"], "Write a whole number in Amount, without decimals."),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "Amount takes at most 2 values."),
        (Annotated[list[int], Field(min_length=1)], [], "Amount needs at least 1 value."),
        (dict[str, int], 5, "Amount takes named values."),
        (date, "x", "Write a date in Amount, such as 2026-11-24."),
        (date, "2026-11-24T10:30", "Write a date alone in Amount, without a time."),
        (Annotated[date, Field(ge=date(2026, 1, 31))], "2026-01-01", "Amount has to be Jan 31, 2026 or later."),
        (Annotated[date, Field(lt=date(2026, 1, 31))], "2026-02-01", "Amount has to be before Jan 31, 2026."),
        (AwareDatetime, "x", "Write a date and a time in Amount, such as 2026-11-24 10:30."),
        (AwareDatetime, "2026-11-24T10:30", "Amount needs its time zone, such as 2026-11-24T10:30:00+01:00."),
        (AnyHttpUrl, "x", "Write a web address in Amount, such as https://company.com."),
        (AnyHttpUrl, "ftp://x.es", "Amount has to begin with http:// or https://."),
        (Annotated[int, AfterValidator(_no)], 1, "The end is before the beginning."),
        (Annotated[int, AfterValidator(_custom)], 1, "Only on weekdays."),
        (Annotated[int, AfterValidator(_silent)], 1, "Amount cannot be read. Look at what is written."),
        (type[int], 5, "Amount cannot be read. Look at what is written."),
    ],
)
def test_sentences(kind: Any, value: object, sentence: str) -> None:
    assert wrong(kind, value) == sentence


class Order(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")

    delivery: date
    lines: list[int] = []


def test_missing_and_unknown_fields() -> None:
    with pytest.raises(ValidationError) as error:
        Order.model_validate({"colour": 1, "lines": ["a", "b"]})
    assert errors_of(error.value, {"delivery": "Delivery date"}) == {
        "delivery": ["Delivery date is missing."],
        "lines": ["Write a whole number in lines, without decimals."],
        "colour": ["There is no field called “colour” here. Leave it out."],
    }
    assert invalid(error.value, {}).errors["delivery"] == ["delivery is missing."]


def test_data_that_is_no_object_is_about_the_whole_form() -> None:
    with pytest.raises(ValidationError) as error:
        Order.model_validate_json("{")
    assert errors_of(error.value, {}) == {"": ["The data is not valid JSON."]}


def test_every_type_of_pydantic_has_a_sentence_of_ours() -> None:
    for kind in core_schema.ErrorType.__args__:
        context = dict.fromkeys(LIMITS, 2)
        detail = ErrorDetails(type=kind, loc=(), msg="English", input=1, ctx=context)
        sentence = sentence_of(detail, "Amount")
        assert sentence
        assert "English" not in sentence
        assert "%(" not in sentence


def test_a_limit_that_only_looks_like_a_day_is_shown_as_it_is() -> None:
    detail = ErrorDetails(type="greater_than", loc=(), msg="", input=1, ctx={"gt": "2026-99-99"})
    assert sentence_of(detail, "Code") == "Code has to be more than 2026-99-99."


def test_limits_are_written_in_the_active_language() -> None:
    with translation.override("es"):
        assert shown(Decimal("1234.5")) == "1.234,5"
        assert shown(date(2026, 11, 24)) == "24 nov 2026"
    assert shown(datetime(2026, 11, 24, 10, 30, tzinfo=UTC)).startswith("11/24/26, 10:30")
    assert shown(True) == "True"
    assert shown("x") == "x"
