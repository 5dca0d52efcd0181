"""Files over REST: kept, listed and handed out with the rights and headers of the pages, and undone like anything."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from coordina.api import openapi
from coordina.api.operations import Does, table
from coordina.customers.models import Company
from coordina.pipeline.models import Opportunity
from coordina.records.files import opened
from coordina.records.models import Attachment

from ..world import World
from .conftest import ROOT, program, token_for

pytestmark = pytest.mark.django_db
TEXT = b"Oferta 2026: <script>alert(1)</script>\x00\xff"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(world: World) -> Company:
    found: Company = world.create(Company, name="Faro", owner=world.rep)
    return found


def send(user: Any, path: str, *files: bytes, name: str = "oferta.pdf", part: str = "file", **headers: str) -> Any:
    """Send files below `/api/v1` as a form."""
    given = {f"{part}{n or ''}": SimpleUploadedFile(name, each) for n, each in enumerate(files)}
    client = Client(headers={"Authorization": f"Bearer {token_for(user).secret}", "Accept-Language": "en"})
    return client.post(ROOT + path, given, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_file_is_kept_listed_fetched_and_undone(world: World, company: Company) -> None:
    made = send(world.rep, f"/companies/{company.pk}/files", TEXT)
    assert made.status_code == 201, made.content
    kept = made.json()
    assert (kept["name"], kept["size"], kept["owner"]["label"]) == ("oferta.pdf", len(TEXT), world.rep.name)
    assert (kept["subject_type"], kept["subject_id"]) == ("customers.Company", company.pk)
    assert made.headers["Location"] == f"{ROOT}/files/{kept['id']}"
    caller = program(world.rep)
    listed = caller.get(f"/companies/{company.pk}/files?count=true").json()
    assert [row["id"] for row in listed["data"]] == [kept["id"]]
    assert listed["count"]["number"] == 1
    got = caller.get(f"/files/{kept['id']}/content")
    assert b"".join(got.streaming_content) == TEXT
    page = world.client(world.rep).get(f"/files/{kept['id']}/download/")
    if page.status_code == 200:
        for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy"):
            assert got.headers[name] == page.headers[name], name
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "private, no-store"
    assert caller.post(f"/changes/{made.headers['Change-Set']}/undo").status_code == 200
    assert caller.get(f"/companies/{company.pk}/files").json()["data"] == []
    assert caller.get(f"/files/{kept['id']}/content").status_code == 404


def test_the_same_key_keeps_it_once(world: World, company: Company) -> None:
    url = f"/companies/{company.pk}/files"
    first = send(world.rep, url, TEXT, Idempotency_Key="a1")
    again = send(world.rep, url, TEXT, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert Attachment.objects.count() == 1
    other = send(world.rep, url, b"otra cosa", Idempotency_Key="a1")
    assert other.json()["code"] == "key_reused"
    kept = [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]
    assert len(kept) == 1  # bytes that nobody keeps are gone


def test_what_is_no_file_is_refused_and_leaves_nothing(world: World, company: Company, settings: Any) -> None:
    url = f"/companies/{company.pk}/files"
    caller = program(world.rep)
    assert caller.post(url, {"file": "x"}).status_code == 415
    assert send(world.rep, url).status_code == 422
    assert send(world.rep, url, TEXT, TEXT).status_code == 422
    assert send(world.rep, url, TEXT, part="other").status_code == 422
    assert send(world.rep, url, b"").json()["code"] == "empty"
    broken = caller._client.post(ROOT + url, b"--x\r\n", content_type="multipart/form-data")
    assert 400 <= broken.status_code < 500
    settings.MAX_UPLOAD_BYTES = 10
    assert send(world.rep, url, b"x" * 11).status_code == 413
    assert not Attachment.objects.exists()
    assert not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_rights_are_those_of_the_page(world: World, company: Company) -> None:
    """Of another's record nothing can be told from what does not exist; a token has to cover files, too."""
    sale = world.create(Opportunity, by=world.rep, name="Venta", company=company)
    home = f"/opportunities/{sale.pk}/files"
    kept = send(world.rep, home, TEXT).json()
    other = program(world.other)
    for path, nowhere in ((home, "/opportunities/999999/files"), (f"/files/{kept['id']}/content", "/files/9/content")):
        hidden, missing = other.get(path), other.get(nowhere)
        assert (hidden.status_code, hidden.content) == (404, missing.content), path
    assert send(world.other, home, TEXT).status_code == 404
    assert program(world.rep, types=["opportunity"]).get(home).json()["code"] == "scope"
    assert program(world.rep, types=["attachment"]).get(home).json()["code"] == "scope"
    assert program(world.rep, types=["attachment", "opportunity"]).get(home).status_code == 200
    client = Client(headers={"Authorization": f"Bearer {token_for(world.rep, writes=False).secret}"})
    assert client.post(ROOT + home, {"file": SimpleUploadedFile("a.txt", b"a")}).status_code == 403
    assert client.get(ROOT + home).status_code == 200
    assert send(world.service, f"/companies/{company.pk}/files", TEXT).status_code == 403
    assert Attachment.objects.count() == 1


def test_the_document_names_them(world: World) -> None:
    document = openapi.document(world.boss)
    upload = document["paths"]["/companies/{ref}/files"]["post"]
    form = upload["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["file"]["format"] == "binary"
    assert "application/octet-stream" in document["paths"]["/files/{ref}/content"]["get"]["responses"]["200"]["content"]
    nouns = {op.known.name for op in table().by_name.values() if op.does is Does.UPLOAD and op.known is not None}
    assert {"company", "person", "opportunity", "lead", "product"} <= nouns
    assert not nouns & {"stage", "address", "note", "attachment"}


@pytest.mark.django_db(transaction=True)
def test_bytes_stay_where_the_database_went_away_at_the_end(
    world: World, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_for(world.boss).secret}", "Idempotency-Key": "offer"})
    commit = connection._commit

    def lost() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    def post() -> Any:
        return client.post(f"{ROOT}/companies/{company.pk}/files", {"file": SimpleUploadedFile("oferta.pdf", TEXT)})

    with monkeypatch.context() as broken:
        broken.setattr(connection, "_commit", lost)
        assert post().status_code == 503
    again = post()
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    [row] = Attachment.objects.all()
    assert opened(row).read() == TEXT
