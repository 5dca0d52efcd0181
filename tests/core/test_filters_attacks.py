"""Whatever is typed: a filter is refused with a place and a reason, or it is harmless."""

import datetime as dt
import string
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coordina.core.filters import (
    BadFilter,
    Form,
    Group,
    Joiner,
    Labels,
    Literal,
    Operator,
    Test,
    compile_filter,
    parse,
    sentence,
    unparse,
)
from coordina.core.formats import Formats
from tests.core.deals import VOCABULARY, Deal, Seller, asker, fill, tables

FORMATS = Formats("es", "America/Guayaquil", "EUR", dt.date(2026, 11, 22))
REFUSED = {
    "a column of another model": 'owner__password = "x"',
    "a lookup": 'name__regex = "^D"',
    "a lookup on a text": 'name__icontains = "x"',
    "a relation by its path": 'company__city = "Quito"',
    "the primary key": "pk = 1",
    "the id": "id = 1",
    "a reverse relation": "tagging.tag = 1",
    "a dunder": "__class__ = 1",
    "an attribute": 'name.__class__ = "x"',
    "a way beyond a reference": 'owner.name = "Ana"',
    "a way beyond a far text": 'company.city.name = "x"',
    "a very long way": "company.a.b.c.d = 1",
    "a hidden field": "cost = 1",
    "a hidden far field": "company.margin = 1",
    "a field not for filters": "closed = true",
    "an unknown key inside JSON": "custom.score = 1",
    "JSON itself": 'custom = "x"',
    "parentheses without end": "(" * 4000,
    "too many levels of parentheses": "(" * 9 + "key = true" + ")" * 9,
    "too many nots": "not " * 9 + "key = true",
    "a deep bomb of nots": "not " * 900 + "key = true",
    "too many tests": " or ".join(["key = true"] * 51),
    "a long list": "seats in ({})".format(",".join("1" for _ in range(201))),
    "a long text": 'name = "{}"'.format("x" * 4000),
    "an empty list": "seats in ()",
    "a list with a hole": "seats in (1,,2)",
    "an open list": "seats in (1, 2",
    "an exponent": "amount = 1e400",
    "not a number": "amount = nan",
    "infinity": "amount = -inf",
    "hexadecimal": "seats = 0x10",
    "too many digits": "amount = " + "9" * 30,
    "a number beyond every column": "seats = " + "9" * 40,
    "a number longer than numbers": "amount = " + "9" * 400,
    "too many decimals": "amount = 1.001",
    "half a seat": "seats = 1.5",
    "a number inside JSON beyond bounds": "score = " + "9" * 30,
    "Arabic digits": "seats = ٣",
    "full-width digits": "seats = １",
    "a look-alike letter": "stаtus = open",  # Cyrillic а
    "full-width letters": "ｎame = 1",
    "an invisible letter": "na\u200bme = 1",
    "text turned round": "\u202ename = 1",
    "a null byte": 'name = "a\x00b"',
    "half a surrogate": 'name = "\ud800"',
    "an escape sequence": 'name = "\x1b[2J"',
    "years beyond": "close_date < today+99999y",
    "days beyond": "close_date < today+999999d",
    "years before": "close_date > -9999y",
    "hours beyond": "created_at > now-999999999h",
    "the last day there is": "close_date < 9999-12-31",
    "the first day there is": "created_at > 0001-01-01",
    "year zero": "close_date in 0000-01",
    "month thirteen": "close_date in 2026-13",
    "a day that never was": "close_date = 2026-02-30",
    "an hour that never was": "created_at < 2026-02-20T25:00",
    "hours of a date": "close_date < now-2h",
    "SQL after a value": "seats = 1; DROP TABLE deals_deal",
    "SQL as a comment": "seats = 1 -- or true",
    "SQL in a name": 'name"; DROP TABLE x; -- = 1',
    "SQL in single quotes": "name = 'x' OR '1'='1'",
    "a function": "amount = count(*)",
    "an open text": 'name = "abc',
    "a text ending in a backslash": 'name = "abc\\"',
    "an operator alone": "=",
    "no value": "name =",
    "a keyword as a value": "name = and",
    "a keyword as a field": "not = 1",
    "is not something": "name is not 3",
    "a field in quotes": '"name" = "x"',
    "no operator": "name and key = true",
    "months beyond": "created_at > now+9999m",
    "a way beyond what is hidden": "secret.name = 1",
    "two operators": "seats >= = 1",
    "an unknown operator": "seats == 1",
    "another unknown operator": "seats <> 1",
    "an operator that does not fit": 'amount ~ "1"',
    "an order of texts": 'name > "a"',
    "an order of states": "status > open",
    "equality of long texts": 'notes = "x"',
    "a part of what is not indexed": 'memo ~ "x"',
    "everything": 'name ~ ""',
    "blanks": 'name ~ "   "',
    "a list of a state": "key in (true, false)",
    "an unknown state": "status = opened",
    "a text for true": 'key = "true"',
    "one for true": "key = 1",
    "a name for a reference": 'owner = "Ana"',
    "a word for another model": "company = me",
    "an unknown word": "owner = everyone",
    "a negative id": "owner = -1",
    "a broken id": "owner = 1.5",
    "an id beyond bounds": "owner = 9999999999999999999",
    "to-many without to-many": "seats has 1",
    "a name for a tag": 'tags has "vip"',
    "is something": "name is null",
    "something left over": "key = true key = true",
    "a closing mark too many": "key = true)",
    "a mark alone": ",",
}

