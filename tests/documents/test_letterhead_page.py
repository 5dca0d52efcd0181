"""The settings page of the letterhead."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from coordina.documents import rendering
from coordina.documents.answering import answered
from coordina.documents.letterheads import the_letterhead
from coordina.documents.models import Letterhead
from coordina.documents.rendering import NotMade
from tests.documents.test_papers import PNG
from tests.world import World

URL = "/settings/letterhead/"
TYPED = {"legal_name": "Lumbrera S.L.", "tax_id": " B12345674 ", "country": "ES", "email": "hola@example.com"}


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_it_is_written_changed_and_shown(world: World) -> None:
    browser = world.client(world.boss)
    page = browser.get(URL)
    assert page.status_code == 200 and "/settings/letterhead/picture/?legal_name=Lumbrera" in page.content.decode()
    assert browser.post(URL, {**TYPED, "logo": SimpleUploadedFile("l.png", PNG)}).status_code == 302
    kept = the_letterhead()
    assert (kept.legal_name, kept.tax_id, kept.logo_name) == ("Lumbrera S.L.", "B12345674", "l.png")
    version = kept.version
    assert browser.post(URL, {**TYPED, "tax_id": "B12345674", "version": version}).status_code == 302
    assert the_letterhead().version == version, "nothing changed, nothing written"
    answer = browser.post(URL, {**TYPED, "legal_name": "", "version": version})
    assert answer.status_code == 422
    world.edit(the_letterhead(), legal_name="Lumbrera S.L.U.")
    world.edit(the_letterhead(), legal_name="Lumbrera S.L.")
    answer = browser.post(URL, {**TYPED, "legal_name": "Otra", "version": version})
    assert answer.status_code == 422 and the_letterhead().legal_name == "Lumbrera S.L."
    answer = browser.post(URL, {**TYPED, "logo": SimpleUploadedFile("l.gif", b"GIF89a"), "version": version})
    assert answer.status_code == 422 and the_letterhead().logo_name == "l.png"
    browser.post(URL, {**TYPED, "no_logo": "on", "version": the_letterhead().version})
    assert the_letterhead().logo_name == ""
    assert Letterhead.objects.count() == 1


def test_the_preview_follows_what_is_typed(world: World) -> None:
    browser = world.client(world.boss)
    shown = browser.get(URL + "preview/", {"legal_name": "A & B", "country": "ES", "logo": "x"}).content.decode()
    assert "legal_name=A+%26+B" in shown and "logo=" not in shown
    made = browser.get(URL + "picture/", {"legal_name": "#x$ [", "register_text": "y" * 9999})
    assert made["Content-Type"] == "image/png" and made.content.startswith(b"\x89PNG")
    assert not Letterhead.objects.exists()


def test_others_are_shown_the_door(world: World) -> None:
    browser = world.client(world.rep)
    for path in (URL, URL + "preview/", URL + "picture/"):
        assert browser.get(path).status_code == 403


def test_a_document_that_cannot_be_made_says_so_and_offers_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = world.client(world.boss)
    asked: Any = browser.get("/settings/").wsgi_request

    def broken() -> bytes:
        raise NotMade

    answer = answered(asked, broken, "Albarán 1", "/orders/1/")
    page = answer.content.decode()
    assert answer.status_code == 503 and 'href="/orders/1/"' in page and 'href="/settings/"' in page
    good = answered(RequestFactory().get("/x/"), lambda: b"%PDF-1.7", "Albarán 1", "/")
    assert good["Content-Disposition"] == 'inline; filename="albaran-1.pdf"'
    monkeypatch.setattr(rendering, "templates", dict)
    assert browser.get(URL + "picture/").status_code == 503
    assert browser.get(URL).status_code == 200
