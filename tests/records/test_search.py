"""Finding records, within what one may see."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from coordina.accounts.models import Role, Team, User
from coordina.core.actions import standard
from coordina.core.permissions import defaults_for
from coordina.core.types import TYPES, find_type
from coordina.customers.models import Company, Interaction, Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.records.search import find, matching, search
from coordina.records.search.words import near, plain, terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    with change_set(by=None, at=timezone.now(), via="system"):
        roles = {
            s: Role.objects.create(name=s, slug=s, reach=defaults_for(s))
            for s in ("director", "manager", "representative")
        }
        north, south = Team.objects.create(name="Norte"), Team.objects.create(name="Sur")
        make = User.objects.create
        return {
            "director": make(name="Dora", role=roles["director"], access="active"),
            "manager": make(name="Mario", role=roles["manager"], team=north, access="active"),
            "rep": make(name="Rita", role=roles["representative"], team=north, access="active"),
            "other": make(name="Otto", role=roles["representative"], team=south, access="active"),
        }


def titles(query: str, user: User) -> list[str]:
    return [hit.title for hit in find(query, user)]


def test_accents_case_order_and_beginnings_do_not_matter(people: dict[str, User]) -> None:
    submit(
        standard(Company, "create"),
        {"name": "Óptica Ojo de Lince", "phone": "+34 912 345 678"},
        by=people["rep"],
        via="web",
    )
    for query in ("optica lince", "LINCE ÓPT", "linc", "912 345 678", "912345678"):
        assert titles(query, people["other"]) == ["Óptica Ojo de Lince"], query
    assert titles("tigre", people["rep"]) == []
    assert titles('"; DROP *', people["rep"]) == []


def test_only_what_one_may_see_is_found(people: dict[str, User]) -> None:
    for name in ("rep", "other"):
        data = {"summary": f"Llamada secreta {name}", "happened_at": "2026-01-05T10:00:00Z"}
        submit(standard(Interaction, "create"), data, by=people[name], via="web")
    assert titles("secreta", people["rep"]) == ["Llamada secreta rep"]
    assert titles("secreta", people["other"]) == ["Llamada secreta other"]
    assert titles("secreta", people["manager"]) == ["Llamada secreta rep"]
    assert len(titles("secreta", people["director"])) == 2


def test_the_index_follows_edits_deletes_and_renames(people: dict[str, User]) -> None:
    rep = people["rep"]
    company = submit(standard(Company, "create"), {"name": "Vieja"}, by=rep, via="web")
    submit(standard(Company, "edit"), {"name": "Nueva"}, by=rep, via="web", pk=company.pk)
    assert (titles("vieja", rep), titles("nueva", rep)) == ([], ["Nueva"])
    person = submit(standard(Person, "create"), {"name": "Ana Sol", "company": company.pk}, by=rep, via="web")
    assert Company.objects.filter(matching(Company, "nue", rep)).count() == 1
    submit(standard(Person, "delete"), {}, by=people["director"], via="web", pk=person.pk)
    assert titles("sol", rep) == []
    call_command("rebuild", "--check")
    call_command("rebuild")
    call_command("rebuild", "--check")


def test_plain_words() -> None:
    assert plain("OPP-000123: Ñandú") == "opp 000123 nandu 123 opp000123"
    assert terms("+34 (912) 34-56") == ["349123456"]
    assert find_type(Company) in set(TYPES)


def looked(query: str, user: User) -> list[str]:
    return [hit.title for hit in search(query, user).hits]


def company(name: str, by: User, **values: object) -> None:
    submit(standard(Company, "create"), {"name": name, **values}, by=by, via="web")


def test_what_is_called_so_comes_first_then_ones_own_then_the_newest(people: dict[str, User]) -> None:
    rep, other = people["rep"], people["other"]
    company("Faro", other)
    company("Farolas del Norte", rep)
    company("Farola", other)
    company("Hotel Faro", other)
    assert looked("faro", rep) == ["Faro", "Farolas del Norte", "Farola", "Hotel Faro"]
    assert looked("faro", other) == ["Faro", "Farola", "Farolas del Norte", "Hotel Faro"]


def test_many_newer_ones_of_another_kind_do_not_crowd_out_what_is_looked_for(people: dict[str, User]) -> None:
    rep = people["rep"]
    company("Bodegas Tres Gatos", rep)
    for number in range(12):
        data = {"summary": f"Visita a Bodegas {number}", "happened_at": "2026-01-05T10:00:00Z"}
        submit(standard(Interaction, "create"), data, by=rep, via="web")
    assert looked("bodegas", rep)[0] == "Bodegas Tres Gatos"
    assert len(search("bodegas", rep, limit=5).hits) == 5


def test_few_that_match_are_all_looked_at(people: dict[str, User]) -> None:
    """What is called just so comes first, also where more than a page of newer ones begin with it."""
    for name in ("Brezo", *(f"Brezo {n}" for n in range(30))):
        submit(standard(Company, "create"), {"name": name}, by=people["rep"], via="web")
    assert search("brezo", people["other"], limit=5).hits[0].title == "Brezo"
    assert len(search("brzeo", people["other"], limit=5).hits) == 5


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bodeags marabu", True),  # exchanged
        ("bodgas", True),  # missing
        ("bodegass", True),  # one too many
        ("vodegas", True),  # wrong
        ("marabú bodejas", True),
        ("vodejas", False),  # two errors
        ("bod1gas", False),
    ],
)
def test_one_typing_error_is_understood(people: dict[str, User], typed: str, found: bool) -> None:
    company("Bodegas Marabú", people["rep"])
    answer = search(typed, people["rep"])
    assert [hit.title for hit in answer.hits] == (["Bodegas Marabú"] if found else [])
    assert answer.near is found


def test_what_is_spelled_right_is_never_replaced(people: dict[str, User]) -> None:
    company("Hotel Marea", people["rep"])
    company("Hostal Marea", people["rep"])
    answer = search("hotel marea", people["rep"])
    assert ([hit.title for hit in answer.hits], answer.near) == (["Hotel Marea"], False)


def test_an_error_finds_nothing_that_one_may_not_see(people: dict[str, User]) -> None:
    data = {"summary": "Llamada secreta", "happened_at": "2026-01-05T10:00:00Z"}
    submit(standard(Interaction, "create"), data, by=people["other"], via="web")
    assert looked("secrtea", people["other"]) == ["Llamada secreta"]
    assert looked("secrtea", people["rep"]) == []


def test_near_words() -> None:
    found = near("gato")
    assert {"gto", "agto", "gago", "gatro", "pato", "gaot"} <= set(found)
    assert "gato" not in found
    assert near("sol") == near("912345678") == near("a" * 20) == ()
