"""A view in a browser: built with a group of conditions, kept, shared, opened by a member in each layout."""

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from coordina.ledger.change_sets import change_set
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.models import Audience, SavedView
from tests.clock import madrid_day

from .conftest import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def sea(world: World) -> World:
    """Three opportunities of the north; the second is small and closes later."""
    with change_set(by=world.director, at=timezone.now(), via="system"):
        make_default_pipeline(by=world.director, at=timezone.now())
    day = madrid_day().replace(day=15)
    for name, amount in (("Faro", 9000), ("Boya", 10), ("Grúa", 7000)):
        world.make(Opportunity, name=name, amount=str(amount), closes_on=str(day), owner=world.ana.pk)
    return world


@pytest.fixture
def sign_in(sea: World, page: Any, live_server: Any) -> Any:
    """Takes a person and leaves them signed in, in the one page."""

    def enter(user: Any) -> Any:
        value = sea.client(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page.set_default_timeout(10_000)
        return page

    return enter


def test_a_view_is_built_kept_shared_and_opened_in_four_layouts(sea: World, sign_in: Any, live_server: Any) -> None:
    page = sign_in(sea.manager)
    page.goto(f"{live_server.url}/opportunities/?q=amount > 5000")
    page.locator(".say-value.changed").click()
    page.get_by_role("link", name="U otra condición…").click()
    page.select_option("#choose-field", "name")
    page.get_by_role("button", name="Seguir").click()
    page.select_option("#condition-op", "=")
    page.fill("form.condition input[name=value]", "Boya")
    page.get_by_role("button", name="Aplicar").click()
    page.locator(".say-group").wait_for()
    assert page.locator("tbody tr").count() == 3
    page.get_by_role("link", name="Guardar como vista").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=name]").fill("Del mar")
    dialog.locator("[name=audience]").select_option("private")
    dialog.get_by_role("button", name="Crear").click()
    page.wait_for_url("**/opportunities/views/*/")
    kept = SavedView.objects.get()
    assert kept.query == 'amount > 5000 or name = "Boya"'

    page.get_by_label("Esta vista").click()
    page.get_by_role("link", name="Compartir…").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=audience]").select_option("team")
    field = dialog.locator(".combo input, select[name=shared_team]").first
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option(str(sea.manager.team_id))
    else:
        field.fill("Norte")
        page.get_by_role("option", name="Norte").first.click()
    dialog.get_by_role("button", name="Compartir vista").click()
    page.locator("#toasts").get_by_text("Compartir vista: Del mar").wait_for()
    kept.refresh_from_db()
    assert (kept.audience, kept.shared_team_id) == (Audience.TEAM, sea.manager.team_id)
    address = page.url

    page = sign_in(sea.ana)
    page.goto(address)
    assert page.locator("tbody tr").count() == 3
    page.goto(f"{address}?layout=board&by=owner")
    assert page.locator("[data-card]").count() == 3
    page.goto(f"{address}?layout=calendar&on=closes_on")
    entry = page.locator("[data-entry]", has_text="Faro")
    entry.locator("a").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.locator("[data-toast]").wait_for()
    assert str(Opportunity.objects.get(name="Faro").closes_on).endswith("-16")
    page.emulate_media(reduced_motion="reduce")  # colours are read off the page: none may be half faded in
    page.goto(f"{address}?layout=chart&by=owner")
    page.locator("[data-chart] svg").wait_for()
    fills = page.locator("[data-chart] .mark-rect path").evaluate_all(
        "all => all.map(each => each.getAttribute('fill'))"
    )
    assert set(fills) == {"#0c5a68"}
    page.locator("table.figures tbody a").first.click()
    page.locator("table[data-table] tbody tr").first.wait_for()

    page = sign_in(sea.luis)
    assert page.goto(address).status == 404
    page.faults.clear()


def test_a_card_moves_by_keys_and_columns_by_buttons(sea: World, sign_in: Any, live_server: Any) -> None:
    from coordina.customers.models import Company

    sea.make(Company, name="Lince", relation="prospect")
    page = sign_in(sea.director)
    page.goto(f"{live_server.url}/companies/?layout=board")
    page.locator("[data-card]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.locator("[data-toast]").wait_for()
    assert Company.objects.get(name="Lince").relation == "customer"
    assert page.locator("[data-stage=customer] [data-count]").inner_text() == "1"
    page.goto(f"{live_server.url}/companies/")
    page.get_by_text("Columnas").click()
    page.get_by_label("Sector: más adelante").click()
    page.get_by_role("button", name="Mostrar estas").click()
    heads = page.locator("th[data-col]").evaluate_all("all => all.map((e) => e.dataset.col)")
    assert heads[:3] == ["name", "industry", "relation"]
    page.get_by_text("Columnas").click()
    page.get_by_label("Sector: ancho en píxeles").fill("240")
    page.get_by_role("button", name="Mostrar estas").click()
    page.wait_for_url("**cols=industry%3A240*")
    assert page.locator("colgroup col[width='240']").count() == 1
    edge = page.locator("th[data-col=industry] .col-edge").bounding_box()
    page.mouse.move(edge["x"] + 6, edge["y"] + 10)
    page.mouse.down()
    page.mouse.move(edge["x"] + 66, edge["y"] + 10, steps=3)
    page.mouse.up()
    page.wait_for_url("**industry%3A300*")
