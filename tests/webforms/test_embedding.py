"""A form inside a page of another site, filled in and sent in a browser; it stands on Hoy afterwards."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings

from coordina.accounts.rates import forget_rates
from coordina.accounts.tree import forget
from coordina.leads.models import Lead
from coordina.webforms.embedding import snippet
from coordina.webforms.models import LeadOrigin
from tests.webforms.ground import Forms


class Site:
    """A site of somebody: one page, on a port of its own, so of another origin."""

    def __init__(self) -> None:
        site = self
        self.page, self.status = "", 200

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path != "/favicon.ico"
                body = f"<!doctype html><html lang=es><title>Granja</title><body>{site.page}</body></html>".encode()
                self.send_response(200 if found else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body) if found else 0))
                self.end_headers()
                if found:
                    self.wfile.write(body)

            def log_message(self, *_said: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def here(page: Any, live_server: Any, settings: Any) -> tuple[Any, Forms, str]:
    forget()
    forget_rates()
    settings.BASE_URL = live_server.url
    return page, Forms(), live_server.url


def fill(frame: Any) -> None:
    """Write what people write; the page was asked for long enough ago."""
    frame.get_by_label("Nombre", exact=True).fill("Berta Boxer")
    frame.get_by_label("Correo").fill("berta@example.com")
    frame.get_by_label("Mensaje").fill("Quiero luz")


@pytest.mark.parametrize("width", [1440, 360])
def test_a_form_in_somebody_elses_page_makes_a_lead_that_stands_on_hoy(
    here: tuple[Any, Forms, str], site: Site, width: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr("coordina.webforms.rules.LEAST", 0)
    page, forms, url = here
    form = forms.form(sites=site.url, title="Pide luz")
    site.page = f"<h1>Granja</h1>{snippet(form)}"
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"{site.url}/contacto?utm_source=boletin&utm_campaign=Verano")
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Pide luz").wait_for()
    page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().height > 400")
    high = page.evaluate("document.querySelector('iframe').getBoundingClientRect().height")
    inside = frame.locator("main").evaluate("el => el.getBoundingClientRect().height")
    assert inside <= high <= inside + 40
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    fill(frame)
    frame.get_by_role("button", name="Enviar").click()
    frame.get_by_role("heading", name="Gracias").wait_for()
    lead = Lead.objects.get()
    assert (lead.name, lead.campaign) == ("Berta Boxer", "Verano")
    assert "utm_source=boletin" in lead.tracking
    assert LeadOrigin.objects.get().page == f"{site.url}/contacto"
    session = forms.client(forms.boss).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    page.goto(f"{url}/")
    page.get_by_text("Berta Boxer").first.wait_for()


def test_no_other_site_shows_it(here: tuple[Any, Forms, str], site: Site) -> None:
    page, forms, url = here
    form = forms.form(sites="https://granja.example", title="Pide luz")
    site.page = f'<iframe src="{url}/f/{form.slug}/?embedded" title="x"></iframe>'
    page.goto(site.url)
    page.wait_for_timeout(500)
    assert "Pide luz" not in "".join(f.content() for f in page.frames if f.url.startswith("http"))
    page.faults[:] = [said for said in page.faults if "frame-ancestors" not in said]


def test_without_scripts_it_works_as_well(here: tuple[Any, Forms, str], chromium: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("coordina.webforms.rules.LEAST", 0)
    _page, forms, url = here
    form = forms.form()
    context = chromium.new_context(java_script_enabled=False, locale="es-ES", viewport={"width": 360, "height": 780})
    plain = context.new_page()
    plain.goto(f"{url}/f/{form.slug}/")
    plain.get_by_role("button", name="Enviar").click()
    assert plain.get_by_text("Rellena este campo.").count() == 2
    fill(plain)
    plain.get_by_role("button", name="Enviar").click()
    plain.get_by_role("heading", name="Gracias").wait_for()
    context.close()
    assert Lead.objects.get().name == "Berta Boxer"


def test_afterwards_the_page_around_goes_where_the_form_says(
    here: tuple[Any, Forms, str], site: Site, monkeypatch: Any
) -> None:
    monkeypatch.setattr("coordina.webforms.rules.LEAST", 0)
    page, forms, _url = here
    form = forms.form(sites=site.url, redirect_url=f"{site.url}/gracias", title="Pide luz")
    site.page = snippet(form)
    page.goto(site.url)
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Pide luz").wait_for()
    fill(frame)
    frame.get_by_role("button", name="Enviar").click()
    page.wait_for_url(f"{site.url}/gracias")
    assert Lead.objects.count() == 1
