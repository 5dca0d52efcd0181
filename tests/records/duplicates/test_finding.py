"""Keys follow every write; twins are found by a few index hits; what one may not see is as if it were not there."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.core.derived import REBUILDS
from coordina.customers.models import Address, Company, Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.duplicates import pairs
from coordina.records.duplicates.deciding import MERGES, PARTINGS
from coordina.records.duplicates.declared import MATCHINGS, facts_of
from coordina.records.duplicates.lookup import twins_of
from coordina.records.models import DuplicatePair, MatchDue, MatchKey
from tests.world import World

REBUILD, DIFFERENCES = REBUILDS["duplicates"]


def kind() -> Any:
    return MATCHINGS["company"]


def twins(obj: Any, user: Any = None) -> list[int]:
    facts = facts_of(kind(), [obj.pk])[obj.pk]
    return [t.pk for t in twins_of(kind(), facts, but=[obj.pk], seen_by=user)]


def again(user: User) -> User:
    found: User = User.objects.for_request().get(pk=user.pk)
    return found


def own_only(world: World) -> None:
    """Let representatives see their own companies only."""
    role = Role.objects.get(slug="representative")
    with change_set(by=None, at=timezone.now(), via="system"):
        role.reach = role.reach | {"customers.view_company": "own", "customers.view_person": "own"}
        role.save()


def test_keys_follow_every_write(world: World) -> None:
    one = world.create(Company, name="Distribuciones Álamo, S.L.", city="Sevilla")
    assert DIFFERENCES() == 0
    address = world.create(Address, company=one, street="C/ Feria, 12")
    assert DIFFERENCES() == 0
    world.edit(one, name="Otra Cosa", phone="+34954111222")
    assert DIFFERENCES() == 0
    world.edit(address, street="Calle Larga 3")
    assert DIFFERENCES() == 0
    world.delete(address)
    assert DIFFERENCES() == 0
    world.delete(one)
    assert (DIFFERENCES(), MatchKey.objects.count()) == (0, 0)
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert DIFFERENCES() == 0
    assert MatchKey.objects.exists()


def test_a_rebuild_makes_the_same(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        Company.objects.bulk_create([Company(name=f"Brezo {n} Cedro") for n in range(70)])
    kept = sorted(MatchKey.objects.values_list("key", "object_id"))
    MatchKey.objects.all()[:1].get().delete()
    MatchKey.objects.create(key=5, type_id=MatchKey.objects.first().type_id, object_id=999)  # type: ignore[union-attr]  # there are some
    assert DIFFERENCES() == 2
    assert REBUILD() == len(kept)
    assert DIFFERENCES() == 0
    assert sorted(MatchKey.objects.values_list("key", "object_id")) == kept


def test_the_lookup_costs_four_queries_however_many_there_are(world: World) -> None:
    one = world.create(Company, name="Distribuciones Álamo", city="Sevilla")
    counts = []
    for number in range(3):
        world.create(Company, name="Distribuciones Álamo SLU", city="Sevilla", phone=f"+3495411122{number}")
        facts = facts_of(kind(), [one.pk])[one.pk]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = twins_of(kind(), facts, but=[one.pk], seen_by=again(world.rep))
        counts.append(len(seen))
        assert len(found) == number + 1
    assert len(set(counts)) == 1


def test_each_key_is_one_index_hit(world: World) -> None:
    world.create(Company, name="Distribuciones Álamo")
    sql = "SELECT key, object_id FROM records_matchkey WHERE key = 5 ORDER BY object_id DESC LIMIT 20"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table of three rows is read whole otherwise
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "match_key" in plan
    assert "B-TREE" not in plan and "Sort" not in plan


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_records_are_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing takes long: where it stood in a transaction, SQLite let nobody else write meanwhile."""
    judged, held = pairs.pairs_of, []

    def watched(*about: Any) -> Any:
        held.append(connection.in_atomic_block)
        return judged(*about)

    world.create(Company, name="Talleres Brezo", city="Sevilla")
    world.create(Company, name="Brezo Talleres", city="Sevilla")
    monkeypatch.setattr(pairs, "pairs_of", watched)
    assert pairs.look() == 2
    assert held and not any(held)
    assert DuplicatePair.objects.count() == 1


