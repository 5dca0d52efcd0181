"""Companies and people on the generic pages: countries by name, tags as words, filters over them."""

from coordina.customers.models import Company
from tests.world import World


def test_a_country_is_shown_and_chosen_by_its_name(world: World) -> None:
    company = world.create(Company, name="Una", country="ES")
    browser = world.client(world.boss)
    assert "España" in browser.get(f"/companies/{company.pk}/").content.decode()
    form = browser.get(f"/companies/{company.pk}/edit/").content.decode()
    assert '<option value="ES" selected>España</option>' in form


def test_tags_are_edited_as_words_and_shown_as_badges(world: World) -> None:
    company = world.create(Company, name="Una", tags=["Clave", "Norte"])
    browser = world.client(world.boss)
    assert 'value="Clave, Norte"' in browser.get(f"/companies/{company.pk}/edit/").content.decode()
    assert 'class="badge">Clave</span>' in browser.get(f"/companies/{company.pk}/").content.decode()
    answer = browser.post(
        f"/companies/{company.pk}/edit/tags/", {"value": "Sur", "tags": "Sur", "version": company.version}
    )
    assert answer.status_code == 200
    assert company.tags == ["Sur"]


def test_lists_show_and_filter_tags(world: World) -> None:
    world.create(Company, name="Con etiqueta", tags=["Clave"])
    world.create(Company, name="Sin ella")
    page = world.client(world.boss).get('/companies/?q=tags has "clave"&cols=name,tags').content.decode()
    assert "Con etiqueta" in page
    assert "Sin ella" not in page
    assert 'class="badge">Clave</span>' in page
