"""Small tables are read every time, and made into objects only when they have changed."""

from copy import copy

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.company import the_company
from coordina.accounts.models import Organization
from coordina.core.instances import twin
from coordina.core.remembered import Remembered
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Pipeline, Stage
from coordina.pipeline.stages import Stages

pytestmark = pytest.mark.django_db


def make(**values: object) -> Organization:
    with change_set(by=None, at=timezone.now(), via="system"):
        made: Organization = Organization.objects.create(pk=1, **{"name": "Primera", "currency": "EUR", **values})
    return made


def test_objects_are_made_once() -> None:
    make()
    table = Remembered(lambda: Organization.objects.order_by("pk"))
    first = table()
    with CaptureQueriesContext(connection) as asked:
        again = table()
    assert again is first
    assert len(asked) == 1


def test_what_was_written_is_seen_at_once() -> None:
    company = make()
    assert the_company() == company
    with change_set(by=None, at=timezone.now(), via="system"):
        company = Organization.objects.get()
        company.name = "Segunda"
        company.save()
        seen = the_company()
        assert seen is not None
        assert seen.name == "Segunda"


@pytest.mark.parametrize("name", ["Tercera", "Cuarta"])
def test_nothing_is_left_of_another_database(name: str) -> None:
    """Two companies with the same id and version, in databases one after the other."""
    assert the_company() is None
    make(name=name)
    found = the_company()
    assert found is not None
    assert found.name == name


def test_what_is_handed_out_may_be_changed() -> None:
    make()
    mine = the_company()
    assert mine is not None
    mine.name = "Otra"
    again = the_company()
    assert again is not None
    assert again.name == "Primera"


def test_stages_come_in_order_and_follow_changes() -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        later = Pipeline.objects.create(name="B", position=2)
        sooner = Pipeline.objects.create(name="A", position=1)
        for pipeline in (later, sooner):
            for place in (2, 1):
                Stage.objects.create(pipeline=pipeline, name=f"{pipeline.name}{place}", position=place)
    assert [s.name for s in Stages().all] == ["A1", "A2", "B1", "B2"]
    with change_set(by=None, at=timezone.now(), via="system"):
        pipeline = Pipeline.objects.get(name="B")
        pipeline.position = 0
        pipeline.save()
        assert [s.name for s in Stages().all] == ["B1", "B2", "A1", "A2"]
    assert Stages().all is Stages().all


def test_a_change_set_asks_once_until_it_writes_such_a_row() -> None:
    make()
    with change_set(by=None, at=timezone.now(), via="system"):
        with CaptureQueriesContext(connection) as asked:
            first, again = the_company(), the_company()
        assert first == again and len(asked) == 1
        company = Organization.objects.get()
        company.name = "Segunda"
        company.save()
        assert the_company() == company and the_company().name == "Segunda"  # type: ignore[union-attr]  # just made


def test_what_a_savepoint_took_back_is_forgotten() -> None:
    make()
    with change_set(by=None, at=timezone.now(), via="system"):
        before = the_company()
        with transaction.atomic():
            company = Organization.objects.get()
            company.name = "Segunda"
            company.save()
            inside = the_company()
            transaction.set_rollback(True)
        after = the_company()
    assert [found.name for found in (before, inside, after) if found] == ["Primera", "Segunda", "Primera"]


def test_a_renamed_pipeline_is_seen_by_its_stages() -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        pipeline = Pipeline.objects.create(name="Ventas")
        Stage.objects.create(pipeline=pipeline, name="Una", kind="open")
        assert [stage.pipeline.name for stage in Stages().all] == ["Ventas"]
        pipeline.name = "Obra"
        pipeline.save()
        assert [stage.pipeline.name for stage in Stages().all] == ["Obra"]


def test_a_twin_is_what_a_copy_is() -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        made = Stage.objects.create(pipeline=Pipeline.objects.create(name="Ventas"), name="Una", kind="open")
        for row in (made, Stage.objects.select_related("pipeline").get(), Stage.objects.only("name").get()):
            same, usual = twin(row), copy(row)
            usual.__dict__.pop("_django_version")
            assert {**same.__dict__, "_state": 0} == {**usual.__dict__, "_state": 0}
            assert same._state.__dict__ == usual._state.__dict__
            same.name, same.pipeline = "Otra", Pipeline(name="Obra")
            assert (row.__dict__["name"], row._state.fields_cache) == ("Una", usual._state.fields_cache)
