"""Rooms and doors with files in a folder and in a bucket: uploads, downloads, imports, exports, everything, outages."""

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordina.core.storing import kept
from coordina.core.storing.address import Bucket
from coordina.core.storing.areas import EXPORTS, FILES, IMPORTS
from coordina.core.storing.stores import Store
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.queue import run_until_idle
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records import files as files_of_records
from coordina.records.importing import checking, files, running, steps
from coordina.records.models import Attachment, ImportRun
from coordina.records.views import files as file_pages
from coordina.web.saved.jobs import forget_workbooks, write_large
from coordina.web.system.readiness import forget, readiness
from tests.api.conftest import ROOT, token_for
from tests.storing.s3_server import SECRET, S3Server
from tests.world import World

pytestmark = pytest.mark.django_db
TEXT = b"Oferta \x00\xff" * 1000


@pytest.fixture
def world(db: None) -> World:
    made = World()
    with change_set(by=made.boss, at=timezone.now(), via="system"):
        make_default_pipeline(by=made.boss, at=timezone.now())
    return made


@pytest.fixture
def company(world: World) -> Company:
    found: Company = world.create(Company, name="Faro", owner=world.rep)
    return found


def _program(user: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {token_for(user).secret}", "Accept-Language": "en"})


def _upload(world: World, company: Company) -> Any:
    given = {"file": SimpleUploadedFile("oferta.pdf", TEXT)}
    return _program(world.rep).post(f"{ROOT}/companies/{company.pk}/files", given)


def test_a_file_is_kept_and_handed_out_to_whoever_may_see_it(world: World, company: Company, store: Store) -> None:
    sale = world.create(Opportunity, by=world.rep, name="Venta", company=company)
    given = {"file": SimpleUploadedFile("oferta.pdf", TEXT)}
    made = _program(world.rep).post(f"{ROOT}/opportunities/{sale.pk}/files", given)
    assert made.status_code == 201, made.content
    url = f"{ROOT}/files/{made.json()['id']}/content"
    answer = _program(world.rep).get(url)
    assert answer.getvalue() == TEXT and answer.headers["Content-Length"] == str(len(TEXT))
    assert answer.status_code == 200  # no way that leads past a permission which is lost later
    assert _program(world.other).get(url).status_code == 404
    [entry] = FILES.entries()
    assert entry.name == Attachment.objects.get().path


def test_a_refused_upload_leaves_nothing(world: World, company: Company, store: Store, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    assert _upload(world, company).status_code == 413
    assert not list(FILES.entries())


def test_a_file_is_imported_by_the_worker(world: World, store: Store) -> None:
    rows = "\r\n".join(["name,city", *(f"Empresa {n},Teruel" for n in range(300))])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("empresas.csv", rows)
    given = {"files": SimpleUploadedFile("todo.zip", packed.getvalue()), "type": "company"}
    answer = world.client(world.boss).post("/import/", given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    run_until_idle()
    [run] = ImportRun.objects.exclude(path="")
    assert [entry.name for entry in IMPORTS.entries()] == [run.path]  # the archive itself is gone
    assert run.facts["row_count"] == 300
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    assert Company.objects.filter(name__startswith="Empresa").count() == 300


def test_a_spreadsheet_is_written_out_beside_its_upload(world: World, store: Store) -> None:
    import xlsxwriter

    book = BytesIO()
    with xlsxwriter.Workbook(book) as writing:
        sheet = writing.add_worksheet()
        sheet.write_row(0, 0, ["name", "city"])
        sheet.write_row(1, 0, ["Faro", "Teruel"])
    path, size = files.keep([book.getvalue()])
    run = steps.start(world.boss, "company", "hoja.xlsx", path, size)
    steps.read(run, lambda rows: None)
    assert run.facts["row_count"] == 1, run.problem
    assert {entry.name for entry in IMPORTS.entries()} == {path, files.stem_of(path) + files.TABLE}


def test_what_a_job_wrote_is_fetched_by_its_owner_and_goes_in_time(
    world: World, company: Company, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "a" * 24
    url = write_large.call(world.rep.pk, "company", "", token)["result_url"]
    answer = world.client(world.rep).get(url)
    assert answer.getvalue().startswith(b"PK") and "attachment" in answer.headers["Content-Disposition"]
    assert world.client(world.boss).get(url).status_code == 404
    assert forget_workbooks.call() == 0
    monkeypatch.setattr("coordina.web.saved.jobs.KEPT", dt.timedelta(days=-3))
    assert forget_workbooks.call() == 1
    assert not list(EXPORTS.entries()) and world.client(world.rep).get(url).status_code == 404


def test_a_bucket_that_is_away_is_told_and_nothing_is_lost(
    world: World, company: Company, bucket: Bucket, server: S3Server
) -> None:
    url = f"{ROOT}/files/{_upload(world, company).json()['id']}/content"
    page = world.client(world.rep)
    page.raise_request_exception = False
    server.failing = 10**6
    for answer in (_upload(world, company), _program(world.rep).get(url)):
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "30"
        assert answer.json()["detail"].startswith("The files cannot be reached just now")
    shown = page.get(reverse("records:file", args=(Attachment.objects.get().pk,)))
    assert shown.status_code == 503 and shown.headers["Retry-After"] == "30"
    assert "Ahora mismo no se puede acceder a los archivos" in shown.content.decode()
    assert Attachment.objects.count() == 1
    server.failing = 0
    assert _program(world.rep).get(url).getvalue() == TEXT
    assert _upload(world, company).status_code == 201


def test_of_several_files_those_that_were_kept_are_told(
    world: World, company: Company, bucket: Bucket, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.client(world.rep)
    page.raise_request_exception = False
    keep = files_of_records.keep

    def then_away(chunks: Any) -> str:
        kept_ticket = keep(chunks)
        server.failing = 10**6
        return kept_ticket

    monkeypatch.setattr(file_pages, "keep", then_away)
    given = {"file": [SimpleUploadedFile("uno.txt", b"1"), SimpleUploadedFile("dos.txt", b"2")]}
    url = reverse("records:upload", args=("companies", company.pk))
    told = page.post(url, given, follow=True)
    assert told.status_code == 200 and [each.name for each in Attachment.objects.all()] == ["uno.txt"]
    assert "«dos.txt» no se ha añadido: inténtalo otra vez" in told.content.decode()
    assert page.post(url, {"file": SimpleUploadedFile("tres.txt", b"3")}).status_code == 503
    assert Attachment.objects.count() == 1


def test_readiness_and_the_page_of_the_system_say_what_is_wrong(
    world: World, bucket: Bucket, server: S3Server, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    forget()
    assert readiness()["files"] is True
    page = world.client(world.boss).get("/settings/system/").content.decode()
    assert f"s3://files/of/us · {server.endpoint}" in page and SECRET not in page
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-and-hidden")
    kept.forget()
    assert readiness()["files"] is False
    with pytest.raises(SystemExit):
        call_command("ready")
    told = capsys.readouterr().out
    line = "files: NOT OK: The bucket refuses the keys (SignatureDoesNotMatch) at s3://files/of/us"
    assert line in told
    forget()
    assert Client().get("/ready/").json()["files"] is False  # told, and nobody is sent elsewhere for it
    page = world.client(world.boss).get("/settings/system/").content.decode()
    assert "El bucket rechaza las claves" in page and "wrong-and-hidden" not in page + told
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    kept.forget()
    del server.buckets["files"]
    assert "No existe ese bucket" in world.client(world.boss).get("/settings/system/").content.decode()
    server.leave()
    assert "El bucket no responde" in world.client(world.boss).get("/settings/system/").content.decode()


def test_without_a_bucket_nobody_asks_for_one(world: World) -> None:
    assert "files" not in readiness()
