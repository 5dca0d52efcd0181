"""Outgoing mail in the settings: for its keepers, with what is wrong, and nothing that is not theirs to read."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from coordina.accounts.models import Role
from coordina.activity.kinds import MENTION
from coordina.activity.mail import send
from coordina.activity.models import Mail, MailState, Notification
from coordina.activity.notifications import tell
from coordina.activity.outgoing import TROUBLE
from coordina.customers.models import Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.queue import run_until_idle
from tests.activity.conftest import Post
from tests.world import World

pytestmark = pytest.mark.django_db
URL = "/settings/mail/"


def test_only_keepers_see_it(world: World) -> None:
    mail = send(to=world.rep, subject="Canario", text="Canario")
    assert mail is not None
    for user in (world.rep, world.other, world.service):
        client = world.client(user)
        for url in (URL, f"{URL}{mail.pk}/"):
            assert client.get(url).status_code == 403
        for url in (f"{URL}change/", f"{URL}test/"):
            assert client.post(url, {"pk": mail.pk, "do": "cancel"}).status_code == 403
        assert "/settings/mail/" not in client.get("/settings/").content.decode()
    assert Mail.objects.get().state == MailState.HELD
    boss = world.client(world.boss)
    assert "/settings/mail/" in boss.get("/settings/").content.decode()
    assert "Canario" in boss.get(URL).content.decode()
    assert boss.get(f"{URL}9999/").status_code == 404


def test_without_a_server_mails_are_shown_and_later_sent(world: World, settings: Any) -> None:
    mail = send(to=world.rep, subject="Hola", text="Texto entero")
    assert mail is not None
    client = world.client(world.boss)
    page = client.get(URL).content.decode()
    assert "No hay servidor de correo" in page
    assert "Texto entero" in client.get(f"{URL}{mail.pk}/").content.decode()
    answer = client.post(f"{URL}change/", {"do": "retry"}, follow=True)
    assert "EMAIL_URL" in answer.content.decode()
    assert Mail.objects.get().state == MailState.HELD


def test_a_server_that_is_down_is_shown_and_all_leave_when_it_is_back(world: World, post: Post) -> None:
    client = world.client(world.boss)
    client.post(f"{URL}test/")
    run_until_idle()
    assert "Los correos no están saliendo" in client.get(URL).content.decode()
    assert "Los correos no están saliendo" in client.get("/settings/").content.decode()
    assert "Los correos no están saliendo" not in world.client(world.rep).get("/settings/").content.decode()
    (told,) = Notification.objects.filter(kind=TROUBLE)
    assert told.person_id == world.boss.pk
    server = post.up()
    client.post(f"{URL}change/", {"do": "retry", "pk": Mail.objects.get().pk})
    run_until_idle()
    assert len(server.taken) == 1
    assert "Los correos no están saliendo" not in client.get("/settings/").content.decode()
    post.down()
    for subject in ("uno", "dos"):
        send(to=world.rep, subject=subject, text="x")
    Mail.objects.filter(state=MailState.WAITING).update(state=MailState.FAILED, error="550 no", error_at=timezone.now())
    server = post.up()
    client.post(f"{URL}change/", {"do": "retry"})
    run_until_idle()
    assert len(server.taken) == 2


def test_a_stopped_mail_is_not_sent(world: World, post: Post) -> None:
    mail = send(to=world.rep, subject="Hola", text="x")
    assert mail is not None
    client = world.client(world.boss)
    client.post(f"{URL}change/", {"pk": mail.pk, "do": "cancel"})
    server = post.up()
    run_until_idle()
    assert not server.taken


def test_keepers_read_no_personal_links_and_nothing_out_of_their_sight(world: World, post: Post) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    send(to=world.rep, subject="CanarioUno", text="CanarioUno", about=secret)
    send(to=world.rep, subject="Clave", text="CanarioDos", secret=True)
    tell([world.rep], kind=MENTION, about=secret, text="CanarioTres")
    with change_set(by=None, at=timezone.now(), via="system"):
        keeper = Role.objects.get(slug="service")
        keeper.reach = keeper.reach | {"activity.manage_mail": "all"}
        keeper.save()
    for sent in (False, True):
        if sent:
            post.up()
            run_until_idle()
        client = world.client(world.service)
        pages = [client.get(URL), *(client.get(f"{URL}{pk}/") for pk in Mail.objects.values_list("pk", flat=True))]
        assert all(page.status_code == 200 and "Canario" not in page.content.decode() for page in pages)


def test_the_list_filters_by_state_and_goes_on(world: World, settings: Any) -> None:
    for n in range(52):
        send(to=world.rep, subject=f"Carta {n:02}", text="x")
    client = world.client(world.boss)
    page = client.get(URL).content.decode()
    assert "Carta 51" in page
    assert "Carta 01" not in page
    assert "Carta 01" in client.get(f"{URL}?before={Mail.objects.order_by('-pk')[49].pk}").content.decode()
    assert "Carta" not in client.get(f"{URL}?state=sent").content.decode()
    assert "Carta 51" in client.get(f"{URL}?state=held").content.decode()


def test_roles_of_a_company_that_exists_get_what_is_new(world: World) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(slug="representative")
        role.reach = {"customers.view_company": "all", "activity.add_comment": "own"}
        role.save()
    import_module("coordina.activity.migrations.0005_roles_may_comment").grant(apps, None)
    role.refresh_from_db()
    assert role.reach["customers.view_company"] == "all"
    assert role.reach["activity.add_comment"] == "own"
    assert role.reach["activity.view_comment"] == "all"
    assert "activity.manage_mail" not in role.reach
