"""Values inside JSON: the query spells them as the index does, so the index is used."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from coordina.core.filters import compile_filter, parse
from coordina.core.indexes import json_index
from coordina.core.jsonpath import JsonBool, JsonNumber, JsonText, is_slug
from coordina.core.keyset import page
from coordina.core.ordering import order_of
from tests.core.deals import FIELDS, NOW, VOCABULARY, Deal, Seller, asker, fill, tables

INDEXED = {"score": JsonNumber, "colour": JsonText, "agreed": JsonBool}
EXPLAIN = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seller]:
    with django_db_blocker.unblock(), tables():
        with connection.schema_editor() as editor:
            for key, kind in INDEXED.items():
                index = json_index(kind("custom", key), name=f"deal_{key}", vendor=connection.vendor)
                editor.add_index(Deal, index)
        seller = fill()
        Deal.objects.bulk_create(Deal(name="x", created_at=NOW, custom={"other": i}) for i in range(300))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE deals_deal")
        yield seller


def explained(listed: Any) -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return str(listed.explain()).lower()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("score = 3", "deal_score"),
        ("score >= 5", "deal_score"),
        ("score in (1, 2)", "deal_score"),
        ('colour = "red"', "deal_colour"),
    ],
)
def test_a_filter_uses_the_index(text: str, index: str, world: Seller) -> None:
    listed = Deal.objects.filter(compile_filter(parse(text), VOCABULARY, asker(world)))
    assert listed.count() > 0
    plan = explained(listed.values("pk").order_by())
    assert index in plan
    assert "search" in plan or "index cond" in plan


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["score", "-score", "-colour"])
def test_a_sort_uses_the_index(text: str, world: Seller) -> None:
    by = order_of(text, FIELDS, Deal)
    first = page(Deal.objects.all(), by, size=5)
    assert page(Deal.objects.all(), by, after=first.next, size=5).ids
    with CaptureQueriesContext(connection) as captured:
        page(Deal.objects.all(), by, after=first.next, size=5)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{EXPLAIN[connection.vendor]} {captured[0]['sql']}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall()).lower()
    assert f"deal_{by.name}" in plan
    assert "sort key" not in plan
    assert "temp b-tree" not in plan


@pytest.mark.django_db
def test_values_of_another_type_count_as_none(world: Seller) -> None:
    Deal.objects.create(name="odd", created_at=NOW, custom={"score": "9", "agreed": "true", "colour": None})
    row = Deal.objects.annotate(
        n=JsonNumber(F("custom"), "score"), b=JsonBool(F("custom"), "agreed"), t=JsonText(F("custom"), "colour")
    ).get(name="odd")
    assert (row.n, row.b, row.t) == (None, None, None)


@pytest.mark.parametrize("key", ["", "a'b", "a.b", "A", "1a", "a-b", "a\n", "ä", "a" * 42, 'a"', "a$", "__a"])
def test_only_slugs_are_spelled_into_sql(key: str) -> None:
    assert not is_slug(key)
    with pytest.raises(ValueError, match="no slug"):
        JsonText("custom", key)