def test_the_queue_is_filled_and_follows(world: World) -> None:
    one = world.create(Company, name="Distribuciones Álamo, S.L.", city="Sevilla", phone="+34954111222")
    two = world.create(Company, name="ALAMO DISTRIBUCIONES", city="Sevilla", phone="954 11 12 22")
    world.create(Company, name="Talleres Brezo")
    assert pairs.look() == 3
    assert not MatchDue.objects.exists()
    [row] = DuplicatePair.objects.all()
    assert (row.low_id, row.high_id) == (one.pk, two.pk)
    assert row.score > 0.97
    world.edit(two, name="Cosa Distinta", phone="+34954999888", city="Cádiz")
    pairs.look()
    assert not DuplicatePair.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    pairs.look()
    assert DuplicatePair.objects.count() == 1
    world.delete(two)
    assert not DuplicatePair.objects.exists()


def test_a_decision_is_remembered_and_can_be_taken_back(world: World) -> None:
    one, two = (world.create(Company, name=f"Granja Olmo {n}", phone="+34954111222") for n in ("", "SL"))
    pairs.look()
    assert DuplicatePair.objects.count() == 1
    world.act(PARTINGS["company"], pk=one.pk, other=two.pk)
    assert not DuplicatePair.objects.exists()
    world.edit(one, name="Granja Olmo")
    pairs.look()
    assert not DuplicatePair.objects.exists()
    undo(ChangeSet.objects.filter(action="customers.tell_apart_company").get(), by=world.boss, at=timezone.now())
    assert DuplicatePair.objects.count() == 1


def test_merging_closes_the_pair_and_unmerging_opens_it(world: World) -> None:
    one, two = (world.create(Company, name=f"Granja Olmo {n}", phone="+34954111222") for n in ("", "SL"))
    pairs.look()
    world.act(MERGES["company"], pk=one.pk, others=[two.pk], take={})
    assert not DuplicatePair.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    pairs.look()
    assert DuplicatePair.objects.count() == 1


def test_keys_are_made_after_an_update_of_the_program(world: World) -> None:
    world.create(Company, name="Granja Olmo", phone="+34954111222")
    world.create(Company, name="Granja Olmo SL", phone="+34954111222")
    MatchKey.objects.all().delete()
    MatchDue.objects.all().delete()
    pairs.look()
    assert (DIFFERENCES(), DuplicatePair.objects.count()) == (0, 1)


def test_what_one_may_not_see_is_not_there(world: World) -> None:
    mine = world.create(Company, name="Canario Azul", phone="+34954111222", by=world.rep)
    theirs = world.create(Company, name="CANARIO AZUL SL", phone="+34954111222", by=world.other)
    pairs.look()
    assert twins(mine, again(world.rep)) == [theirs.pk], "companies are seen by all unless a role says otherwise"
    own_only(world)
    rep, other, boss = (again(u) for u in (world.rep, world.other, world.boss))
    assert twins(mine, rep) == []
    assert twins(mine, boss) == [theirs.pk]
    for user, count in ((rep, 0), (other, 0), (boss, 1)):
        assert pairs.count_open(kind(), user) == count
        assert len(pairs.open_pairs(kind(), user)) == count
        assert len(pairs.pairs_with(kind(), mine.pk, user)) == count


def test_people_are_compared_too(world: World) -> None:
    firm = world.create(Company, name="Nogal")
    one = world.create(Person, name="Iria Quintáns", company=firm)
    two = world.create(Person, name="Quintans, Iria", company=firm)
    pairs.look()
    row = DuplicatePair.objects.get()
    assert (row.low_id, row.high_id) == (one.pk, two.pk)
