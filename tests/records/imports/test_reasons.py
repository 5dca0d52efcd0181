"""Every reason has a text whose placeholders are given wherever it is made."""

import re

import pytest
from django.utils import translation

from coordina.records.imports.reasons import LONGEST_QUOTE, MESSAGES, Code, Severity, because, from_json


@pytest.mark.parametrize("code", list(Code))
def test_every_reason_has_a_text(code: Code) -> None:
    with translation.override("en"):
        names = re.findall(r"%\((\w+)\)s", str(MESSAGES[code]))
        text = str(because(code, **dict.fromkeys(names, "x")))
    assert text.endswith(".")
    assert "%" not in text


def test_a_reason_is_stored_and_comes_back() -> None:
    reason = because(Code.ROW_LONG, found=5, expected=3)
    assert from_json(reason.as_json()) == reason
    assert reason.severity is Severity.ERROR
    with pytest.raises(ValueError, match="nonsense"):
        from_json({"code": "nonsense"})


def test_messages_do_not_grow_with_the_file() -> None:
    reason = because(Code.BOOL_UNREADABLE, value="x\n" * 100_000)
    assert len(str(reason.parameters["value"])) <= LONGEST_QUOTE
    assert "\n" not in str(reason.parameters["value"])
