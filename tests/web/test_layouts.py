"""Layouts of a list: groups, board, calendar, chart, moving, sums by a job, workbooks; all within what one may see."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import load_workbook

from coordina.accounts.models import User
from coordina.core.filters import Asker
from coordina.core.types import type_of
from coordina.customers.models import Company, Industry, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records import figures as adding
from coordina.records.figures import Asked, figures
from coordina.records.grouping import axes_of, measures_of, sums_of
from coordina.records.models import KeptFigures
from coordina.web.saved import pages
from tests.clock import madrid_day

from .conftest import World

pytestmark = pytest.mark.django_db
SECRET = 987_654


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def deals(world: World) -> World:
    """Ana has two open opportunities of 1,000 and 2,500; Luis one whose amount is known."""
    with change_set(by=world.director, at=timezone.now(), via="system"):
        make_default_pipeline(by=world.director, at=timezone.now())
    near = madrid_day()
    for name, owner, amount in (("Faro", world.ana, 1000), ("Boya", world.ana, 2500), ("Oculta", world.luis, SECRET)):
        world.make(Opportunity, name=name, amount=str(amount), closes_on=str(near), owner=owner.pk, source=f"De{name}")
    return world


def asked_by(user: User, **said: Any) -> Asked:
    known = type_of(Opportunity)
    reader = User.objects.for_request().get(pk=user.pk)
    asker = Asker(user=reader, now=timezone.now(), time_zone=dt.UTC)
    axes = tuple(axes_of(known, reader)[name] for name in said.get("axes", ()))
    return Asked(known, asker, axes=axes, numbers=said.get("numbers", ("value",)))


# Nobody sees more than is theirs -------------------------------------------------------------------------------------

LAYOUTS = (
    *("layout=board&by=status", "layout=board&by=owner", "layout=calendar", "layout=calendar&span=week"),
    *("layout=chart&by=status", "layout=chart&by=source&split=owner&of=sum:value", "layout=chart&of=mean:value"),
    *("group=status", "group=owner", "group=source", "group=closes_on"),
)


@pytest.mark.parametrize("asked", LAYOUTS)
def test_counts_and_sums_hold_only_what_the_reader_sees(deals: World, asked: str) -> None:
    page = text_of(deals.client(deals.ana).get(f"/opportunities/?{asked}"))
    assert "Oculta" not in page
    assert "DeOculta" not in page
    assert "Luis" not in page.replace("Luis Sur</option>", "")
    assert not re.search(r"98[78][.,]?\d{3}|99[01][.,]\d{3}|330[.,]\d{3}", page), asked
    whole = text_of(deals.client(deals.director).get(f"/opportunities/?{asked}"))
    assert "Oculta" in whole or "991.154" in whole or "987.654" in whole or "330.38" in whole


def test_sums_in_the_foot_hold_only_what_the_reader_sees(deals: World) -> None:
    for user, total in ((deals.ana, "3.500 €"), (deals.director, "991.154 €")):
        page = text_of(deals.client(user).get("/opportunities/sums/", headers={"HX-Request": "true"}))
        assert total in page


def test_values_of_related_records_one_may_not_see_are_no_groups(deals: World) -> None:
    industry = deals.make(Industry, name="Astilleros")
    company = deals.make(Company, name="Dique", industry=industry.pk, owner=deals.luis.pk)
    deals.make(Opportunity, name="Grada", company=company.pk, owner=deals.ana.pk)
    client = deals.client(deals.ana)
    assert "Astilleros" in text_of(client.get("/opportunities/?layout=chart&by=company.industry"))
    role = deals.ana.role
    assert role is not None
    with change_set(by=None, at=timezone.now(), via="system"):
        role.reach = role.reach | {"customers.view_company": "own"}
        role.save()
    client = deals.client(deals.ana)
    for asked in ("layout=chart&by=company.industry", "group=company.industry"):
        answer = client.get(f"/opportunities/?{asked}")
        assert answer.status_code == 400
        assert "Astilleros" not in text_of(answer)
    shown = text_of(client.get("/opportunities/?cols=name,company.industry"))
    assert "Astilleros" not in shown
    assert "Grada" in shown
    answer = client.get("/opportunities/export/?cols=name,company.industry")
    assert "Astilleros" not in b"".join(answer.streaming_content).decode()


# Sums ----------------------------------------------------------------------------------------------------------------


def test_amounts_in_the_currency_of_each_row_are_never_added_up(deals: World) -> None:
    known = type_of(Opportunity)
    assert "value" in sums_of(known, deals.director)
    assert "amount" not in sums_of(known, deals.director)
    assert "sum:probability" not in measures_of(known, deals.director)
    assert "mean:probability" in measures_of(known, deals.director)


def test_many_rows_are_added_up_by_a_job_and_give_the_same(deals: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = figures(asked_by(deals.director, axes=("status", "owner")))
    monkeypatch.setattr(adding, "AT_ONCE", 1)
    assert figures(asked_by(deals.director, axes=("status", "owner"))).waiting
    page = text_of(deals.client(deals.director).get("/opportunities/?layout=chart&by=owner"))
    assert "Sumando" in page
    run_until_idle()
    kept = figures(asked_by(deals.director, axes=("status", "owner")))
    assert kept.worked_at is not None
    key = lambda cell: str(cell.keys)  # noqa: E731  # one order for both
    assert sorted(kept.cells, key=key) == sorted(at_once.cells, key=key)
    page = text_of(deals.client(deals.director).get("/opportunities/?layout=chart&by=owner"))
    assert "987.654" in page
    assert "a las " in page


def test_kept_sums_are_ones_own(deals: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "AT_ONCE", 1)
    figures(asked_by(deals.director))
    run_until_idle()
    assert figures(asked_by(deals.director)).total("value") == 991_154
    assert figures(asked_by(deals.ana)).waiting
    run_until_idle()
    assert figures(asked_by(deals.ana)).total("value") == 3500


def test_a_job_for_whom_less_is_visible_now_keeps_nothing(deals: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "AT_ONCE", 1)
    figures(asked_by(deals.director))
    with change_set(by=None, at=timezone.now(), via="system"):
        assert deals.director.role is not None
        deals.director.role.reach = deals.director.role.reach | {"pipeline.view_opportunity": "own"}
        deals.director.role.save()
    run_until_idle()
    assert not KeptFigures.objects.filter(worked_at__isnull=False).exists()


def test_old_figures_are_forgotten(deals: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "AT_ONCE", 1)
    figures(asked_by(deals.director))
    KeptFigures.objects.update(asked_at=timezone.now() - dt.timedelta(days=9))
    assert adding.forget_old() == 1


# Groups and chart ----------------------------------------------------------------------------------------------------


def test_rows_stand_under_the_head_of_their_group(deals: World, director: Any) -> None:
    body = text_of(director.get("/opportunities/?group=owner")).split("<tbody", 1)[1]
    assert body.index("Luis Sur") < body.index("Oculta") < body.index("Ana Norte") < body.index("Faro")
    assert "3.500 €" in body
    assert "q=owner+%3D+" in body


def test_a_chart_has_a_table_whose_numbers_open_their_records(deals: World, director: Any) -> None:
    page = text_of(director.get("/opportunities/?layout=chart&by=closes_on&of=count"))
    month = f"{madrid_day():%Y-%m}"
    assert f"q=closes_on+in+{month}" in page.replace("&amp;", "&")
    url = re.search(r'<td class="num right strong"><a href="([^"]+)"', page)
    assert url is not None
    listed = text_of(director.get(url[1].replace("&amp;", "&")))
    assert "Faro" in listed
    assert 'data-chart="view-chart"' in page


def test_a_group_without_a_value_opens_its_records_too(world: World, director: Any) -> None:
    industry = world.make(Industry, name="Puertos")
    world.make(Company, name="Con", industry=industry.pk)
    world.make(Company, name="Sin")
    page = text_of(director.get("/companies/?layout=chart&by=industry"))
    assert "Sin sector" in page
    assert "q=industry+is+empty" in page
    assert "Con" not in text_of(director.get("/companies/?q=industry is empty")).split("<tbody")[1]


# Board ---------------------------------------------------------------------------------------------------------------


def test_a_board_has_a_column_for_each_choice(world: World, director: Any) -> None:
    for number in range(25):
        world.make(Company, name=f"Lince {number:02}", relation="customer")
    page = text_of(director.get("/companies/?layout=board&sort=name"))
    assert page.count('class="column"') == 5
    assert page.count('class="card"') == 20
    more = re.search(r'hx-get="([^"]+column=customer[^"]+)"', page)
    assert more is not None
    rest = director.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert text_of(rest).count('class="card"') == 5
    assert "Lince 24" in text_of(rest)
    assert director.get(more[1].replace("&amp;", "&")).status_code == 200


def test_moving_a_card_is_the_edit_of_its_field(world: World, director: Any) -> None:
    company = world.make(Company, name="Lince", relation="prospect")
    url = f"/companies/{company.pk}/put/relation/?layout=board&by=relation"
    said = {"value": "customer", "version": company.version}
    answer = director.post(url, said, headers={"X-Requested-With": "fetch"})
    company.refresh_from_db()
    assert company.relation == "customer"
    assert answer.json()["version"] == company.version
    assert answer.json()["columns"]["customer"]["count"] == "1"
    assert answer.json()["columns"]["prospect"]["count"] == "0"
    director.post(answer.json()["toast"]["undo"])
    company.refresh_from_db()
    assert company.relation == "prospect"
    back = director.post(url, {"value": "partner", "next": "/companies/?layout=board"})
    assert back["Location"] == "/companies/?layout=board"
    assert director.post(url, {"value": "king"}, headers={"X-Requested-With": "fetch"}).status_code == 400


def test_a_card_of_another_cannot_be_moved(deals: World) -> None:
    mine, other = (Opportunity.objects.get(name=name) for name in ("Faro", "Oculta"))
    client = deals.client(deals.ana)
    fetch = {"X-Requested-With": "fetch"}
    assert client.post(f"/opportunities/{mine.pk}/put/source/", {"value": "Feria"}, headers=fetch).status_code == 200
    assert client.post(f"/opportunities/{other.pk}/put/source/", {"value": "Feria"}, headers=fetch).status_code == 404
    assert client.post(f"/opportunities/{mine.pk}/put/password/", {"value": "x"}, headers=fetch).status_code == 404


def test_a_state_that_has_an_action_of_its_own_asks_its_form(deals: World, director: Any) -> None:
    deal = Opportunity.objects.get(name="Faro")
    url = f"/opportunities/{deal.pk}/put/status/"
    answer = director.post(url, {"value": "won"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 422
    assert answer.json()["form_url"] == f"/opportunities/{deal.pk}/do/win/"
    assert director.post(url, {"value": "open"}, headers={"X-Requested-With": "fetch"}).status_code == 409


def test_the_stage_keeps_the_board_that_was_drawn_for_it(deals: World, director: Any) -> None:
    page = text_of(director.get("/opportunities/?q=status = open"))
    assert 'href="/opportunities/board/?q=status+%3D+open"' in page
    board = text_of(director.get("/opportunities/board/"))
    assert "layout=calendar" in board
    assert "layout=chart" in board


# Calendar ------------------------------------------------------------------------------------------------------------


def test_a_calendar_shows_records_on_their_day_and_moves_them(deals: World, director: Any) -> None:
    deal = Opportunity.objects.get(name="Faro")
    assert deal.closes_on is not None
    page = text_of(director.get(f"/opportunities/?layout=calendar&on=closes_on&day={deal.closes_on}"))
    day = page.split(f'data-day="{deal.closes_on}"')[1].split("</li><li class=")[0]
    assert "Faro" in day
    other = deal.closes_on + dt.timedelta(days=40)
    fetch = {"X-Requested-With": "fetch"}
    url = f"/opportunities/{deal.pk}/put/closes_on/"
    assert director.post(url, {"value": str(other)}, headers=fetch).status_code == 200
    deal.refresh_from_db()
    assert deal.closes_on == other
    form = text_of(director.get(url))
    assert 'name="closes_on"' in form
    assert 'name="amount"' not in form


def test_a_moment_keeps_its_time_when_its_day_changes(world: World, director: Any) -> None:
    made = world.make(Interaction, summary="Visita", kind="visit", happened_at="2026-03-10T09:30:00Z")
    fetch = {"X-Requested-With": "fetch"}
    director.post(f"/interactions/{made.pk}/put/happened_at/", {"value": "2026-03-12"}, headers=fetch)
    made.refresh_from_db()
    assert made.happened_at == dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)


def test_a_full_month_shows_the_first_of_each_day(world: World, director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from coordina.web.saved import calendars

    monkeypatch.setattr(calendars, "MOST", 3)
    for number in range(7):
        world.make(Interaction, summary=f"Llamada {number}", kind="call", happened_at="2026-03-10T09:30:00Z")
    page = text_of(director.get("/interactions/?layout=calendar&on=happened_at&day=2026-03-01"))
    assert page.count('class="cal-entry"') == 4
    assert "happened_at+in+2026-03-10" in page


def test_days_that_no_calendar_has_are_today(world: World, director: Any) -> None:
    for day in ("9999-99-99", "0001-01-01", "x", "2026-02-30"):
        assert director.get(f"/interactions/?layout=calendar&day={day}").status_code == 200


# Costs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["layout=board", "layout=calendar&on=changed_at", "layout=chart", "group=relation"])
def test_a_layout_costs_the_same_for_one_row_and_for_three(
    world: World, director: Any, queries: Any, asked: str
) -> None:
    world.make(Company, name="Uno", relation="customer")
    one = queries(director, f"/companies/?{asked}")
    for name in ("Dos", "Tres"):
        world.make(Company, name=name, relation="customer")
    assert queries(director, f"/companies/?{asked}") == one
    assert one <= 20


# Workbooks -----------------------------------------------------------------------------------------------------------


def cells_of(content: bytes) -> list[list[Any]]:
    found = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [list(row) for row in found]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_workbook_holds_what_the_view_shows(deals: World) -> None:
    deals.make(Company, name='=HYPERLINK("http://x","y")', relation="customer", annual_revenue="1200.50")
    client = deals.client(deals.director)
    answer = client.get("/companies/workbook/?cols=name,annual_revenue,relation&q=relation = customer")
    rows = cells_of(body_of(answer))
    assert rows[0] == ["Nombre", "Facturación anual", "Relación"]
    assert rows[1] == ['=HYPERLINK("http://x","y")', 1200.5, "Cliente"]
    assert b"<f>" not in body_of(client.get("/companies/workbook/?cols=name"))
    mine = cells_of(body_of(deals.client(deals.ana).get("/opportunities/workbook/?cols=name&sort=name")))
    assert [row[0] for row in mine] == ["Nombre", "Boya", "Faro"]


def test_a_large_workbook_is_written_by_a_job_for_its_owner_alone(
    deals: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 1)
    client = deals.client(deals.ana)
    answer = client.get("/opportunities/workbook/?cols=name&sort=-name")
    assert "/jobs/" in answer["Location"]
    run_until_idle()
    url = client.get(answer["Location"])["Location"]
    assert [row[0] for row in cells_of(body_of(client.get(url)))] == ["Nombre", "Faro", "Boya"]
    assert deals.client(deals.director).get(url).status_code == 404
    assert client.get("/opportunities/workbook/..%2f..%2fsecret/").status_code == 404


def test_everything_the_layouts_write_is_on_record(deals: World, director: Any) -> None:
    before = ChangeSet.objects.count()
    for asked in LAYOUTS:
        director.get(f"/opportunities/?{asked}")
    assert ChangeSet.objects.count() == before
