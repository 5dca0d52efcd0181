"""Every page in a browser, wide and light, narrow and dark: axe finds nothing serious, nothing leaves its frame.

The pages come from the registered types, so a new type is walked as soon as it is declared.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from coordina.accounts.models import Role
from coordina.catalog.models import Product
from coordina.core.actions import standard
from coordina.core.types import TYPES
from coordina.customers.models import Company, Interaction, Person
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity

from .conftest import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
LONG = "Sociedad Cooperativa «Ñandú & Hijos» 🦩 شركة " + "Iluminación" * 20
MADE_ELSEWHERE = ("erasure", "delay")
"""Record types that are ordered on the page of a person, or found by Coordina itself."""
OWN = (
    *(
        "/",
        "/start/",
        "/profile/",
        "/search/?q=faro",
        "/opportunities/board/",
        "/duplicates/",
        "/quality/",
        "/import-mappings/",
    ),
    *("/dashboard/", "/today/later/", "/today/kinds/", "/?kind=pipeline.no_next_step", "/settings/today/"),
    *("/profile/tokens/", "/api/docs/", "/api/docs/companies/"),
    *("/settings/audit/", "/settings/audit/?type=company", "/settings/audit/seals/"),
    *("/leads/board/", "/prices/ask/", "/prices/ask/?product=0&quantity=x"),
    *("/settings/", "/settings/company/", "/settings/teams/", "/settings/roles/", "/import/", "/import/history/"),
    *("/opportunities/?q=amount+%3E+999999999", "/opportunities/?q=amount+%3E+"),
    *("/companies/?layout=board", "/opportunities/?layout=calendar", "/opportunities/?layout=chart&split=owner"),
    *("/opportunities/?group=owner", "/companies/?q=city+%3D+%22Lugo%22+or+not+(employees+%3E+5+and+city+is+set)"),
    *("/companies/?choose=or&at=-&q=city+is+set", "/companies/views/new/?q=city+is+set", "/companies/?add=owner"),
)
"""Pages that stand outside the record types."""
PARTS = 4
"""The walk is cut, so that processes share it."""
STILL = """addEventListener("DOMContentLoaded", () => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [still];
});"""
"""Colours halfway between two themes are nobody's contrast."""
RUN = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const said = await axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], preload: false,
  });
  return said.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" · ")}`);
}"""


@pytest.fixture
def walked(world: World) -> World:
    """The company with a record of each kind that a page of its own is for, one of them with a very long name."""
    with change_set(by=world.director, at=timezone.now(), via="system"):
        make_default_pipeline(by=world.director, at=timezone.now())
    company = world.make(Company, name=LONG[:200], city="Lugo", country="ES", email="hola@faro.example")
    person = world.make(Person, name="Ada Nenúfar", company=company.pk, email="ada@faro.example", job_title="Compras")
    world.make(Product, name="Torre Faro 100", price="3995")
    for name in (LONG[:150], "Faro del puerto"):
        world.make(Opportunity, name=name, company=company.pk, person=person.pk, amount="18300", closes_on="2026-12-09")
    world.make(Lead, name="Ada Nenúfar", company_name=LONG[:200], email="ada@faro.example", amount="900")
    world.make(Interaction, summary="Llamada", kind="call", happened_at="2026-01-01T10:00:00Z", company=company.pk)
    return world


@pytest.fixture
def browser(walked: World, chromium: Any, live_server: Any) -> Iterator[Any]:
    """A page in Spanish in which the director is signed in; axe is loaded with every page."""
    if not AXE.exists():
        pytest.skip("AXE DOES NOT RUN: node_modules is missing (./run)")
    context = chromium.new_context(viewport=WIDE, locale="es-ES", reduced_motion="reduce", base_url=live_server.url)
    cookie = walked.client(walked.director).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.add_init_script(path=str(AXE))
    context.add_init_script(STILL)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    yield page
    context.close()


def pages() -> list[str]:
    """Addresses of every type's pages, and of those that stand alone."""
    found = [*OWN, *(f"/leads/{pk}/convert/" for pk in Lead.objects.values_list("pk", flat=True))]
    found += [f"/settings/roles/{pk}/fields/" for pk in Role.objects.order_by("pk").values_list("pk", flat=True)[:1]]
    for known in TYPES:
        first = known.model.objects.order_by("pk").values_list("pk", flat=True).first()
        if known.within or known.url in ("organization", "files"):
            continue
        found.append(f"/{known.url}/")
        made = standard(known.model, "create")
        if made is not None and not made.hidden and known.name not in MADE_ELSEWHERE:
            found.append(f"/{known.url}/new/")
        if first is not None:
            found.append(f"/{known.url}/{first}/")
        if first is not None and not known.setting:
            found += [f"/{known.url}/{first}/edit/", f"/{known.url}/{first}/history/"]
    return found


def look(page: Any, where: str, *, expected: int = 200) -> list[str]:
    """What is wrong with what the page shows now: wide and light, then narrow and dark."""
    wrong: list[str] = []
    for size, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        wrong += [f"{where} at {size['width']}, {scheme}: {text}" for text in page.evaluate(RUN)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            wrong.append(f"{where} is {wide} px wide at {size['width']}")
        if size is WIDE and page.evaluate(
            "!!document.querySelector('.shell') && document.documentElement.scrollHeight > innerHeight"
        ):
            wrong.append(f"{where} can be scrolled past its frame")
    page.set_viewport_size(WIDE)
    faults = [text for text in page.faults if not (expected >= 400 and "Failed to load resource" in text)]
    page.faults.clear()
    return wrong + [f"{where}: {text}" for text in faults]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_sound(browser: Any, part: int) -> None:
    """Lists, forms, records and histories of all types, and the pages that stand alone."""
    wrong: list[str] = []
    for url in pages()[part::PARTS]:
        answer = browser.goto(url, wait_until="load")
        status = answer.status
        if status != 200 and not (status in (400, 422) and "?" in url):  # what was asked for cannot be read
            wrong.append(f"{url} answers {status}")
        wrong += look(browser, url, expected=status)
    assert not wrong, "\n".join(wrong)


def test_open_menus_dialogs_and_errors_are_sound(browser: Any) -> None:
    """A menu open, a dialog open, a form with errors, a cell being edited, a page that is not there."""
    wrong: list[str] = []
    deal = Opportunity.objects.order_by("pk").values_list("pk", flat=True).first()
    browser.goto(f"/opportunities/{deal}/")
    browser.locator(".page-actions details.menu > summary, main details.menu > summary").first.click()
    wrong += look(browser, "a menu")
    browser.goto(f"/opportunities/{deal}/")
    browser.get_by_role("link", name="Marcar como ganada").click()
    browser.locator("dialog[open]").wait_for()
    wrong += look(browser, "a dialog")
    browser.goto("/opportunities/new/")
    browser.locator("main form button.btn-primary").click()
    browser.locator("[aria-invalid=true]").first.wait_for()
    wrong += look(browser, "errors in a form", expected=422)
    browser.goto("/companies/")
    browser.locator("td[data-edit-url]").first.click()
    browser.locator("form.edit-form").wait_for()
    wrong += look(browser, "a cell being edited")
    browser.goto("/opportunities/board/")
    browser.locator("details.card-menu > summary").first.click()
    wrong += look(browser, "the menu of a card")
    browser.keyboard.press("Control+k")
    browser.keyboard.type("faro")
    browser.locator(".palette-preview:not([hidden]) .btn").first.wait_for()
    wrong += look(browser, "the palette")
    browser.goto("/nothing-here/")
    wrong += look(browser, "a missing page", expected=404)
    assert not wrong, "\n".join(wrong)


def test_signing_in_is_sound(browser: Any) -> None:
    """The sign-in page, and what it says to a wrong password."""
    browser.context.clear_cookies()
    browser.goto("/sign-in/")
    wrong = look(browser, "signing in")
    browser.fill("[name=email]", "nadie@example.com")
    browser.fill("[name=password]", "no es esta")
    browser.locator("button.btn-primary").click()
    browser.locator("[role=alert], .error").first.wait_for()
    wrong += look(browser, "a wrong password", expected=422)
    assert not wrong, "\n".join(wrong)
