"""Invitations, forgotten passwords and sessions: links that work once, from BASE_URL alone, and sessions that end."""

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from coordina.accounts import devices, tickets
from coordina.accounts.enums import Access
from coordina.accounts.models import Attempt, Device, Ticket, User
from coordina.accounts.passwords import matches, store_password
from coordina.activity.models import Mail
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.jobs import Job
from coordina.ledger.queue.worker import run_until_idle

from .conftest import World

pytestmark = pytest.mark.django_db
NEW = "tres gaviotas azules"


@pytest.fixture
def newcomer(world: World) -> User:
    """Somebody without access."""
    return world.make(User, name="Vera Nueva", team=world.ana.team_id, role=world.ana.role_id)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def token_in(text_: str) -> str:
    found = re.search(r"/access/([^/\s\"<]+)/", text_)
    assert found, text_
    return found[1]


def choose(token: str, password: str = NEW) -> tuple[Client, Any]:
    """Come by a link and choose a password."""
    client = Client()
    assert client.get(f"/access/{token}/").status_code == 302
    return client, client.post("/access/", {"password": password})


def signs_in(email: str, password: str) -> bool:
    return Client().post("/sign-in/", {"email": email, "password": password}).status_code == 302


def reset_token(email: str, **headers: str) -> str:
    """Ask for a link and read it in the mail."""
    before = set(Mail.objects.values_list("pk", flat=True))
    assert Client(headers=headers or None).post("/forgotten/", {"email": email}).status_code == 200
    run_until_idle()
    return token_in(Mail.objects.exclude(pk__in=before).get().text)


def test_an_invitation_is_sent_used_once_and_signs_in(world: World, newcomer: User) -> None:
    client = world.client(world.director)
    page = client.post(f"/users/{newcomer.pk}/do/invite/", {"email": "vera@example.com"}, follow=True)
    mail = Mail.objects.get()
    assert (mail.address, mail.secret, mail.language) == ("vera@example.com", True, "es")
    assert mail.text.count(django_settings.BASE_URL) == 1
    token = token_in(mail.text)
    assert token in text(page)  # without a mail server it is copied from the page
    fresh, answer = choose(token, "1234567890")
    assert answer.status_code == 422  # weak
    answer = fresh.post("/access/", {"password": NEW})
    assert answer.status_code == 302
    assert fresh.get("/").status_code == 200
    assert User.objects.get(pk=newcomer.pk).access == Access.ACTIVE
    assert signs_in("vera@example.com", NEW)
    assert choose(token)[1].status_code == 410


def test_an_invitation_ends_when_withdrawn_sent_again_or_old(world: World, newcomer: User) -> None:
    client = world.client(world.director)
    url = f"/users/{newcomer.pk}/do/invite/"

    def invited() -> str:
        return token_in(text(client.post(url, {"email": "vera@example.com"}, follow=True)))

    first = invited()
    again = text(client.post(url, {"email": "vera@example.com"}, follow=True))
    assert "No cambió nada" not in again and "Nothing changed" not in again
    second = invited()
    assert choose(first)[1].status_code == 410
    client.post(url, {"do": "withdraw"})
    assert choose(second)[1].status_code == 410
    third = invited()
    Ticket.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert choose(third)[1].status_code == 410
    fourth = invited()
    with change_set(by=None, at=timezone.now(), via="system"):
        newcomer.refresh_from_db()
        newcomer.email = "otra@example.com"
        newcomer.save()
    assert choose(fourth)[1].status_code == 410
    assert User.objects.get(pk=newcomer.pk).access == Access.NO_ACCESS
    assert world.client(world.ana).get(url).status_code == 403


def test_a_forgotten_password_is_chosen_anew_once_and_ends_other_sessions(world: World) -> None:
    store_password(world.ana, "siete vacas lecheras", at=timezone.now())
    elsewhere = world.client(world.ana)
    assert elsewhere.get("/").status_code == 200
    token = reset_token("ana@example.com")
    here, answer = choose(token)
    assert answer.status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert signs_in("ana@example.com", NEW)
    assert not signs_in("ana@example.com", "siete vacas lecheras")
    assert choose(token)[1].status_code == 410
    told = Mail.objects.order_by("pk").last()
    assert told is not None
    assert told.address == "ana@example.com"
    assert "/access/" not in told.text


