"""A morning in Spanish, worked through by keyboard alone."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from coordina.activity.models import Alert, AlertMark
from coordina.core.actions import of
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from tests.clock import madrid_day

from .conftest import World

DAY = dt.timedelta(days=1)


@pytest.fixture
def morning(page: Any, live_server: Any, world: World) -> Any:
    """Four matters of Ana: a follow-up, one without a step, a close that passed, one without a company."""
    today = madrid_day()
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    company = world.make(Company, name="Marabú", by=world.ana)
    calm = {"company": company.pk, "next_step": "Llamar", "next_step_on": today + 5 * DAY, "closes_on": today + 9 * DAY}

    def make(name: str, amount: str, **values: Any) -> None:
        world.make(Opportunity, by=world.ana, name=name, amount=amount, **{**calm, **values})

    make("Uno", "14000", next_step_on=today - DAY)
    make("Dos", "13000", closes_on=today - 5 * DAY)
    make("Tres", "12000", next_step="", next_step_on=None, opened_on=today - 8 * DAY)
    make("Cuatro", "11000", company=None, opened_on=today - 15 * DAY, next_step_on=today + DAY)
    session = world.client(world.ana).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url)
    return page


def rows(page: Any) -> list[str]:
    """Titles of the rows that are left."""
    return [str(text) for text in page.locator(".q-do .matter-what").all_inner_texts()]


def focused(page: Any) -> str:
    """Title of the row that has the focus."""
    return str(page.evaluate("document.activeElement.querySelector('.matter-what')?.textContent ?? ''"))


@pytest.mark.django_db(transaction=True)
def test_a_morning_by_keyboard(morning: Any) -> None:
    page = morning
    assert page.locator("h1").inner_text().startswith("Hoy, ")
    assert rows(page) == ["Llamar: Uno", "Dos", "Tres", "Cuatro"]
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    assert focused(page) == "Llamar: Uno"
    page.keyboard.press("w")
    assert "Urgente" in page.locator("details[open] .matter-reason").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.locator(".matter").first.focus()
    page.keyboard.press("a")  # tomorrow
    page.get_by_text("Deshacer").first.wait_for()
    expect(page.locator(".q-do .matter")).to_have_count(3)
    expect(page.locator(".matter:focus .matter-what")).to_have_text("Dos")
    page.keyboard.press("e")  # move the close: a dialog with a day
    page.locator("dialog[open] input[name=closes_on]").wait_for()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert rows(page) == ["Tres", "Cuatro"]
    expect(page.locator(".matter:focus .matter-what")).to_have_text("Tres")
    page.keyboard.press("a")  # call tomorrow
    expect(page.locator(".q-do .matter")).to_have_count(1)
    expect(page.locator(".matter:focus .matter-what")).to_have_text("Cuatro")
    page.keyboard.press("s")
    page.locator("dialog[open] input[name=until]").wait_for()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".q-do")).to_contain_text("Nada urgente")
    assert AlertMark.objects.get().until is not None
    with page.expect_navigation():
        page.keyboard.press("z")
    assert rows(page) == ["Cuatro"]
    page.wait_for_load_state("networkidle")
    page.locator(".q-do .matter").focus()
    page.keyboard.press("d")
    expect(page.locator("dialog[open] [role=combobox]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".q-do .matter").focus()
    page.keyboard.press("x")
    page.locator("dialog[open] input[name=reason]").fill("Es un particular")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert rows(page) == []
    assert Alert.objects.get(watcher="pipeline.no_company").closed


@pytest.mark.django_db(transaction=True)
def test_the_keys_of_the_page_are_listed(morning: Any) -> None:
    morning.keyboard.press("?")
    text = morning.locator("dialog[open] .keys").inner_text()
    assert "Posponer" in text
    assert "Delegar" in text
    assert text.splitlines().count("X") == 1


@pytest.mark.django_db(transaction=True)
def test_one_kind_is_chosen_by_keys(morning: Any) -> None:
    page = morning
    page.keyboard.press("f")
    expect(page.locator("details[open] .option .count").first).to_have_text("1")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".q-kind .matter")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator(".matter:focus")).to_have_count(1)
