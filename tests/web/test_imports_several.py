"""Several files of one export in one go: recognised, in order, linked by their ids, undone and redone as one."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from coordina.customers.models import Company, Person
from coordina.ledger import queue
from coordina.pipeline.models import Opportunity, Pipeline, StageEntry
from coordina.records.importing import packing
from coordina.records.models import ExternalId, ImportProblem, ImportRun

from .conftest import World
from .test_imports import text_of

pytestmark = pytest.mark.django_db

SALESFORCE = {
    "OpportunityHistory.csv": (
        "Id,OpportunityId,StageName,Amount,CloseDate,CreatedDate,IsDeleted\n"
        "h1,o1,Prospecting,10,2026-03-31,2026-01-10T09:00:00Z,false\n"
        "h2,o1,Closed Won,10,2026-03-31,2026-02-20T09:00:00Z,false\n"
        "h3,o2,Cobrando,5,2026-03-31,2026-02-01T09:00:00Z,false\n"
        "h4,o1,Prospecting,10,2026-03-31,2026-01-10T09:00:00Z,true\n"
    ),
    "Opportunity.csv": (
        "Id,AccountId,Name,StageName,Amount,CloseDate,CreatedDate,IsClosed,IsWon,OwnerId,IsDeleted\n"
        "o1,a1,Faros nuevos,Closed Won,1500.50,2026-02-25,2026-01-05,true,true,u9,false\n"
        "o2,a2,Boyas,Cobrando,800,2026-03-01,2026-03-09,true,true,u9,false\n"
        "o3,a1,Redes,Prospecting,,2027-01-31,2026-05-01,false,false,u9,false\n"
        "o4,a1,Borrada,Prospecting,1,2027-01-31,2026-05-01,false,false,u9,true\n"
    ),
    "Account.csv": (
        "Id,IsDeleted,Name,ParentId,BillingCity,BillingCountry,Industry,OwnerId\n"
        "a1,false,Astilleros Bruma,,Vigo,Spain,Shipping,u1\na2,false,Puerto Gris,a1,Lugo,Spain,,u9\n"
    ),
    "Contact.csv": (
        "Id,AccountId,LastName,FirstName,Name,Email,Phone,OwnerId\n"
        "c1,a1,Lema,Uxía,Uxía Lema,uxia@example.com,+34600111222,u1\nc2,a2,Soto,,Soto,sin&correo@x,,\n"
    ),
    "User.csv": "Id,Username,Name,Email,ProfileId,IsActive\nu1,ana@x,Ana Norte,ana@example.com,p,true\n",
    "Resumen.csv": "StageName,Count\nProspecting,1\n",
}
HUBSPOT = {
    "hubspot-deals.csv": (
        '"ID de registro","Nombre del negocio","Pipeline","Etapa del negocio","Importe","Fecha de cierre",'
        '"Fecha de creación","Propietario del negocio","IDs de empresas asociadas","IDs de contactos asociados"\n'
        '"11","Ciclo A","Ventas","closedwon","1200","2026-02-10 10:30","2026-01-02 09:00","Zoe Nadie","1;2","5"\n'
        '"12","Ciclo B","Ventas","Presupuesto enviado","300","2027-02-10 10:30","2026-01-02 09:00","Zoe Nadie","2",""\n'
    ),
    "hubspot-companies.csv": (
        '"Record ID","Company name","Company owner","Company Domain Name","City"\n'
        '"1","Molinos Alba","Zoe Nadie","molinos.example","Burgos"\n"2","Hornos Duero","","hornos.example","Soria"\n'
    ),
    "hubspot-contacts.csv": (
        '"Record ID","First Name","Last Name","Email","Contact owner","Associated Company","Associated Company IDs"\n'
        '"5","Iria","Paz","iria@example.com","","Molinos Alba","1"\n'
    ),
}
ZOHO = {
    "Deals_001.csv": (
        "Record Id,Deal Owner.id,Deal Owner,Deal Name,Account Name.id,Account Name,Stage,Amount,Closing Date,"
        "Created Time\n"
        "zcrm_31,zcrm_7,Zoe Nadie,Telares,zcrm_1,Lanas Sil,Closed-Lost to Competition,90,2026-03-01,"
        "2026-01-01 10:00:00\n"
    ),
    "Accounts_001.csv": (
        "Record Id,Account Owner.id,Account Owner,Account Name,Phone,Billing City\n"
        "zcrm_1,zcrm_7,Zoe Nadie,Lanas Sil,,Lugo\n"
    ),
    "Contacts_001.csv": (
        "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name.id,Account Name,Email\n"
        "zcrm_5,zcrm_7,Zoe Nadie,Brais,Rey,1,Lanas Sil,brais@example.com\n"
    ),
}


def send(client: Client, files: dict[str, str]) -> ImportRun:
    sent = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    answer = client.post("/import/", {"type": "", "files": sent})
    assert answer.status_code == 302, text_of(answer)
    queue.run_until_idle()
    return ImportRun.objects.get(parent=None)


def act(client: Client, run: ImportRun, what: str, **sent: Any) -> str:
    answer = client.post(f"/import/{run.pk}/{what}/", sent)
    assert answer.status_code == 302, text_of(answer)
    queue.run_until_idle()
    run.refresh_from_db()
    return text_of(client.get(f"/import/{run.pk}/", follow=True))


def counts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Company, Person, Opportunity, StageEntry, Pipeline, ExternalId))


def test_an_export_of_salesforce_goes_in_back_and_in_again(world: World, director: Client) -> None:
    run = send(director, SALESFORCE)
    page = text_of(director.get(f"/import/{run.pk}/", follow=True))
    order = list(ImportRun.objects.filter(parent=run).order_by("place", "pk").values_list("type", flat=True))
    assert order == ["user", "company", "person", "opportunity", "stage_history", ""]
    assert not ImportProblem.objects.exists()
    assert run.counts["strangers"] == {"u9": 4}, "the owner that no file and nobody here is"
    assert "u9" in page
    assert Company.objects.count() == 0, "nothing is written before it was seen"
    act(director, run, "begin")
    ways = {
        o.name: list(
            StageEntry.objects.filter(opportunity=o).order_by("position").values_list("stage__name", "entered_on")
        )
        for o in Opportunity.objects.all()
    }
    assert run.state == "done"
    assert [(n, str(d)) for n, d in ways["Faros nuevos"]] == [
        ("Prospecting", "2026-01-10"),
        ("Closed Won", "2026-02-20"),
    ]
    won = dict(Opportunity.objects.values_list("name", "status"))
    assert won == {"Faros nuevos": "won", "Boyas": "won", "Redes": "open"}, "IsWon decides where a name does not"
    boyas = Opportunity.objects.get(name="Boyas")
    assert boyas.company is not None
    assert (boyas.company.name, str(boyas.closed_on), boyas.opened_on) == ("Puerto Gris", "2026-03-01", None)
    assert boyas.company.parent == Company.objects.get(name="Astilleros Bruma")
    assert Company.objects.get(name="Astilleros Bruma").owner == world.ana
    uxia, soto = Person.objects.order_by("pk")
    assert (uxia.company, uxia.owner) == (Company.objects.get(name="Astilleros Bruma"), world.ana)
    assert (soto.email, soto.other_data["Email"]) == ("", "sin&correo@x")
    before = counts()
    assert before == (2, 2, 3, 4, 1, 11)
    act(director, run, "undo")
    assert (run.state, counts()) == ("undone", (0, 0, 0, 0, 0, 0))
    page = act(director, run, "redo")
    assert (run.state, counts()) == ("done", before)
    assert "Deshacer" in page or "Undo" in page


def test_the_same_export_again_changes_nothing(world: World, director: Client) -> None:
    act(director, send(director, SALESFORCE), "begin")
    before = counts()
    ImportRun.objects.update(parent=None, place=0)
    ImportRun.objects.all().delete()
    run = send(director, SALESFORCE)
    assert run.options["answers"]["pipeline"] == str(Pipeline.objects.get().pk), "the stages are known by now"
    assert (run.counts["new"], run.counts["error"]) == (0, 0)
    act(director, run, "begin")
    assert (counts(), run.counts["new"], run.counts["same"]) == (before, 0, run.counts["same"])


def test_an_export_of_hubspot_in_spanish(world: World, director: Client) -> None:
    run = send(director, HUBSPOT)
    assert run.counts["strangers"] == {"Zoe Nadie": 3}
    act(director, run, "files", **{"owner-0": "empty", "answer-pipeline": "new"})
    act(director, run, "begin")
    a, b = Opportunity.objects.order_by("name")
    assert (a.status, a.company.name, a.person.name) == ("won", "Molinos Alba", "Iria Paz")  # type: ignore[union-attr]  # both are linked
    assert (b.status, b.stage.name, str(b.closes_on)) == ("open", "Presupuesto enviado", "2027-02-10")
    assert (a.owner, a.other_data["Propietario del negocio"]) == (world.director, "Zoe Nadie")
    assert Person.objects.get().company == Company.objects.get(name="Molinos Alba")


def test_an_export_of_zoho_with_its_prefixes(world: World, director: Client) -> None:
    run = send(director, ZOHO)
    act(director, run, "begin")
    telares = Opportunity.objects.get()
    assert (telares.status, telares.company) == ("lost", Company.objects.get())
    assert Person.objects.get().company == Company.objects.get()
    assert sorted(ExternalId.objects.values_list("value", flat=True)) == ["1", "31", "5"]


def test_a_file_may_be_left_out(world: World, director: Client) -> None:
    run = send(director, HUBSPOT)
    files = ImportRun.objects.filter(parent=run)
    seen = {f"seen-{f.pk}": "1" for f in files} | {f"take-{f.pk}": "1" for f in files if f.type != "person"}
    act(director, run, "files", **seen)
    act(director, run, "begin")
    assert (Company.objects.count(), Person.objects.count(), Opportunity.objects.count()) == (2, 0, 2)


def test_a_zip_is_the_same_as_its_files(world: World, director: Client) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in HUBSPOT.items():
            packed.writestr(f"../../fuera/{name}", text)
        packed.writestr("__MACOSX/._hubspot-deals.csv", "x")
    answer = director.post("/import/", {"type": "", "files": SimpleUploadedFile("todo.zip", stream.getvalue())})
    assert answer.status_code == 302
    queue.run_until_idle()
    run = ImportRun.objects.get(parent=None)
    assert (run.file_name, sorted(ImportRun.objects.filter(parent=run).values_list("file_name", flat=True))) == (
        "todo.zip",
        sorted(HUBSPOT),
    )
    act(director, run, "begin")
    assert Opportunity.objects.count() == 2


@pytest.mark.parametrize("many", [True, False])
def test_an_archive_that_holds_too_much_is_refused(
    director: Client, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    monkeypatch.setattr(packing, "MOST_FILES", 3)
    monkeypatch.setattr(packing.workbooks, "UNPACKED", 5000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(4 if many else 1):
            packed.writestr(f"{number}.csv", "a" if many else "a" * 6000)
    answer = director.post("/import/", {"files": SimpleUploadedFile("bomba.zip", stream.getvalue())})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_nobody_else_sees_or_moves_it(world: World, director: Client) -> None:
    run = send(director, HUBSPOT)
    other = world.client(world.ana)
    child = ImportRun.objects.filter(parent=run)[0]
    for path in (f"/import/{run.pk}/files/", f"/import/{child.pk}/columns/", f"/import/{child.pk}/review/"):
        assert other.get(path).status_code in (403, 404), path
    assert other.post(f"/import/{run.pk}/redo/").status_code in (403, 404)
    assert director.post(f"/import/{run.pk}/redo/").status_code == 404, "there is nothing to bring back"
