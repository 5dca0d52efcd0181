"""Reading, writing and compiling filters: what comes back is what the words say."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordina.core.filters import (
    BadFilter,
    Form,
    Group,
    Joiner,
    Literal,
    Operator,
    Test,
    Vocabulary,
    compile_filter,
    every_test,
    parse,
    unparse,
)
from coordina.core.filters.ast import check
from coordina.core.filters.edit import added, at_place, replaced
from coordina.core.types import Kind
from tests.core.deals import FIELDS, NOW, VOCABULARY, ZONE, Company, Deal, Seller, Tagging, asker, field, fill, tables


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seller]:
    with django_db_blocker.unblock(), tables():
        yield fill()


def found(text: str, seller: Seller, vocabulary: Vocabulary = VOCABULARY) -> set[int]:
    """Numbers of the deals that a filter finds."""
    rows = Deal.objects.filter(compile_filter(parse(text), vocabulary, asker(seller)))
    return {int(name.removeprefix("Deal ")) for name in rows.values_list("name", flat=True)}


def where(condition: Any) -> set[int]:
    """Numbers of the deals for which plain Python says yes."""
    return {int(deal.name.removeprefix("Deal ")) for deal in Deal.objects.select_related("company") if condition(deal)}


# Text and tree -----------------------------------------------------------------------------------------------------

SHAPES = {
    "status = open": "status = open",
    "  STATUS=open AND amount>=1000 ": "STATUS = open",
    'a = "x" and b != 1 or c < 2.50': '(a = "x" and b != 1) or c < 2.50',
    "a = 1 and (b = 2 or c = 3)": "a = 1 and (b = 2 or c = 3)",
    "not (a = 1 or b = 2)": "not (a = 1 or b = 2)",
    "a not in (1, 2)": "not a in (1, 2)",
    "a is not empty and b is not set": "a is set and b is empty",
    "close_date in this_quarter": "close_date in this_quarter",
    "close_date in (this_quarter)": "close_date in this_quarter",
    "close_date >= -2w and d < today+30d": "close_date >= -2w and d < today+30d",
    "a = 2026-11-22 and b in 2026-q4 and c = 2026-11": "a = 2026-11-22 and b in 2026-q4 and c = 2026-11",
    'company.city in ("Quito",\'': None,
    r'a = "quo\"te \\ and \n"': r'a = "quo\"te \\ and n"',
    "tags has 3": "tags has 3",
    "((a = 1))": "a = 1",
    "": "",
}


@pytest.mark.parametrize(("text", "canonical"), [(t, c) for t, c in SHAPES.items() if c is not None])
def test_canonical_text(text: str, canonical: str) -> None:
    written = unparse(parse(text))
    if "STATUS" in text:
        assert written == "status = open and amount >= 1000"
    else:
        assert written == canonical
    assert parse(written) == parse(text)


def test_blank_text_asks_for_everything() -> None:
    assert parse(" \n ") is None
    assert list(every_test(None)) == []
    assert compile_filter(None, VOCABULARY, asker(Seller(pk=1))) == Q()


def test_every_test_of_a_tree_from_left_to_right() -> None:
    assert [t.field for t in every_test(parse("a = 1 and (b = 2 or not c = 3)"))] == ["a", "b", "c"]


WORDS = st.sampled_from(["open", "me", "today+30d", "-2w", "this_quarter", "2026-11-22", "2026-q1", "x.y", "T"])
LITERALS = st.one_of(
    st.builds(Literal, st.just(Form.WORD), WORDS),
    st.builds(Literal, st.just(Form.NUMBER), st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", fullmatch=True)),
    st.builds(
        Literal,
        st.just(Form.TEXT),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"\\\n\t '), max_size=12),
    ),
)
NAMES = st.sampled_from(["amount", "company.city", "a1", "in_house", "x_"])
SIGNS = st.sampled_from([o for o in Operator if o not in (Operator.IN, Operator.EMPTY, Operator.SET)])
TESTS = st.one_of(
    st.builds(Test, NAMES, SIGNS, st.tuples(LITERALS)),
    st.builds(Test, NAMES, st.sampled_from([Operator.EMPTY, Operator.SET])),
    st.builds(Test, NAMES, st.just(Operator.IN), st.lists(LITERALS, min_size=1, max_size=4).map(tuple)),
)
TREES = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(Group, st.just(Joiner.NOT), st.tuples(inner)),
        st.builds(Group, st.sampled_from([Joiner.AND, Joiner.OR]), st.lists(inner, min_size=2, max_size=4).map(tuple)),
    ),
    max_leaves=12,
)


@given(tree=TREES)
@settings(max_examples=300, deadline=None)
def test_every_tree_survives_writing_and_reading(tree: Any) -> None:
    try:
        check(tree)
    except BadFilter:  # nested too deep
        with pytest.raises(BadFilter):
            parse(unparse(tree))
    else:
        assert parse(unparse(tree)) == tree


# Values and conditions -----------------------------------------------------------------------------------------------

TODAY = NOW.astimezone(ZONE).date()


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def between(value: Any, start: dt.date, end: dt.date) -> bool:
    return value is not None and start <= value < end


SAYS = {
    "status = open": lambda d: d.status == "open",
    "status = OPEN": lambda d: d.status == "open",
    "status != open": lambda d: d.status != "open",
    'status in (won, "lost")': lambda d: d.status in ("won", "lost"),
    "amount >= 1000": lambda d: d.amount is not None and d.amount >= 1000,
    "amount = 2000.50": lambda d: d.amount == Decimal("2000.50"),
    "amount != 2000.5": lambda d: d.amount != Decimal("2000.50"),
    "amount is empty": lambda d: d.amount is None,
    "not amount < 2000": lambda d: d.amount is None or d.amount >= 2000,
    "seats in (1, 2)": lambda d: d.seats in (1, 2),
    "seats not in (1, 2)": lambda d: d.seats not in (1, 2),
    "close_date < today+30d": lambda d: d.close_date is not None and d.close_date < day(30),
    "close_date = today": lambda d: d.close_date == TODAY,
    "close_date >= -2w and close_date <= tomorrow": lambda d: between(d.close_date, day(-14), day(2)),
    "close_date in this_quarter": lambda d: between(d.close_date, dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
    "close_date = last_month": lambda d: between(d.close_date, dt.date(2026, 10, 1), dt.date(2026, 11, 1)),
    "close_date > this_month": lambda d: d.close_date is not None and d.close_date >= dt.date(2026, 12, 1),
    "close_date in (2026-10, 2026-12)": lambda d: d.close_date and d.close_date.month in (10, 12),
    "close_date in next_year": lambda d: between(d.close_date, dt.date(2027, 1, 1), dt.date(2028, 1, 1)),
    "close_date in 2026": lambda d: between(d.close_date, dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    "close_date in 2026-q4": lambda d: between(d.close_date, dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
    "close_date in last_7_days": lambda d: between(d.close_date, day(-6), day(1)),
    "close_date in next_30_days": lambda d: between(d.close_date, day(0), day(30)),
    "close_date != today": lambda d: d.close_date != TODAY,
    "created_at = yesterday": lambda d: d.created_at.astimezone(ZONE).date() == day(-1),
    "created_at < now-10h": lambda d: d.created_at < NOW - dt.timedelta(hours=10),
    "created_at <= now": lambda d: d.created_at <= NOW,
    "created_at > now-1m": lambda d: d.created_at > NOW - dt.timedelta(days=31),
    "created_at in this_week": lambda d: between(
        d.created_at.astimezone(ZONE).date(), dt.date(2026, 11, 16), dt.date(2026, 11, 23)
    ),
    "created_at >= now-2d": lambda d: d.created_at >= NOW - dt.timedelta(days=2),
    "created_at <= 2026-11-20T10:30": lambda d: d.created_at <= dt.datetime(2026, 11, 20, 10, 30, tzinfo=ZONE),
    "key = true": lambda d: d.key,
    "key != true": lambda d: not d.key,
    "company = 1": lambda d: d.company_id == 1,
    "company in (1, 2)": lambda d: d.company_id in (1, 2),
    "company is empty": lambda d: d.company_id is None,
    "owner = me": lambda d: d.owner_id == 1,
    "owner != me": lambda d: d.owner_id != 1,
    "tags has 3": lambda d: 3 in d.tags,
    "not tags has 1": lambda d: 1 not in d.tags,
    "tags != 1": lambda d: 1 not in d.tags,
    "tags in (2, 3)": lambda d: {2, 3} & d.tags,
    "tags is empty": lambda d: not d.tags,
    "tags is set": lambda d: d.tags,
    'name ~ "DEAL 1"': lambda d: "Deal 1" in d.name,
    'name = "Deal 1"': lambda d: d.name == "Deal 1",
    'notes ~ "50%"': lambda d: "50%" in d.notes,
    "notes is empty": lambda d: not d.notes,
    "memo is set": lambda d: d.notes,
    "score >= 3": lambda d: isinstance(d.custom.get("score"), int) and d.custom["score"] >= 3,
    "score != 3": lambda d: d.custom.get("score") != 3,
    "score is empty": lambda d: not isinstance(d.custom.get("score"), int),
    'colour = "red"': lambda d: d.custom.get("colour") == "red",
    'colour ~ "RE"': lambda d: d.custom.get("colour") == "red",
    'colour not in ("red", "blue")': lambda d: d.custom.get("colour") not in ("red", "blue"),
    "colour is empty": lambda d: not d.custom.get("colour"),
    "renewal > today+10d": lambda d: "renewal" in d.custom and d.custom["renewal"] > str(day(10)),
    "agreed = true": lambda d: d.custom.get("agreed") is True,
    "agreed = false": lambda d: d.custom.get("agreed") is False,
}


@pytest.mark.django_db
@pytest.mark.parametrize("text", SAYS)
def test_finds_what_it_says(text: str, world: Seller) -> None:
    tags = {deal.pk: set[int]() for deal in Deal.objects.all()}
    for row in Tagging.objects.all():
        tags[row.deal_id].add(row.tag)

    def says(deal: Deal) -> bool:
        deal.tags = tags[deal.pk]
        return bool(SAYS[text](deal))

    expected = where(says)
    assert found(text, world) == expected
    assert 0 < len(expected) < 40, "a test that cannot tell"
    assert found(f"not ({text})", world) == set(range(40)) - expected


@pytest.mark.django_db
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_groups_are_set_algebra(data: st.DataObject, world: Seller) -> None:
    one, two, three = (data.draw(st.sampled_from(sorted(SAYS))) for _ in range(3))
    a, b, c = (found(text, world) for text in (one, two, three))
    assert found(f"({one}) and ({two}) or not ({three})", world) == (a & b) | (set(range(40)) - c)
    assert found(f"({one}) and (({two}) or not ({three}))", world) == a & (b | (set(range(40)) - c))


# What one may not know ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("text", ['company.city = "Quito"', 'company.name ~ "C"', 'company.city in ("Quito", "Lima")'])
def test_far_conditions_hold_only_for_visible_companies(text: str, world: Seller) -> None:
    visible = set(Company.objects.visible_to(world).values_list("pk", flat=True))
    assert found(text, world)
    assert found(text, world) <= where(lambda d: d.company_id in visible)
    blind = Seller(pk=9, teams=[])
    assert found(text, blind) == set()
    assert found(text.replace("company", "not company", 1), blind) == set(range(40))


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_a_hidden_field_does_not_exist(world: Seller) -> None:
    entitled = Seller(pk=1, teams=[1], permissions=["see_cost", "see_margin"])
    assert found("cost >= 1000", entitled) == found("amount >= 1000", world)
    assert found("company.margin = 1", entitled)
    for text in ("cost >= 1000", "company.margin = 1", "cosst = 1", "closed = true"):
        with pytest.raises(BadFilter) as caught:
            found(text, world)
        message = str(caught.value)
        assert message.startswith("There is no field")
        assert "cost?" not in message
        assert "cost," not in message


@pytest.mark.django_db
def test_a_declared_far_field_is_as_hidden_as_what_it_shows(world: Seller) -> None:
    fields = FIELDS | {"company.margin": field("company.margin", Kind.DECIMAL, path="company__team")}
    both = Vocabulary(model=Deal, fields=fields, far=VOCABULARY.far)
    with pytest.raises(BadFilter):
        found("company.margin = 1", world, both)
    assert found("company.margin = 1", Seller(pk=1, teams=[1], permissions=["see_margin"]), both)
    secret = FIELDS | {"company": field("company", Kind.REF, to=Company, permission="see_companies")}
    hidden = Vocabulary(model=Deal, fields=secret)
    with pytest.raises(BadFilter):
        found('company.city = "Quito"', world, hidden)
    assert found('company.city = "Quito"', Seller(pk=1, teams=[1], permissions=["see_companies"]), hidden)
    alone = Vocabulary(model=Deal, fields={"company.city": FIELDS["company.city"]})
    assert found('company.city = "Quito"', world, alone)


def test_paths_that_leave_the_rows_are_bugs_of_a_declaration() -> None:
    for bad in (
        field("x", Kind.TEXT, path="tag__name", many=FIELDS["tags"].many),
        field("x", Kind.TEXT, path="name__regex"),
        field("x", Kind.TEXT, path="nothing__name"),
    ):
        with pytest.raises(ImproperlyConfigured):
            compile_filter(parse('x = "a"'), Vocabulary(model=Deal, fields={"x": bad}), asker(Seller(pk=1)))


# Editing a sentence --------------------------------------------------------------------------------------------------


def test_conditions_are_added_replaced_and_removed_by_place() -> None:
    tree = parse("a = 1 and (b = 2 or not c = 3)")
    new = parse("d is set")
    assert tree is not None
    assert new is not None
    assert unparse(at_place(tree, (1, 1, 0))) == "c = 3"
    assert at_place(tree, (4,)) is None
    assert unparse(replaced(tree, (1, 0), new)) == "a = 1 and (d is set or not c = 3)"
    assert unparse(replaced(tree, (1, 1, 0), None)) == "a = 1 and b = 2"
    assert unparse(replaced(tree, (0,), None)) == "b = 2 or not c = 3"
    assert replaced(tree, (), None) is None
    assert replaced(tree, (7, 1), None) == tree
    assert unparse(added(tree, new)) == "a = 1 and (b = 2 or not c = 3) and d is set"
    assert unparse(added(tree, new, Joiner.OR)) == "(a = 1 and (b = 2 or not c = 3)) or d is set"
    assert added(None, new) == new
