"""Seals: whatever is done to the ledger by hand is found and named, untouched it verifies, erased it stays so."""

import json
import random
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coordina.accounts.models import User
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.erasing import erase_values
from coordina.ledger.models import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.models.seals import Seal
from coordina.ledger.sealing import making
from coordina.ledger.sealing.blocks import Reach, heads_of
from coordina.ledger.sealing.making import seal_all, seal_some, waiting
from coordina.ledger.sealing.salts import Salts
from coordina.ledger.sealing.verifying import Report, verify

from ..world import World

pytestmark = pytest.mark.django_db
LABEL = "customers.Company"


@pytest.fixture
def world() -> World:
    return World()


def live(world: World, draw: random.Random, steps: int = 12) -> None:
    """Some work: single writes, bulk writes, deletions."""
    for step in range(steps):
        what = draw.choice(("one", "edit", "many", "move", "gone"))
        keys = list(Company.objects.order_by("pk").values_list("pk", flat=True))
        with change_set(by=world.boss, at=timezone.now(), via=draw.choice(("web", "rest", "import")), action="x.y"):
            if what == "many":
                rows = [Company(name=f"C{step}-{n}", owner=world.boss, team=world.north) for n in range(60)]
                Company.objects.bulk_create(rows)
            elif what == "move" and len(keys) > 55:
                Company.objects.filter(pk__in=keys[:55]).update(city=f"Ciudad {step}")
            elif what == "gone" and keys:
                Company.objects.get(pk=draw.choice(keys)).delete()
            elif what == "edit" and keys:
                row = Company.objects.get(pk=draw.choice(keys))
                row.name = f"Otro {step}"
                row.save()
            else:
                Company.objects.create(name=f"Una {step}", owner=world.boss, team=world.north)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def named(report: Report) -> set[tuple[str, str, int]]:
    return {(f.what, f.model, f.pk) for f in report.findings}


def write_batch(pk: int, lines: list[Any]) -> None:
    data = zlib.compress("\n".join(json.dumps(x, separators=(",", ":"), ensure_ascii=False) for x in lines).encode(), 1)
    Batch.objects.filter(pk=pk).update(data=data)


def lines_of(pk: int) -> list[Any]:
    return [json.loads(x) for x in zlib.decompress(bytes(Batch.objects.get(pk=pk).data)).split(b"\n")]


def thin(batch: int, rows: list[Any]) -> None:
    """Somebody who knows the index as well."""
    number = BatchEntry.objects.filter(batch_id=batch).values_list("type_id", flat=True)[0]
    BatchEntry.objects.filter(batch_id=batch).delete()
    BatchEntry.objects.bulk_create(
        [BatchEntry(batch_id=batch, kind=row[1], type_id=number, object_id=row[0]) for row in rows]
    )


def tampered(draw: random.Random, choice: str) -> tuple[str, set[tuple[str, str, int]]]:
    """Do something to the ledger behind its back; gives what it was and what must be found."""
    singles = list(Change.objects.order_by("pk"))
    batches = list(Batch.objects.order_by("pk").values_list("pk", flat=True))
    one, other = draw.sample(singles, 2)
    batch = draw.choice(batches)
    lines = lines_of(batch)
    a, b = sorted(draw.sample(range(len(lines)), 2))
    if choice == "value":
        delta = json.loads(one.delta) | {"city": "Falsa"}
        Change.objects.filter(pk=one.pk).update(delta=json.dumps(delta))
        return choice, {("changed", one.model, one.object_id)}
    if choice == "gone":
        run("DELETE FROM ledger_change WHERE id = %s", one.pk)
        return choice, {("removed", one.model, one.object_id)}
    if choice == "insert":
        values = (one.change_set_id, one.model, 4711, "u", '{"city":["a","b"]}', 1)
        lowest = Change.objects.order_by("pk").values_list("pk", flat=True)[0]
        columns = "id, change_set_id, model, object_id, kind, delta, seq"
        run(f"INSERT INTO ledger_change ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s)", lowest - 1, *values)
        return choice, {("inserted", one.model, 4711)}
    if choice == "swap":  # further apart than a seal reaches, both are told as changed
        seal = next(x for x in Seal.objects.order_by("?") if (x.change_from or 0) < (x.change_to or 0))
        near = [row for row in singles if seal.change_from <= row.pk <= seal.change_to and row.erased is None]
        one, other = draw.sample(near, 2)
        columns = ("change_set_id", "model", "object_id", "kind", "delta", "seq")
        both = [{name: getattr(row, name) for name in columns} for row in (one, other)]
        if both[0] == both[1]:
            return "", set()
        Change.objects.filter(pk=one.pk).update(**both[1])
        Change.objects.filter(pk=other.pk).update(**both[0])
        return choice, {("reordered", one.model, one.object_id), ("reordered", other.model, other.object_id)}
    if choice == "seq":
        Change.objects.filter(pk=one.pk).update(seq=one.seq + 7)
        return choice, {("reordered", one.model, one.object_id)}
    if choice == "line":
        name = next(n for n in lines[a][2] if n != "version")
        lines[a][2][name] = ["x", "y"] if lines[a][1] == "u" else "x"
        write_batch(batch, lines)
        return choice, {("changed", LABEL, lines[a][0])}
    if choice == "line gone":
        gone = lines.pop(a)
        write_batch(batch, lines)
        thin(batch, lines)
        return choice, {("removed", LABEL, gone[0])}
    if choice == "line in":
        lines.insert(a, [987654, lines[a][1], lines[a][2]])
        write_batch(batch, lines)
        thin(batch, lines)
        return choice, {("inserted", LABEL, 987654)}
    if choice == "lines swapped":
        lines[a], lines[b] = lines[b], lines[a]
        write_batch(batch, lines)
        return choice, {("reordered", LABEL, lines[a][0]), ("reordered", LABEL, lines[b][0])}
    if choice == "batch gone":
        BatchEntry.objects.filter(batch_id=batch).delete()
        run("DELETE FROM ledger_batch WHERE id = %s", batch)
        return choice, {("removed", LABEL, row[0]) for row in lines}
    ChangeSet.objects.filter(pk=one.change_set_id).update(via="other")
    return choice, {("changed", "", 0)}


