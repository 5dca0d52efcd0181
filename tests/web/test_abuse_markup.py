"""Markup, formulas and odd letters typed into every text of every noun: each page shows them as text."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from coordina.core.actions import of, standard
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Kind, RecordType
from coordina.leads.defaults import make_default_funnel
from coordina.ledger.doors import submit
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.models import Attachment

from .conftest import World

pytestmark = pytest.mark.django_db
PAYLOAD = "=1+1<img src=x onerror=alert(1)>\"'><svg onload=alert(2)></script>{{7*7}}"
SPOILT = re.compile(r"<img src=x|<svg onload|</script>\{\{|javascript:alert", re.IGNORECASE)
TEXTS = (Kind.TEXT, Kind.LONG_TEXT)
OTHERWISE = {"organization", "stage", "pipeline", "position"} | {
    *("suppression", "privacy_request", "erasure", "retention_rule"),
    *("delay", "delay_text"),
    *("bundle_part", "web_form", "form_field", "form_consent", "webhook"),
    *("shipment_line", "tracking_event"),
}
"""Nouns that cannot be made with these values, or are there already."""
BESIDE: dict[str, dict[str, Any]] = {
    "price_item": {"discount": "5"},
    "price_list_customer": {"company": None},
    "margin_floor": {"percent": "10"},
    "tax_regime": {"country": "ES"},
    "tax_rate": {"percent": "21", "since": "2026-01-01"},
    "stock_count": {"counted": "3"},
    "purchase_line": {"quantity": "3"},
    "order_line": {"unit_price": "5"},
    "work_calendar": {"region": ""},
    "closing_day": {"first_on": "2026-12-24"},
    "carrier": {"tracking_url": ""},
}
"""What a form of some types asks for beside texts and links."""
PLAIN = {"time_zone", "currency", "postal_code", "tax_id"}


def values(known: RecordType, made: dict[str, Any]) -> dict[str, Any]:
    """The payload in every text, and whatever else a form of the type requires."""
    given: dict[str, Any] = {}
    for field in known.editable.values():
        if field.kind in TEXTS and field.name not in PLAIN:
            given[field.name] = PAYLOAD[: field.max_length or 10_000]
        elif field.kind is Kind.TAGS:
            given[field.name] = PAYLOAD[:60].replace(",", "")
        elif field.kind is Kind.REF and field.to is not None:
            far = next((t for t in TYPES if t.model is field.to), None)
            if far is not None and far.name in made and field.name not in ("stage", "pipeline"):
                given[field.name] = made[far.name].pk
    if known.name == "rate":
        return {"currency": "USD", "day": "2026-01-01", "rate": "1.1"}
    if known.name == "user":
        given |= {"email": "x@example.com"}
    if known.within:
        column: Any = known.model._meta.get_field(known.model.scope_parent)
        given[known.within] = made[next(t.name for t in TYPES if t.model is column.related_model)].pk
    return given | BESIDE.get(known.name, {})


@pytest.fixture
def made(world: World) -> dict[str, Any]:
    """One record of every noun, the payload in all of its texts."""
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    found: dict[str, Any] = {}
    able = {known.name: standard(known.model, "create") for known in TYPES if known.name not in OTHERWISE}
    waiting = [known for known in TYPES if (create := able.get(known.name)) is not None and not create.hidden]
    for _round in range(3):  # what refers to others comes after them
        for known in list(waiting):
            try:
                found[known.name] = world.make(known.model, **values(known, found))
            except (Refusal, KeyError):
                continue
            waiting.remove(known)
    assert waiting == []
    return found


def inert(answer: Any, url: str) -> None:
    """No element was made of what was typed."""
    if "html" not in answer.headers.get("Content-Type", ""):
        return
    page = answer.content.decode()
    assert not SPOILT.search(page), (url, page[max(0, SPOILT.search(page).start() - 200) :][:400])  # type: ignore[union-attr]  # it matched
    assert "49" not in re.findall(r"script&gt;(\d\d)", page), url


def test_what_was_typed_stays_text_on_every_page(world: World, made: dict[str, Any], director: Client) -> None:
    pages = 0
    for name, obj in made.items():
        known = TYPES[name]
        urls = [f"/{known.url}/{obj.pk}/edit/"]
        if not known.within:
            columns = ",".join(known.fields)
            urls += [f"/{known.url}/", f"/{known.url}/?cols={columns}", f"/{known.url}/{obj.pk}/"]
            urls += [f"/{known.url}/{obj.pk}/history/", f"/timeline/{known.url}/{obj.pk}/"]
            urls += [f"/{known.url}/{obj.pk}/do/delete-{name}/", f"/{known.url}/?q={known.title} ~ '{PAYLOAD[:8]}'"]
        for url in urls:
            for headers in ({}, {"HX-Request": "true"}):
                answer = director.get(url, headers=headers, follow=True)
                inert(answer, url)
                pages += answer.status_code == 200
    for url in ("/", "/opportunities/board/", f"/search/?q={PAYLOAD}", "/import/", f"/companies/?q={PAYLOAD}"):
        inert(director.get(url), url)
    assert pages > 60


def test_what_was_typed_stays_text_in_toasts_refusals_and_conflicts(
    world: World, made: dict[str, Any], director: Client
) -> None:
    company, sale = made["company"], made["opportunity"]
    for url, data in (
        ("/companies/new/", {"name": PAYLOAD}),
        ("/companies/new/", {"name": PAYLOAD, "email": PAYLOAD, "owner": PAYLOAD, "relation": PAYLOAD}),
        (f"/companies/{company.pk}/edit/", {"name": f"{PAYLOAD} 2", "version": company.version}),
        (f"/companies/{company.pk}/edit/", {"name": f"{PAYLOAD} 3", "version": company.version}),
        (f"/opportunities/{sale.pk}/do/set-next-step/", {"next_step": PAYLOAD}),
        (f"/opportunities/{sale.pk}/move/", {"stage": PAYLOAD}),
        (f"/log/companies/{company.pk}/", {"kind": "note", "text": PAYLOAD}),
        (f"/log/companies/{company.pk}/", {"kind": PAYLOAD, "text": PAYLOAD, "happened_at": PAYLOAD}),
        (f"/companies/{company.pk}/do/delete-company/", {}),
        ("/import/", {"files": SimpleUploadedFile(f"{PAYLOAD}.csv", f'company\n"{PAYLOAD[:20]}"\n'.encode())}),
    ):
        inert(director.post(url, data, follow=True), url)
        inert(director.get("/"), url)


def test_formulas_are_defused_in_every_export(world: World, made: dict[str, Any], director: Client) -> None:
    for name in made:
        known = TYPES[name]
        if known.within:
            continue
        answer = director.get(f"/{known.url}/export/?cols={','.join(known.fields)}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
            assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell], (name, row)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../../etc/passwd", b"x"),
        ("..\\..\\win.ini", b"x"),
        ('a"; filename="b.html', b"<script>alert(1)</script>"),
        ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("seite.html", b"<script>alert(1)</script>"),
        ("setup.exe", b"MZ"),
        ("a\r\nSet-Cookie: x=1.txt", b"x"),
        ("\u202egnp.exe", b"x"),
        ("x" * 400 + ".pdf", b"%PDF"),
    ],
)
def test_a_file_is_only_ever_something_to_save(name: str, content: bytes, world: World, director: Client) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    sale = world.make(Opportunity, name="Nave")
    director.post(f"/files/of/opportunities/{sale.pk}/", {"file": SimpleUploadedFile(name, content)})
    kept = Attachment.objects.get()
    assert not {"/", "\\", "\r", "\n", "\u202e"} & set(kept.name)
    assert re.fullmatch(r"[a-z0-9]{2}/[a-z0-9]{40}", kept.path)
    answer = director.get(f"/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]  # a streaming answer
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "Set-Cookie" not in str(answer.headers)


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "https://testserver.evil.example/",
        "http:///evil.example",
    ],
)
def test_no_way_back_leads_elsewhere(back: str, world: World, director: Client) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    sale = world.make(Opportunity, name="Nave")
    stage = sale.stage_id
    for url, data in (
        ("/companies/new/", {"name": "Álamo"}),
        ("/language/", {"language": "en"}),
        (f"/opportunities/{sale.pk}/move/", {"stage": stage}),
        (f"/opportunities/{sale.pk}/do/set-next-step/", {"next_step": "Llamar"}),
    ):
        answer = director.post(url, data | {"next": back})
        assert answer.status_code in (200, 302, 404), url
        assert "evil" not in answer.get("Location", ""), url
        assert "javascript" not in answer.get("Location", ""), url
    assert "evil" not in Client().get("/sign-in/", {"next": back}).get("Location", "")


def test_a_form_of_another_site_changes_nothing(world: World) -> None:
    strict = world.client(world.director)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = strict.cookies
    for url in ("/companies/new/", "/language/", "/sign-out/", "/profile/", "/import/", "/changes/1/undo/"):
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
            assert guarded.post(url, '{"name": "x"}', content_type=kind).status_code == 403, (url, kind)


def test_a_foreign_host_is_refused(world: World) -> None:
    client = world.client(world.director)
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example", "[::1]:99999"):
        assert client.get("/", headers={"host": host}).status_code == 400, host
    page = client.get("/", headers={"X-Forwarded-Host": "evil.example"}).content.decode()
    assert "evil.example" not in page
