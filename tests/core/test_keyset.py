"""Lists by position: every row once, in order, on both databases and in both directions."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordina.core.filters import BadFilter
from coordina.core.keyset import Page, bounded_count, page, rows
from coordina.core.ordering import Order, order_of
from coordina.core.types import Kind
from tests.core.deals import FIELDS, NOW, Deal, Seller, Tagging, field, fill, tables

SORTS = ["name", "status", "amount", "seats", "close_date", "created_at", "key", "score", "colour", "renewal"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seller]:
    with django_db_blocker.unblock(), tables():
        yield fill()


def order(text: str, seller: Seller | None = None) -> Order:
    actor = seller or Seller(pk=1)
    return order_of(text, {n: f for n, f in FIELDS.items() if not f.permission or actor.may(f.permission)}, Deal)


def walk(listed: Any, by: Order, size: int) -> list[Page]:
    """All pages from the first to the last."""
    pages = [page(listed, by, size=size)]
    while pages[-1].next:
        pages.append(page(listed, by, after=pages[-1].next, size=size))
        assert len(pages) < 200
    return pages


def whole(by: Order) -> list[int]:
    """The ids as Python sorts them: none last either way, ties by id."""
    values = dict(Deal.objects.values_list("pk", by.value))
    if by.name == "name" and connection.vendor == "postgresql":  # the database's own alphabet
        return list(Deal.objects.order_by(*by.terms()).values_list("pk", flat=True))
    full = sorted(((v, pk) for pk, v in values.items() if v is not None), reverse=by.descending)
    none = sorted((pk for pk, v in values.items() if v is None), reverse=by.descending)
    return [pk for _value, pk in full] + none


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3, 7, 39, 40, 100])
@pytest.mark.parametrize("text", [sign + name for name in SORTS for sign in ("", "-")])
def test_walks_all_rows_once_both_ways(text: str, size: int, world: Seller) -> None:
    by = order(text)
    expected = whole(by)
    assert list(Deal.objects.order_by(*by.terms()).values_list("pk", flat=True)) == expected
    assert list(Deal.objects.order_by(*by.terms(backward=True)).values_list("pk", flat=True)) == expected[::-1]
    pages = walk(Deal.objects.all(), by, size)
    assert [pk for p in pages for pk in p.ids] == expected
    assert len(pages) == -(-40 // size)
    assert not pages[0].previous
    for earlier, later in pairwise(pages):
        back = page(Deal.objects.all(), by, before=later.previous, size=size)
        assert back.ids == earlier.ids
        assert back.next == earlier.next
        assert bool(back.previous) == bool(earlier.previous)


@pytest.mark.django_db
@given(
    amounts=st.lists(
        st.none() | st.decimals(-100, 100, places=2) | st.sampled_from([Decimal(0), Decimal(1)]), max_size=12
    ),
    size=st.integers(1, 5),
    text=st.sampled_from(["amount", "-amount"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_values_with_gaps_and_ties(amounts: list[Decimal | None], size: int, text: str, world: Seller) -> None:
    Deal.objects.filter(team=77).delete()
    Deal.objects.bulk_create([Deal(name="x", amount=a, team=77, created_at=NOW) for a in amounts])
    listed = Deal.objects.filter(team=77)
    ids = [pk for p in walk(listed, order(text), size) for pk in p.ids]
    assert sorted(ids) == sorted(listed.values_list("pk", flat=True))
    stored = dict(listed.values_list("pk", "amount"))
    values = [stored[pk] for pk in ids]
    full = [v for v in values if v is not None]
    assert full == sorted(full, reverse=text[0] == "-")
    assert values == full + [None] * (len(values) - len(full))
    listed.delete()


@pytest.mark.django_db
def test_a_row_that_goes_or_comes_between_two_pages_disturbs_no_other(world: Seller) -> None:
    by = order("-created_at")
    first = page(Deal.objects.all(), by, size=10)
    expected = whole(by)
    Tagging.objects.filter(deal=first.ids[-1]).delete()
    Deal.objects.filter(pk=first.ids[-1]).delete()
    Deal.objects.create(name="Deal new", created_at=NOW + dt.timedelta(days=1))
    assert page(Deal.objects.all(), by, after=first.next, size=10).ids == tuple(expected[10:20])


@pytest.mark.django_db
def test_an_empty_page_still_leads_back(world: Seller) -> None:
    by = order("seats")
    first = page(Deal.objects.all(), by, size=10)
    nothing = page(Deal.objects.none(), by, after=first.next, size=10)
    assert nothing == Page((), next="", previous=first.next)
    assert page(Deal.objects.none(), by, size=10) == Page(())
    assert page(Deal.objects.all(), by, before=nothing.previous, size=10).ids == first.ids[:-1]


# Orders and marks that are not ours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "--amount",
        "nothing",
        "owner",
        "company",
        "notes",
        "cost",
        "-cost",
        "amount,name",
        "company__city",
        "pk",
    ],
)
def test_orders_that_are_refused(text: str) -> None:
    with pytest.raises(BadFilter) as caught:
        order(text)
    assert caught.value.status == 400


def test_a_hidden_field_sorts_for_those_who_may_know_it() -> None:
    assert str(order("-cost", Seller(pk=1, permissions=["see_cost"]))) == "-cost"


def test_a_sortable_path_over_a_relation_is_a_bug_of_the_declaration() -> None:
    fields = {"city": field("city", Kind.TEXT, path="company__city", sortable=True)}
    with pytest.raises(ImproperlyConfigured):
        order_of("city", fields, Deal)


def marks() -> Iterator[str]:
    """Marks that somebody made up, changed, or took from elsewhere."""
    good = page(Deal.objects.all(), order("-amount"), size=3).next
    yield from (good[:-1], good + "x", good[1:], "x", ":", "é", good.replace(":", ""), "a" * 5000, "\x00", good[::-1])
    for index in range(0, len(good), 5):
        yield good[:index] + ("A" if good[index] != "A" else "B") + good[index + 1 :]
    yield page(Deal.objects.all(), order("amount"), size=3).next
    yield page(Deal.objects.all(), order("seats"), size=3).next
    yield signing.Signer(salt="elsewhere").sign_object(["-amount", "1", 1])
    ours = signing.Signer(salt="coordina.keyset")
    for made in (None, [], ["-amount"], {}, ["-amount", "x", 1], ["-amount", "1", "1"], ["-amount", "1", 2**63]):
        yield ours.sign_object(made)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.django_db
def test_marks_that_are_not_ours_are_refused(world: Seller) -> None:
    count = 0
    for mark in marks():
        for said in ({"after": mark}, {"before": mark}):
            with pytest.raises(BadFilter) as caught:
                page(Deal.objects.all(), order("-amount"), size=3, **said)
            assert (caught.value.status, caught.value.at) == (400, None)
            count += 1
    assert count > 50
    good = page(Deal.objects.all(), order("-amount"), size=3).next
    with pytest.raises(BadFilter):
        page(Deal.objects.all(), order("-amount"), after=good, before=good, size=3)
    none = signing.Signer(salt="coordina.keyset").sign_object(["name", None, 1])
    with pytest.raises(BadFilter):  # a column that is never empty
        page(Deal.objects.all(), order("name"), after=none, size=3)


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_page_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        page(Deal.objects.none(), order("name"), size=size)


# The second step, counting, cost -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_columns_come_in_the_order_of_the_ids(world: Seller) -> None:
    ids = page(Deal.objects.all(), order("-seats"), size=12).ids
    got = rows(Deal, (*ids, 10**9), "seats", "company__name")
    assert [row[0] for row in got] == list(ids)
    assert [row[1] for row in got] == sorted((row[1] for row in got), reverse=True)


@pytest.mark.django_db
def test_counting_stops_at_a_limit(world: Seller) -> None:
    assert bounded_count(Deal.objects.all(), 100) == (40, False)
    assert bounded_count(Deal.objects.all(), 40) == (40, False)
    assert bounded_count(Deal.objects.order_by("name"), 10) == (10, True)
    assert bounded_count(Deal.objects.none()) == (0, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "queries"), [("-created_at", 1), ("-amount", 2)])
def test_one_query_a_page_and_one_more_where_values_end(text: str, queries: int, world: Seller) -> None:
    for listed in (Deal.objects.filter(pk__lt=0), Deal.objects.filter(pk=1), Deal.objects.filter(team=1)):
        with CaptureQueriesContext(connection) as captured:
            page(listed, order(text), size=80)
        assert len(captured) == queries
    with CaptureQueriesContext(connection) as captured:
        page(Deal.objects.all(), order(text), size=5)
    assert len(captured) == 1


def plan(listed: Any, by: Order, **said: Any) -> list[str]:
    """Query plans of all queries of a page, in small letters."""
    with CaptureQueriesContext(connection) as captured:
        page(listed, by, **said)
    plans = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        for query in captured:
            words = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{words} {query['sql']}".replace("%", "%%"))
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()).lower())
    return plans


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "index"), [("-amount", "deal_amount"), ("amount", "deal_amount"), ("-created_at", "deal_created")]
)
def test_a_page_is_a_stretch_of_one_index(text: str, index: str, world: Seller) -> None:
    listed, by = Deal.objects.filter(team=1), order(text)
    first = page(listed, by, size=4)
    second = page(listed, by, after=first.next, size=4)
    empty = page(listed, by, after=second.next, size=30)
    for said in ({}, {"after": first.next}, {"before": second.previous}, {"after": empty.previous}):
        for told in plan(listed, by, size=4, **said):
            assert index in told
            assert "sort" not in told.replace("incremental sort", "sort")
            assert "temp b-tree" not in told
            if connection.vendor == "sqlite":
                assert ("(team=? and" if said or "amount" in text else "(team=?") in told