KINDS = (
    *("value", "gone", "insert", "swap", "seq", "line", "line gone", "line in", "lines swapped", "batch gone", "who"),
)


@pytest.mark.parametrize("seed", range(11))
def test_tampering_is_found_and_named_and_nothing_else(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    draw = random.Random(seed)
    monkeypatch.setattr(making, "SINGLE", draw.choice((3, 20, 1000)))
    monkeypatch.setattr(making, "transactions", lambda: (0, 0))  # nobody else is at work, so nothing is awaited
    live(world, draw, 14)
    with change_set(by=world.boss, at=timezone.now(), via="import", action="x.y"):
        Company.objects.bulk_create([Company(name=f"L{n}", owner=world.boss, team=world.north) for n in range(60)])
    run("DELETE FROM ledger_change WHERE id = (SELECT min(id) FROM ledger_change)")  # room below, before it is sealed
    seal_all()
    assert verify().wrong == 0
    if draw.random() < 0.5:
        pk = Company.objects.order_by("?").values_list("pk", flat=True)[0]
        with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase"):
            erase_values(LABEL, [pk])
        seal_all()
        report = verify()
        assert report.wrong == 0, report.findings
        assert report.erased
    what, expected = tampered(draw, KINDS[seed % len(KINDS)])
    record_property("tampered", what)
    found = named(verify())
    assert found == expected, (what, found ^ expected)


def test_an_erased_value_cannot_be_tried_out_and_verifies_as_erased(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
        company = Company.objects.create(name="Canaria", city="Lugo", owner=world.boss, team=world.north)
    seal_all()
    root = Seal.objects.get().root
    with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase"):
        erase_values(LABEL, [company.pk], {"name"})
    seal = Seal.objects.order_by("number")[0]
    assert seal.root == root
    salts = Salts.stored(seal.salts)
    leaf = next(n for n, own in salts.loose.items() if "city" in own)
    assert salts.one(leaf) is None
    assert "name" not in salts.loose[leaf]
    report = verify(anchor=root)
    assert report.wrong == 0
    assert sum(report.erased.values()) == 1
    row = Change.objects.get(model=LABEL, object_id=company.pk)
    Change.objects.filter(pk=row.pk).update(delta=row.delta.replace('"name":null', '"name":"Otra"'))
    assert named(verify()) == {("changed", LABEL, company.pk)}
    Change.objects.filter(pk=row.pk).update(delta=row.delta.replace("Lugo", "Vigo"))
    assert named(verify()) == {("changed", LABEL, company.pk)}


def test_an_erasure_without_a_change_set_is_named(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
        company = Company.objects.create(name="Canaria", owner=world.boss, team=world.north)
    seal_all()
    with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase") as journal:
        erase_values(LABEL, [company.pk], {"name"})
        made = journal.context["change_set"]
    ChangeSet.objects.filter(pk=made.pk).delete()
    assert {f.what for f in verify().findings} == {"unknown"}


def test_erased_twice_and_before_the_seal(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="import", action="x.y"):
        Company.objects.bulk_create(
            [Company(name=f"L{n}", city="Lugo", owner=world.boss, team=world.north) for n in range(70)]
        )
    keys = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    for sealed in (False, True):
        for columns in ({"name"}, {"city"}, None):
            with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase"):
                erase_values(LABEL, keys[5:8] if sealed else keys[:3], columns)
            assert verify().wrong == 0
        seal_all()
        assert verify().wrong == 0
    assert sum(verify().erased.values()) > 6


def test_broken_chains_are_told(world: World) -> None:
    for n in range(3):
        with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
            Company.objects.create(name=f"Una {n}", owner=world.boss, team=world.north)
        seal_all()
    roots = list(Seal.objects.order_by("number").values_list("root", flat=True))
    assert verify(anchor=roots[1]).wrong == 0
    assert [f.what for f in verify(anchor="f" * 64).findings] == ["seal"]
    Seal.objects.filter(number=3).delete()
    assert verify().wrong == 0  # without a root from outside nobody can know
    assert [f.what for f in verify(anchor=roots[2]).findings] == ["seal"]
    seal_all()
    Seal.objects.filter(number=2).delete()
    assert "seal" in {f.what for f in verify().findings}


def test_digests_are_covered_by_the_root(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
        Company.objects.create(name="Una", owner=world.boss, team=world.north)
    seal_all()
    seal = Seal.objects.get()
    Seal.objects.filter(pk=seal.pk).update(digests=bytes(seal.digests)[:-1] + b"x")
    assert "seal" in {f.what for f in verify().findings}


def test_killed_in_the_middle_it_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SINGLE", 4)
    live(world, random.Random(3), 20)
    seal_some()
    with transaction.atomic():
        seal_some()
        transaction.set_rollback(True)  # the process dies before it commits
    assert waiting()
    assert verify().wrong == 0
    seal_all()
    assert waiting() == 0
    assert verify().wrong == 0
    assert [s.number for s in Seal.objects.order_by("number")] == list(range(1, Seal.objects.count() + 1))


def test_half_an_import_sealed_and_the_rest_later(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="import", action="x.y", state="open") as journal:
        Company.objects.create(name="Una", owner=world.boss, team=world.north)
        row = journal.context["change_set"]
    seal_all()
    with change_set(by=world.boss, at=row.at, via="import", action="x.y", resume=row):
        Company.objects.create(name="Dos", owner=world.boss, team=world.north)
    ChangeSet.objects.filter(pk=row.pk).update(state="done")
    seal_all()
    assert waiting() == 0
    assert verify().wrong == 0


def test_what_a_seal_weighs(world: World, record_property: Any) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="import", action="x.y"):
        Company.objects.bulk_create(
            [Company(name=f"Óptica {n}", city="Lugo", owner=world.boss, team=world.north) for n in range(2000)]
        )
    made = seal_all()
    size = sum(len(bytes(s.heads)) + len(bytes(s.digests)) + len(json.dumps(s.salts)) for s in Seal.objects.all())
    record_property("bytes", size / made)
    assert size / made < 18


@pytest.fixture
def late(settings: Any) -> Iterator[Any]:
    """A second connection that has written and not committed."""
    if connection.vendor != "postgresql":
        pytest.skip("ids are the order of commits on SQLite")
    import psycopg

    given = connection.get_connection_params()
    allowed = {k: v for k, v in given.items() if k in ("host", "port", "dbname", "user", "password")}
    with psycopg.connect(**allowed) as other:
        yield other


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_sealed_late(late: Any) -> None:
    world = World()
    before = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
    key = ChangeSet.objects.order_by("-pk").values_list("pk", flat=True)[0]
    late.execute(
        "INSERT INTO ledger_change (change_set_id, model, object_id, kind, delta, seq)"
        " VALUES (%s, 'customers.Company', 1, 'u', '{\"city\":[1,2]}', 9)",
        [key],
    )
    with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
        Company.objects.create(name="Una", owner=world.boss, team=world.north)
    seal_all()
    last = Seal.objects.order_by("-number")[0]
    assert Reach.of(last).awaits("c", before + 1)
    late.commit()
    assert waiting() == 1
    assert verify().wrong == 0
    seal_all()
    assert waiting() == 0
    assert verify().wrong == 0
    covered = [head for each in Seal.objects.all() for head in heads_of(each)]
    assert before + 1 in [h[1] for h in covered if h[0] == "c"]


def test_salts_are_given_up_one_by_one() -> None:
    for leaves in (1, 2, 5, 64, 100):
        salts = Salts.new(leaves)
        whole = salts.every(leaves)
        assert len({*whole}) == leaves
        gone: set[int] = set()
        for leaf in random.Random(leaves).sample(range(leaves), min(leaves, 9)):
            assert salts.one(leaf) == whole[leaf]
            salts.give_up(leaf)
            gone.add(leaf)
            salts = Salts.stored(json.loads(json.dumps(salts.as_json())))
            assert salts.one(leaf) is None
            assert salts.every(leaves) == [None if n in gone else salt for n, salt in enumerate(whole)]


def test_nothing_is_sealed_while_writing(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web", action="x.y"):
        Company.objects.create(name="Una", owner=world.boss, team=world.north)
    assert not Seal.objects.exists()
    assert User.objects.exists()