HARMLESS = {
    "SQL in a text": """name = "x' OR '1'='1" """,
    "SQL in a text, PostgreSQL style": 'name = "$$; DROP TABLE deals_deal; --"',
    "placeholders": 'name = "%s %(x)s ? :1 {0}"',
    "wild cards": 'name ~ "%_[a-z]*"',
    "a regular expression": 'name ~ "^(a+)+$"',
    "backslashes": r'name ~ "\\\\\\"',
    "accents and emoji": 'name = "Ñandú 🦤"',
    "turned text inside a text": 'name = "\u202eabc"',
    "a keyword as a text": 'name = "and"',
    "a year before SQLite minds": "close_date < 1900-01-01",
    "the last bound": "created_at > 2199-12-31",
    "leading zeros": "seats = 000000000000000001",
    "minus zero": "amount = -0",
    "the largest id": "owner = 999999999999999999",
    "the largest seats": "seats < 999999999999999999",
    "JSON with quotes": "colour = \"' || '$.x\"",
    "the most lists": "seats in ({})".format(",".join("1" for _ in range(200))),
    "the most levels": "not " * 8 + "key = true",
    "the most tests": " or ".join(["key = true"] * 50),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seller]:
    with django_db_blocker.unblock(), tables():
        yield fill()


def run(text: str, seller: Seller) -> list[int]:
    condition = compile_filter(parse(text), VOCABULARY, asker(seller))
    return list(Deal.objects.filter(condition).order_by("pk").values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_place_and_a_reason(name: str, world: Seller) -> None:
    text = REFUSED[name]
    with pytest.raises(BadFilter) as caught:
        run(text, world)
    refusal = caught.value
    assert (refusal.code, refusal.status, refusal.field) == ("filter", 400, "filter")
    assert refusal.at is not None
    assert 0 <= refusal.at <= len(text)
    assert str(refusal).strip()
    assert len(str(refusal)) < 300


@pytest.mark.django_db
@pytest.mark.parametrize("name", HARMLESS)
def test_harmless(name: str, world: Seller) -> None:
    run(HARMLESS[name], world)
    assert Deal.objects.count() == 40


def test_the_place_is_where_the_trouble_starts() -> None:
    seller = Seller(pk=1)
    for text, at in {
        "key = true and amont = 1": 15,
        "key = true and amount = abc": 24,
        "seats in (1, 2, x)": 16,
        "status = open and (key = true": 29,
        "status = open or status = ajar": 26,
    }.items():
        with pytest.raises(BadFilter) as caught:
            compile_filter(parse(text), VOCABULARY, asker(seller))
        assert caught.value.at == at


@pytest.mark.parametrize(
    "make",
    [
        lambda: Literal(Form.WORD, "a b"),
        lambda: Literal(Form.WORD, "and"),
        lambda: Literal(Form.NUMBER, "1e9"),
        lambda: Literal(Form.TEXT, "\x00"),
        lambda: Test("A__b c", Operator.EMPTY),
        lambda: Test("a", Operator.EQUAL),
        lambda: Test("a", Operator.EMPTY, (Literal(Form.NUMBER, "1"),)),
        lambda: Test("a", Operator.LESS, (Literal(Form.NUMBER, "1"),) * 2),
        lambda: Test("a", Operator.IN, (Literal(Form.NUMBER, "1"),) * 201),
        lambda: Group(Joiner.AND, ()),
        lambda: Group(Joiner.NOT, ()),
        lambda: Group(Joiner.OR, (Test("a", Operator.EMPTY),)),
    ],
)
def test_trees_made_by_hand_cannot_say_more(make: Any) -> None:
    with pytest.raises(BadFilter):
        make()


def test_caps_hold_for_trees_made_by_hand() -> None:
    test = Test("key", Operator.EMPTY)
    deep: Any = test
    for _ in range(2000):
        deep = Group(Joiner.NOT, (deep,))
    for tree in (deep, Group(Joiner.OR, (test,) * 51)):
        with pytest.raises(BadFilter):
            compile_filter(tree, VOCABULARY, asker(Seller(pk=1)))


WORDS = r"""
status amount seats close_date created_at company owner tags name notes score colour renewal key company.city
= != < <= > >= ~ in has is not and or ( ) , empty set open me true false today now this_quarter last_7_days
2026-11-22 2026 2026-q4 -2w today+30d 1 -5 1000.50 1e9 "Quito" "" "%" ' " \ ; -- 99999999999999999999
today+99999y next_9999_days
"""
PIECES = st.sampled_from(WORDS.split())
VALID = [
    'status = open and amount >= 1000 and close_date < today+30d and company.city in ("Quito", "Lima") and owner = me',
    'not (tags has 3 or name ~ "Deal") and created_at in this_month and score > 2 or colour is empty',
    "renewal in (this_year, next_quarter) and seats not in (1, 2) and key = true",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid filter with a few letters changed, dropped, doubled or added."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 6))
        new = draw(st.one_of(st.sampled_from(string.printable), st.text(max_size=3), PIECES))
        text = text[:at] + new + text[at + length :]
    return text


@pytest.mark.django_db
@given(text=st.one_of(st.text(max_size=60), mutated(), st.lists(PIECES, max_size=25).map(" ".join)))
@example(text="close_date in last_9999_days")
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_but_bad_filter_ever_comes_back(text: str, world: Seller) -> None:
    with suppress(BadFilter):
        run(text, world)
        assert parse(unparse(parse(text))) == parse(text)
        assert sentence(parse(text), VOCABULARY, asker(world), Labels(FORMATS)) or not text.strip()
