"""Pages of notes and files over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from coordina.customers.models import Company, Interaction
from coordina.records.actions import add_note, attach_file
from coordina.records.files import keep
from coordina.records.models import Attachment, Note
from tests.world import World


def on(record: Any) -> dict[str, Any]:
    return {"subject_type": record._meta.label, "subject_id": record.pk}


@pytest.fixture
def company(world: World) -> Any:
    return world.create(Company, name="Una", by=world.rep)


def upload(world: World, company: Any, name: str, data: bytes, by: Any = None) -> Any:
    given = SimpleUploadedFile(name, data, content_type="text/html")
    return world.client(by or world.rep).post(f"/files/of/companies/{company.pk}/", {"file": given}, follow=True)


def test_a_file_goes_up_and_comes_down_as_something_to_save(world: World, company: Any) -> None:
    answer = upload(world, company, 'ofer"ta <b>ñ.html', b"<script>alert(1)</script>")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<b>ñ" not in page
    kept = Attachment.objects.get()
    down = world.client(world.service).get(f"/files/{kept.pk}/")
    assert b"".join(down.streaming_content) == b"<script>alert(1)</script>"
    assert down["Content-Type"] == "application/octet-stream"
    assert down["X-Content-Type-Options"] == "nosniff"
    assert down["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "sandbox" in down["Content-Security-Policy"]


def test_a_file_that_is_too_large_is_refused_with_the_limit(world: World, company: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    answer = upload(world, company, "grande.bin", b"x" * (1024 * 1024 + 1))
    assert "grande.bin" in answer.content.decode()
    assert "1 MB" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_a_refused_upload_leaves_no_bytes(world: World, company: Any) -> None:
    assert upload(world, company, "x.txt", b"x", by=world.service).status_code == 403
    assert upload(world, company, "x.txt", b"x", by=world.other).status_code == 403
    assert not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_invisible_and_missing_files_answer_alike(world: World) -> None:
    hidden = world.create(Interaction, by=world.other, summary="Secreta")
    kept = world.act(attach_file, by=world.other, name="x", ticket=keep([b"x"]), **on(hidden))
    note = world.act(add_note, by=world.other, text="x", **on(hidden))
    browser = world.client(world.rep)
    for address in ("/files/{}/", "/files/{}/rename/", "/files/{}/delete/"):
        assert browser.get(address.format(kept.pk)).status_code == browser.get(address.format(9999)).status_code == 404
    for address in ("/notes/{}/edit/", "/notes/{}/delete/"):
        assert browser.get(address.format(note.pk)).status_code == browser.get(address.format(9999)).status_code == 404
    assert browser.get(f"/timeline/interactions/{hidden.pk}/").status_code == 404


def test_a_note_is_changed_and_deleted_by_its_author(world: World, company: Any) -> None:
    note = world.act(add_note, by=world.rep, text="Paga tarde", **on(company))
    browser = world.client(world.rep)
    assert "Paga tarde" in browser.get(f"/notes/{note.pk}/edit/").content.decode()
    answer = browser.post(f"/notes/{note.pk}/edit/", {"text": "  "})
    assert answer.status_code == 422
    assert browser.post(f"/notes/{note.pk}/edit/", {"text": "Paga ya"}).status_code == 302
    assert Note.objects.get().text == "Paga ya"
    assert world.client(world.boss).get(f"/notes/{note.pk}/edit/").status_code == 403
    assert browser.get(f"/notes/{note.pk}/delete/").status_code == 200
    assert browser.post(f"/notes/{note.pk}/delete/").status_code == 302
    assert not Note.objects.exists()


def test_a_file_is_renamed_and_deleted(world: World, company: Any) -> None:
    kept = world.act(attach_file, by=world.rep, name="x.pdf", ticket=keep([b"x"]), **on(company))
    browser = world.client(world.rep)
    assert browser.post(f"/files/{kept.pk}/rename/", {"name": ""}).status_code == 422
    assert browser.post(f"/files/{kept.pk}/rename/", {"name": "y.pdf"}).status_code == 302
    assert Attachment.objects.get().name == "y.pdf"
    assert browser.post(f"/files/{kept.pk}/delete/").status_code == 302
    assert not Attachment.objects.exists()


def test_the_timeline_is_a_fragment_or_a_page(world: World, company: Any) -> None:
    world.act(add_note, by=world.rep, text="<script>alert(1)</script>", **on(company))
    whole = world.client(world.rep).get(f"/timeline/companies/{company.pk}/?only=notes").content.decode()
    part = world.client(world.rep, **{"HX-Request": "true"}).get(f"/timeline/companies/{company.pk}/").content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert "&lt;script&gt;" in part
    assert "<script>alert" not in part + whole
