"""The palette: records, actions of the record on screen, commands and places, by keyboard."""

import re
from typing import Any

import pytest
from django.conf import settings

from coordina.customers.models import Company, Person
from coordina.web.search.palette import asked, marked

from .conftest import World

pytestmark = pytest.mark.django_db


def options(world: World, user: Any, q: str, on: str = "/") -> list[tuple[str, str]]:
    page = world.client(user).get("/search/palette/", {"q": q, "on": on}, headers={"Accept-Language": "es"})
    assert page.status_code == 200
    found = re.findall(r'<a class="option" role="option"[^>]* href="([^"]*)"[^>]*>(.*?)</a>', page.content.decode())
    return [(url, re.sub(r"<[^>]+>", "", inner.replace("<kbd", " <kbd"))) for url, inner in found]


def test_records_come_with_what_can_be_done_with_them(world: World) -> None:
    gatos = world.make(Company, name="Bodegas Tres Gatos")
    found = options(world, world.director, "tres gatos")
    assert found[0][0] == f"/companies/{gatos.pk}/"
    urls = [url for url, _text in found]
    assert f"/companies/{gatos.pk}/#log-call" in urls
    assert f"/opportunities/new/?company={gatos.pk}" in urls
    assert f"/people/new/?company={gatos.pk}" in urls


def test_the_record_on_screen_offers_its_actions(world: World) -> None:
    gatos = world.make(Company, name="Gatos")
    page = f"/companies/{gatos.pk}/"
    urls = [url for url, _text in options(world, world.director, "", page)]
    assert urls[:2] == [f"{page}#log-call", f"{page}edit/"]
    assert f"{page}do/delete-company/" in urls
    assert [url for url, _text in options(world, world.director, "hist", page)] == [f"{page}history/"]
    assert not [url for url, _text in options(world, world.nobody, "", page) if "companies" in url]
    assert options(world, world.director, "", "/companies/99999/") == options(world, world.director, "", "/nowhere")


def test_first_letters_narrow(world: World) -> None:
    world.make(Company, name="Ada Marina")
    world.make(Person, name="Ada Nenúfar")
    assert {url.split("/")[1] for url, _text in options(world, world.director, "@ada")} == {"companies", "people"}
    assert options(world, world.director, "#ada") == []
    assert [url for url, _text in options(world, world.director, ">oportunidades")] == ["/opportunities/"]
    assert not [url for url, _text in options(world, world.director, ">ada")]
    assert (asked("@ ada").kind, asked("@ ada").text, asked("a@b").text) == ("@", "ada", "a@b")


def test_what_was_typed_is_marked_and_escaped() -> None:
    assert marked("Óptica «Lince» & Co", "optica lin") == "<mark>Óptica</mark> «<mark>Lin</mark>ce» &amp; Co"
    assert marked("<b>Ana</b>", "b") == "&lt;<mark>b</mark>&gt;Ana&lt;/b&gt;"
    assert marked("", "x") == ""


def test_a_preview_tells_the_key_facts(world: World) -> None:
    gatos = world.make(Company, name="Gatos", city="Cádiz")
    page = world.client(world.director).get(f"/search/preview/companies/{gatos.pk}/").content.decode()
    assert "Gatos" in page
    assert "Cádiz" in page
    assert world.client(world.director).get("/search/preview/companies/99999/").status_code == 404
    assert world.client(world.nobody).get(f"/search/preview/companies/{gatos.pk}/").status_code == 404


@pytest.mark.slow
def test_by_keyboard(page: Any, live_server: Any, world: World) -> None:
    gatos = world.make(Company, name="Bodegas Tres Gatos")
    session = world.client(world.director).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/companies/")
    page.keyboard.press("Control+k")
    page.keyboard.type("tres ga")
    page.get_by_role("option", name="Bodegas Tres Gatos").first.wait_for()
    page.locator(".palette-preview dl, .palette-preview .btn").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("option", selected=True).inner_text().startswith("Registrar una llamada")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/companies/{gatos.pk}/*")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.locator("dialog.palette[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog.palette").wait_for(state="detached")
