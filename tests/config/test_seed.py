"""A seeded database is as use leaves it, and the check that says so notices what is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.utils import timezone

from coordina.accounts import definitions
from coordina.accounts.models import Team, User
from coordina.accounts.signin import SignInBackend
from coordina.config.seed.verify import checks
from coordina.core.added import checked
from coordina.core.changes import unrecorded
from coordina.core.jsonvalues import loaded
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.ledger.doors import perform
from coordina.ledger.history import history_of
from coordina.ledger.models import BatchEntry, Sequence
from coordina.pipeline.actions import move
from coordina.pipeline.models import Opportunity, StageEntry, StageSum
from coordina.records.models import MatchDue, SearchRow

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROWS, PEOPLE, FIELDS = 1200, 400, 10


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """A small seeded database for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        sizes = ["--rows", str(ROWS), "--people", str(PEOPLE), "--custom-fields", str(FIELDS)]
        call_command("seed", *sizes, "--password", "measured-pass")
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fields(seeded: None) -> None:
    """Know the fields of this database, as every process does."""
    definitions.agree()


def wrong() -> dict[str, int]:
    """The checks that found something."""
    return {name: found for name, count in checks() if (found := count())}


def test_it_is_as_use_leaves_it() -> None:
    assert wrong() == {}
    call_command("verify_seed")


def test_it_is_of_the_size_that_was_asked_for() -> None:
    assert Opportunity.objects.count() == ROWS
    assert Company.objects.count() == ROWS // 20
    assert Person.objects.count() == PEOPLE
    assert User.objects.filter(role__slug="representative").count() == 1000
    assert 95 <= Team.objects.filter(is_region=False).count() <= 105


def test_every_opportunity_has_a_value_of_each_added_field_as_its_writer_takes_it() -> None:
    known = type_of(Opportunity)
    grown = known.known_to(User.objects.get(email="director@bench.example"))
    fields = {name: field for name, field in grown.items() if field.json_key}
    assert len(fields) == FIELDS
    for sale in Opportunity.objects.order_by("pk")[:200]:
        assert set(sale.custom) == set(fields)
        for name, value in sale.custom.items():
            assert checked(fields[name], loaded(fields[name], value), None) == value, name


def test_nothing_waits_for_the_search_of_twins() -> None:
    assert not MatchDue.objects.exists()


def test_three_people_can_sign_in_and_see_their_part() -> None:
    seen = {}
    for name in ("director", "manager", "representative"):
        user = SignInBackend().authenticate(None, email=f"{name}@bench.example", password="measured-pass")
        assert user is not None
        seen[name] = Opportunity.objects.visible_to(user).count()
    assert ROWS == seen["director"] > seen["manager"] > 0
    manager = User.objects.get(email="manager@bench.example")
    assert User.objects.filter(team_id__in=manager.team_ids, role__slug="representative").count() == 30


def test_a_seeded_record_goes_on_like_any_other() -> None:
    director = User.objects.get(email="director@bench.example")
    opportunity = Opportunity.objects.filter(status="open").order_by("pk").first()
    assert opportunity is not None
    stage = type(opportunity.stage).objects.filter(kind="open").exclude(pk=opportunity.stage_id).first()
    perform(move, via="web")(opportunity=opportunity, stage=stage, by=director, at=timezone.now())
    assert [event.kind for event in history_of(opportunity)] == ["u", "c"]
    assert wrong() == {}


FAULTS: dict[str, Callable[[], Any]] = {
    "search": lambda: SearchRow.objects.filter(pk=SearchRow.objects.order_by("pk").values("pk")[:1]).delete(),
    "pipeline.sums": lambda: StageSum.objects.order_by("pk")[:1].get().delete(),
    "customers.Company without entry": lambda: BatchEntry.objects.filter(
        object_id=Company.objects.order_by("pk").values("pk")[:1]
    ).delete(),
    "references": lambda: Sequence.objects.update(last=1),
    "ways": lambda: models.QuerySet(StageEntry).filter(current=False).update(left_on="2001-01-01"),
    "images in batches": lambda: models.QuerySet(Person).update(job_title="Otra cosa"),
    "opportunities in themselves": lambda: models.QuerySet(Opportunity).filter(status="won").update(status="lost"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_is_noticed(name: str) -> None:
    with unrecorded("to see that it is noticed"):
        FAULTS[name]()
    assert name in wrong()


def test_a_database_in_use_is_left_alone() -> None:
    with pytest.raises(CommandError):
        call_command("seed", "--rows", "5", "--password", "measured-pass")
