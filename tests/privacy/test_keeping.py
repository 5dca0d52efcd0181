"""Each room says what it keeps of people: a table that refers to them, or hangs on records, is in somebody's list."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from coordina.core.personal import KEEPINGS, KINDS, Fate, Subjects
from coordina.core.records import HANGERS

ABOUT_OTHERS = {
    "ledger.Change": "entries of the ledger, erased by its own function",
    "ledger.BatchEntry": "entries of the ledger, erased by its own function",
    "records.FieldWork": "work on definitions of fields",
}
"""Tables that look as if they referred to people, with the reason why they are in no list."""
LINKS = {"subject_type", "subject_id", "object_id"}


def refers(model: type[models.Model]) -> bool:
    people = {kind.model for kind in KINDS}
    columns: Any = model._meta.concrete_fields
    if any(column.related_model in people for column in columns):
        return True
    return bool({column.name for column in columns} & LINKS) or model in HANGERS


def test_nothing_is_kept_of_people_that_no_room_has_said() -> None:
    known = {keeping.model for keeping in KEEPINGS} | {kind.model for kind in KINDS}
    missing = {m._meta.label for m in apps.get_models() if refers(m) and m not in known}
    assert missing - set(ABOUT_OTHERS) == set(), "say in the room's personal.py what it keeps of people"
    assert set(ABOUT_OTHERS) >= missing


def test_the_list_of_exceptions_is_true() -> None:
    labels = {m._meta.label for m in apps.get_models() if refers(m)}
    assert set(ABOUT_OTHERS) <= labels | {"records.FieldWork"}


@pytest.mark.parametrize("keeping", list(KEEPINGS), ids=lambda k: k.name)
def test_what_stays_has_a_reason_and_what_is_emptied_names_columns(keeping: Any) -> None:
    columns = {c.attname for c in keeping.model._meta.concrete_fields}
    assert set(keeping.empties) <= columns
    assert set(keeping.links) <= columns
    if keeping.fate is Fate.EMPTIED:
        assert keeping.empties
    if keeping.fate in (Fate.EMPTIED, Fate.STAYS) and not keeping.tool:
        assert str(keeping.why)


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda k: k.model._meta.label)
def test_every_column_of_a_person_goes_or_is_known_to_stay(kind: Any) -> None:
    columns = {c.attname for c in kind.model._meta.concrete_fields}
    assert set(kind.naming) <= columns
    row = kind.model()
    emptied = set(kind.empties(row))
    free = {c.attname for c in kind.model._meta.concrete_fields if isinstance(c, models.TextField | models.JSONField)}
    if emptied:
        assert free <= emptied


@pytest.mark.django_db
@pytest.mark.parametrize("keeping", list(KEEPINGS), ids=lambda k: k.name)
def test_rows_can_be_asked_for(keeping: Any) -> None:
    ids = {"customers.Person": frozenset({1, 2}), "leads.Lead": frozenset({3})}
    assert list(keeping.rows(Subjects(ids, ("Ana Roble", "ana@roble.example"), frozenset({4})))) == []
