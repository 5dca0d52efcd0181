"""A lead by keyboard: written down, called, converted; and a card that is moved."""

from typing import Any

import pytest
from django.conf import settings

from coordina.accounts.rates import forget_rates
from coordina.accounts.tree import forget
from coordina.customers.models import Company
from coordina.leads.models import Lead
from coordina.pipeline.models import Opportunity
from tests.leads.ground import Leads, check


@pytest.fixture
def desk(page: Any, live_server: Any) -> tuple[Any, Leads, str]:
    forget()
    forget_rates()
    leads = Leads()
    session = leads.client(leads.rep).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page, leads, live_server.url


def test_from_the_first_call_to_the_opportunity_by_keyboard(desk: tuple[Any, Leads, str]) -> None:
    page, leads, site = desk
    lead = leads.lead(leads.rep, amount="1500")
    page.goto(f"{site}/leads/{lead.pk}/")
    page.locator("#timeline").wait_for()
    page.keyboard.press("l")
    page.keyboard.type("Quiere luz nueva")
    with page.expect_response("**/log/**"):
        page.keyboard.press("Control+Enter")
    page.get_by_text("Quiere luz nueva").first.wait_for()
    assert leads.now(lead).status == "contacted"
    page.goto(f"{site}/leads/{lead.pk}/convert/")
    page.locator('input[name="company"][value="new"]').focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "company_name"
    page.locator("#sale_name").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Luz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/opportunities/*/")
    sale = Opportunity.objects.get()
    now = leads.now(lead)
    assert (now.status, now.opportunity_id, str(sale.amount)) == ("converted", sale.pk, "1500.00")
    page.get_by_text("Quiere luz nueva").first.wait_for()
    page.get_by_role("link", name=lead.title).first.wait_for()
    page.locator("#toasts button, #toasts a").first.click()
    page.wait_for_load_state()
    check(lead)
    assert Lead.objects.get().status == "contacted"


def test_a_card_by_keys_on_a_phone(desk: tuple[Any, Leads, str]) -> None:
    page, leads, site = desk
    page.set_viewport_size({"width": 360, "height": 780})
    lead = leads.lead(leads.rep)
    page.goto(f"{site}/leads/board/")
    card = page.locator(f"#card-{lead.pk}")
    card.focus()
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")
    assert card.is_visible()
    with page.expect_response("**/move/**"):
        page.keyboard.press(" ")
    page.locator(f"#stage-{leads.stage('contacted').pk} #card-{lead.pk}").wait_for()
    assert card.is_visible()
    assert leads.now(lead).status == "contacted"


def test_long_names_stay_in_their_place(desk: tuple[Any, Leads, str]) -> None:
    page, leads, site = desk
    long = "Sociedad «Ñandú» " + "Iluminación" * 16
    leads.create(Company, name=long)
    lead = leads.lead(leads.rep, company_name=long)
    page.set_viewport_size({"width": 360, "height": 780})
    for url in (f"/leads/{lead.pk}/convert/", f"/leads/{lead.pk}/", "/leads/board/"):
        page.goto(f"{site}{url}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, url
