"""After a restore nothing leaves until an administrator says so, and what waited is dropped or sent as they choose."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from coordina.accounts.models import Organization
from coordina.accounts.quarantine import QUEUES, Waiting, held
from coordina.activity.delivery import deliver
from coordina.activity.mail import send as send_mail
from coordina.activity.models import Mail, MailState
from coordina.config.restore import HOLD
from coordina.customers.models import Company
from coordina.hooks.gathering import gather
from coordina.hooks.models import Delivery, DeliveryState
from coordina.hooks.sending import look_for_work
from coordina.hooks.sending import send as send_calls
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from tests.hooks.conftest import Receiver, hook, work
from tests.world import World

pytestmark = pytest.mark.django_db
URL = "/settings/system/held/"


@pytest.fixture
def waiting(world: World, receiver: Receiver, settings: Any) -> Receiver:
    """A mail and a call that wait in what was restored, and one of each since."""
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    hook(world.boss, receiver.url, "company.created")
    send_mail(to=world.rep, subject="Antiguo", text="x")
    world.create(Company, name="Antigua")
    call_command("hold_outgoing", verbosity=0)
    send_mail(to=world.rep, subject="Nuevo", text="x")
    world.create(Company, name="Nueva")
    return receiver


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("subject", "state"))


def test_nothing_leaves_until_it_is_let(world: World, waiting: Receiver) -> None:
    assert held()
    run_until_idle()
    assert [deliver.call(), send_calls.call(), look_for_work.call()] == [0, 0, None]
    assert waiting.got == []
    assert states() == {"Antiguo": MailState.WAITING, "Nuevo": MailState.WAITING}
    assert {queue.waiting(None) for queue in QUEUES} == {2}
    since = Organization.objects.get().held_since
    assert {queue.waiting(since) for queue in QUEUES} == {1}


def test_every_page_of_an_administrator_says_so(world: World, waiting: Receiver) -> None:
    boss, rep = world.client(world.boss), world.client(world.rep)
    for url in ("/companies/", "/settings/", URL):
        assert "no sale nada" in boss.get(url).content.decode()
    assert "no sale nada" not in rep.get("/companies/").content.decode()
    boss.post(f"{URL}release/", {"waiting": Waiting.DROP})
    assert "no sale nada" not in boss.get("/companies/").content.decode()


@pytest.mark.parametrize(
    ("chosen", "mails", "calls"),
    [
        (Waiting.DROP_OLD, {"Antiguo": MailState.CANCELLED}, ["Nueva"]),
        (Waiting.DROP, {"Antiguo": MailState.CANCELLED, "Nuevo": MailState.CANCELLED}, []),
        (Waiting.SEND, {}, ["Antigua", "Nueva"]),
        ("nonsense", {"Antiguo": MailState.CANCELLED}, ["Nueva"]),
    ],
)
def test_what_waits_is_dropped_or_sent(
    world: World, waiting: Receiver, chosen: str, mails: dict[str, str], calls: list[str], settings: Any
) -> None:
    settings.EMAIL_URL = ""  # that mails go out is tested elsewhere; here, which of them still may
    answer = world.client(world.boss).post(f"{URL}release/", {"waiting": chosen})
    assert answer.status_code == 302
    assert states() == {"Antiguo": MailState.WAITING, "Nuevo": MailState.WAITING} | mails
    work(3)
    assert [event["record"]["name"] for event in waiting.events] == calls
    change = ChangeSet.objects.get(action="accounts.release_outgoing")
    assert change.by_id == world.boss.pk


def test_it_is_released_once(world: World, waiting: Receiver) -> None:
    boss = world.client(world.boss)
    boss.post(f"{URL}release/", {"waiting": Waiting.DROP})
    assert boss.post(f"{URL}release/", {"waiting": Waiting.SEND}).status_code == 409


def test_a_restored_folder_holds_before_its_database_knows(world: World, settings: Any) -> None:
    assert not held()
    settings.DATA_DIR.mkdir(parents=True)
    (settings.DATA_DIR / HOLD).touch()
    assert held()
    call_command("hold_outgoing", verbosity=0)
    assert not (settings.DATA_DIR / HOLD).exists()
    assert held()
    assert Organization.objects.get().held_since > timezone.now() - timedelta(minutes=1)


def test_deliveries_of_what_was_dropped_say_why(world: World, waiting: Receiver) -> None:
    gather.call()
    world.client(world.boss).post(f"{URL}release/", {"waiting": Waiting.DROP})
    found = Delivery.objects.values_list("state", "note")
    assert set(found) == {(DeliveryState.CANCELLED, "It was dropped after a restore.")}
