"""Documents: what people typed is shown as they typed it, and a document that cannot be made stops nothing."""

import io
import time
from typing import Any

import pytest
from pypdf import PdfReader

from coordina.core.refusals import Refusal
from coordina.documents import rendering
from coordina.documents.letterheads import the_letterhead
from coordina.documents.papers import letter_pdf, letter_picture
from coordina.documents.rules import LONGEST, image_kind, printable
from coordina.records.files import keep
from tests.world import World

WILD = (
    "#eval(1+1)",
    "$x^2$ y $",
    "[corchetes] ]] [[",
    "@referencia <etiqueta>",
    "barra \\ al final \\",
    "*negrita* _cursiva_ `código` ```",
    '#import "/etc/passwd": *',
    '#read("/etc/passwd")',
    "= Título\n- punto\n+ uno\n/ término: x",
    "// nota /* nota */",
    '"comillas" ~ -- --- ... https://example.com',
    "{llaves} \\u{41} al revés",
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000"
    "000049454e44ae426082"
)


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def letter(**said: Any) -> bytes:
    return letter_pdf("es", {"title": "Prueba", **said})


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.mark.parametrize("typed", WILD)
def test_what_is_typed_is_shown_never_read(world: World, typed: str) -> None:
    made = text_of(
        letter(
            title=typed,
            parties=[{"label": "Para", "lines": [typed]}],
            facts=[["Número", typed]],
            columns=[{"label": typed, "wide": True}],
            rows=[[[typed, typed]]],
            notes=[{"label": "Notas", "text": typed}],
        )
    )
    shown = squeezed(made).replace("“", '"').replace("”", '"')
    wanted = squeezed(typed)
    assert shown.count(wanted) >= 6, made


def test_long_texts_other_scripts_and_odd_signs_come_out(world: World) -> None:
    made = letter(
        notes=[{"label": "Notas", "text": "x" * 10_000}], facts=[["😀", "שלום مرحبا 漢字"], ["nul", "a\x00b\x07c"]]
    )
    text = text_of(made)
    assert squeezed(text).count("x") >= 10_000
    assert "abc" in text
    assert "שלום" in text or "םולש" in text
    assert len(PdfReader(io.BytesIO(made)).pages) >= 2


def test_texts_stay_bearable() -> None:
    assert len(printable("y " * LONGEST)) == LONGEST
    assert printable("z" * 90).replace("\u200b", "|") == f"{'z' * 40}|{'z' * 40}|{'z' * 10}"
    assert printable({"a": ["b\r\nc", 3, None, True, "\ud800x"]}) == {"a": ["b\nc", 3, None, True, "x"]}


def test_the_letterhead_stands_on_it(world: World) -> None:
    from coordina.documents.models import Letterhead

    assert the_letterhead().legal_name == "Lumbrera"
    world.create(
        Letterhead,
        legal_name="Lumbrera Iluminación, S.L.",
        tax_id="B12345674",
        city="Sevilla",
        country="ES",
        register_text="Registro Mercantil de Sevilla, tomo 1",
    )
    text = text_of(letter())
    for part in ("Lumbrera Iluminación, S.L.", "NIF B12345674", "Sevilla, España", "tomo 1", "Página 1 de 1"):
        assert part in text
    english = text_of(letter_pdf("en-001", {"title": "Test"}))
    assert "Tax id B12345674" in english and "Page 1 of 1" in english and "Sevilla, Spain" in english
    with pytest.raises(Refusal):
        world.create(Letterhead, legal_name="Otra")


def test_a_logo_is_a_picture_and_a_broken_one_stops_nothing(world: World, tmp_path: Any) -> None:
    from coordina.documents.actions import put_logo, remove_logo
    from coordina.documents.models import Letterhead

    head = world.create(Letterhead, legal_name="Lumbrera")
    for bad in (b"GIF89a", b"<svg onload='x'/>", b"%PDF-1.7", PNG[:20], PNG[:16] + b"\x00\x01\x00\x00" + PNG[20:]):
        with pytest.raises(Refusal) as refused:
            world.act(put_logo, pk=head.pk, ticket=keep([bad]), name="logo.png")
        assert refused.value.field == "logo"
    world.act(put_logo, pk=head.pk, ticket=keep([PNG]), name="../logo.png")
    kept = the_letterhead()
    assert kept.logo_name == "logo.png" and kept.logo
    assert len(PdfReader(io.BytesIO(letter())).pages[0].images) == 1
    broken = PNG[:33] + b"\x00" * 20
    assert image_kind(broken) == "png"
    assert letter_picture("es", {"title": "x"}, kept, broken).startswith(b"\x89PNG")
    world.act(remove_logo, pk=head.pk)
    assert not the_letterhead().logo


def test_a_picture_says_its_size() -> None:
    jpeg = (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\x00\x10\x00\x20\x03"
        + b"\0" * 9
    )
    assert image_kind(jpeg) == "jpg"
    assert image_kind(jpeg.replace(b"\x00\x10\x00\x20", b"\xff\xff\x00\x20")) == ""
    assert image_kind(b"\xff\xd8\xff") == image_kind(b"\xff\xd8\xff\xd9") == image_kind(b"") == ""
    assert image_kind(b"\xff\xd8\xff\xff\xd0" + jpeg[2:]) == "jpg"


def test_what_the_engine_cannot_do_is_said_and_hurts_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rendering.NotMade):
        rendering.render_pdf("letter", {"columns": 7})
    with pytest.raises(rendering.NotMade):
        rendering.render_pdf("nothing of ours", {})
    monkeypatch.setattr(rendering, "templates", lambda: {"letter": b'#read("/etc/hostname")'})
    with pytest.raises(rendering.NotMade):
        letter()


def test_a_page_of_sixty_lines_is_quick(world: World) -> None:
    said = {
        "columns": [{"label": "Producto", "wide": True}, {"label": "Cantidad", "right": True}],
        "rows": [[f"Producto {n}", str(n)] for n in range(60)],
    }
    letter(**said)
    began = time.process_time()
    letter(**said, notes=[{"label": "n", "text": "otra vez"}])
    assert time.process_time() - began < 0.15
