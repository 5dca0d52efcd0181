"""Pages of shipping: the packing table, the papers, the panels, and the door of carriers."""

import datetime as dt
import hmac
import io
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from coordina.customers.models import Person
from coordina.documents import rendering
from coordina.orders.enums import State as OrderState
from coordina.shipping.actions import mark_delivered, renew_door
from coordina.shipping.enums import State, Told
from coordina.shipping.models import Shipment, TrackingEvent
from coordina.shipping.telling import secret_of
from tests.shipping.ground import Shipping

DESK = "/packing/"


def text_of(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf", answer.content
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def signed(body: bytes, key: str, at: int | None = None) -> dict[str, str]:
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(key.encode(), b"%d." % stamp + body, "sha256").hexdigest()
    return {"X-Coordina-Signature": f"t={stamp},v1={digest}"}


def tell(shipping: Shipping, said: Any, **more: Any) -> Any:
    body = json.dumps(said).encode()
    carrier = shipping.again(shipping.carrier)
    headers = signed(body, more.get("key", secret_of(carrier)), more.get("at"))
    url = f"/t/{more.get('door', carrier.door)}/"
    return Client().post(url, body, content_type="application/json", headers=headers)


def test_many_are_packed_and_shipped_at_once_the_oldest_promise_first(shipping: Shipping) -> None:
    late = shipping.order(lamps=2, promised_on=(shipping.today + dt.timedelta(days=3)).isoformat())
    soon = shipping.order(lamps=1, promised_on=(shipping.today + dt.timedelta(days=1)).isoformat())
    browser = shipping.door(shipping.keeper)
    page = browser.get(DESK).content.decode()
    assert page.index(soon.reference) < page.index(late.reference)
    assert browser.post(DESK, {"prepare": "1"}).status_code == 422
    sent = {"prepare": "1", "prepare-pick": [late.pk, soon.pk], "carrier": shipping.carrier.pk}
    assert browser.post(DESK, sent).status_code == 302
    shipments = list(Shipment.objects.order_by("pk"))
    assert [s.carrier_id for s in shipments] == [shipping.carrier.pk] * 2
    sent = {"ship": "1", "ship-pick": [s.pk for s in shipments], f"number-{shipments[0].pk}": "R-77"}
    assert browser.post(DESK, sent).status_code == 302
    assert set(Shipment.objects.values_list("status", "tracking_number")) == {("shipped", "R-77"), ("shipped", "")}
    answer = browser.post(DESK, sent)
    assert answer.status_code == 422, "what left already does not leave again"
    assert shipping.figures() == (7, 0, 7)


def test_one_that_cannot_leave_stops_no_other(shipping: Shipping) -> None:
    good, bad = shipping.packed(shipping.order(lamps=1)), shipping.packed(shipping.order(lamps=1))
    from coordina.shipping.models import ShipmentLine

    shipping.delete(ShipmentLine.objects.get(shipment=bad), shipping.keeper)
    answer = shipping.door(shipping.keeper).post(
        DESK, {"ship": "1", "ship-pick": [bad.pk, good.pk], f"name-{bad.pk}-ship": bad.reference}
    )
    assert answer.status_code == 422 and bad.reference in answer.content.decode()
    assert shipping.again(good).status == State.SHIPPED and shipping.again(bad).status == State.PACKING


def test_who_does_not_ship_sees_no_packing_table(shipping: Shipping) -> None:
    assert shipping.door(shipping.rep).get(DESK).status_code == 403


def test_pages_show_where_it_is(shipping: Shipping) -> None:
    order = shipping.order(lamps=2)
    shipment = shipping.sent(order, tracking_number="A 1")
    browser = shipping.door(shipping.keeper)
    page = browser.get(f"/shipments/{shipment.pk}/").content.decode()
    assert "Lámpara" in page and "https://rayo.example/?n=A%201" in page and "delivery-note.pdf" in page
    page = browser.get(f"/orders/{order.pk}/").content.decode()
    assert shipment.reference in page and "confirmation.pdf" in page
    assert shipment.reference in browser.get("/shipments/").content.decode()
    keeper = browser.get(f"/carriers/{shipping.carrier.pk}/").content.decode()
    assert secret_of(shipping.carrier) in keeper
    assert (
        secret_of(shipping.carrier)
        not in shipping.door(shipping.rep).get(f"/carriers/{shipping.carrier.pk}/").content.decode()
    )


def test_papers_are_in_the_language_of_the_customer(shipping: Shipping) -> None:
    order = shipping.order(lamps=2, customer_reference="PO-9 #$[")
    shipment = shipping.sent(order, tracking_number="A1")
    browser = shipping.door(shipping.keeper)
    note = text_of(browser.get(f"/shipments/{shipment.pk}/delivery-note.pdf"))
    for part in ("Albarán", shipment.reference, order.reference, "Hotel Bahía", "11003 Cádiz", "Lámpara", "PO-9 #$["):
        assert part in note
    assert "10,00" not in note, "no prices on a delivery note"
    assert "Lista de bultos" in text_of(browser.get(f"/shipments/{shipment.pk}/packing-list.pdf"))
    confirmation = text_of(browser.get(f"/orders/{order.pk}/confirmation.pdf"))
    assert "Confirmación de pedido" in confirmation and "20,00\xa0€" in confirmation.replace("20,00 €", "20,00\xa0€")
    person = shipping.create(Person, by=shipping.rep, name="Nora", company=shipping.customer, language="en")
    shipping.edit(order, shipping.rep, person=person)
    assert "Delivery note" in text_of(browser.get(f"/shipments/{shipment.pk}/delivery-note.pdf"))
    stranger = shipping.door(shipping.other)
    for url in (f"/shipments/{shipment.pk}/delivery-note.pdf", f"/orders/{order.pk}/confirmation.pdf"):
        assert stranger.get(url).status_code == 404


def test_a_paper_that_cannot_be_made_holds_nothing_up(shipping: Shipping, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = shipping.packed(shipping.order())
    monkeypatch.setattr(rendering, "templates", dict)
    browser = shipping.door(shipping.keeper)
    answer = browser.get(f"/shipments/{shipment.pk}/delivery-note.pdf")
    assert answer.status_code == 503 and f"/shipments/{shipment.pk}/" in answer.content.decode()
    sent = {"ship": "1", "ship-pick": [shipment.pk]}
    assert browser.post(DESK, sent).status_code == 302
    assert shipping.again(shipment).status == State.SHIPPED


def test_a_carrier_tells_and_repeats_itself(shipping: Shipping) -> None:
    order = shipping.order()
    shipment = shipping.sent(order, tracking_number="A1")
    news = {"number": "A1", "status": "in_transit", "at": timezone.now().isoformat(), "place": "Jaén", "id": "e1"}
    assert tell(shipping, news).json() == {"taken": 1, "known": 0, "refused": []}
    assert tell(shipping, news).json() == {"taken": 0, "known": 1, "refused": []}
    assert shipping.again(shipment).status == State.TRANSIT
    some = [
        {"number": "A1", "status": "delivered", "text": "Nora", "id": "e2"},
        {"number": "B2", "status": "delivered"},
        {"number": "A1", "status": "lost"},
        "nonsense",
        {"number": "A1", "status": "note", "at": "mañana"},
        {"number": "A1", "status": "note", "at": (timezone.now() + dt.timedelta(days=2)).isoformat()},
    ]
    found = tell(shipping, {"events": some}).json()
    assert found["taken"] == 1
    assert [(r["event"], r["code"]) for r in found["refused"]] == [
        (1, "unknown"), (2, "status"), (3, "shape"), (4, "at"), (5, "future"),
    ]  # fmt: skip
    shipment = shipping.again(shipment)
    assert (shipment.status, shipment.received_by) == (State.DELIVERED, "Nora")
    assert shipping.again(order).status == OrderState.DELIVERED
    assert set(TrackingEvent.objects.values_list("told", flat=True)) == {Told.CARRIER}


def test_only_what_the_carrier_signed_is_taken(shipping: Shipping) -> None:
    shipment = shipping.sent(tracking_number="A1")
    news = {"number": "A1", "status": "delivered"}
    assert tell(shipping, news, key="falsch").status_code == 403
    assert tell(shipping, news, door="no-hay").status_code == 403
    assert tell(shipping, news, at=int(time.time()) - 600).status_code == 403
    old = shipping.again(shipping.carrier)
    shipping.act(renew_door, shipping.boss, old.pk)
    assert tell(shipping, news, key=secret_of(old), door=old.door).status_code == 403
    for said in (7, [], {"events": []}, {"events": "x"}):
        assert tell(shipping, said).status_code == 400
    assert tell(shipping, {"events": [news] * 501}).status_code == 400
    assert shipping.again(shipment).status == State.SHIPPED
    shipping.edit(shipping.carrier, active=False)
    assert tell(shipping, news).status_code == 403


def test_another_carrier_says_nothing_of_it(shipping: Shipping) -> None:
    from coordina.shipping.models import Carrier

    shipment = shipping.sent(tracking_number="A1")
    other = shipping.create(Carrier, name="Otro")
    found = tell(shipping, {"number": "A1", "status": "delivered"}, key=secret_of(other), door=other.door).json()
    assert found["taken"] == 0 and found["refused"][0]["code"] == "unknown"
    assert shipping.again(shipment).status == State.SHIPPED
    shipping.act(mark_delivered, shipping.keeper, shipment.pk)


def test_a_paper_shows_nothing_that_its_reader_may_not_see(shipping: Shipping) -> None:
    from coordina.customers.models import Company
    from coordina.ledger.change_sets import change_set

    shipping.edit(shipping.customer, tax_id="B12345674")
    order = shipping.order(lamps=2)
    shipment = shipping.sent(order, tracking_number="GEHEIM-1")
    url = f"/shipments/{shipment.pk}/delivery-note.pdf"
    assert "B12345674" in text_of(shipping.door(shipping.keeper).get(url))
    role = shipping.keeper.role
    assert role is not None
    with change_set(by=None, at=timezone.now(), via="system"):
        role = shipping.again(role)
        role.fields = {
            "company": {"tax_id": "hidden"},
            "shipment": {"tracking_number": "hidden", "warehouse": "hidden"},
            "order": {"total": "hidden"},
        }
        role.save()
    assert Company.objects.get(pk=shipping.customer.pk).tax_id == "B12345674"
    browser = shipping.door(shipping.keeper)
    note = text_of(browser.get(url))
    assert "B12345674" not in note and "GEHEIM" not in note and "Lámpara" in note
    assert text_of(browser.get(f"/shipments/{shipment.pk}/packing-list.pdf"))
    assert browser.get(f"/orders/{order.pk}/confirmation.pdf").status_code == 404
    assert "confirmation.pdf" not in browser.get(f"/orders/{order.pk}/").content.decode()
