"""The page on which everything is taken out: who may, whose file it is, what is written down."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.accounts.roles import BROUGHT
from coordina.accounts.session import PROOF
from coordina.core.permissions import defaults_for
from coordina.core.storing.areas import EXPORTS
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet, Job
from coordina.ledger.queue import progress, run_until_idle
from coordina.ledger.queue.status import cancel
from coordina.privacy.jobs import _clean
from coordina.transfer.jobs import path_of
from coordina.transfer.models import Archive
from coordina.transfer.opening import opened
from coordina.web.saved.jobs import forget_workbooks

from .conftest import World

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/settings/everything/"


def ordered(client: Client) -> Archive:
    """An archive that was asked for and written."""
    answer = client.post(f"{URL}order/")
    assert answer.status_code == 302, answer
    run_until_idle()
    assert client.get(answer["Location"])["Location"] == URL
    return Archive.objects.order_by("-pk")[0]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def everybody(world: World) -> dict[str, User]:
    """Somebody of each role that Coordina brings but administrators, and one without any permission."""
    people = {"nobody": world.nobody}
    with change_set(by=None, at=timezone.now(), via="system"):
        for slug in BROUGHT:
            if slug != "administrator":
                role, _new = Role.objects.get_or_create(
                    slug=slug, defaults={"name": f"{slug} x", "reach": defaults_for(slug)}
                )
                people[slug] = User.objects.create(name=slug, email=f"{slug}@example.com", role=role, access="active")
    return people


def test_it_is_asked_for_written_and_fetched(world: World, tmp_path: Path) -> None:
    world.make(Company, name="Óptica Lince")
    client = world.client(world.director)
    assert "Nadie ha sacado" in client.get(URL).content.decode()
    made = ordered(client)
    page = client.get(URL).content.decode()
    assert f"{URL}{made.pk}/" in page and made.digest in page
    answer = client.get(f"{URL}{made.pk}/")
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    (tmp_path / "got.zip").write_bytes(body(answer))
    with opened(tmp_path / "got.zip") as source:
        source.check(lambda done: None)
        assert source.digest == made.digest
        assert [row["name"] for row in source.rows("data/customers.Company.jsonl")] == ["Óptica Lince"]
    with path_of(made.pk).local() as kept:
        assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", [URL, "/profile/security/", "/settings/system/"])
def test_without_a_restore_no_page_speaks_of_one(world: World, url: str) -> None:
    page = world.client(world.director).get(url, follow=True).content.decode()
    assert "held-note" not in page


def test_nobody_else_comes_near_it(world: World, everybody: dict[str, User]) -> None:
    made = ordered(world.client(world.director))
    for slug, person in everybody.items():
        client = world.client(person)
        for url in (URL, f"{URL}{made.pk}/", f"{URL}999/"):
            assert client.get(url).status_code == 403, (slug, url)
        assert client.post(f"{URL}order/").status_code == 403, slug
        assert URL not in client.get("/settings/").content.decode(), slug
    assert Archive.objects.count() == 1


def test_another_administrator_sees_that_it_was_made_and_does_not_get_it(world: World) -> None:
    made = ordered(world.client(world.director))
    with change_set(by=None, at=timezone.now(), via="system"):
        other = User.objects.create(
            name="Otra Jefa", email="otra@example.com", role=world.director.role, access="active"
        )
    client = world.client(other)
    page = client.get(URL).content.decode()
    assert "Dora Jefa" in page and f"{URL}{made.pk}/" not in page
    assert client.get(f"{URL}{made.pk}/").status_code == 404


def test_who_has_not_shown_who_they_are_is_asked_first(world: World) -> None:
    made = ordered(world.client(world.director))
    client = world.client(world.director)
    session = client.session
    session[PROOF] = {"at": time.time() - 5 * 3600}
    session.save()
    for url in (URL, f"{URL}{made.pk}/"):
        assert "/confirm/" in client.get(url)["Location"]
    assert "/confirm/" in client.post(f"{URL}order/")["Location"]
    assert Archive.objects.count() == 1


def test_that_it_was_made_stands_in_the_audit(world: World) -> None:
    client = world.client(world.director)
    ordered(client)
    asked = ChangeSet.objects.get(action="transfer.order_archive")
    assert asked.by_id == world.director.pk and asked.via == "web"
    assert "Sacar todos los datos" in client.get("/settings/audit/").content.decode()
    assert client.get(f"/settings/audit/{asked.pk}/").status_code == 200


def test_it_goes_after_two_days_and_with_an_erasure(world: World) -> None:
    client = world.client(world.director)
    old, new = ordered(client), ordered(client)
    long_ago = time.time() - 3 * 86400
    with path_of(old.pk).local() as kept:
        os.utime(kept, (long_ago, long_ago))
    forget_workbooks.call()
    assert path_of(old.pk).size() is None and path_of(new.pk).size()
    assert client.get(f"{URL}{old.pk}/").status_code == 404
    assert f"{URL}{old.pk}/" not in client.get(URL).content.decode()
    _clean()
    assert client.get(f"{URL}{new.pk}/").status_code == 404


def test_one_that_was_stopped_leaves_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client(world.director)
    place = client.post(f"{URL}order/")["Location"]
    assert client.post(f"{URL}order/")["Location"] == place  # the same is followed, not a second one made
    job, made = Job.objects.get(key__startswith="transfer.archive"), Archive.objects.get()
    assert "Escribiéndose" in client.get(URL).content.decode()

    def cancelled(done: int, total: int) -> None:
        cancel(job.pk, world.director)
        raise progress.Cancelled

    monkeypatch.setattr("coordina.transfer.jobs._tell", cancelled)
    run_until_idle()
    made.refresh_from_db()
    assert made.status == "stopped" and path_of(made.pk).size() is None
    assert not list(EXPORTS.entries())
    assert "No escrito" in client.get(URL).content.decode()


def test_who_lost_the_right_gets_nothing(world: World) -> None:
    client = world.client(world.director)
    client.post(f"{URL}order/")
    with change_set(by=None, at=timezone.now(), via="system"):
        User.objects.create(name="Otra Jefa", email="otra@example.com", role=world.director.role, access="active")
        world.director.refresh_from_db()
        world.director.role = world.ana.role
        world.director.save()
    run_until_idle()
    assert path_of(Archive.objects.get().pk).size() is None
