"""The auditor's report: narrowing, before and after, who may see it, hidden fields, files."""

import csv
import datetime as dt
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.ledger import audit
from coordina.ledger.audit import AUDIT, Asked, find
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.erasing import erase_values
from coordina.ledger.models import Change, ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.ledger.undo import undo
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from tests.clock import madrid_day

from .conftest import World

pytestmark = pytest.mark.django_db
URL = "/settings/audit/"
LABEL = "customers.Company"


@pytest.fixture
def company(world: World) -> Company:
    made = world.make(Company, by=world.ana, name="Óptica Lince", city="Lugo")
    submit(standard(Company, "edit"), {"city": "Vigo"}, by=world.ana, via="rest", pk=made.pk, version=1)
    with change_set(by=world.luis, at=timezone.now(), via="import", action="records.import"):
        Company.objects.bulk_create(
            [Company(name=f"Lote {n}", city="Orense", owner=world.luis, team=world.luis.team) for n in range(120)]
        )
    with change_set(by=world.luis, at=timezone.now(), via="bulk", action="customers.edit_company"):
        Company.objects.filter(name__startswith="Lote").update(city="Ponferrada")
    return Company.objects.get(pk=made.pk)


def shown(client: Client, **asked: Any) -> str:
    answer = client.get(f"{URL}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode().partition("</form>")[2]


def changes(client: Client, **asked: Any) -> int:
    return shown(client, **asked).count('<article class="entry">')


def test_who_looks_after_access_finds_the_sign_ins_from_there(world: World, director: Client) -> None:
    assert 'href="/settings/sign-ins/"' in director.get(URL).content.decode()
    assert director.get("/settings/sign-ins/").status_code == 200
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.create(name="Auditoría", slug="", reach={"ledger.audit": "all"})
        world.nobody.role = role
        world.nobody.save()
    page = world.client(world.nobody).get(URL)
    assert page.status_code == 200
    assert "sign-ins" not in page.content.decode()


def test_only_who_may_audit_opens_it(world: World, company: Company) -> None:
    change = ChangeSet.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for person in (world.manager, world.ana, world.nobody):
        client = world.client(person)
        assert client.get(URL).status_code == 403
        assert client.get(f"{URL}{change}/").status_code == 403
        assert client.post(f"{URL}export/", {"form": "csv"}).status_code == 403
        assert URL not in client.get("/settings/").content.decode()
    assert URL in world.client(world.director).get("/settings/").content.decode()


def test_it_narrows_by_everything(world: World, company: Company) -> None:
    client = world.client(world.director)
    assert changes(client, who=world.ana.pk) == 2
    assert changes(client, who=world.luis.pk) == 2
    assert changes(client, who=0) >= 1
    assert changes(client, door="rest") == 1
    assert changes(client, door="import") == 1
    assert changes(client, action="records.import") == 1
    assert changes(client, type="company") == 4
    assert changes(client, type="company", field="city") == 2
    assert changes(client, type="company", field="name") == 0
    assert changes(client, type="company", field="city", door="bulk") == 1
    assert changes(client, record=f"/companies/{company.pk}/") == 2
    assert changes(client, record=f"https://crm.example.com/companies/{company.pk}/edit/") == 2
    one = Company.objects.filter(name="Lote 7").values_list("pk", flat=True)[0]
    page = shown(client, type="company", record=one)
    assert page.count('<article class="entry">') == 2
    assert "Lote 7" in page
    assert "Lote 8" not in page
    assert "Ponferrada" in page
    tomorrow = madrid_day() + dt.timedelta(days=1)
    assert changes(client, **{"from": tomorrow.isoformat()}) == 0
    assert changes(client, type="company", to=madrid_day().isoformat()) == 4
    assert changes(client, type="company", to="hoy") == 4
    assert changes(client, **{"from": f"{tomorrow:%d/%m/%Y}"}) == 0


def test_before_and_after_stand_there(world: World, company: Company) -> None:
    page = shown(world.client(world.director), door="rest")
    assert '<span class="was">Lugo</span>' in page
    assert "Vigo</b>" in page
    assert "Óptica Lince" in page


def test_what_cannot_be_understood_stays_and_is_said(world: World) -> None:
    answer = world.client(world.director).get(URL, {"record": "garabato", "from": "31/2"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="garabato"' in page
    assert "pega la dirección" in page
    assert 'value="31/2"' in page
    assert 'id="from-error"' in page


def test_a_reference_finds_its_record(world: World) -> None:
    with change_set(by=world.director, at=timezone.now(), via="system"):
        make_default_pipeline(by=world.director, at=timezone.now())
    made = world.make(Opportunity, name="Doce gafas")
    client = world.client(world.director)
    assert changes(client, record=made.reference.lower().replace("-", " ")) == 1
    assert "Doce gafas" in shown(client, record=made.reference)


def test_a_change_set_is_shown_whole_page_by_page(world: World, company: Company) -> None:
    pk = ChangeSet.objects.filter(via="bulk").values_list("pk", flat=True)[0]
    client = world.client(world.director)
    first = client.get(f"{URL}{pk}/").content.decode()
    second = client.get(f"{URL}{pk}/?after=100").content.decode()
    assert first.count("entry-box") == 100
    assert second.count("entry-box") == 20
    assert "Lote 119" in second
    assert client.get(f"{URL}999999/").status_code == 404


def test_hidden_fields_stay_hidden(world: World, company: Company) -> None:
    with change_set(by=world.director, at=timezone.now(), via="web"):
        role = Role.objects.get(slug="administrator")
        role.fields = {"company": {"city": "hidden"}}
        role.save()
    client = world.client(world.director)
    page = shown(client, type="company")
    assert "Ponferrada" not in page
    assert "Lugo" not in page
    assert changes(client, type="company", field="city") == 4  # no such field, so it does not narrow
    for form in ("csv", "json"):
        text = export(client, world.director, form, type="company")
        assert "Lote 7" in text
        assert "Ponferrada" not in text
        assert "Lugo" not in text


def export(client: Client, user: User, form: str, **asked: Any) -> str:
    answer = client.post(f"{URL}export/", {"form": form, **asked})
    assert answer.status_code == 302
    run_until_idle()
    ready = client.get(answer["Location"])
    assert ready.status_code == 302, ready.content
    assert Client().get(ready["Location"]).status_code == 302
    got = client.get(ready["Location"])
    assert "attachment" in got["Content-Disposition"]
    return b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]  # a file is streamed


def test_files_hold_every_row_and_no_formulas(world: World, company: Company) -> None:
    client = world.client(world.director)
    world.make(Company, name="=1+1", city="@x")
    rows = list(csv.DictReader(io.StringIO(export(client, world.director, "csv", type="company")[1:]), delimiter=";"))
    assert {row["Campo"] for row in rows} >= {"Ciudad", "Nombre"}
    moved = [row for row in rows if row["Antes"] == "Orense"]
    assert len(moved) == 120
    assert {row["Después"] for row in moved} == {"Ponferrada"}
    assert {row["Quién"] for row in moved} == {world.luis.name}
    assert any(row["Después"] == "'=1+1" for row in rows)
    told = json.loads(export(client, world.director, "json", door="rest"))
    assert [each["fields"]["city"] for each in told] == [{"before": "Lugo", "after": "Vigo"}]
    assert told[0]["door"] == "rest"
    stranger = world.client(world.manager)
    answer = client.post(f"{URL}export/", {"form": "csv"})
    run_until_idle()
    assert stranger.get(client.get(answer["Location"])["Location"]).status_code == 404


def test_erased_values_are_told_as_erased(world: World, company: Company) -> None:
    with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase"):
        erase_values(LABEL, [company.pk], {"city"})
    page = shown(world.client(world.director), who=world.ana.pk)
    assert "Vigo" not in page
    assert "borrado para siempre" in page


def test_what_was_undone_says_so(world: World, company: Company) -> None:
    change = ChangeSet.objects.get(via="rest")
    undo(change, by=User.objects.for_request().get(pk=world.ana.pk), at=timezone.now())
    client = world.client(world.director)
    assert "Deshecha" in shown(client, door="rest")
    assert changes(client, door="undo") == 1


def test_pages_follow_each_other_without_gap_or_repetition(world: World, company: Company) -> None:
    for n in range(30):
        world.make(Company, name=f"Una {n}")
    for asked in (Asked(), Asked(label=LABEL), Asked(label=LABEL, column="city"), Asked(by=world.director.pk)):
        whole = [c.pk for c in find(asked, size=1000).changes]
        paged: list[int] = []
        after = None
        while True:
            found = find(asked, after=after, size=7)
            paged += [c.pk for c in found.changes]
            after = found.next
            if after is None:
                break
        assert paged == whole
        assert len(set(whole)) == len(whole)


def test_a_search_that_finds_little_stops_and_goes_on(
    world: World, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "STRETCH", 3)
    monkeypatch.setattr(audit, "FEW", 1)
    for n in range(12):
        world.make(Company, name=f"Otra {n}")
    asked = Asked(label=LABEL, column="city")
    first = find(asked, size=10, budget=6)
    assert first.changes == []
    assert first.reached is not None
    after, got = first.next, []
    while after is not None:
        found = find(asked, after=after, size=10, budget=6)
        got += found.changes
        after = found.next
    assert {c.via for c in got} == {"bulk", "rest"}


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "change_set_at"),
        ({"via": "import"}, "change_set_via"),
        ({"action": "records.import"}, "change_set_action"),
        ({"by": 1}, "change_set_by_at"),
        (
            {"since": dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "until": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)},
            "change_set_at",
        ),
    ],
)
def test_the_report_walks_an_index(world: World, asked: dict[str, Any], index: str) -> None:
    """On a table of thousands, whatever it is narrowed by comes out of an index in order: nothing is sorted."""
    now = timezone.now()
    ChangeSet.objects.bulk_create(
        [
            ChangeSet(
                by_id=world.ana.pk if n % 40 == 0 else world.luis.pk,
                at=now - dt.timedelta(minutes=n),
                via="import" if n % 40 == 0 else "web",
                action="records.import" if n % 40 == 0 else f"x.y{n % 7}",
            )
            for n in range(6000)
        ]
    )
    given = asked | ({"by": world.ana.pk} if "by" in asked else {})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = audit._narrowed(Asked(**given))
    mark = ChangeSet.objects.order_by("-at").values_list("at", "pk")[10]
    plan = audit._beyond(rows, mark)[:51].explain()
    assert index in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
    assert Change.objects.filter(model=LABEL, object_id=1).explain().count("change_of") or connection.vendor != "sqlite"


def test_the_permission_is_the_administrators() -> None:
    from coordina.core.permissions import PERMISSIONS

    assert PERMISSIONS[AUDIT].defaults == {"administrator": "all"}
