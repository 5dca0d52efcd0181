"""Duplicates by keyboard alone: warned while typing, told apart with N, merged with M, taken back with Z's button."""

import re
from typing import Any

import pytest

from coordina.customers.models import Company
from coordina.records.duplicates import pairs
from coordina.records.models import NotSame
from tests.world import World

RECORD = re.compile(r"/companies/\d+/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def test_the_queue_by_keyboard(live_server: Any, page: Any, world: World) -> None:
    for name, phone in (("Granja Olmo", "954111222"), ("Taller Cedro", "954111333")):
        world.create(Company, name=name, phone=f"+34{phone}")
        world.create(Company, name=f"{name.upper()} SL", phone=f"+34{phone}")
    pairs.look()
    client = world.client(world.boss)
    cookies = [{"name": n, "value": c.value, "url": live_server.url} for n, c in client.cookies.items()]
    page.context.add_cookies(cookies)
    page.goto(f"{live_server.url}/duplicates/")
    page.locator("[data-pair]:focus").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.locator("#toasts").get_by_text("no son lo mismo.").wait_for()
    assert NotSame.objects.count() == 1
    page.locator("[data-pair]:focus").wait_for()
    page.keyboard.press("m")
    page.wait_for_selector("form.merge")
    page.locator("form.merge .btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(RECORD)
    assert Company.objects.count() == 3
    page.locator(".toast button, .toast a").first.click()
    page.locator("#toasts").get_by_text("son ahora uno").wait_for(state="detached")
    page.goto(f"{live_server.url}/duplicates/")
    assert Company.objects.count() == 4


def test_likely_twins_show_while_typing(live_server: Any, page: Any, world: World) -> None:
    world.create(Company, name="Granja Olmo", phone="+34954111222")
    client = world.client(world.boss)
    page.context.add_cookies([{"name": n, "value": c.value, "url": live_server.url} for n, c in client.cookies.items()])
    page.goto(f"{live_server.url}/companies/new/")
    page.fill("input[name=name]", "granja olmo SL")
    page.wait_for_selector(".twins-box")
    assert page.locator(".twins-box").is_visible()
    assert "Granja Olmo" in page.locator(".twins-box").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(RECORD)
    assert Company.objects.count() == 2
