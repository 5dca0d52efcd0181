"""What a person has started is seen in the top bar of every page while it runs."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.ledger.models import Job
from coordina.web.context import JOB
from tests.world import World

pytestmark = pytest.mark.django_db


def test_every_page_shows_it_until_it_is_over() -> None:
    world = World()
    client: Any = world.client(world.boss)
    assert "job-chip" not in client.get("/companies/").content.decode()
    job = _job(world, "running")
    session = client.session
    session[JOB] = job.pk
    session.save()
    for path in ("/companies/", "/settings/", "/opportunities/"):
        page = client.get(path).content.decode()
        assert 'class="job-chip"' in page
        assert f"/jobs/{job.pk}/" in page
    Job.objects.filter(pk=job.pk).update(state="done")
    assert 'data-state="done"' in client.get("/companies/").content.decode()  # said once more
    assert "job-chip" not in client.get("/companies/").content.decode()
    assert JOB not in client.session


def test_its_own_page_says_it_itself() -> None:
    world = World()
    client: Any = world.client(world.boss)
    job = _job(world, "done")
    session = client.session
    session[JOB] = job.pk
    session.save()
    assert "job-chip" not in client.get(f"/jobs/{job.pk}/").content.decode()
    assert JOB not in client.session


def test_only_ones_own() -> None:
    world = World()
    client: Any = world.client(world.rep)
    job = _job(world, "running")
    session = client.session
    session[JOB] = job.pk
    session.save()
    assert "job-chip" not in client.get("/companies/").content.decode()


def _job(world: World, state: str) -> Job:
    now = timezone.now()
    return Job.objects.create(
        task="coordina.records.jobs.run_import", state=state, run_at=now, created_at=now, started_at=now,
        by_id=world.boss.pk, done=3, total=10,
    )  # fmt: skip
