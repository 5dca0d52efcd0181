"""Late before it is late: found, told to who looks after it first, and to each customer once."""

from typing import Any

import pytest

from coordina.activity.models import Alert, Mail, Notification
from coordina.core.refusals import Refusal
from coordina.customers.models import Person
from coordina.ledger.queue.worker import run_until_idle
from coordina.orders.actions import cancel_order, confirm_order
from coordina.orders.models import Order
from coordina.promises.models import Delay, DelayText
from coordina.promises.slipping import look_at, look_at_all
from coordina.promises.telling import keep_day, move_day, tell_customer
from coordina.promises.texts import letter_of
from coordina.stock.models import PurchaseOrder
from coordina.stock.purchasing import cancel_purchase, put_off_purchase
from tests.orders.ground import Orders
from tests.promises.test_promising import arrival, due, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(shop: Orders) -> PurchaseOrder:
    return due(shop, "20", in_days(10))


def waiting(shop: Orders, many: str = "3", **person: Any) -> Order:
    """An order of Bruno's customer that waits for what was bought."""
    values = {"email": "olga@faro.example", "language": "en"} | person
    buyer = shop.create(Person, name="Olga Faro", company=shop.customer, **values)
    draft = shop.order((shop.lamp, many), person=buyer, owner=shop.rep)
    return shop.do(confirm_order, draft, accept_missing=True)


def slip(shop: Orders, bought: PurchaseOrder, days: int) -> None:
    shop.act(put_off_purchase, shop.keeper, bought.pk, expected_on=in_days(days).isoformat())
    run_until_idle()


def mails() -> list[Mail]:
    return list(Mail.objects.filter(key__startswith="promises.delay").order_by("pk"))


def told(shop: Orders) -> list[Notification]:
    return list(Notification.objects.filter(person_id=shop.rep.pk, kind="promises.late").order_by("pk"))


def test_a_supplier_is_late_and_the_representative_is_the_first_to_know(shop: Orders, bought: PurchaseOrder) -> None:
    order, other = waiting(shop), shop.do(confirm_order, shop.order((shop.cable, "1")), accept_missing=True)
    day = order.expected_on
    slip(shop, bought, 8)
    assert not Delay.objects.exists(), "an earlier day is no delay"
    slip(shop, bought, 30)
    [delay] = Delay.objects.all()
    assert (delay.order_id, delay.old_on, delay.new_on) == (order.pk, day, arrival(in_days(30)))
    assert (delay.cause, delay.purchase_id, delay.status, delay.owner_id) == (
        "supplier", bought.pk, "open", shop.rep.pk,
    )  # fmt: skip
    assert len(told(shop)) == 1 and mails() == [] and shop.now(order).expected_on == day
    assert Alert.objects.filter(watcher="promises.late", subject_id=delay.pk).exists()
    look_at([order.pk, other.pk])
    assert Delay.objects.count() == 1 and len(told(shop)) == 1, "looking again finds nothing new"


def test_each_customer_is_told_once_a_slip_and_a_second_slip_is_new(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)
    first = order.expected_on
    slip(shop, bought, 30)
    shop.act(tell_customer, shop.rep, Delay.objects.get().pk)
    order = shop.now(order)
    assert (order.promised_on, order.expected_on) == (first, arrival(in_days(30)))
    [mail] = mails()
    assert mail.address == "olga@faro.example" and mail.language == "en" and "arrives later" in mail.subject
    assert order.reference in mail.text
    with pytest.raises(Refusal):
        shop.act(tell_customer, shop.rep, Delay.objects.get().pk)
    look_at_all.func()
    assert Delay.objects.count() == 1 and len(mails()) == 1
    slip(shop, bought, 45)
    assert [d.status for d in Delay.objects.order_by("pk")] == ["told", "open"]
    shop.act(tell_customer, shop.rep, Delay.objects.order_by("-pk")[0].pk)
    assert len(mails()) == 2 and shop.now(order).expected_on == arrival(in_days(45))


def test_undo_takes_back_the_day_and_what_has_not_left(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)
    slip(shop, bought, 30)
    day = order.expected_on
    shop.act(tell_customer, shop.rep, Delay.objects.get().pk)
    shop.undo_last("promises.tell_customer", shop.rep)
    assert shop.now(order).expected_on == day and Delay.objects.get().status == "open"
    assert [mail.state for mail in mails()] == ["cancelled"]


