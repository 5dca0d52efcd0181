"""What people ask for by law: deadlines, holds, archives, and who may do what."""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity.alerts.keeping import Asking
from coordina.activity.alerts.rounds import go_round
from coordina.activity.models import Alert
from coordina.core.refusals import Forbidden, Refusal
from coordina.customers.contacting import may_contact
from coordina.customers.enums import Channel
from coordina.customers.models import Company, Person, Suppression
from coordina.leads.models import Lead
from coordina.ledger.models.changes import Change
from coordina.ledger.queue.worker import run_until_idle
from coordina.privacy import jobs
from coordina.privacy.actions import answer_request, erase_lead, erase_person, hold_person, refuse_request
from coordina.privacy.jobs import end_holds
from coordina.privacy.models import Erasure, Hold, PrivacyRequest
from coordina.privacy.rules import month_after
from coordina.privacy.telling import tables_of
from coordina.records.actions import add_note
from tests.clock import madrid_day
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = madrid_day()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own; the bytes of the shared test database are left alone."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(jobs, "compact", lambda tables: None)


def noted(world: World, person: Any, text: str) -> None:
    world.act(add_note, subject_type=person._meta.label, subject_id=person.pk, text=text)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (dt.date(2026, 1, 15), dt.date(2026, 2, 15)),
        (dt.date(2026, 1, 31), dt.date(2026, 2, 28)),
        (dt.date(2028, 1, 31), dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(day: dt.date, due: dt.date) -> None:
    assert month_after(day) == due


def test_a_request_has_the_deadline_of_the_law(world: World) -> None:
    asked = world.create(PrivacyRequest, name="Ana Roble", received_on=str(TODAY - 5 * DAY))
    assert asked.due_on == month_after(TODAY - 5 * DAY)
    world.edit(asked, due_on=str(asked.due_on + 40 * DAY))
    with pytest.raises(Refusal) as refused:
        world.edit(asked, due_on=str(asked.due_on + 90 * DAY))
    assert refused.value.field == "due_on"
    with pytest.raises(Refusal):
        world.create(PrivacyRequest, name="Ana Roble", received_on=str(TODAY + 9 * DAY))


def test_a_deadline_that_nears_is_an_alert_until_it_is_answered(world: World) -> None:
    asked = world.create(PrivacyRequest, name="Ana Roble", received_on=str(TODAY - 25 * DAY))
    later = world.create(PrivacyRequest, name="Eva Haya", received_on=str(TODAY))
    go_round(Asking.now())
    assert set(Alert.objects.values_list("watcher", "subject_id")) == {("privacy.request_due", asked.pk)}
    with pytest.raises(Refusal):
        world.act(answer_request, pk=asked.pk, answered_on=TODAY - 30 * DAY)
    world.act(answer_request, pk=asked.pk, answered_on=TODAY, note="Enviado")
    asked.refresh_from_db()
    assert (asked.status, asked.answered_on, asked.note) == ("done", TODAY, "Enviado")
    assert not Alert.objects.exists()
    world.act(refuse_request, pk=later.pk, answered_on=TODAY, note="No consta nadie así")
    later.refresh_from_db()
    assert later.status == "refused"


def test_only_who_is_allowed_erases_and_gathers(world: World) -> None:
    person = world.create(Person, name="Ana Roble", owner=world.rep)
    with pytest.raises(Forbidden):
        world.act(erase_person, by=world.rep, pk=person.pk, typed="Ana Roble")
    with pytest.raises(Forbidden):
        world.act(hold_person, by=world.rep, pk=person.pk, reason="Factura", until=TODAY + DAY)
    rep = world.client(world.rep)
    assert rep.get(f"/privacy/people/{person.pk}/erase/").status_code == 403
    assert rep.post(f"/privacy/people/{person.pk}/export/").status_code == 403
    assert world.client(world.other).get("/privacy/people/99999/erase/").status_code == 404
    assert world.client(world.boss).get("/privacy/companies/1/erase/").status_code == 404
    assert "privacy/people" not in rep.get(f"/people/{person.pk}/").content.decode()


def test_the_page_says_what_goes_what_stays_and_where_else_the_name_is(world: World) -> None:
    company = world.create(Company, name="Talleres Sabina")
    person = world.create(Person, name="Quiteria Roble", company=company)
    noted(world, person, "Prefiere el martes")
    elsewhere = world.create(Company, name="Bodega Quiteria Roble")
    client = world.client(world.boss)
    page = client.get(f"/privacy/people/{person.pk}/erase/").content.decode()
    assert f"/companies/{elsewhere.pk}/" in page
    assert f'href="/companies/{company.pk}/"' not in page
    wrong = client.post(f"/privacy/people/{person.pk}/erase/", {"typed": "Otra", "reason": "asked"})
    assert wrong.status_code == 422
    assert 'value="Otra"' in wrong.content.decode()
    assert Person.objects.filter(pk=person.pk).exists()
    right = client.post(f"/privacy/people/{person.pk}/erase/", {"typed": " Quiteria  Roble ", "reason": "needless"})
    assert right.status_code == 302
    run_until_idle()
    assert not Person.objects.filter(pk=person.pk).exists()
    assert Erasure.objects.get().reason == "needless"
    assert Change.objects.filter(model="customers.Person", object_id=person.pk).exists()
    assert not Change.objects.filter(delta__contains="Quiteria Roble").exclude(model="customers.Company").exists()


def test_who_is_erased_and_comes_back_is_not_contacted(world: World) -> None:
    person = world.create(Person, name="Ana Roble", email="ana@roble.example")
    world.act(erase_person, pk=person.pk, typed="Ana Roble")
    run_until_idle()
    again = world.create(Person, name="Ana Roble", email="ana@roble.example")
    assert not may_contact(again, Channel.EMAIL).allowed
    assert Suppression.objects.count() == 1


def test_a_hold_blocks_instead_and_its_end_erases(world: World) -> None:
    person = world.create(Person, name="Ana Roble")
    world.act(hold_person, pk=person.pk, reason="Facturas, seis años", until=TODAY + DAY)
    with pytest.raises(Refusal):
        world.act(hold_person, pk=person.pk, reason="Tarde", until=TODAY - 9 * DAY)
    world.act(erase_person, pk=person.pk, typed="Ana Roble", never=False)
    run_until_idle()
    person.refresh_from_db()
    assert person.no_contact
    assert end_holds.call() == 0
    from coordina.ledger.change_sets import change_set

    with change_set(by=None, at=timezone.now(), via="system"):
        Hold.objects.update(until=TODAY - DAY)
    assert end_holds.call() == 1
    run_until_idle()
    assert list(Erasure.objects.values_list("status", flat=True)) == ["done"]
    assert not Person.objects.filter(pk=person.pk).exists()


def test_who_is_blocked_stays_so_until_the_duty_ends_and_then_goes(world: World) -> None:
    from coordina.customers.actions import allow_person
    from coordina.privacy.actions import release_person

    person = world.create(Person, name="Ana Roble", email="ana@example.com")
    world.act(hold_person, pk=person.pk, reason="Facturas, seis años", until=TODAY + DAY)
    world.act(erase_person, pk=person.pk, typed="Ana Roble", never=False)
    with pytest.raises(Refusal, match="bloquead"):
        world.act(allow_person, pk=person.pk, reason="Llamó")
    person.refresh_from_db()
    assert not may_contact(person, Channel.EMAIL).allowed
    page = world.client(world.boss).get(f"/people/{person.pk}/").content.decode()
    assert "</b> Bloquead" in page  # the reason says it all
    world.act(release_person, pk=person.pk)
    run_until_idle()
    assert list(Erasure.objects.values_list("status", flat=True)) == ["done"]
    assert not Person.objects.filter(pk=person.pk).exists()


def test_the_buttons_of_the_panels_lead_to_pages_that_do_it(world: World) -> None:
    client = world.client(world.boss)
    for known, title, model in (("people", "Ana Roble", Person), ("leads", "Ana Roble", Lead)):
        one = world.create(model, name=title, no_contact=True)
        page, noun = f"/{known}/{one.pk}/", model._meta.model_name
        whole = client.get(page).content.decode()
        assert f"{page}do/allow-{noun}/" in whole
        assert whole.count(f"do/hold-{noun}/") == 0  # in its panel, not in the menu
        panel = client.get(f"{page}panels/privacy.rights.{noun}/").content.decode()
        assert f"{page}do/hold-{noun}/" in panel
        for slug, given in (
            (f"allow-{noun}", {"reason": "Llamó"}),
            (f"hold-{noun}", {"reason": "Facturas", "until": f"{TODAY + DAY:%d/%m/%Y}"}),
            (f"release-{noun}", {}),
        ):
            url = f"{page}do/{slug}/"
            assert client.get(url).status_code == 200, url
            one.refresh_from_db()
            assert client.post(url, {**given, "version": one.version}).status_code == 302, url
        one.refresh_from_db()
        assert not one.no_contact
        assert not Hold.objects.exists()


def test_the_end_of_a_duty_erases_nobody_whose_erasure_was_not_ordered(world: World) -> None:
    from coordina.privacy.actions import release_person

    person = world.create(Person, name="Ana Roble")
    world.act(hold_person, pk=person.pk, reason="Facturas, seis años", until=TODAY + DAY)
    world.act(release_person, pk=person.pk)
    run_until_idle()
    assert Person.objects.filter(pk=person.pk).exists()
    assert not Hold.objects.exists()


def test_a_decided_lead_stays_for_the_figures_without_the_person(world: World) -> None:
    from coordina.leads.actions import disqualify
    from coordina.leads.models import LeadReason
    from coordina.leads.stages import usual_stages
    from coordina.ledger.change_sets import change_set

    with change_set(by=None, at=timezone.now(), via="system"):
        usual_stages()
    lead = world.create(Lead, name="Eva Haya", email="eva@haya.example", source="Feria", description="Algo suyo")
    open_one = world.create(Lead, name="Leo Olmo")
    world.act(disqualify, pk=lead.pk, reason=LeadReason.objects.order_by("pk").first())
    lead.refresh_from_db()
    world.act(erase_lead, pk=lead.pk, typed="Eva Haya")
    world.act(erase_lead, pk=open_one.pk, typed="Leo Olmo")
    run_until_idle()
    lead.refresh_from_db()
    assert (lead.title, lead.name, lead.email, lead.description) == (lead.reference, "", "", "")
    assert (lead.source, lead.status) == ("Feria", "disqualified")
    assert not Lead.objects.filter(pk=open_one.pk).exists()


def test_an_archive_holds_what_is_theirs_and_nothing_of_others(world: World, tmp_path: Path) -> None:
    person = world.create(Person, name="Ana Roble", email="ana@roble.example", preferences="Té verde")
    other = world.create(Person, name="Eva Haya", preferences="Café solo")
    noted(world, person, "Cumple en mayo")
    noted(world, other, "Secreto de Eva")
    client = world.client(world.boss)
    sent = client.post(f"/privacy/people/{person.pk}/export/")
    assert sent.status_code == 302
    run_until_idle()
    [path] = (tmp_path / "exports").glob("*.zip")
    with zipfile.ZipFile(path) as packed:
        data, page = packed.read("data.json").decode(), packed.read("index.html").decode()
    for text in ("ana@roble.example", "Té verde", "Cumple en mayo"):
        assert text in data
        assert text in page
    for text in ("Eva", "Café", "Bruno", world.boss.name):
        assert text not in data
    assert json.loads(data)
    token = path.stem.split("-", 1)[1]
    answer = client.get(f"/privacy/archives/{token}/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert world.client(world.other).get(f"/privacy/archives/{token}/").status_code == 403


def test_an_archive_tells_of_every_table_that_says_so(world: World) -> None:
    person = world.create(Person, name="Ana Roble", consent="given", consent_source="Web")
    noted(world, person, "Una nota")
    titles = [title for title, _rows in tables_of(person)]
    assert len(titles) == len(set(titles)) >= 4
