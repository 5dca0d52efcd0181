"""REST hooks: the whole cycle as no-code tools go through it, with the rights of the token's person."""

from typing import Any

import pytest

from coordina.accounts.key_writers import end_token
from coordina.customers.models import Company
from coordina.hooks.models import Webhook
from coordina.hooks.names import all_happenings

from ..api.conftest import Program, program, token_for
from ..world import World
from .conftest import Receiver, work

pytestmark = pytest.mark.django_db
TARGET = "https://hooks.example.com/zap/1"


def test_the_whole_cycle(world: World, receiver: Receiver) -> None:
    zap = program(world.boss)
    assert zap.get("/me").status_code == 200, "the test of the connection"
    offered = zap.get("/hooks/events").json()["data"]
    assert {"id": "company.created", "type": "company", "label": "Company: is created"} in offered
    world.create(Company, name="Uno")
    sample = zap.get("/hooks/sample?event=company.created").json()

    made = zap.post("/hooks", {"hookUrl": receiver.url, "event": "company.created"})
    assert made.status_code == 201
    said = made.json()
    assert isinstance(said["id"], int)
    assert said["secret"].startswith("whsec_")

    company = world.create(Company, name="Dos")
    work()
    (got,) = receiver.got
    assert got.said["record_id"] == company.pk
    assert got.is_signed_with(said["secret"])
    assert set(got.said) == set(sample[0]), "a sample has the shape of what is sent"
    assert set(got.said["record"]) == set(sample[0]["record"])

    listed = zap.get("/hooks").json()["data"]
    assert [each["id"] for each in listed] == [said["id"]]
    assert "secret" not in listed[0]
    assert zap.get(f"/hooks/{said['id']}").json()["target_url"] == receiver.url

    assert zap.delete(f"/hooks/{said['id']}").status_code == 204
    assert zap.delete(f"/hooks/{said['id']}").status_code == 404
    world.create(Company, name="Tres")
    work()
    assert len(receiver.got) == 1


def test_samples_are_the_newest_three_each_with_an_id_of_its_own(world: World) -> None:
    for name in ("Uno", "Dos", "Tres", "Cuatro"):
        world.create(Company, name=name)
    sample = program(world.boss).get("/hooks/sample?event=company.changed").json()
    assert [each["record"]["name"] for each in sample] == ["Cuatro", "Tres", "Dos"]
    assert len({each["id"] for each in sample}) == 3
    narrowed = program(world.boss).get("/hooks/sample?event=company.changed&filter=name = Dos".replace(" ", "%20"))
    assert [each["record"]["name"] for each in narrowed.json()] == ["Dos"]
    gone = program(world.boss).get("/hooks/sample?event=company.deleted").json()
    assert gone[0]["record"] is None


def test_every_event_has_a_sample(world: World) -> None:
    zap = program(world.boss)
    for name in all_happenings():
        answer = zap.get(f"/hooks/sample?event={name}")
        assert answer.status_code == 200, name
        assert isinstance(answer.json(), list)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"event": "company.created"}, "/target_url"),
        ({"target_url": "https://10.0.0.1/", "event": "company.created"}, "/target_url"),
        ({"hookUrl": "http://hooks.example.com/", "event": "company.created"}, "/hookUrl"),
        ({"target_url": TARGET, "event": "company.gone"}, "/event"),
        ({"target_url": TARGET}, "/event"),
        ({"target_url": TARGET, "events": "company.created"}, "/events"),
        ({"target_url": TARGET, "events": [7]}, "/events"),
        ({"target_url": 7, "event": "company.created"}, "/target_url"),
        ({"target_url": TARGET, "event": "company.created", "owner": 1}, "/owner"),
        ({"target_url": TARGET, "event": "company.created", "token_ref": 1}, "/token_ref"),
        ({"target_url": TARGET, "event": "company.created", "filter": "nonsense = 1"}, "/filter"),
        ({"target_url": TARGET, "event": "company.created", "name": "x" * 100}, "/name"),
    ],
)
def test_what_cannot_be_is_a_problem_with_a_pointer(world: World, body: Any, pointer: str) -> None:
    answer = program(world.boss).post("/hooks", body)
    assert answer.status_code == 422, answer.content
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert not Webhook.objects.exists()


def test_a_token_that_is_narrower_than_its_person_makes_no_hook(world: World) -> None:
    body = {"target_url": TARGET, "event": "company.created"}
    reading = program(world.boss, writes=False)
    some = program(world.boss, types=["company"])
    seller = program(world.rep)
    for caller in (reading, some, seller):
        for method, path in (("POST", "/hooks"), ("GET", "/hooks"), ("GET", "/hooks/sample?event=company.created")):
            assert caller.ask(method, path, body if method == "POST" else None).status_code == 403, path
    assert Program("").post("/hooks", body).status_code == 401
    assert not Webhook.objects.exists()


def test_hooks_of_others_are_not_there(world: World) -> None:
    from .test_sight import KEEPING, give

    give(world.rep, **{n.replace(".", "__"): w for n, w in {**KEEPING, "hooks.delete_webhook": "all"}.items()})
    made = program(world.boss).post("/hooks", {"target_url": TARGET, "event": "company.created"}).json()
    other = program(world.rep)
    assert other.get("/hooks").json() == {"data": []}
    for method in ("GET", "DELETE"):
        assert other.ask(method, f"/hooks/{made['id']}").status_code == 404
    assert Webhook.objects.exists()


def test_a_hook_ends_with_the_token_that_made_it(world: World, receiver: Receiver) -> None:
    token = token_for(world.boss)
    Program(token.secret).post("/hooks", {"target_url": receiver.url, "event": "company.created"})
    world.create(Company, name="Uno")
    world.act(end_token, pk=token.pk)
    work()
    assert not receiver.got
    made = Webhook.objects.get()
    assert (made.status, made.stopped) == ("paused", "token")


def test_gone_ends_the_hook(world: World, receiver: Receiver) -> None:
    zap = program(world.boss)
    zap.post("/hooks", {"target_url": receiver.url, "event": "company.created"})
    receiver.answers = [410]
    world.create(Company, name="Uno")
    world.create(Company, name="Dos")
    work(3)
    assert zap.get("/hooks").json()["data"][0]["active"] is False


def test_addresses_that_lead_nowhere_and_methods_that_there_are_not(world: World) -> None:
    zap = program(world.boss)
    assert zap.get("/hooks/1/2").status_code == 404
    assert zap.get("/hooks/x").status_code == 404
    assert zap.get("/hooks/0").status_code == 404
    assert zap.ask("PUT", "/hooks", {}).status_code == 405
    assert zap.get("/hooks/sample").status_code == 400
    assert zap.get("/hooks/sample?event=x").status_code == 400