def test_a_reset_link_dies_with_the_password_the_access_and_the_next_link(world: World) -> None:
    first = reset_token("ana@example.com")
    second = reset_token("ana@example.com")
    assert choose(first)[1].status_code == 410
    store_password(world.ana, "siete vacas lecheras", at=timezone.now())
    assert choose(second)[1].status_code == 410
    third = reset_token("ana@example.com")
    world.client(world.director).post(f"/users/{world.ana.pk}/do/deactivate/", {"sure": "yes"})
    assert User.objects.get(pk=world.ana.pk).access == Access.DEACTIVATED
    assert choose(third)[1].status_code == 410
    assert Client().post("/forgotten/", {"email": "ana@example.com"}).status_code == 200
    run_until_idle()
    assert not Ticket.objects.exists()  # who has no access gets none
    assert tickets.find("", at=timezone.now()) is None
    assert tickets.find("9" * 40 + "-x:y", at=timezone.now()) is None


def test_links_come_from_the_settings_and_never_from_the_request(world: World) -> None:
    wrong = Client(headers={"Host": "evil.example"}).post("/forgotten/", {"email": "ana@example.com"})
    assert wrong.status_code == 400
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"):
        reset_token("ana@example.com", **{header: "evil.example"})
    assert "evil" not in "".join(m.text + m.html + m.subject for m in Mail.objects.all())
    assert all(django_settings.BASE_URL in m.text for m in Mail.objects.all())


def test_tokens_stand_in_no_job_and_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    token = reset_token("ana@example.com")
    choose(token, "1")
    choose(token)
    choose(token)
    assert token not in caplog.text
    assert not [j for j in Job.objects.all() if token in repr(j.__dict__)]
    assert not Ticket.objects.filter(nonce__contains=token).exists()


def test_asking_is_throttled_per_address_and_account(world: World) -> None:
    client = Client()
    statuses = [client.post("/forgotten/", {"email": "ana@example.com"}).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert Attempt.objects.exists()
    assert client.post("/forgotten/", {"email": "luis@example.com"}).status_code == 200


def test_own_sessions_are_seen_and_ended(world: World) -> None:
    here, there, third = (world.client(world.ana) for _ in range(3))
    stranger = world.client(world.luis)
    page = text(here.get("/profile/sessions/"))
    assert page.count('<li class="row">') == 3
    keys = {c.cookies[django_settings.SESSION_COOKIE_NAME].value: c for c in (here, there, third)}
    assert not [key for key in keys if key in page]
    target = Device.objects.get(session_key=there.cookies[django_settings.SESSION_COOKIE_NAME].value)
    stranger.post("/profile/sessions/end/", {"session": target.pk})
    assert there.get("/").status_code == 200  # nobody ends another's
    here.post("/profile/sessions/end/", {"session": target.pk})
    assert (here.get("/").status_code, there.get("/").status_code, third.get("/").status_code) == (200, 302, 200)
    here.post("/profile/sessions/end/", {"others": "yes"})
    assert (here.get("/").status_code, third.get("/").status_code) == (200, 302)
    assert stranger.get("/").status_code == 200


def test_an_administrator_ends_the_sessions_of_somebody(world: World) -> None:
    theirs = world.client(world.ana)
    assert world.client(world.luis).post(f"/users/{world.ana.pk}/do/end-sessions/").status_code == 403
    assert theirs.get("/").status_code == 200
    assert world.client(world.director).post(f"/users/{world.ana.pk}/do/end-sessions/").status_code == 302
    assert theirs.get("/").status_code == 302
    assert not devices.devices_of(world.ana)


def test_signing_out_and_changing_the_password_forget_the_sessions(world: World) -> None:
    store_password(world.ana, "siete vacas lecheras", at=timezone.now())
    here, there = world.client(world.ana), world.client(world.ana)
    here.post("/profile/password/", {"current": "siete vacas lecheras", "password": NEW})
    assert matches(User.objects.get(pk=world.ana.pk), NEW)
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert Device.objects.filter(user=world.ana).count() == 1
    here.post("/sign-out/")
    assert not Device.objects.filter(user=world.ana).exists()
