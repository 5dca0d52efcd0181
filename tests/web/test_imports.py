"""The import assistant, page by page."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.ledger import queue
from coordina.ledger.doors import submit
from coordina.pipeline.models import Opportunity, Pipeline, Stage
from coordina.records.models import ImportRun

from .conftest import World

pytestmark = pytest.mark.django_db

COMPANIES = "Empresa;Sector;Plantilla;Apodo\nÓptica Lince;Salud;12;Lince\nCafés Tucán;Alimentación;muchos;\n"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def upload(client: Client, text: str | bytes, name: str = "datos.csv", kind: str = "") -> ImportRun:
    data = text.encode() if isinstance(text, str) else text
    answer = client.post("/import/", {"type": kind, "files": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, text_of(answer)
    queue.run_until_idle()
    return ImportRun.objects.latest("pk")


def check(client: Client, run: ImportRun, **said: Any) -> str:
    sent = {f"target-{c['column']}": c["target"] for c in run.columns}
    sent |= {"mode": run.options["mode"], "match": run.options["match"], "make": "yes", "go": "check"} | said
    sent |= {f"answer-{k}": v for k, v in run.options["constants"].items() if f"answer-{k}" not in said}
    answer = client.post(f"/import/{run.pk}/columns/", sent)
    assert answer.status_code == 302
    queue.run_until_idle()
    return text_of(client.get(f"/import/{run.pk}/review/"))


def go(client: Client, run: ImportRun) -> str:
    client.post(f"/import/{run.pk}/begin/")
    queue.run_until_idle()
    return text_of(client.get(f"/import/{run.pk}/", follow=True))


def test_a_file_goes_all_the_way_and_back(world: World, director: Client) -> None:
    assert "Importar" in text_of(director.get("/import/"))
    run = upload(director, COMPANIES)
    assert run.type == "company"
    page = text_of(director.get(f"/import/{run.pk}/", follow=True))
    assert "Apodo" in page
    assert "Lince" in page
    review = check(director, run)
    assert "muchos" in text_of(director.get(f"/import/{run.pk}/review/?show=error"))
    assert "Óptica Lince" in text_of(director.get(f"/import/{run.pk}/review/?show=new"))
    assert "Salud" in text_of(director.get(f"/import/{run.pk}/review/?show=made"))
    assert "1 fila" in review or "1 row" in review
    assert Company.objects.count() == 0, "nothing is written before it was seen"
    go(director, run)
    company = Company.objects.get()
    assert (company.name, company.employees, company.other_data) == ("Óptica Lince", 12, {"Apodo": "Lince"})
    rows = list(
        csv.reader(io.StringIO(b"".join(director.get(f"/import/{run.pk}/errors/")).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[1][:3] == ["Cafés Tucán", "Alimentación", "muchos"]
    assert rows[1][4] == "3"
    assert "muchos" in rows[1][5]
    assert "datos.csv" in text_of(director.get(f"/import/{run.pk}/undo/"))
    director.post(f"/import/{run.pk}/undo/")
    queue.run_until_idle()
    assert not Company.objects.exists()
    done = director.get(f"/import/{run.pk}/done/")
    assert done.status_code == 200
    assert "datos.csv" in text_of(director.get("/import/history/"))


def test_what_others_changed_is_listed_and_the_undo_can_be_finished(world: World, director: Client) -> None:
    run = upload(director, "Empresa\nAlfa\nBravo\n")
    check(director, run)
    go(director, run)
    alfa = Company.objects.get(name="Alfa")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=world.director, via="web", pk=alfa.pk)
    director.post(f"/import/{run.pk}/undo/")
    queue.run_until_idle()
    assert [c.name for c in Company.objects.all()] == ["Alfa"]
    page = text_of(director.get(f"/import/{run.pk}/done/"))
    assert "Alfa" in page
    assert f"/companies/{alfa.pk}/" in page
    director.post(f"/import/{run.pk}/undo/", {"force": "yes"})
    queue.run_until_idle()
    assert not Company.objects.exists()


def test_a_pipeline_is_made_from_the_stages_of_the_file(world: World, director: Client) -> None:
    text = "id,Agente,Etapa,Fecha\na1,Zoe Nueva,Prospecting,2024-01-02\na2,Zoe Nueva,Closed Won,2024-02-03\n"
    run = upload(director, text, kind="opportunity")
    stage = next(c["column"] for c in run.columns if c["header"] == "Etapa")
    sent = {f"target-{c['column']}": c["target"] for c in run.columns} | {f"target-{stage}": "stage"}
    answer = director.post(
        f"/import/{run.pk}/answer/", sent | {"make": "yes", "make_answer": "pipeline", "name-pipeline": "Nuevo embudo"}
    )
    assert answer.status_code == 302
    made = Pipeline.objects.get(name="Nuevo embudo")
    kinds = list(Stage.objects.filter(pipeline=made).order_by("position").values_list("name", "kind"))
    assert kinds[:2] == [("Prospecting", "open"), ("Closed Won", "won")]
    run.refresh_from_db()
    assert run.options["constants"] == {"pipeline": str(made.pk)}
    check(director, run)
    go(director, run)
    assert {(o.status, o.pipeline_id, o.owner.name) for o in Opportunity.objects.all()} == {
        ("open", made.pk, "Zoe Nueva"),
        ("won", made.pk, "Zoe Nueva"),
    }
    assert not User.objects.get(name="Zoe Nueva").is_active
    director.post(f"/import/{run.pk}/undo/")
    queue.run_until_idle()
    assert not Pipeline.objects.filter(name="Nuevo embudo").exists()
    assert not User.objects.filter(name="Zoe Nueva").exists()


def test_imports_belong_to_their_owner(world: World, director: Client) -> None:
    run = upload(world.client(world.manager), "Empresa\nAlfa\n")
    assert director.get(f"/import/{run.pk}/columns/").status_code in (403, 404)
    assert world.client(world.luis).get(f"/import/{run.pk}/").status_code == 404
    assert world.client(world.nobody).get("/import/").status_code == 403
    assert world.client(world.nobody).get("/import/history/").status_code == 403
    assert Client().get(f"/import/{run.pk}/").status_code == 302
    assert world.client(world.luis).post(f"/import/{run.pk}/begin/").status_code == 404
    types = text_of(world.client(world.manager).get("/import/"))
    assert 'value="company"' in types
    assert 'value="user"' not in types


@pytest.mark.parametrize(
    ("name", "data"),
    [("paquete.gz", b"\x1f\x8b\x08"), ("doc.pdf", b"%PDF-1.4"), ("nada.csv", b"")],
)
def test_files_that_are_no_table_are_refused_with_a_way_out(director: Client, name: str, data: bytes) -> None:
    answer = director.post("/import/", {"type": "", "files": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert name in text_of(answer)
    assert not ImportRun.objects.exists()


def test_a_file_without_rows_says_so_and_can_be_discarded(director: Client) -> None:
    run = upload(director, "Empresa;Sector\n")
    assert run.state == "failed"
    assert run.problem in text_of(director.get(f"/import/{run.pk}/"))
    director.post(f"/import/{run.pk}/discard/")
    assert not ImportRun.objects.exists()


def test_several_files_at_once_are_recognised(world: World, director: Client) -> None:
    files = [
        SimpleUploadedFile("a.csv", b"Empresa,Sector\nAlfa,Salud\n"),
        SimpleUploadedFile("b.csv", b"product,series,sales_price\nMesa,M,12.5\n"),
    ]
    answer = director.post("/import/", {"type": "", "files": files})
    assert answer.status_code == 302
    queue.run_until_idle()
    assert sorted(ImportRun.objects.values_list("type", flat=True)) == ["", "company", "product"]
    assert text_of(director.get("/import/history/")).count("a.csv, b.csv") == 1, "they are one import"


def test_a_step_that_is_over_is_said(director: Client) -> None:
    run = upload(director, "Empresa\nAlfa\n")
    assert director.post(f"/import/{run.pk}/begin/").status_code == 409
    check(director, run)
    go(director, run)
    assert director.post(f"/import/{run.pk}/begin/").status_code == 409
    assert director.get(f"/import/{run.pk}/columns/").status_code == 302
    assert Company.objects.count() == 1


def test_a_value_can_mean_a_record_nothing_or_a_new_one(world: World, director: Client) -> None:
    from coordina.customers.models import Industry

    tech = world.make(Industry, name="Technology")
    run = upload(director, "Empresa;Sector\nAlfa;technolgy\nBravo;n-04\nCharlie;Salud\n")
    page = text_of(director.get(f"/import/{run.pk}/columns/"))
    assert "technolgy" in page
    assert f'<option value="{tech.pk}">' in page
    column = next(c["column"] for c in run.columns if c["header"] == "Sector")
    texts = list(run.columns[column]["distinct"])
    said = {f"v-{column}-{texts.index('technolgy')}": str(tech.pk), f"v-{column}-{texts.index('n-04')}": "empty"}
    check(director, run, **said)
    go(director, run)
    found = {c.name: (c.industry.name if c.industry else None, c.other_data) for c in Company.objects.all()}
    assert found == {"Alfa": ("Technology", {}), "Bravo": (None, {"Sector": "n-04"}), "Charlie": ("Salud", {})}
