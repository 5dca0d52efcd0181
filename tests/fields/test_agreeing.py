"""Processes agree, indexes are used, hidden fields are nowhere, two people's values do not undo each other."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from coordina.accounts import definitions
from coordina.accounts.models import Role, User
from coordina.core import growing
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.keyset import page
from coordina.core.ordering import order_of
from coordina.core.refusals import Conflict
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.fields import actions
from coordina.records.search.index import differences
from coordina.records.vocabularies import vocabulary_of
from tests.fields.conftest import Define, found, settle
from tests.world import World

pytestmark = pytest.mark.django_db


def asked(captured: Any) -> int:
    """Queries of the list itself; the bell asks when it likes."""
    return sum("activity_bell" not in query["sql"] for query in captured)


def test_a_process_that_saw_nothing_knows_at_its_next_request(world: World, define: Define) -> None:
    define("Plan")
    growing.forget()
    assert "x_plan" not in TYPES["company"].fields
    client = world.client(world.boss)
    assert "Plan" in client.get("/companies/new/").content.decode()
    assert "x_plan" in TYPES["company"].fields


def test_it_costs_no_query_more(world: World, define: Define, django_assert_num_queries: Any) -> None:
    world.create(Company, name="A")
    client = world.client(world.boss)
    url = "/companies/?cols=name,city"
    client.get(url)
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
        count = asked(before)
    for name in ("Plan", "Zona", "Nota"):
        define(name)
    client.get("/companies/?cols=name,x_plan,x_zona,x_nota")  # statements are compiled at their first use
    with CaptureQueriesContext(connection) as after:
        client.get("/companies/?cols=name,x_plan,x_zona,x_nota")
        assert asked(after) == count


def test_a_definition_that_was_rolled_back_is_forgotten(world: World, define: Define) -> None:
    from django.db import transaction

    define("Plan")
    mark = definitions.mark()
    sid = transaction.savepoint_create()
    define("Nunca")
    assert "x_nunca" in TYPES["company"].fields
    transaction.savepoint_rollback(sid)
    assert definitions.mark() == mark
    definitions.agree()
    assert "x_nunca" not in TYPES["company"].fields
    assert "x_plan" in TYPES["company"].fields


@pytest.mark.parametrize(
    ("kind", "text", "extra"),
    [
        ("text", '{} = "v7"', {}),
        ("integer", "{} >= 290", {}),
        ("date", "{} > 2026-12-30", {}),
        ("choice", "{} = raro", {"choices": ["Usual", "Raro"]}),
        ("choices", "{} has raro", {"choices": ["Usual", "Raro"]}),
        ("bool", "{} = true", {}),
    ],
)
def test_a_filter_uses_the_index(world: World, define: Define, kind: str, text: str, extra: dict[str, Any]) -> None:
    field = define("Campo", kind, indexed=True, **extra)
    values = {
        "text": lambda n: f"v{n}", "integer": lambda n: n, "date": lambda n: f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}",
        "choice": lambda n: "raro" if n == 5 else "usual", "choices": lambda n: ["raro"] if n == 5 else ["usual"],
        "bool": lambda n: n == 5,
    }[kind]  # fmt: skip
    from coordina.ledger.change_sets import change_set

    with change_set(by=world.boss, at=timezone.now(), via="system"):
        Company.objects.bulk_create(Company(name=f"E{n}", custom={field.slug: values(n)}) for n in range(300))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_company")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    asker = Asker(user=world.boss, now=timezone.now(), time_zone=timezone.get_current_timezone())
    known = TYPES["company"]
    rows = Company.objects.filter(compile_filter(parse(text.format(field.slug)), vocabulary_of(known), asker))
    plan = rows.order_by().values("pk").explain().lower()
    assert f"cf{field.pk}_" in plan
    if known.fields[field.slug].sortable:
        from django.test.utils import CaptureQueriesContext

        by = order_of(f"-{field.slug}", known.known_to(world.boss), Company)
        mark = page(Company.objects.all(), by, size=5).next
        with CaptureQueriesContext(connection) as captured:
            page(Company.objects.all(), by, after=mark, size=5)
        explain = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}[connection.vendor]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"{explain} {captured[0]['sql']}")
            walk = "\n".join(str(row[-1]) for row in cursor.fetchall()).lower()
        assert f"cf{field.pk}_" in walk
        assert "temp b-tree" not in walk
        assert "sort key" not in walk


def test_a_filter_says_when_it_is_not_ready(world: World, define: Define) -> None:
    field = define("Plan")
    client = world.client(world.boss)
    answer = client.get("/companies/", {"q": "x_plan = oro"})
    assert answer.status_code == 400
    assert "no filtran por «Plan»" in answer.content.decode()
    world.act(actions.set_indexed, pk=field.pk, indexed=True)
    assert "se está preparando" in client.get("/companies/", {"q": "x_plan = oro"}).content.decode()
    settle()
    assert client.get("/companies/", {"q": "x_plan = oro"}).status_code == 200
    world.act(actions.set_indexed, pk=field.pk, indexed=False)
    settle()
    assert client.get("/companies/", {"q": "x_plan = oro"}).status_code == 400


def test_a_hidden_field_is_nowhere(world: World, define: Define) -> None:
    field = define("Margen", indexed=True)
    canary = "CanarioMargen"
    obj = world.create(Company, by=world.rep, name="Óptica", x_margen=canary)
    boss = Role.objects.get(slug="administrator")
    world.act(actions.set_seen_by, pk=field.pk, roles=[boss.pk])
    settle()
    assert "Margen" in world.client(User.objects.get(pk=world.boss.pk)).get(f"/companies/{obj.pk}/").content.decode()
    client = world.client(world.rep)
    for url in (f"/companies/{obj.pk}/", f"/companies/{obj.pk}/edit/", f"/companies/{obj.pk}/history/",
                "/companies/?cols=name,x_margen", "/companies/new/", "/search/?q=CanarioMargen",
                "/companies/?sort=x_margen", "/companies/?q=x_margen is set", "/companies/?add=x_margen"):  # fmt: skip
        text = client.get(url).content.decode()
        if "search" in url:
            assert "Óptica" not in text
            continue
        assert canary not in text, url
        assert ">Margen" not in text, url
    file = b"".join(client.get("/companies/export/?cols=name,x_margen").streaming_content).decode()
    assert canary not in file
    inline = client.post(f"/companies/{obj.pk}/edit/x_margen/", {"version": 1, "x_margen": "1"})
    assert inline.status_code in (404, 422)
    assert Company.objects.get(pk=obj.pk).custom == {"x_margen": canary}


def test_the_search_finds_texts_and_stays_true(world: World, define: Define) -> None:
    define("Apodo")
    world.create(Company, name="Óptica", x_apodo="Tirabuzón")
    other = world.create(Company, name="Otra")
    world.edit(other, x_apodo="Carambola")
    client = world.client(world.boss)
    for word in ("tirabuzón", "carambola"):
        assert "/companies/" in client.get("/search/", {"q": word}).content.decode()
    assert differences(TYPES["company"]) == 0


def test_two_fields_of_one_record_are_two_facts(world: World, define: Define) -> None:
    define("Uno")
    define("Dos")
    obj = world.create(Company, name="A", x_uno="1", x_dos="1")
    world.edit(obj, x_uno="2")
    first = ChangeSet.objects.latest("pk")
    world.edit(obj, x_dos="2")
    report = undo(first, by=world.boss, at=timezone.now())
    assert report.held == []
    assert Company.objects.get(pk=obj.pk).custom == {"x_uno": "1", "x_dos": "2"}
    from coordina.core.actions import standard
    from coordina.ledger.doors import submit

    edit: Any = standard(Company, "edit")
    now = Company.objects.get(pk=obj.pk).version
    world.edit(obj, x_uno="3")
    submit(edit, {"x_dos": "3"}, by=world.boss, via="web", pk=obj.pk, version=now)
    with pytest.raises(Conflict):
        submit(edit, {"x_uno": "4"}, by=world.boss, via="web", pk=obj.pk, version=now)
    assert Company.objects.get(pk=obj.pk).custom == {"x_uno": "3", "x_dos": "3"}


def test_a_reference_leads_only_where_one_may_see(world: World, define: Define) -> None:
    from coordina.core.refusals import Invalid

    define("Distribuidor", "ref", to="company")
    with pytest.raises(Invalid):
        world.create(Company, name="A", x_distribuidor=999_999)


def test_threads_see_whole_definitions(world: World, define: Define) -> None:
    define("Uno")
    seen: list[bool] = []
    readers = [threading.Thread(target=lambda: seen.append("x_uno" in TYPES["company"].fields)) for _ in range(4)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert seen == [True] * 4


def test_not_is_the_exact_opposite(world: World, define: Define) -> None:
    define("Zona", indexed=True)
    world.create(Company, name="A", x_zona="Norte")
    world.create(Company, name="B")
    assert found(world, 'not x_zona = "Norte"') == {"B"}
