"""Tags: words on records, the same in capitals and small letters, for one and for many."""

import datetime as dt

import pytest
from django.utils import timezone

from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.actions import set_tags
from coordina.records.models import Tag, TagLink
from coordina.records.tags import clean_words, words_column, words_of
from coordina.records.vocabularies import vocabulary_of
from tests.world import World


def found(world: World, text: str) -> set[str]:
    asker = Asker(user=world.boss, now=timezone.now(), time_zone=dt.UTC)
    condition = compile_filter(parse(text), vocabulary_of(type_of(Company)), asker)
    return set(Company.objects.visible_to(world.boss).filter(condition).values_list("name", flat=True))


def test_words_are_brought_into_one_writing() -> None:
    assert clean_words([" cliente  clave ", "#Norte", "CLIENTE CLAVE", "a; b,c", ""]) == [
        "a",
        "b",
        "c",
        "cliente clave",
        "Norte",
    ]
    assert clean_words(None) == []
    for wrong in (["x" * 61], [f"t{i}" for i in range(31)]):
        with pytest.raises(Refusal) as caught:
            clean_words(wrong)
        assert set(caught.value.errors) == {"tags"}


def test_a_record_is_made_and_edited_with_tags(world: World) -> None:
    company = world.create(Company, name="Una", tags="Clave, norte")
    assert company.tags == ["Clave", "norte"]
    person = world.create(Person, name="Ada", tags=["CLAVE"])
    assert words_of(person) == ["Clave"]
    assert Tag.objects.count() == 2
    world.edit(company, tags=["clave", "Sur"])
    assert company.tags == ["Clave", "Sur"]
    world.edit(company, city="Lugo")
    assert company.tags == ["Clave", "Sur"]
    world.edit(company, tags="")
    assert company.tags == []


def test_tags_go_back_with_undo(world: World) -> None:
    company = world.create(Company, name="Una", tags=["Clave"])
    world.edit(company, tags=["Norte"])
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert company.tags == ["Clave"]


def test_records_are_found_by_their_tags(world: World) -> None:
    world.create(Company, name="Una", tags=["Cliente clave", "2024"])
    world.create(Company, name="Dos", tags=["Norte"])
    world.create(Company, name="Tres")
    world.create(Person, name="Ada", tags=["Cliente clave"])
    assert found(world, 'tags has "cliente clave"') == {"Una"}
    assert found(world, "tags = norte") == {"Dos"}
    assert found(world, 'tags in ("norte", "2024")') == {"Una", "Dos"}
    assert found(world, 'tags != "norte"') == {"Una", "Tres"}
    assert found(world, "tags is empty") == {"Tres"}
    assert found(world, "tags is set") == {"Una", "Dos"}
    assert found(world, 'tags has "nunca"') == set()
    assert found(world, f"tags has {Tag.objects.get(name='Norte').pk}") == {"Dos"}


def test_a_list_reads_the_words_along_with_the_row(world: World) -> None:
    world.create(Company, name="Una", tags=["Norte", "Clave"])
    world.create(Company, name="Dos")
    rows = dict(Company.objects.values_list("name", words_column("customers.Company")))
    assert set(rows["Una"].split("\x1f")) == {"Norte", "Clave"}
    assert rows["Dos"] is None


def test_tags_are_set_beside_the_record_by_who_may_change_it(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    where = {"subject_type": "customers.Company", "subject_id": company.pk}
    world.act(set_tags, by=world.rep, tags=["Clave"], **where)
    assert company.tags == ["Clave"]
    with pytest.raises(Forbidden):
        world.act(set_tags, by=world.service, tags=[], **where)
    world.delete(company)
    assert not TagLink.objects.exists()


def test_invisible_null_characters_are_left_out() -> None:
    assert clean_words(["vi\0p", "\0"]) == ["vip"]
