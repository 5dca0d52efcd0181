"""The bell and the page of notifications: a number that costs nothing, and nothing that is out of sight."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coordina.accounts.models import User
from coordina.activity import bell
from coordina.activity.kinds import COMMENT, MENTION
from coordina.activity.models import How, Notification, Preference
from coordina.activity.notifications import tell
from coordina.customers.models import Company, Interaction
from tests.world import World

pytestmark = pytest.mark.django_db


def asked(client: Client, etag: str = "") -> Any:
    return client.get("/notifications/bell/", headers={"If-None-Match": etag} if etag else None)


def test_the_number_is_asked_again_and_again_for_nothing(world: World) -> None:
    company = world.create(Company, name="Una")
    client = world.client(world.rep)
    first = asked(client)
    assert first.json()["count"] == 0
    tell([world.rep], kind=COMMENT, about=company, text="Hola")
    second = asked(client, first["ETag"])
    assert second.json() == {"count": 1, "label": "1", "said": "Notificaciones: 1 sin leer"}
    with CaptureQueriesContext(connection) as captured:
        third = asked(client, second["ETag"])
    assert third.status_code == 304
    assert not third.content
    ours = [q["sql"] for q in captured if "activity_" in q["sql"]]
    assert len(ours) == 1
    assert "activity_bell" in ours[0]


def test_a_page_looks_once_at_an_index(world: World) -> None:
    company = world.create(Company, name="Una")
    for n in range(3):
        tell([world.rep], kind=COMMENT, about=company, text=f"Hola {n}", key=str(n))
    client = world.client(world.rep)
    page = client.get("/companies/").content.decode()
    assert 'aria-label="Notificaciones: 3 sin leer"' in page
    with CaptureQueriesContext(connection) as captured:
        client.get("/companies/")
    assert len([q for q in captured if "activity_" in q["sql"]]) == 1


def test_more_than_99_are_not_counted(world: World) -> None:
    company = world.create(Company, name="Una")
    for n in range(101):
        tell([world.rep], kind=COMMENT, about=company, text="Hola", key=str(n))
    assert asked(world.client(world.rep)).json()["label"] == "99+"


def test_what_went_out_of_sight_is_not_counted_shown_or_opened(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="CanarioTítulo")
    (told,) = tell([world.rep], kind=COMMENT, about=secret, text="CanarioTexto")
    client = world.client(world.rep)
    assert asked(client).json()["count"] == 1
    assert "CanarioTexto" in client.get("/notifications/").content.decode()
    world.edit(secret, owner=world.other)
    bell.forget_counts()  # at most a minute later
    assert asked(client).json()["count"] == 0
    for url in ("/notifications/", "/notifications/?show=unread", "/notifications/popover/"):
        assert "Canario" not in client.get(url).content.decode()
    assert client.get(f"/notifications/{told.pk}/").status_code == 404


def test_nobody_reads_what_others_are_told(world: World) -> None:
    company = world.create(Company, name="Una")
    (told,) = tell([world.rep], kind=COMMENT, about=company, text="CanarioTexto")
    for user in (world.other, world.boss, world.service):
        client = world.client(user)
        for url in ("/notifications/", "/notifications/popover/"):
            assert "CanarioTexto" not in client.get(url).content.decode()
        assert client.get(f"/notifications/{told.pk}/").status_code == 404
        client.post("/notifications/read/", {"one": told.pk})
        client.post("/notifications/read/", {"upto": 10**6})
    assert Notification.objects.get(pk=told.pk).read_at is None


def test_opening_one_reads_it_and_leads_to_the_record(world: World) -> None:
    company = world.create(Company, name="Una")
    (told,) = tell([world.rep], kind=COMMENT, about=company, text="Hola")
    client = world.client(world.rep)
    assert client.get(f"/notifications/{told.pk}/")["Location"] == f"/companies/{company.pk}/"
    assert asked(client).json()["count"] == 0


def test_all_that_the_page_knew_is_read_and_later_ones_are_not(world: World) -> None:
    company = world.create(Company, name="Una")
    first, second, third = (
        tell([world.rep], kind=COMMENT, about=company, text="Hola", key=str(n))[0] for n in range(3)
    )
    client = world.client(world.rep)
    client.post("/notifications/read/", {"one": first.pk})
    assert asked(client).json()["count"] == 2
    answer = client.post("/notifications/read/", {"upto": second.pk}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Trigger"] == "bell"
    unread = Notification.objects.filter(read_at__isnull=True)
    assert list(unread.values_list("pk", flat=True)) == [third.pk]


def test_lists_cost_the_same_for_one_and_for_many(world: World) -> None:
    client = world.client(world.rep)
    counts = []
    for n in range(3):
        company = world.create(Company, name=f"Una {n}")
        tell([world.rep], kind=COMMENT, about=company, text="Hola")
        client.get("/notifications/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/notifications/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[-1]


def test_pages_of_notifications_go_on(world: World) -> None:
    company = world.create(Company, name="Una")
    for n in range(45):
        tell([world.rep], kind=COMMENT, about=company, text=f"Hola {n:02}", key=str(n))
    client = world.client(world.rep)
    page = client.get("/notifications/").content.decode()
    assert "Hola 44" in page
    assert "Hola 04" not in page
    before = Notification.objects.order_by("-pk")[39].pk
    assert f"before={before}" in page
    assert "Hola 04" in client.get(f"/notifications/?before={before}").content.decode()


def test_a_person_chooses_how_to_hear_of_what(world: World) -> None:
    client = world.client(world.rep)
    assert 'name="kind:activity.mention"' in client.get("/profile/").content.decode()
    client.post(
        "/notifications/choices/", {"kind:activity.mention": "off", "kind:x": "app", "kind:activity.comment": "y"}
    )
    assert list(Preference.objects.values_list("person_id", "kind", "how")) == [(world.rep.pk, MENTION, How.OFF)]
    company = world.create(Company, name="Una")
    assert tell([world.rep], kind=MENTION, about=company, text="Hola") == []
    assert isinstance(world.rep, User)