def test_a_slip_that_was_undone_or_an_order_that_was_cancelled_is_over(shop: Orders, bought: PurchaseOrder) -> None:
    order, other = waiting(shop), waiting(shop)
    slip(shop, bought, 30)
    assert Delay.objects.filter(status="open").count() == 2
    shop.do(cancel_order, other, reason="Ya no")
    look_at([other.pk])
    assert Delay.objects.get(order=other).status == "over"
    shop.undo_last("stock.put_off_purchase", shop.keeper)
    run_until_idle()
    assert Delay.objects.get(order=order).status == "over"
    assert not Alert.objects.filter(watcher="promises.late").exists()


def test_while_it_is_open_a_further_slip_changes_it_and_is_told_again(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)
    slip(shop, bought, 30)
    slip(shop, bought, 40)
    delay = Delay.objects.get()
    assert (delay.old_on, delay.new_on) == (order.expected_on, arrival(in_days(40))) and len(told(shop)) == 2


def test_what_is_kept_is_proposed_again_only_for_a_later_day(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)
    slip(shop, bought, 30)
    shop.act(keep_day, shop.rep, Delay.objects.get().pk)
    look_at([order.pk])
    slip(shop, bought, 28)
    assert Delay.objects.count() == 1
    slip(shop, bought, 50)
    assert Delay.objects.filter(status="open").count() == 1


def test_who_asked_not_to_be_written_to_is_not(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)
    shop.edit(order.person, no_contact=True)
    slip(shop, bought, 30)
    delay = Delay.objects.get()
    with pytest.raises(Refusal) as refused:
        shop.act(tell_customer, shop.rep, delay.pk)
    assert refused.value.code == "closed" and mails() == [] and shop.now(order).expected_on == delay.old_on
    page = shop.client(shop.rep).get(f"/delivery-risks/{delay.pk}/").content.decode()
    assert "olga@faro.example" not in page.split("delay-letter")[1][:600]
    shop.act(move_day, shop.rep, delay.pk, new_on=in_days(60).isoformat())
    assert shop.now(order).expected_on == in_days(60) and Delay.objects.get().status == "moved" and mails() == []


def test_the_company_writes_its_own_words_and_sees_them_before(shop: Orders, bought: PurchaseOrder) -> None:
    with pytest.raises(Refusal) as refused:
        shop.create(DelayText, language="en", subject="{order", body="{price}")
    assert {"subject", "body"} & refused.value.errors.keys()
    shop.create(DelayText, language="en", subject="About {order}", body="Not {before} but {day}. {company} 100%")
    order = waiting(shop)
    slip(shop, bought, 30)
    delay = Delay.objects.get()
    page = shop.client(shop.rep).get(f"/delivery-risks/{delay.pk}/").content.decode()
    assert f"About {order.reference}" in page and "Lumbrera 100%" in page
    assert "llega" in letter_of(delay, "es").subject
    shop.act(tell_customer, shop.rep, delay.pk)
    assert mails()[0].subject == f"About {order.reference}"


def test_a_day_nobody_knows_has_to_be_said(shop: Orders, bought: PurchaseOrder) -> None:
    order = waiting(shop)

    shop.act(cancel_purchase, shop.keeper, bought.pk, reason="No fabrican más")
    run_until_idle()
    delay = Delay.objects.get(order=order)
    assert delay.new_on is None and delay.cause == "unknown"
    with pytest.raises(Refusal) as refused:
        shop.act(tell_customer, shop.rep, delay.pk)
    assert "new_on" in refused.value.errors
    shop.act(tell_customer, shop.rep, delay.pk, new_on=in_days(70).isoformat())
    assert shop.now(order).expected_on == in_days(70)


def test_nobody_writes_or_sees_what_is_not_theirs(shop: Orders, bought: PurchaseOrder) -> None:
    waiting(shop)
    slip(shop, bought, 30)
    delay = Delay.objects.get()
    assert shop.client(shop.other).get(f"/delivery-risks/{delay.pk}/").status_code == 404
    with pytest.raises(Refusal):
        shop.act(tell_customer, shop.other, delay.pk)
    with pytest.raises(Refusal):
        shop.create(Delay)
