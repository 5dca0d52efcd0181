"""The board by hand: keys, the mouse, the menu, and somebody who was faster."""

from typing import Any

import pytest
from django.conf import settings

from coordina.accounts.rates import forget_rates
from coordina.accounts.tree import forget
from coordina.pipeline.actions import move
from coordina.pipeline.models import Opportunity
from tests.pipeline.ground import Ground, check, make_ground
from tests.pipeline.signing import client_of


@pytest.fixture
def board(page: Any, live_server: Any) -> tuple[Any, Ground]:
    forget()
    forget_rates()
    ground = make_ground()
    for name in ("Nave", "Obrador", "Fachada"):
        ground.new(name=name)
    session = client_of(ground.director).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/opportunities/board/")
    return page, ground


def stage_of(name: str) -> str:
    obj = Opportunity.objects.select_related("stage").get(name=name)
    check(obj)
    return obj.stage.name


def card(page: Any, name: str) -> Any:
    return page.locator(f'[data-title="{name}"]')


def column(page: Any, stage: int) -> Any:
    return page.locator(f"#stage-{stage} .column-cards")


def test_by_keys(board: tuple[Any, Ground]) -> None:
    page, ground = board
    card(page, "Nave").focus()
    with page.expect_response("**/move/**"):
        for key in (" ", "ArrowRight", "ArrowRight", " "):
            page.keyboard.press(key)
    column(page, ground.stages[2].pk).locator('[data-title="Nave"]').wait_for()
    assert stage_of("Nave") == "Propuesta"
    assert page.locator(f"#stage-{ground.stages[2].pk} [data-count]").inner_text() == "1"
    card(page, "Obrador").focus()
    for key in (" ", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    assert column(page, ground.stages[0].pk).locator('[data-title="Obrador"]').count() == 1
    assert stage_of("Obrador") == "Calificación"


def test_by_mouse_and_by_menu(board: tuple[Any, Ground]) -> None:
    page, ground = board
    with page.expect_response("**/move/**"):
        card(page, "Nave").drag_to(column(page, ground.stages[1].pk))
    column(page, ground.stages[1].pk).locator('[data-title="Nave"]').wait_for()
    assert stage_of("Nave") == "Diagnóstico"
    card(page, "Fachada").locator("summary").click()
    card(page, "Fachada").get_by_role("button", name="Cierre").click()
    page.wait_for_load_state()
    assert stage_of("Fachada") == "Cierre"


def test_who_was_faster_is_named_and_the_card_goes_back(board: tuple[Any, Ground]) -> None:
    page, ground = board
    ground.do(move, Opportunity.objects.get(name="Nave"), stage=ground.stages[4].pk)
    card(page, "Nave").focus()
    with page.expect_response("**/move/**") as answer:
        for key in (" ", "ArrowRight", " "):
            page.keyboard.press(key)
    assert answer.value.status == 409
    page.get_by_text("director", exact=False).first.wait_for()
    assert column(page, ground.stages[0].pk).locator('[data-title="Nave"]').count() == 1
    assert stage_of("Nave") == "Cierre"
    page.faults[:] = [fault for fault in page.faults if "409" not in fault]


def test_dropping_on_won_asks_for_the_day(board: tuple[Any, Ground]) -> None:
    page, _ground = board
    card(page, "Nave").drag_to(page.locator(".outcome.win"))
    day = page.locator('[name="closed_on"]')
    day.wait_for()
    assert day.input_value()
    assert stage_of("Nave") == "Calificación"


def test_a_card_goes_where_the_order_of_its_column_has_it(board: tuple[Any, Ground]) -> None:
    page, ground = board
    for name, day in (("Nave", "2026-12-24"), ("Obrador", "2026-12-01")):
        ground.edit(Opportunity.objects.get(name=name), closes_on=day)
    ground.do(move, Opportunity.objects.get(name="Obrador"), stage=ground.stages[1].pk)
    page.reload()
    page.set_viewport_size({"width": 360, "height": 780})
    card(page, "Nave").focus()
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")
    assert card(page, "Nave").is_visible()
    with page.expect_response("**/move/**"):
        page.keyboard.press(" ")
    page.get_by_text("cierre previsto", exact=False).first.wait_for()
    titles = (
        column(page, ground.stages[1].pk).locator("[data-card]").evaluate_all("all => all.map(e => e.dataset.title)")
    )
    assert titles == ["Obrador", "Nave"]
