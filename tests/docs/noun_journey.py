"""The room of docs/add-a-noun.md, used over HTTP in a program of its own, which `test_add_a_noun.py` starts.

It begins with an empty data folder and the product's own settings, so that registries freeze and middleware runs as
for a company.
"""

import re
from datetime import date
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from coordina.accounts.models import Role, Team, User
from coordina.core.actions import standard
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.records.importing import checking, files, running, steps
from coordina.records.models import RunState

PASSWORD = "una-muestra-de-clave-7"
HOST = "localhost"


def make(model: Any, by: Any, **values: Any) -> Any:
    """A record through its own action."""
    return submit(standard(model, "create"), values, by=by, via="web")


def found() -> Client:
    """The first-run page makes the company; its administrator is signed in."""
    client = Client(HTTP_HOST=HOST, raise_request_exception=True)
    given = {"company": "Lumbrera", "country": "ES", "currency": "EUR", "time_zone": "Europe/Madrid", "language": "es"}
    given |= {"name": "Inés Alondra", "email": "ines@example.com", "password": PASSWORD}
    answer = client.post(reverse("web:first_run"), given)
    assert answer.status_code == 302, answer.content.decode()
    return client


def person(boss: User, name: str, role: str, team: Team) -> Client:
    """The browser of somebody who has just signed in."""
    email = f"{name.split()[0].lower()}@example.com"
    made = make(User, boss, name=name, role=Role.objects.get(slug=role).pk, team=team.pk)
    from coordina.accounts.actions import give_access
    from coordina.core.actions import of

    submit(of(give_access), {"email": email, "password": PASSWORD}, by=boss, via="web", pk=made.pk)
    client = Client(HTTP_HOST=HOST)
    assert client.post(reverse("web:sign_in"), {"email": email, "password": PASSWORD}).status_code == 302
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    """A page, which must answer as expected."""
    answer = client.get(url)
    assert answer.status_code == status, f"{url}: {answer.status_code}"
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def post(client: Client, url: str, **values: Any) -> Any:
    """Send a form, which must be taken."""
    answer = client.post(url, values)
    assert answer.status_code == 302, f"{url}: {answer.status_code} {answer.content.decode()[:4000]}"
    return answer


def undo_url(page: str) -> str:
    """The address behind the undo of the toast or of the first line of a history."""
    return re.findall(r"/changes/\d+/undo/", page)[0]


def its_pages(rep: Client, company: Company) -> Any:
    """List, form, page, edit, cell, own action, undo, history, delete."""
    sample = apps.get_model("samples", "Sample")
    assert "Presta la primera" in text(rep, "/samples/")
    assert "Prestar una muestra" in text(rep, "/samples/new/")
    given = {"name": "Lámpara Aurora", "company": company.pk, "lent_on": "3/11/2026", "due_on": "1/12/2026"}
    refused = rep.post("/samples/new/", given | {"company": ""})
    assert refused.status_code == 422
    url = post(rep, "/samples/new/", **given)["Location"]
    made = sample.objects.get()
    assert (made.lent_on, made.owner.name) == (date(2026, 11, 3), "Bruno Encina")
    assert "Lámpara Aurora" in text(rep, "/samples/?q=status+%3D+out&sort=-due_on")
    page = text(rep, url)
    assert "Ha vuelto" in page
    assert "Lámpara Aurora" in text(rep, f"/companies/{company.pk}/"), "the panel"
    edited = given | {"name": "Lámpara Alba", "version": made.version, "owner": made.owner_id}
    assert rep.post(f"{url}edit/", edited | {"owner": ""}).status_code == 422
    post(rep, f"{url}edit/", **edited)
    early = rep.post(f"{url}do/give-back/", {"returned_on": "1/11/2026"})
    assert early.status_code == 422
    assert "No puede volver antes" in early.content.decode()
    post(rep, f"{url}do/give-back/", returned_on="20/11/2026", version=sample.objects.get().version)
    made.refresh_from_db()
    assert (made.name, made.status, made.returned_on) == ("Lámpara Alba", "back", date(2026, 11, 20))
    assert "Ha vuelto" not in text(rep, url).replace("Ha vuelto: ", "")
    history = text(rep, f"{url}history/")
    post(rep, undo_url(history))
    made.refresh_from_db()
    assert (made.status, made.returned_on, made.name) == ("out", None, "Lámpara Alba")
    return made


def who_sees_it(made: Any, rep: Client, other: Client, boss: Client, company: Company) -> None:
    """What is not one's own does not exist: page, list, search, export, panel. The administrator sees all."""
    url = f"/samples/{made.pk}/"
    hidden, missing = other.get(url), other.get("/samples/999999/")
    assert hidden.status_code == missing.status_code == 404
    for where in ("/samples/", "/search/?q=alba", "/samples/export/", f"/companies/{company.pk}/"):
        assert made.name not in text(other, where), where
        assert made.name in text(boss, where), where
        assert made.name in text(rep, where), where
    assert other.post(f"{url}do/give-back/", {"returned_on": "20/11/2026"}).status_code == 404
    assert 'href="/samples/"' in text(rep, "/"), "the sidebar"


def silent(rows: int) -> None:
    """Nobody watches this import."""


def an_import(boss: User) -> None:
    """The assistant recognises the columns by their headers, imports, and takes it back."""
    sample = apps.get_model("samples", "Sample")
    content = "Muestra;Empresa;Prestada el\nSilla Nido;Óptica Lince;03/11/2026\nMesa Vega;Talleres Río;04/11/2026\n"
    path, size = files.keep([content.encode()])
    run = steps.start(boss, "sample", "muestras.csv", path, size)
    steps.read(run, silent)
    assert [c["target"] for c in run.columns] == ["name", "company", "lent_on"], run.columns
    checking.check(run, progress=silent)
    run.refresh_from_db()
    assert run.counts["new"] == 2, run.counts
    run.state = RunState.RUNNING
    run.save()
    running.execute(run, progress=silent)
    assert sample.objects.filter(name="Silla Nido", lent_on=date(2026, 11, 3)).exists()
    assert Company.objects.filter(name="Talleres Río").exists()
    run.refresh_from_db()
    running.take_back(run, boss, force=False, progress=silent)
    assert not sample.objects.filter(name="Silla Nido").exists()


def main() -> None:
    """Everything that the page promises."""
    call_command("makemigrations", "samples", verbosity=0)
    call_command("migrate", verbosity=0)
    browser = found()
    boss = User.objects.for_request().get(email="ines@example.com")
    assert standard(TYPES["sample"].model, "create") is not None
    north, south = make(Team, boss, name="Norte"), make(Team, boss, name="Sur")
    company = make(Company, boss, name="Óptica Lince")
    rep = person(boss, "Bruno Encina", "representative", north)
    other = person(boss, "Teo Mirlo", "representative", south)
    made = its_pages(rep, company)
    who_sees_it(made, rep, other, browser, company)
    held = browser.post(f"/companies/{company.pk}/do/delete-company/", {})
    assert held.status_code in (409, 422), held.status_code
    assert "muestra" in held.content.decode()
    gone = post(browser, f"/samples/{made.pk}/do/delete-sample/")
    assert gone["Location"] == "/samples/"
    post(browser, undo_url(text(browser, "/samples/")))
    assert "Lámpara Alba" in text(browser, f"/samples/{made.pk}/")
    an_import(boss)
