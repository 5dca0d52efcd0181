"""The pages of webhooks: who may do what, what is shown once, what is refused where."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.core.actions import of
from coordina.core.refusals import Refusal
from coordina.customers.models import Company
from coordina.hooks.actions import change_webhook, end_webhook
from coordina.hooks.models import Delivery, DeliveryState, Line, Webhook
from coordina.hooks.sending import send
from coordina.hooks.signing import line_of, secrets_of
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import Batch, Change
from coordina.ledger.models.jobs import Job
from coordina.ledger.undo import undo

from ..world import World
from .conftest import Receiver, hook, person, work
from .test_sight import KEEPING, give

pytestmark = pytest.mark.django_db
ADDRESS = "https://hooks.example.com/almacen"


def given(**said: Any) -> dict[str, Any]:
    return {"name": "Almacén", "address": ADDRESS, "events": ["opportunity.won", "lead.*"], "filter": "", **said}


def test_it_is_made_shown_changed_and_ended_on_pages(world: World) -> None:
    client = world.client(world.boss, **{"Accept-Language": "en"})
    page = client.get("/webhooks/new/").content.decode()
    assert 'value="opportunity.won"' in page
    answer = client.post("/webhooks/new/", given())
    made = Webhook.objects.get()
    assert answer["Location"] == f"/webhooks/{made.pk}/"
    assert (made.owner_id, made.events) == (world.boss.pk, ["opportunity.won", "lead.*"])
    for url in ("/webhooks/", f"/webhooks/{made.pk}/", f"/webhooks/{made.pk}/deliveries/", "/settings/"):
        assert client.get(url).status_code == 200, url
    page = client.get(f"/webhooks/{made.pk}/edit/").content.decode()
    assert 'value="opportunity.won" checked' in page
    assert client.post(f"/webhooks/{made.pk}/edit/", given(name="Tienda", version="1")).status_code == 302
    assert Webhook.objects.get().name == "Tienda"
    assert client.post(f"/webhooks/{made.pk}/edit/", given(name="Otra", version="1")).status_code == 422, "stale"
    assert client.post(f"/webhooks/{made.pk}/do/pause-webhook/", {}).status_code in (200, 302)
    assert Webhook.objects.get().status == "paused"
    assert client.post(f"/webhooks/{made.pk}/do/resume-webhook/", {}).status_code in (200, 302)
    assert Webhook.objects.get().status == "active"
    client.post(f"/webhooks/{made.pk}/do/end-webhook/", {})
    assert not Webhook.objects.exists()
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"address": ""}, "address"),
        ({"address": "http://hooks.example.com/"}, "address"),
        ({"address": "https://127.0.0.1/"}, "address"),
        ({"address": "https://user:x@hooks.example.com/"}, "address"),
        ({"events": []}, "events"),
        ({"events": ["opportunity.gone"]}, "events"),
        ({"events": ["token.created"]}, "events"),
        ({"filter": "amount >= 10"}, "filter"),
        ({"filter": "nonsense = 1", "events": ["opportunity.won"]}, "filter"),
        ({"filter": "amount >=", "events": ["opportunity.won"]}, "filter"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(world: World, said: dict[str, Any], field: str) -> None:
    answer = world.client(world.boss).post("/webhooks/new/", given(**said))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Webhook.objects.exists()
    if said.get(field) and field in ("address", "filter"):
        assert said[field].replace(">", "&gt;") in answer.content.decode()


def test_the_secret_is_shown_once_and_stands_on_no_other_page(world: World) -> None:
    made = hook(world.boss, ADDRESS)
    client = world.client(world.boss)
    secret = secrets_of(line_of(made.pk), timezone.now())[0]
    assert secret not in client.get(f"/webhooks/{made.pk}/").content.decode()
    assert client.get(f"/webhooks/{made.pk}/secret/").status_code == 405
    shown = client.post(f"/webhooks/{made.pk}/secret/", {"do": "show"})
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert secret not in client.post(f"/webhooks/{made.pk}/secret/", {"do": "show"}).content.decode()
    changed = client.post(f"/webhooks/{made.pk}/secret/", {"do": "rotate"}).content.decode()
    new = secrets_of(line_of(made.pk), timezone.now())[0]
    assert new != secret
    assert new in changed
    for url in (f"/webhooks/{made.pk}/", f"/webhooks/{made.pk}/history/", "/webhooks/export/", "/webhooks/"):
        answer: Any = client.get(url)
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        assert secret not in text
        assert new not in text
    for model in (Change, Batch, ChangeSet, Job, Webhook, Line, Delivery):
        assert all(new not in repr(row) for row in model._base_manager.values_list())


def test_where_data_is_sent_is_decided_after_a_fresh_proof(world: World, monkeypatch: Any) -> None:
    import time

    client, made = world.client(world.boss), hook(world.boss, ADDRESS)
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 1900)
    page = f"/webhooks/{made.pk}/"
    for url in ("/webhooks/new/", f"{page}edit/"):
        assert client.get(url).headers["Location"].startswith("/confirm/"), url
        assert client.post(url, {}).headers["Location"].startswith("/confirm/"), url
    answer = client.post(f"{page}secret/", {"do": "show"}, headers={"Referer": f"http://testserver{page}"})
    assert answer.headers["Location"] == f"/confirm/?next=%2Fwebhooks%2F{made.pk}%2F"
    assert client.get(page).status_code == 200


def test_without_the_permission_there_is_nothing(world: World) -> None:
    made = hook(world.boss, ADDRESS)
    client = world.client(world.rep)
    plain = (Webhook.objects.get().version, Line.objects.get().nonce, Delivery.objects.count())
    for url in ("/webhooks/", "/webhooks/new/", f"/webhooks/{made.pk}/", f"/webhooks/{made.pk}/edit/"):
        assert client.get(url).status_code in (403, 404), url
    for part in ("deliveries/", "deliveries/x/"):
        assert client.get(f"/webhooks/{made.pk}/{part}").status_code in (403, 404), part
    assert client.post("/webhooks/new/", given()).status_code == 403
    for part in ("edit/", "secret/", "test/", "deliveries/again/", "do/pause-webhook/", "do/end-webhook/"):
        answer = client.post(f"/webhooks/{made.pk}/{part}", given(do="rotate", hours="1"))
        assert answer.status_code in (403, 404), part
    assert (Webhook.objects.get().version, Line.objects.get().nonce, Delivery.objects.count()) == plain
    assert Webhook.objects.count() == 1


def test_nobody_bends_a_webhook_of_somebody_else_to_themselves(world: World) -> None:
    """It sends what its owner sees: another keeper may pause and end it, not lead it elsewhere."""
    give(world.rep, **{n.replace(".", "__"): w for n, w in {**KEEPING, "hooks.delete_webhook": "all"}.items()})
    made = hook(world.boss, ADDRESS)
    client = world.client(world.rep)
    assert client.get(f"/webhooks/{made.pk}/edit/").status_code == 403
    elsewhere = given(address="https://evil.example.com/", version="1")
    assert client.post(f"/webhooks/{made.pk}/edit/", elsewhere).status_code == 403
    assert client.post(f"/webhooks/{made.pk}/secret/", {"do": "show"}).status_code == 403
    assert client.post(f"/webhooks/{made.pk}/test/").status_code == 403
    with pytest.raises(Refusal):
        submit(of(change_webhook), {"address": elsewhere["address"]}, by=person(world.rep), via="web", pk=made.pk)
    assert Webhook.objects.get().address == ADDRESS
    assert not Line.objects.get().shown
    client.post(f"/webhooks/{made.pk}/do/pause-webhook/", {})
    assert Webhook.objects.get().status == "paused"
    assert client.post(f"/webhooks/{made.pk}/do/resume-webhook/", {}).status_code in (403, 422)
    assert Webhook.objects.get().status == "paused", "only its owner lets it send again"
    client.post(f"/webhooks/{made.pk}/do/end-webhook/", {})
    assert not Webhook.objects.exists()


def test_the_log_is_narrowed_and_sends_again(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    receiver.answers = [410]
    world.create(Company, name="Aceites <script>")
    work()
    client = world.client(world.boss, **{"Accept-Language": "en"})
    row = Delivery.objects.get()
    page = client.get(f"/webhooks/{made.pk}/deliveries/?state=dead").content.decode()
    assert row.token in page
    assert "410" in page
    assert row.token not in client.get(f"/webhooks/{made.pk}/deliveries/?state=sent").content.decode()
    one = client.get(f"/webhooks/{made.pk}/deliveries/{row.token}/").content.decode()
    assert "&lt;script&gt;" in one
    assert "Aceites <script>" not in one
    assert "thanks" in one
    client.post(f"/webhooks/{made.pk}/do/resume-webhook/", {})
    assert client.post(f"/webhooks/{made.pk}/deliveries/again/", {"token": row.token}).status_code == 302
    work()
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT
    assert client.post(f"/webhooks/{made.pk}/deliveries/again/", {"hours": "24"}).status_code == 302
    work()
    assert len(receiver.got) == 3
    assert client.post(f"/webhooks/{made.pk}/deliveries/again/", {"hours": "99999"}).status_code == 404
    assert client.get(f"/webhooks/{made.pk + 1}/deliveries/{row.token}/").status_code == 404


def test_the_test_button_sends_a_sample(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Aceites")
    client = world.client(world.boss)
    answer = client.post(f"/webhooks/{made.pk}/test/")
    assert 'hx-trigger="load delay:2s"' in client.get(answer["Location"]).content.decode()  # the page waits for it
    send.call()
    assert receiver.got[0].said["test"] is True
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "load delay" not in page.content.decode()


def test_what_was_done_is_on_record_and_an_edit_can_be_undone(world: World) -> None:
    made = hook(world.boss, ADDRESS, "company.created")
    client = world.client(world.boss)
    client.post(f"/webhooks/{made.pk}/edit/", given(events=["company.deleted"], version="1"))
    row = ChangeSet.objects.latest("pk")
    assert row.action == "hooks.change_webhook"
    undo(row, by=person(world.boss), at=timezone.now())
    assert Webhook.objects.get().events == ["company.created"]
    submit(of(end_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    assert not ChangeSet.objects.latest("pk").undoable


def test_stopping_is_told_in_the_words_of_the_reader(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    receiver.answers = [410]
    world.create(Company, name="Aceites")
    work()
    page = world.client(world.boss).get(f"/webhooks/{made.pk}/").content.decode()
    assert "La otra parte canceló la suscripción" in page
