"""Whatever people type: markup stays text, and long, foreign and decorated names break nothing."""

from typing import Any

import pytest

from coordina.core.actions import standard
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Field, Kind, RecordType
from coordina.customers.models import Company
from coordina.ledger.doors import submit

from .conftest import World

pytestmark = pytest.mark.django_db
PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
TYPED = {
    "emoji": "Café 👩‍👩‍👧 ☕️ 🏳️‍🌈",
    "rtl": "\u0634\u0631\u0643\u0629 \u0627\u0644\u0646\u0648\u0631 \u200f(2026)",
    "zero width": "Aco\u200bmé\u00adtica",
    "long": "Ñ" * 200,
}


def texts(known: RecordType) -> list[Field]:
    kinds = (Kind.TEXT, Kind.LONG_TEXT)
    return [f for f in known.editable.values() if f.kind in kinds and not f.choices and not f.virtual]


def pages(known: RecordType, pk: int) -> list[str]:
    base = f"/{known.url}/"
    columns = ",".join(known.fields)
    return [
        f"{base}?cols={columns}",
        f"{base}{pk}/",
        f"{base}{pk}/edit/",
        f"{base}{pk}/history/",
        f"{base}{pk}/do/delete-{known.name}/",
    ]


@pytest.mark.parametrize("noun", ["company", "person", "product", "industry", "opportunity"])
def test_markup_is_inert_everywhere(noun: str, world: World, director: Any) -> None:
    from coordina.pipeline.models import Pipeline, Stage

    known = TYPES[noun]
    if noun == "opportunity":
        pipeline = world.make(Pipeline, name="Embudo")
        world.make(Stage, pipeline=pipeline.pk, name=PAYLOAD[:80], position=1, kind="open")
    values: dict[str, Any] = {}
    for about in texts(known):
        values[about.name] = PAYLOAD[: about.max_length or 500]
        try:
            made = submit(standard(known.model, "create"), {known.title: "x"} | values, by=world.director, via="web")
            submit(standard(known.model, "delete"), {}, by=world.director, via="web", pk=made.pk)
        except Refusal:
            del values[about.name]
    made = submit(standard(known.model, "create"), values, by=world.director, via="web")
    shown = 0
    for url in pages(known, made.pk):
        answer = director.get(url)
        page = answer.content.decode()
        assert answer.status_code in (200, 302, 404), url
        assert "<script>alert" not in page, url
        assert "<img src=x" not in page, url
        assert "49" not in page.split("&lt;script&gt;", 1)[-1][:80], url
        shown += "&lt;script&gt;" in page
    assert shown >= 2
    found = director.get(f"/{known.url}/lookup/?q={PAYLOAD[:5]}").json()["items"]
    assert all("script" in item["label"] or item["label"] for item in found)


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
def test_any_name_is_kept_and_shown(typed: str, world: World, director: Any) -> None:
    answer = director.post("/companies/new/", {"name": typed, "relation": "prospect"})
    assert answer.status_code == 302
    made = Company.objects.get()
    assert made.name == typed
    for url in ("/companies/", f"/companies/{made.pk}/", f"/companies/{made.pk}/history/"):
        assert typed in director.get(url).content.decode()


def test_a_name_of_ten_thousand_letters_is_refused_at_its_field(world: World, director: Any) -> None:
    answer = director.post("/companies/new/", {"name": "a" * 10_000, "relation": "prospect"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_name_error"' in page
    assert "a" * 10_000 in page
    assert not Company.objects.exists()


def test_null_characters_are_refused_not_broken(world: World, director: Any) -> None:
    answer = director.post("/companies/new/", {"name": "a\x00b", "relation": "prospect"})
    assert answer.status_code in (302, 422)
    assert director.get("/companies/?q=name ~ \x00").status_code == 400
    assert director.get("/companies/lookup/?q=%00").status_code in (200, 400)
