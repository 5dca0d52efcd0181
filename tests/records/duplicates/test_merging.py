"""Merging moves everything that refers to a record, and undo brings every business column back, row by row."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from coordina.config.seed.verify import checks
from coordina.core.records import HANGERS, Record
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES
from coordina.customers.models import Address, Company, Person, Position
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue.worker import run_until_idle
from coordina.ledger.undo import UndoReport, undo
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.privacy.models.erasing import Erasure
from coordina.records import actions as hanging
from coordina.records.duplicates.deciding import MERGES, PARTINGS
from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.links import Link, constraints_on, links_to
from coordina.records.models import ExternalId, Merged, Note, NotSame, TagLink
from coordina.stock.enums import Place
from coordina.stock.models import Location, Reservation, StockMove, Warehouse
from coordina.stock.places import outside
from tests.guards.replay import lies, stored
from tests.world import World

STAMPS = frozenset({"version", "created_at", "changed_at"})


def merge(world: World, stays: Any, *others: Any, by: Any = None, **take: Any) -> Any:
    """Merge through the door."""
    kind = next(m.name for m in MATCHINGS if m.model is type(stays))
    taken = {name: obj.pk for name, obj in take.items()}
    return world.act(MERGES[kind], by=by, pk=stays.pk, others=[o.pk for o in others], take=taken)


def last() -> ChangeSet:
    return ChangeSet.objects.filter(undo_of=None).latest("pk")


def take_back(world: World, what: ChangeSet | None = None, by: Any = None) -> UndoReport:
    return undo(what or last(), by=by or world.boss, at=timezone.now())


def business() -> dict[tuple[str, int], dict[str, Any]]:
    """Every record as the tables hold it, without times and versions."""
    return {key: {n: v for n, v in row.items() if n not in STAMPS} for key, row in stored().items()}


def apart() -> dict[str, int]:
    run_until_idle()
    return {name: found for name, count in checks() if (found := count())}


@pytest.fixture
def busy(world: World) -> tuple[World, Company, Company]:
    """Two companies that are one, with all sorts of things."""
    world.act(make_default_pipeline)
    one = world.create(Company, name="Distribuciones Álamo, S.L.", city="Sevilla", phone="+34954111222", tags=["Norte"])
    two = world.create(Company, name="DISTRIBUCIONES ALAMO SLU", email="info@alamo.example", tags=["norte", "Feria"])
    for company in (one, two):
        person = world.create(Person, name=f"Ana {company.pk}", company=company)
        if company is one:
            world.create(Position, person=person, company=two)
        world.create(Opportunity, name=f"Venta {company.pk}", company=company, amount="1200.50", person=person)
        world.create(Address, company=company, street="C/ Feria, 12" if company is one else "Calle Feria 12")
        about = {"subject_type": company._meta.label, "subject_id": company.pk}
        world.act(hanging.add_note, text=f"Nota {company.pk}", **about)
    world.create(Company, name="Filial", parent=two)
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        ExternalId(subject_type=one._meta.label, subject_id=two.pk, system="crm", value="77").save()
    return world, one, two


def test_everything_moves_and_the_loser_leads_to_the_winner(busy: tuple[World, Company, Company]) -> None:
    world, one, two = busy
    merge(world, one, two, name=two)
    assert not Company.objects.filter(pk=two.pk).exists()
    for link in links_to(Company):
        assert not link.rows([two.pk]).exists(), link
    one = Company.objects.get(pk=one.pk)
    assert (one.name, one.city, one.email) == ("DISTRIBUCIONES ALAMO SLU", "Sevilla", "info@alamo.example")
    assert sorted(one.tags) == ["Feria", "Norte"]
    assert Note.of(one).count() == 2
    assert Opportunity.objects.filter(company=one).count() == 2
    assert Address.objects.filter(company=one).count() == 1
    assert not Position.objects.exists(), "a further company that is the main one by now"
    gone = Merged.of(one).get()
    assert (gone.gone_id, gone.name) == (two.pk, "DISTRIBUCIONES ALAMO SLU")
    assert apart() == {}
    assert lies() == []


def test_undo_gives_every_row_back(busy: tuple[World, Company, Company]) -> None:
    world, one, two = busy
    before = business()
    merge(world, one, two, name=two)
    assert business() != before
    assert take_back(world).held == []
    assert business() == before
    assert apart() == {}
    assert lies() == []


def test_a_redo_merges_again(busy: tuple[World, Company, Company]) -> None:
    world, one, two = busy
    merge(world, one, two)
    merged = business()
    report = take_back(world)
    assert report.change_set is not None
    assert take_back(world, report.change_set).held == []
    assert business() == merged
    assert apart() == {}


def test_merge_edit_unmerge(busy: tuple[World, Company, Company]) -> None:
    world, one, two = busy
    before = business()
    merge(world, one, two, name=two)
    done = last()
    world.edit(Company.objects.get(pk=one.pk), name="Álamo Distribuciones", website="https://alamo.example")
    later = world.create(Person, name="Nueva", company=one)
    report = take_back(world, done)
    assert [(h.model, h.pk, h.reason, h.names) for h in report.held] == [
        ("customers.Company", one.pk, "changed", ("name",))
    ]
    now = business()
    assert now.pop(("customers.Person", later.pk))["company_id"] == one.pk
    edited = now[Company._meta.label, one.pk]
    assert (edited["name"], edited["website"]) == ("Álamo Distribuciones", "https://alamo.example")
    edited |= {n: before[Company._meta.label, one.pk][n] for n in ("name", "website")}
    assert now == before
    assert apart() == {}
    assert lies() == []


def test_other_data_and_added_fields_are_joined(world: World) -> None:
    one, two = (world.create(Company, name=name) for name in ("Uno", "Dos"))
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        for company, extra in ((one, {"Zona": "A"}), (two, {"Zona": "B", "Código": "7"})):
            row = Company.objects.get(pk=company.pk)
            row.other_data = extra
            row.save()
    before = business()
    merge(world, one, two)
    assert Company.objects.get(pk=one.pk).other_data == {"Zona": "A", "Código": "7"}
    assert take_back(world).held == []
    assert business() == before


def test_chains_lead_to_the_last(world: World) -> None:
    a, b, c = (world.create(Company, name=name) for name in "ABC")
    merge(world, b, a)
    merge(world, c, b)
    assert {(m.gone_id, m.subject_id) for m in Merged.objects.all()} == {(a.pk, c.pk), (b.pk, c.pk)}
    take_back(world)
    assert {(m.gone_id, m.subject_id) for m in Merged.objects.all()} == {(a.pk, b.pk)}


def test_no_company_comes_to_stand_above_itself(world: World) -> None:
    top = world.create(Company, name="Arriba")
    middle = world.create(Company, name="Medio", parent=top)
    low = world.create(Company, name="Abajo", parent=middle)
    merge(world, low, top)
    low.refresh_from_db()
    middle.refresh_from_db()
    assert (low.parent_id, middle.parent_id) == (None, low.pk)
    take_back(world)
    assert Company.objects.get(pk=low.pk).parent_id == middle.pk
    assert Company.objects.get(pk=middle.pk).parent_id == top.pk


def test_one_needs_to_change_all_of_them(world: World) -> None:
    mine = world.create(Company, name="Mía", by=world.rep)
    theirs = world.create(Company, name="Suya", by=world.other)
    with pytest.raises(Forbidden):
        merge(world, mine, theirs, by=world.rep)
    with pytest.raises(NotFound):
        world.act(MERGES["company"], pk=mine.pk, others=[theirs.pk + 99], take={})
    with pytest.raises(Refusal):
        world.act(MERGES["company"], pk=mine.pk, others=[mine.pk], take={})
    with pytest.raises(Refusal):
        world.act(MERGES["company"], pk=mine.pk, others=[theirs.pk], take={"version": theirs.pk})


def test_what_others_own_comes_along_and_goes_back(world: World) -> None:
    """A representative merges two companies of theirs; the deals of a colleague move, and go back with the undo."""
    world.act(make_default_pipeline)
    one, two = (world.create(Company, name=n, by=world.rep) for n in ("Uno", "Dos"))
    sale = world.create(Opportunity, name="Ajena", company=two, by=world.other)
    child = world.create(Company, name="Filial", parent=two, by=world.other)
    before = business()
    merge(world, one, two, by=world.rep)
    assert Opportunity.objects.get(pk=sale.pk).company_id == one.pk
    assert Company.objects.get(pk=child.pk).parent_id == one.pk
    assert take_back(world, by=world.rep).held == []
    assert business() == before


def test_two_told_apart_stay_apart_when_one_is_merged(world: World) -> None:
    a, b, c = (world.create(Company, name=f"Brezo {n}") for n in "ABC")
    world.act(PARTINGS["company"], pk=a.pk, other=c.pk)
    merge(world, b, a)
    assert {(n.low_id, n.high_id) for n in NotSame.objects.all()} == {(b.pk, c.pk)}
    take_back(world)
    assert {(n.low_id, n.high_id) for n in NotSame.objects.all()} == {(a.pk, c.pk)}


# Generated over the model graph --------------------------------------------------------------------------------------


def value_of(column: Any, world: World, made: dict[Any, Any], number: int) -> Any:
    """Something that a required column may hold."""
    if column.related_model is not None:
        return row_of(column.related_model, world, made, number)
    kind = column.get_internal_type()
    if column.name == "slug" or (column.unique and "Char" in kind):
        return f"x{number}-{len(made)}"
    if column.choices:
        return column.choices[0][0]
    return {
        "DateTimeField": timezone.now(), "DateField": dt.date(2026, 1, 1), "DecimalField": Decimal(1),
        "JSONField": {}, "BooleanField": False, "TimeField": dt.time(9),
    }.get(kind, f"x{number}"[: column.max_length or 9] if "Char" in kind or "Text" in kind else number)  # fmt: skip


def place_of(world: World, made: dict[Any, Any], number: int) -> dict[str, Any]:
    """Where a location is."""
    return {"warehouse": row_of(Warehouse, world, made, number)}


def ends_of(world: World, made: dict[Any, Any], number: int) -> dict[str, Any]:
    """Where a move begins: with a supplier, so that there is enough."""
    return {"origin": outside(Place.SUPPLIER)}


def stock_of(world: World, made: dict[Any, Any], number: int) -> dict[str, Any]:
    """Nothing more, once what is reserved is on the shelf."""
    row_of(StockMove, world, made, number)
    return {}


MUST: dict[Any, Callable[[World, dict[Any, Any], int], dict[str, Any]]] = {
    Location: place_of,
    StockMove: ends_of,
    Reservation: stock_of,
}
"""What rows of a model need besides their required columns."""


def row_of(model: Any, world: World, made: dict[Any, Any], number: int, **given: Any) -> Any:
    """A row of a model, with what it needs, made once for each number."""
    if model is type(world.boss):
        return world.boss
    key = (model, number, tuple(given))
    if key not in made:
        values = (MUST[model](world, made, number) if model in MUST else {}) | given
        for column in model._meta.concrete_fields:
            if column.primary_key or column.name in (*STAMPS, *values) or column.attname in values:
                continue
            once = column.unique or column.name == "slug"
            needed = not column.null and (once or not column.has_default())
            left = column.blank and column.empty_strings_allowed and column.related_model is None and not once
            if needed and not left:
                values[column.attname if column.related_model else column.name] = (
                    found.pk if isinstance(found := value_of(column, world, made, number), Record) else found
                )
        made[key] = model(**values)
        made[key].save()
    return made[key]


DROPPED = {"LeadEntry"}
"""Links that the room drops instead of moving them."""


def every_link() -> list[tuple[str, Link]]:
    return [(kind.name, link) for kind in MATCHINGS for link in links_to(kind.model)]


@pytest.mark.parametrize(("name", "link"), every_link(), ids=lambda x: x if isinstance(x, str) else repr(x)[6:70])
def test_every_link_moves_and_comes_back(world: World, name: str, link: Link) -> None:
    model: Any = TYPES[name].model
    made: dict[Any, Any] = {}
    world.act(make_default_pipeline)
    with change_set(by=world.boss, at=timezone.now(), via="system"):
        stays, gone = (row_of(model, world, made, n) for n in (1, 2))
        kind = {"subject_type": link.label} if link.label else {}
        alone = any(not names for names, _condition in constraints_on(link.model, link.column))
        rows = [
            row_of(link.model, world, made, n, **{link.column: gone.pk}, **kind) for n in ((3,) if alone else (3, 4))
        ]
    before = business()
    merge(world, stays, gone)
    for row in rows:
        moved = link.model._base_manager.filter(pk=row.pk).values_list(link.column, flat=True).first()
        assert moved == stays.pk or (moved is None and row.pk is not None and link.model.__name__ in DROPPED)
    assert take_back(world).held == []
    assert business() == before


def test_every_generic_link_is_in_the_registry_of_hangers() -> None:
    """A record that names another by type and id and is no hanger would be left behind by a merge."""
    for model in apps.get_models():
        if issubclass(model, Record) and {"subject_type", "subject_id"} <= {c.name for c in model._meta.fields}:
            assert model in HANGERS or model is Erasure, model  # an erasure is about who is gone


def test_links_that_clash_become_one(world: World) -> None:
    person = world.create(Person, name="Ana")
    one, two = (world.create(Company, name=n) for n in ("Uno", "Dos"))
    for company in (one, two):
        world.create(Position, person=person, company=company, job_title=company.name)
    for company in (one, two):
        world.act(hanging.set_tags, subject_type=company._meta.label, subject_id=company.pk, tags=["vip"])
    before = business()
    merge(world, one, two)
    assert [p.job_title for p in Position.objects.all()] == ["Uno"]
    assert TagLink.of(one).count() == 1
    assert take_back(world).held == []
    assert business() == before
