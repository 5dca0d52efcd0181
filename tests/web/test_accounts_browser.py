"""The way in as a person goes it, in a browser."""

from typing import Any

import pytest

from coordina.accounts.models import Role
from tests.accounts.people import PASSWORD, founded

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_company_is_founded_in_a_browser(page: Any, live_server: Any) -> None:
    page.goto(live_server.url)
    page.fill("[name=company]", "Faro Equipos")
    currency = page.locator("#id_currency")
    currency.fill("peso mex")
    page.locator('[role="option"]', has_text="MXN").click()
    page.fill("[name=name]", "Ada Prueba")
    page.fill("[name=email]", "ada@faro.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[data-reveal]").click()
    assert page.locator("[name=password]").get_attribute("type") == "text"
    page.locator("button.btn-primary").click()
    page.wait_for_url("**/start/")
    assert "Faro Equipos" in page.locator("h1").inner_text()
    page.goto(f"{live_server.url}/settings/company/")
    assert page.locator("select[name=currency]").input_value() == "MXN"


def test_theme_and_permissions_in_a_browser(page: Any, live_server: Any) -> None:
    founded()
    page.goto(f"{live_server.url}/sign-in/?next=/profile/")
    page.fill("[name=email]", "ada@faro.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("button.btn-primary").click()
    page.wait_for_url("**/profile/")
    page.locator('[data-theme-choice][value="dark"]').check()
    page.reload()
    assert page.locator('[data-theme-choice][value="dark"]').is_checked()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    role = Role.objects.get(slug="representative")
    page.goto(f"{live_server.url}/settings/roles/{role.pk}/")
    cell = page.locator('select[name="p.pipeline.view_opportunity"]')
    cell.select_option("team")
    assert "changed" in (cell.get_attribute("class") or "")
    page.locator(".sticky-foot button.btn-primary").click()
    page.locator(".toast").wait_for()
    assert page.locator('select[name="p.pipeline.view_opportunity"]').input_value() == "team"
    page.locator(".toast form button").click()
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/settings/roles/{role.pk}/")
    assert page.locator('select[name="p.pipeline.view_opportunity"]').input_value() == "own"
