"""The page of an order for its customer: who opens it, what it tells, and what its button does."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from coordina.activity.models import Mail
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.customers.models import Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.orders.actions import cancel_order, confirm_order
from coordina.orders.fulfilment import deliver_lines, ship_lines
from coordina.orders.models import Order
from coordina.promises import links
from coordina.promises.actions import make_status_link, revoke_status_link
from coordina.promises.models import StatusLink
from tests.orders.ground import Orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Orders) -> Order:
    """Confirmed, with everything in stock."""
    cache.clear()
    shop.received(9)
    person = shop.create(Person, name="Olga Faro", company=shop.customer, email="olga@faro.example", language="es")
    draft = shop.order((shop.lamp, "3"), person=person, notes="Llamar al portero", owner=shop.rep)
    return shop.do(confirm_order, draft)


def linked(shop: Orders, order: Order, by: Any = None, **values: Any) -> str:
    """The address of a new link."""
    shop.do(make_status_link, order, by, **values)
    return f"/d/{links.copied(StatusLink.objects.order_by('-pk')[0])}/"


def shipped(shop: Orders, order: Order) -> Order:
    [line] = shop.lines(order)
    return shop.told(ship_lines, order, {line.pk: line.open}, timezone.localdate())


def test_the_page_tells_of_the_order_and_of_nothing_else(shop: Orders, order: Order) -> None:
    url = linked(shop, order, language="en")
    answer = Client().get(url)
    page = answer.content.decode()
    assert answer.status_code == 200 and order.reference in page and "Lámpara" in page and "It arrives on" in page
    for secret in ("Hotel Marabú", "Olga", "portero", "Bruno", "Encina", "€", "10.00", "36.30", "olga@faro.example"):
        assert secret not in page, secret
    assert answer["Referrer-Policy"] == "no-referrer" and answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"] and not answer.cookies
    assert "form" not in re.sub(r"[^<]*", "", page.split("<main")[1]), "nothing to confirm yet"
    assert 'lang="es"' in Client().get(f"{url}?lang=es").content.decode()
    assert Client().get(f"{url}?lang=xx").status_code == 200


def test_a_link_ends_when_it_is_over_withdrawn_or_replaced(shop: Orders, order: Order) -> None:
    first = linked(shop, order)
    second = linked(shop, order, days="5")
    assert [Client().get(url).status_code for url in (first, second)] == [410, 200]
    with change_set(by=None, at=timezone.now(), via="system"):
        link = StatusLink.objects.locked().order_by("-pk")[0]
        link.expires_on = timezone.localdate() - dt.timedelta(days=2)
        link.save()
    over = Client().get(second)
    third = linked(shop, order)
    shop.do(revoke_status_link, order)
    gone = Client().get(third)
    nobody = Client().get("/d/nadie/")
    assert over.status_code == gone.status_code == nobody.status_code == 410
    assert over.content == gone.content == nobody.content, "nobody learns which links there were"
    assert "Lumbrera" in nobody.content.decode(), "whom to ask"
    with pytest.raises(Refusal):
        shop.do(revoke_status_link, order)
    shop.undo_last("orders.revoke_status_link")
    assert Client().get(third).status_code == 200
    shop.undo_last("orders.make_status_link")
    assert Client().get(third).status_code == 410


def test_looking_confirms_nothing_and_the_button_does_it_once(shop: Orders, order: Order) -> None:
    url = linked(shop, order)
    assert Client().post(url).status_code == 200 and shop.now(order).receipt_on is None, "nothing has left yet"
    order = shipped(shop, order)
    for look in (Client().get, Client().head, Client().options):
        look(url)
    assert shop.now(order).receipt_on is None
    pages = [Client(enforce_csrf_checks=True).post(url) for _ in range(3)]
    order = shop.now(order)
    today = timezone.now().astimezone(dt.timezone(dt.timedelta(hours=1))).date()
    assert {page.status_code for page in pages} == {200} and "<form" not in pages[0].content.decode()
    assert (order.status, order.receipt_on, order.delivered_on) == ("acknowledged", today, today)
    [change] = ChangeSet.objects.filter(action="promises.confirm_receipt")
    assert (change.via, change.by_id) == ("link", None)
    assert StatusLink.objects.get().confirmed_at == change.at
    assert Client().get(url).status_code == 200, "it can still be looked at"
    history = shop.client(shop.boss).get(f"/orders/{order.pk}/history/")
    assert history.status_code in (200, 404)


def test_what_arrived_is_not_noted_twice(shop: Orders, order: Order) -> None:
    order = shipped(shop, order)
    [line] = shop.lines(order)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    order = shop.told(deliver_lines, order, {line.pk: line.shipped}, yesterday)
    Client().post(linked(shop, order))
    assert shop.now(order).delivered_on == yesterday and shop.now(order).status == "acknowledged"


def test_a_cancelled_order_says_so_and_confirms_nothing(shop: Orders, order: Order) -> None:
    url = linked(shop, order, language="en")
    shop.do(cancel_order, order, reason="Se lo pensaron")
    page = Client().post(url).content.decode()
    assert "was cancelled" in page and "pensaron" not in page and shop.now(order).receipt_on is None
    with pytest.raises(Refusal):
        shop.do(make_status_link, order)


def test_the_token_stands_nowhere_and_another_secret_copies_nothing(shop: Orders, order: Order) -> None:
    url = linked(shop, order)
    token, link = url.split("/")[2], StatusLink.objects.get()
    assert len(token) == 32 and token not in (link.seed, link.digest)
    with override_settings(SECRET_KEY="another"):
        assert links.copied(link) == ""
        assert Client().get(url).status_code == 200, "what was sent works on"
    assert Client().get(url[:-3] + "/").status_code == 410


def test_only_who_may_change_the_order_makes_and_copies_a_link(shop: Orders, order: Order) -> None:
    url = linked(shop, order, shop.rep)
    assert url in shop.client(shop.rep).get(f"/orders/{order.pk}/").content.decode()
    assert url not in shop.client(shop.service).get(f"/orders/{order.pk}/").content.decode()
    with pytest.raises((Forbidden, NotFound)):
        shop.do(make_status_link, order, shop.service)
    with pytest.raises((Forbidden, NotFound)):
        shop.do(make_status_link, order, shop.other)


def test_it_is_mailed_in_the_customers_language_unless_they_asked_not_to_be_written_to(
    shop: Orders, order: Order
) -> None:
    url = linked(shop, order, send=True)
    [mail] = Mail.objects.filter(key__startswith="promises.link")
    assert mail.address == "olga@faro.example" and mail.language == "es" and mail.secret and url in mail.text
    shop.undo_last("orders.make_status_link")
    assert Mail.objects.get(pk=mail.pk).state == "cancelled"
    shop.edit(order.person, no_email=True)
    with pytest.raises(Refusal) as refused:
        linked(shop, order, send=True)
    assert "send" in refused.value.errors
    assert not StatusLink.objects.exists(), "nothing was made"


def test_guessing_is_slowed_down_and_a_link_that_works_is_not(shop: Orders, order: Order) -> None:
    url = linked(shop, order)
    guesses = [Client().get(f"/d/{n}/").status_code for n in range(links.PER_ADDRESS + 2)]
    assert guesses[: links.PER_ADDRESS] == [410] * links.PER_ADDRESS and guesses[-1] == 429
    assert Client().get(url).status_code == 200
