"""Nobody is told what they may not see: who lost access, a role that lost reach or a field, deleted records, the log.

Canaries: nothing of what is hidden may be in a body that was sent, or in a page that shows what was sent.
"""

import pytest
from django.utils import timezone

from coordina.accounts import tree
from coordina.accounts.actions import deactivate
from coordina.accounts.models import Role, User
from coordina.customers.models import Company
from coordina.hooks.gathering import gather
from coordina.hooks.models import Delivery, DeliveryState
from coordina.hooks.sending import send, send_sample
from coordina.ledger.change_sets import change_set

from ..world import World
from .conftest import Receiver, hook, over, work

pytestmark = pytest.mark.django_db
KEEPING = {"hooks.view_webhook": "all", "hooks.add_webhook": "all", "hooks.change_webhook": "all"}


def give(user: User, **reach: str) -> None:
    """Let a person's role do something more, or something else."""
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(pk=user.role_id)
        role.reach = {**role.reach, **{name.replace("__", "."): width for name, width in reach.items()}}
        role.save()
    tree.forget()


def take(user: User, *names: str) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(pk=user.role_id)
        role.reach = {name: width for name, width in role.reach.items() if name not in names}
        role.save()
    tree.forget()


@pytest.fixture
def keeper(world: World) -> World:
    """The representatives may keep webhooks."""
    give(world.rep, **{name.replace(".", "__"): width for name, width in KEEPING.items()})
    return world


def test_the_reach_of_the_owner_decides(keeper: World, receiver: Receiver) -> None:
    give(keeper.rep, customers__view_company="own")
    hook(keeper.rep, receiver.url, "company.*")
    mine = keeper.create(Company, by=keeper.rep, name="Mía")
    keeper.create(Company, by=keeper.other, name="CANARIO")
    work(2)
    assert [e["record_id"] for e in receiver.events] == [mine.pk]
    assert b"CANARIO" not in b"".join(each.body for each in receiver.got)


def test_a_record_that_goes_to_somebody_else_is_not_told_of_any_more(keeper: World, receiver: Receiver) -> None:
    give(keeper.rep, customers__view_company="own")
    company = keeper.create(Company, by=keeper.rep, name="Mía")
    hook(keeper.rep, receiver.url, "company.*")
    keeper.edit(company, name="CANARIO", owner=keeper.other.pk)
    work(2)
    keeper.delete(company)
    work(2)
    assert not receiver.got
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.WITHHELD}


@pytest.mark.parametrize("when", ["before it is gathered", "before it is sent", "before it is sent again"])
def test_who_has_no_access_any_more_is_told_nothing(keeper: World, receiver: Receiver, when: str) -> None:
    made = hook(keeper.rep, receiver.url, "company.created")
    keeper.create(Company, by=keeper.rep, name="CANARIO")
    if when != "before it is gathered":
        gather.call()
    if when == "before it is sent again":
        receiver.answers = [500]
        send.call()
        receiver.got.clear()
    keeper.act(deactivate, pk=keeper.rep.pk)
    work(2)
    assert not receiver.got
    made.refresh_from_db()
    assert (made.status, made.stopped) == ("paused", "owner")
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()


def test_who_may_keep_no_webhooks_any_more_is_told_nothing(keeper: World, receiver: Receiver) -> None:
    made = hook(keeper.rep, receiver.url, "company.created")
    keeper.create(Company, by=keeper.rep, name="CANARIO")
    take(keeper.rep, "hooks.add_webhook")
    work()
    assert not receiver.got
    made.refresh_from_db()
    assert made.stopped == "owner"


def test_who_loses_sight_of_a_kind_of_record_is_told_nothing_of_it(keeper: World, receiver: Receiver) -> None:
    hook(keeper.rep, receiver.url, "company.*")
    company = keeper.create(Company, by=keeper.rep, name="CANARIO")
    keeper.edit(company, name="CANARIO dos")
    keeper.delete(company)
    take(keeper.rep, "customers.view_company")
    work(4)
    assert not receiver.got


def hide(user: User, noun: str, field: str) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(pk=user.role_id)
        role.fields = {**(role.fields or {}), noun: {field: "hidden"}}
        role.save()
    tree.forget()


def test_a_hidden_field_is_not_there_nor_what_it_was(keeper: World, receiver: Receiver) -> None:
    hook(keeper.rep, receiver.url, "company.*")
    company = keeper.create(Company, by=keeper.rep, name="Aceites", website="https://canario.example.com")
    gather.call()
    hide(keeper.rep, "company", "website")
    over()
    send.call()
    keeper.edit(company, website="https://canario-dos.example.com", name="Aceites del Valle")
    work()
    keeper.edit(company, website="https://canario-tres.example.com")
    work()
    keeper.delete(company)
    work()
    assert receiver.names == ["company.created", "company.changed", "company.deleted"]
    assert "website" not in receiver.events[0]["record"]
    assert receiver.events[1]["previous"] == {"name": "Aceites"}
    assert "website" not in receiver.events[2]["previous"]
    assert b"canario" not in b"".join(each.body for each in receiver.got)


def test_what_was_sent_is_shown_with_the_eyes_of_whoever_looks(keeper: World, receiver: Receiver) -> None:
    made = hook(keeper.boss, receiver.url, "company.created")
    receiver.text = b"CANARIO-respuesta"
    keeper.create(Company, by=keeper.other, name="CANARIO", website="https://canario.example.com")
    work()
    row = Delivery.objects.get()
    url = f"/webhooks/{made.pk}/deliveries/{row.token}/"
    whole = keeper.client(keeper.boss).get(url).content.decode()
    assert "CANARIO" in whole
    assert "canario.example.com" in whole
    assert "CANARIO-respuesta" in whole
    give(keeper.rep, customers__view_company="own")
    page = keeper.client(keeper.rep).get(url).content.decode()
    assert "CANARIO" not in page
    give(keeper.rep, customers__view_company="all")
    hide(keeper.rep, "company", "website")
    page = keeper.client(keeper.rep).get(url).content.decode()
    assert "CANARIO" in page
    assert "canario.example.com" not in page
    assert "CANARIO-respuesta" not in page, "what came back is for the owner"


def test_a_sample_shows_only_what_the_owner_sees(keeper: World, receiver: Receiver) -> None:
    give(keeper.rep, customers__view_company="own")
    made = hook(keeper.rep, receiver.url, "company.created")
    keeper.create(Company, by=keeper.other, name="CANARIO")
    send_sample(made)
    work(2)
    assert not receiver.got
