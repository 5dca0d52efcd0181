"""Lists: rows, sort, columns, the filter sentence, pages, empty states."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from coordina.customers.models import Company, Industry
from coordina.ledger.change_sets import change_set
from coordina.web import listing

from .conftest import World

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_rows_show_values_in_the_readers_way(world: World, director: Any) -> None:
    industry = world.make(Industry, name="Alimentación")
    world.make(Company, name="Óptica Lince", city="Lugo", annual_revenue="1842600", industry=industry.pk)
    page = text_of(director.get("/companies/?cols=name,city,annual_revenue,industry,owner"))
    assert "Óptica Lince" in page
    assert "1.842.600 €" in page
    assert "Alimentación" in page
    assert "Dora Jefa" in page


@pytest.mark.parametrize(
    ("language", "amount", "heading"),
    [("es", "1.842.600 €", "Empresas"), ("es-419", "EUR 1,842,600", "Empresas"), ("en", "1.842.600 €", "Companies")],
)
def test_pages_speak_and_count_as_each_reader_chose(world: World, language: str, amount: str, heading: str) -> None:
    """Latin American Spanish has the texts of Spanish, and its own numbers; English in Spain counts as Spain does."""
    with change_set(by=world.director, at=timezone.now(), via="system"):
        world.director.language = language
        world.director.save()
    world.make(Company, name="Óptica Lince", annual_revenue="1842600")
    answer = world.client(world.director).get("/companies/?cols=name,annual_revenue")
    page = text_of(answer)
    assert amount in page
    assert heading in page
    assert answer["Content-Language"] == ("en-es" if language == "en" else language)


def test_a_list_is_sorted_by_allowed_fields_only(world: World, director: Any) -> None:
    for name in ("Bravo", "Alfa", "Charlie"):
        world.make(Company, name=name)
    page = text_of(director.get("/companies/?sort=name"))
    assert page.index("Alfa") < page.index("Bravo") < page.index("Charlie")
    assert 'aria-sort="ascending"' in page
    assert "sort=-name" in page
    wrong = director.get("/companies/?sort=owner__email")
    assert wrong.status_code == 400
    assert "Alfa" not in text_of(wrong)


def test_columns_are_chosen_and_remembered(world: World, director: Any) -> None:
    world.make(Company, name="Alfa", city="Lugo", website="https://alfa.example")
    page = text_of(director.get("/companies/?cols=website"))
    assert "alfa.example" in page
    assert "Lugo" not in page.split("<tbody", 1)[1]
    again = text_of(director.get("/companies/"))
    assert "alfa.example" in again


def test_filters_are_a_sentence_with_links_that_change_it(world: World, director: Any) -> None:
    world.make(Company, name="Alfa", relation="customer", city="Lugo")
    world.make(Company, name="Bravo", relation="prospect", city="Vigo")
    page = text_of(director.get('/companies/?q=relation = customer and city = "Lugo"'))
    assert "Alfa" in page
    assert "Bravo" not in page
    assert "say-value changed" in page
    assert "/companies/?q=city+%3D+%22Lugo%22" in page


def test_a_condition_is_added_by_its_form(world: World, director: Any) -> None:
    world.make(Company, name="Grande", employees=5000)
    world.make(Company, name="Pequeña", employees=12)
    form = text_of(director.get("/companies/?add=employees"))
    assert 'name="op"' in form
    assert 'name="field" value="employees"' in form
    answer = director.get(
        "/companies/", {"field": "employees", "op": ">", "value": "1.000", "q": "relation = prospect"}
    )
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["q"] == ["relation = prospect and employees > 1000"]
    page = text_of(director.get(answer["Location"]))
    assert "Grande" in page
    assert "Pequeña" not in page


def test_a_wrong_value_keeps_the_form_open(world: World, director: Any) -> None:
    answer = director.get("/companies/", {"field": "employees", "op": ">", "value": "muchos"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="muchos"' in page
    assert 'aria-invalid="true"' in page


def test_days_are_typed_in_words_or_figures(world: World, director: Any) -> None:
    for typed, written in (("4/12/2026", "changed_at in 2026-12-04"), ("este mes", "changed_at in this_month")):
        answer = director.get("/companies/", {"field": "changed_at", "op": "in", "value": typed})
        assert answer.status_code in (302, 422)
        if answer.status_code == 302:
            assert parse_qs(urlsplit(answer["Location"]).query)["q"] == [written]


def test_a_filter_that_cannot_be_read_stays_for_repair(world: World, director: Any) -> None:
    world.make(Company, name="Alfa")
    answer = director.get("/companies/?q=password = 3")
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'value="password = 3"' in page
    assert "Alfa" not in page


def test_an_empty_list_teaches_and_an_empty_filter_names_what_to_drop(world: World, director: Any) -> None:
    page = text_of(director.get("/companies/"))
    assert "/companies/new/" in page
    assert 'class="empty"' in page
    world.make(Company, name="Alfa", city="Lugo", relation="customer")
    page = text_of(director.get('/companies/?q=relation = customer and city = "Vigo"'))
    assert "Alfa" not in page
    assert "/companies/?q=relation+%3D+customer" in page


def test_pages_lead_on_and_back(world: World, director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for name in "ABCDE":
        world.make(Company, name=f"Empresa {name}")
    first = director.get("/companies/?sort=name")
    assert "Empresa B" in text_of(first)
    assert "Empresa C" not in text_of(first)
    second = director.get(first.context["next_url"])
    assert "Empresa C" in text_of(second)
    assert '<b class="strong">5</b>' in text_of(second)
    back = director.get(second.context["previous_url"])
    assert "Empresa A" in text_of(back)


def test_counts_are_bounded(world: World, director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    monkeypatch.setattr(listing, "COUNTED", 2)
    for name in "ABC":
        world.make(Company, name=name)
    assert "2+" in text_of(director.get("/companies/"))


def test_lists_show_what_one_may_see(world: World) -> None:
    from coordina.pipeline.models import Pipeline, Stage

    pipeline = world.make(Pipeline, name="Embudo")
    world.make(Stage, pipeline=pipeline.pk, name="Nueva", position=1, kind="open")
    from coordina.pipeline.models import Opportunity

    world.make(Opportunity, by=world.ana, name="De Ana")
    world.make(Opportunity, by=world.luis, name="De Luis")
    for user, sees in ((world.ana, "A"), (world.luis, "L"), (world.manager, "A"), (world.director, "AL")):
        page = text_of(world.client(user).get("/opportunities/"))
        assert ("De Ana" in page, "De Luis" in page) == ("A" in sees, "L" in sees), user


def test_queries_do_not_grow_with_rows(world: World, director: Any, queries: Any) -> None:
    world.make(Company, name="Uno")
    one = queries(director, "/companies/")
    for name in ("Dos", "Tres"):
        world.make(Company, name=name)
    assert queries(director, "/companies/") == one


def test_a_quick_filter_on_a_reference_offers_records_when_it_opens(world: World, director: Any) -> None:
    industry = world.make(Industry, name="Alimentación")
    page = text_of(director.get("/companies/"))
    assert 'hx-get="/companies/options/industry/' in page
    options = text_of(director.get("/companies/options/industry/?q=relation = customer"))
    assert f"q=relation+%3D+customer+and+industry+%3D+{industry.pk}" in options
    assert "Alimentación" in options
    again = text_of(director.get(f"/companies/options/industry/?q=industry = {industry.pk}"))
    assert 'aria-current="true"' in again
    form = text_of(director.get("/companies/?add=industry"))
    assert f'<option value="{industry.pk}">Alimentación' in form


def test_one_is_counted_as_one(world: World, director: Any) -> None:
    world.make(Company, name="Óptica Lince")
    assert '<b class="strong">1</b> empresa<' in director.get("/companies/").content.decode()
    world.make(Company, name="Óptica Gato")
    assert '<b class="strong">2</b> empresas<' in director.get("/companies/").content.decode()
