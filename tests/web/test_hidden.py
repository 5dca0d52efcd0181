"""A field that needs a permission does not exist for who has it not: no page, filter, file, form or history has it."""

from dataclasses import replace
from typing import Any

import pytest

from coordina.core.actions import of, standard
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.records.view_writers import save_view

from .conftest import World

pytestmark = pytest.mark.django_db
SECRET = "7654321"


@pytest.fixture
def company(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    known = TYPES["company"]
    made = world.make(Company, by=world.ana, name="Óptica", annual_revenue="1234567")
    submit(standard(Company, "edit"), {"annual_revenue": SECRET}, by=world.ana, via="web", pk=made.pk)
    hidden = replace(known.fields["annual_revenue"], permission="customers.see_revenue")
    monkeypatch.setitem(known.fields, "annual_revenue", hidden)  # type: ignore[arg-type]  # a dict behind a mapping
    return made


def test_it_is_nowhere(world: World, company: Any) -> None:
    client = world.client(world.ana)
    base = f"/companies/{company.pk}/"
    for url in ("/companies/?cols=name,annual_revenue", base, f"{base}edit/", f"{base}history/"):
        page = client.get(url).content.decode()
        assert SECRET not in page.replace(".", ""), url
        assert "annual_revenue" not in page.replace("cols=name,annual_revenue", ""), url
    file = b"".join(client.get("/companies/export/?cols=name,annual_revenue").streaming_content).decode()
    assert SECRET not in file


def test_it_cannot_be_asked_for(world: World, company: Any) -> None:
    client = world.client(world.ana)
    assert client.get("/companies/?sort=annual_revenue").status_code == 400
    assert client.get("/companies/?q=annual_revenue > 1").status_code == 400
    assert client.get("/companies/?add=annual_revenue").context["form"] is None
    inline = client.get(f"/companies/{company.pk}/edit/annual_revenue/", headers={"HX-Request": "true"})
    assert inline.status_code == 422
    assert SECRET not in inline.content.decode()


def test_it_cannot_be_written(world: World, company: Any) -> None:
    client = world.client(world.ana)
    values = {"name": "Óptica", "relation": "prospect", "annual_revenue": "1", "version": 2}
    client.post(f"/companies/{company.pk}/edit/", values)
    company.refresh_from_db()
    assert str(company.annual_revenue).startswith(SECRET)


@pytest.mark.parametrize(
    "state",
    [
        {"q": "annual_revenue > 1"},
        {"sort": "-annual_revenue"},
        {"cols": "name,annual_revenue"},
        {"layout": "chart", "of": "sum:annual_revenue"},
        {"q": "annual_revenue > 1", "layout": "board"},
    ],
)
def test_a_shared_view_that_names_it_says_so_without_its_name(
    world: World, company: Any, monkeypatch: pytest.MonkeyPatch, state: dict[str, str]
) -> None:
    """Whoever made it may see the field; who opens it may not."""
    known = TYPES["company"]
    hidden = known.fields["annual_revenue"]
    monkeypatch.setitem(known.fields, "annual_revenue", replace(hidden, permission=""))  # type: ignore[arg-type]  # as above
    values = {"name": "Grandes", "type": "company", "state": state, "audience": "everyone"}
    view = submit(of(save_view), values, by=world.director, via="web")
    monkeypatch.setitem(known.fields, "annual_revenue", hidden)  # type: ignore[arg-type]  # as above
    client = world.client(world.ana)
    url = f"/companies/views/{view.pk}/"
    answer = client.get(url)
    page = answer.content.decode()
    assert "annual_revenue" not in page
    assert "acturación" not in page
    if "cols" in state:
        assert answer.status_code == 200
        assert "no es para ti" in page
        assert "Óptica" in page
    else:
        assert answer.status_code == 400
        assert "no es para ti" in page
        assert "Óptica" not in page
    for more in ("?sort=name", "?q=", "?layout=calendar"):
        assert "annual_revenue" not in client.get(url + more).content.decode(), more
