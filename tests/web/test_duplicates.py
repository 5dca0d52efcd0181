"""The pages of duplicates: the queue, merging, un-merging, and the warning while something new is typed."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.customers.models import Company, Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.records.duplicates import pairs
from coordina.records.models import DuplicatePair, Merged, NotSame

from .conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(world: World) -> tuple[Company, Company]:
    """Two companies that are one."""
    one = world.make(Company, name="Distribuciones Álamo, S.L.", phone="+34954111222", city="Sevilla")
    other = world.make(Company, name="DISTRIBUCIONES ALAMO SLU", phone="954111222", email="info@alamo.example")
    pairs.look()
    return one, other


def text(answer: Any) -> str:
    return str(answer.content.decode())


def own_only(world: World) -> None:
    role = Role.objects.get(pk=world.ana.role_id)
    with change_set(by=None, at=timezone.now(), via="system"):
        role.reach = role.reach | {"customers.view_company": "own"}
        role.save()


def test_the_queue_shows_both_with_reasons(world: World, two: tuple[Company, Company]) -> None:
    page = text(world.client(world.director).get("/duplicates/"))
    for word in ("Distribuciones Álamo, S.L.", "DISTRIBUCIONES ALAMO SLU", "mismo nombre", "mismo teléfono"):
        assert word in page, word
    assert f"/companies/merge/?ids={two[0].pk},{two[1].pk}" in page
    assert "Sevilla" in page


def test_the_queue_pages_and_filters(world: World) -> None:
    for number in range(25):
        for name in ("Roble", "ROBLE SL"):
            world.make(Company, name=f"{name} Granja{number}", phone=f"+3495411{number:04}")
    pairs.look()
    client = world.client(world.director)
    first = text(client.get("/duplicates/companies/"))
    assert first.count("data-pair ") == 20
    mark = first.split("?show=all&amp;after=")[1].split('"')[0]
    second = text(client.get(f"/duplicates/companies/?after={mark}"))
    assert second.count("data-pair ") == DuplicatePair.objects.count() - 20
    assert "data-pair " not in text(client.get("/duplicates/companies/?show=possible"))
    assert client.get("/duplicates/products/").status_code == 404
    assert client.get("/duplicates/companies/?after=x:y&show=z").status_code == 200


def test_not_the_same_closes_the_pair_and_can_be_undone(world: World, two: tuple[Company, Company]) -> None:
    client = world.client(world.director)
    sent = {"one": two[0].pk, "other": two[1].pk}
    page = text(client.post("/duplicates/companies/apart/", sent, follow=True))
    assert "no son lo mismo" in page
    assert (NotSame.objects.count(), DuplicatePair.objects.count()) == (1, 0)
    client.post(f"/changes/{ChangeSet.objects.latest('pk').pk}/undo/")
    assert (NotSame.objects.count(), DuplicatePair.objects.count()) == (0, 1)


def test_merging_field_by_field(world: World, two: tuple[Company, Company]) -> None:
    one, other = two
    person = world.make(Person, name="Ana Ruiz", company=other.pk)
    client = world.client(world.director)
    page = text(client.get(f"/companies/merge/?ids={one.pk},{other.pk}"))
    assert 'name="take-name"' in page
    assert "más completo" in page
    sent = {
        "id": [one.pk, other.pk], "stays": one.pk, "take-name": other.pk,
        f"version-{one.pk}": one.version, f"version-{other.pk}": other.version,
    }  # fmt: skip
    answer = client.post("/companies/merge/", sent)
    assert answer["Location"] == f"/companies/{one.pk}/"
    one.refresh_from_db()
    assert (one.name, one.email) == ("DISTRIBUCIONES ALAMO SLU", "info@alamo.example")
    person.refresh_from_db()
    assert person.company_id == one.pk
    old = client.get(f"/companies/{other.pk}/")
    assert (old.status_code, old["Location"]) == (302, f"/companies/{one.pk}/")
    page = text(client.get(f"/companies/{one.pk}/"))
    assert "Fusionado en este registro" in page
    history = text(client.get(f"/companies/{one.pk}/history/"))
    assert "info@alamo.example" in history


def test_a_merge_of_what_changed_meanwhile_asks(world: World, two: tuple[Company, Company]) -> None:
    one, other = two
    client = world.client(world.director)
    sent = {"id": [one.pk, other.pk], "stays": one.pk, f"version-{one.pk}": one.version, f"version-{other.pk}": 0}
    answer = client.post("/companies/merge/", sent)
    assert answer.status_code == 409
    assert "Ha cambiado desde que abriste esta página" in text(answer)
    assert Company.objects.filter(pk=other.pk).exists()


def test_unmerging_lists_what_came_since_and_asks(world: World, two: tuple[Company, Company]) -> None:
    one, other = two
    client = world.client(world.director)
    client.post("/companies/merge/", {"id": [one.pk, other.pk], "stays": one.pk, "take-name": other.pk})
    change = ChangeSet.objects.latest("pk")
    new = world.make(Person, name="Nueva Persona", company=one.pk)
    kept = world.make(Person, name="Otra Persona", company=one.pk)
    client.post(f"/companies/{one.pk}/edit/name/?on=record", {"name": "Nombre nuevo", "version": 99})
    Company.objects.get(pk=one.pk)
    answer = client.post(f"/changes/{change.pk}/undo/")
    assert answer["Location"] == f"/duplicates/unmerge/{change.pk}/"
    page = text(client.get(f"/duplicates/unmerge/{change.pk}/"))
    assert "Nueva Persona" in page
    client.post(f"/duplicates/unmerge/{change.pk}/", {f"to-customers.Person/company_id/{new.pk}": other.pk})
    new.refresh_from_db()
    kept.refresh_from_db()
    assert (new.company_id, kept.company_id) == (other.pk, one.pk)
    assert Company.objects.filter(pk=other.pk).exists()
    assert client.get(f"/duplicates/unmerge/{change.pk}/").status_code == 404


def test_all_almost_certain_pairs_become_one_and_come_back(world: World) -> None:
    names = [f"{word} {name}" for word in ("Granja", "Taller") for name in ("Álamo", "Brezo", "Cedro")]
    for number, name in enumerate(names):
        for form in ("", ", S.L.", " SLU"):
            world.make(Company, name=name + form, phone=f"+3495411122{number}")
    world.make(Company, name="Granja Nogal")
    pairs.look()
    before = sorted(Company.objects.values_list("pk", "name"))
    client = world.client(world.director)
    page = text(client.get("/duplicates/companies/all/"))
    assert "6 grupos" in page
    assert "12 registros" in page
    client.post("/duplicates/companies/all/")
    run_until_idle()
    assert Company.objects.count() == 7
    assert Merged.objects.count() == 12
    assert sorted(Company.objects.values_list("name", flat=True))[0] == "Granja Brezo, S.L."
    change = ChangeSet.objects.filter(action="customers.merge_sure_company").get()
    assert client.get(f"/changes/{change.pk}/").status_code == 200
    client.post(f"/changes/{change.pk}/undo/")
    run_until_idle()
    assert sorted(Company.objects.values_list("pk", "name")) == before


def test_a_form_warns_once_and_never_blocks(world: World, two: tuple[Company, Company]) -> None:
    client = world.client(world.director)
    sent = {"name": "Distribuciones Alamo", "relation": "prospect", "phone": "+34 954 111 222"}
    warned = client.post("/companies/new/", sent)
    assert warned.status_code == 200
    assert "Distribuciones Álamo, S.L." in text(warned)
    assert Company.objects.count() == 2
    seen = {"seen-twin": [c.pk for c in two]}
    assert client.post("/companies/new/", sent | seen).status_code == 302
    assert Company.objects.count() == 3


def test_the_fragment_while_typing(world: World, two: tuple[Company, Company]) -> None:
    client = world.client(world.director)
    page = text(client.post("/companies/twins/", {"name": "Distribuciones Alamo", "phone": "954111222"}))
    assert page.count('name="seen-twin"') == 2
    assert "mismo teléfono" in page
    assert "seen-twin" not in text(client.post("/companies/twins/", {"name": "Talleres Brezo"}))
    assert "seen-twin" not in text(client.post("/companies/twins/", {"name": ""}))
    assert client.post("/products/twins/", {"name": "x"}).status_code == 404
    assert client.get("/companies/twins/").status_code == 405


def test_what_one_may_not_see_is_neither_shown_nor_counted_nor_refused(world: World) -> None:
    mine = world.make(Company, by=world.ana, name="Canario Azul", phone="+34954111222")
    theirs = world.make(Company, by=world.luis, name="CANARIO AZUL SL", phone="+34954111222")
    pairs.look()
    own_only(world)
    client = world.client(world.ana)
    page = text(client.get("/duplicates/companies/"))
    assert "CANARIO AZUL SL" not in page
    assert "data-pair " not in page
    assert '<span class="count">0</span>' in page
    assert "CANARIO AZUL SL" not in text(client.get(f"/companies/{mine.pk}/"))
    assert client.get(f"/companies/merge/?ids={mine.pk},{theirs.pk}").status_code == 404
    assert client.post("/companies/merge/", {"id": [mine.pk, theirs.pk], "stays": mine.pk}).status_code == 404
    sent = {"one": mine.pk, "other": theirs.pk}
    assert client.post("/duplicates/companies/apart/", sent).status_code == 404
    assert "CANARIO" not in text(
        client.post("/companies/twins/", {"name": "canario azul SL", "phone": "954111222"})
    ).replace("Canario", "")
    made = {"name": "CANARIO AZUL SLU", "relation": "prospect", "phone": "954111222", "seen-twin": mine.pk}
    assert client.post("/companies/new/", made).status_code == 302, "a match one may not see does not refuse"
    pairs.look()
    assert DuplicatePair.objects.count() == 3
    assert text(world.client(world.director).get("/duplicates/companies/")).count("data-pair ") == 3


def test_an_old_link_tells_nothing_to_whom_the_winner_is_hidden(world: World) -> None:
    one = world.make(Company, by=world.luis, name="Canario Uno")
    other = world.make(Company, by=world.luis, name="Canario Dos")
    world.client(world.director).post("/companies/merge/", {"id": [one.pk, other.pk], "stays": one.pk})
    own_only(world)
    assert world.client(world.ana).get(f"/companies/{other.pk}/").status_code == 404


def test_merging_needs_the_right_to_change_each(world: World, two: tuple[Company, Company]) -> None:
    client = world.client(world.ana)
    page = text(client.get("/duplicates/companies/"))
    assert "Solo quien puede cambiar ambos" in page
    assert client.get(f"/companies/merge/?ids={two[0].pk},{two[1].pk}").status_code == 403
    assert client.get("/companies/merge/?ids=1").status_code == 404
    assert world.client(world.nobody).get("/duplicates/").status_code == 403


def test_many_links_make_a_job(world: World, two: tuple[Company, Company], monkeypatch: pytest.MonkeyPatch) -> None:
    from coordina.web.duplicates import merge

    monkeypatch.setattr(merge, "AT_ONCE", 1)
    one, other = two
    for number in range(3):
        world.make(Person, name=f"Ana {number}", company=other.pk)
    client = world.client(world.director)
    answer = client.post("/companies/merge/", {"id": [one.pk, other.pk], "stays": one.pk})
    assert answer["Location"].startswith("/jobs/")
    run_until_idle()
    assert Person.objects.filter(company=one.pk).count() == 3
    assert client.get(answer["Location"])["Location"] == f"/companies/{one.pk}/"
    assert User.objects.exists()
