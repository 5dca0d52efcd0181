"""Profile, settings, users, teams and roles: what people may change there, and what they may not."""

from typing import Any

import pytest
from django.test import Client

from coordina.accounts.models import Organization, Role, Team, User
from coordina.core.permissions import defaults_for
from coordina.ledger.models import ChangeSet
from tests.accounts.people import PASSWORD, Staff, fresh, signed_in, staffed

pytestmark = pytest.mark.django_db

NEW = "otra-puerta-verde-31"


@pytest.fixture
def staff() -> Staff:
    return staffed()


def profile_of(user: User, **said: str) -> dict[str, str]:
    return {"name": user.name, "language": "company", "country": "company", "time_zone": "company"} | said


def test_the_profile_is_changed_and_undone(staff: Staff) -> None:
    client = signed_in(staff.rep)
    text = client.get("/profile/").content.decode()
    assert "rita@faro.example" in text
    answer = client.post("/profile/", profile_of(staff.rep, name="Rita Nueva", language="en", time_zone="America/Lima"))
    assert answer.status_code == 302
    now = fresh(staff.rep)
    assert (now.name, now.language, now.time_zone) == ("Rita Nueva", "en", "America/Lima")
    assert "Your profile" in client.get("/profile/").content.decode()
    change = ChangeSet.objects.latest("pk")
    assert change.action == "accounts.change_profile"
    assert client.post(f"/changes/{change.pk}/undo/").status_code in (200, 302)
    assert fresh(staff.rep).name == "Rita Prueba"


def test_nobody_raises_themselves_by_extra_fields(staff: Staff) -> None:
    admin_role = Role.objects.get(slug="administrator")
    client = signed_in(staff.rep)
    extra = {
        "role": str(admin_role.pk),
        "role_id": str(admin_role.pk),
        "team": str(staff.south.pk),
        "access": "active",
        "email": "jefa@faro.example",
        "is_staff": "1",
        "by": str(staff.admin.pk),
        "version": "1",
    }
    client.post("/profile/", profile_of(staff.rep, name="Rita Dos") | extra)
    now = fresh(staff.rep)
    assert (now.name, now.role.slug, now.team_id, now.email) == (
        "Rita Dos",
        "representative",
        staff.north.pk,
        "rita@faro.example",
    )
    url = f"/users/{staff.rep.pk}/edit/"
    assert client.post(url, {"name": "x", **extra}).status_code == 403
    assert fresh(staff.rep).role.slug == "representative"


def test_the_own_password_needs_the_current_one_and_ends_other_sessions(staff: Staff) -> None:
    here, elsewhere = signed_in(staff.rep), signed_in(staff.rep)
    wrong = here.post("/profile/password/", {"current": "no es esta", "password": NEW})
    assert wrong.status_code == 422
    assert 'id="id_current_error"' in wrong.content.decode()
    weak = here.post("/profile/password/", {"current": PASSWORD, "password": "1234567890"})
    assert 'id="id_password_error"' in weak.content.decode()
    assert elsewhere.get("/profile/").status_code == 200
    before = here.cookies["coordina_session"].value
    assert here.post("/profile/password/", {"current": PASSWORD, "password": NEW}).status_code == 302
    assert here.get("/profile/").status_code == 200
    assert here.cookies["coordina_session"].value != before
    assert elsewhere.get("/profile/").status_code == 302
    assert Client().post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD}).status_code == 422
    signed_in(staff.rep, NEW)


def test_guessing_the_current_password_is_throttled(staff: Staff) -> None:
    client = signed_in(staff.rep)
    for _ in range(10):
        client.post("/profile/password/", {"current": "mal", "password": NEW})
    page = client.post("/profile/password/", {"current": PASSWORD, "password": NEW})
    assert page.status_code == 429
    assert client.get("/profile/").status_code == 200


def test_access_is_given_taken_and_given_back(staff: Staff) -> None:
    client = signed_in(staff.admin)
    client.post("/users/new/", {"name": "Nadia Nueva", "team": str(staff.north.pk)})
    user = User.objects.get(name="Nadia Nueva")
    url = f"/users/{user.pk}/do/give-access/"
    page = client.get(url).content.decode()
    assert 'name="password"' in page
    assert client.post(url, {"email": "rita@faro.example", "password": NEW}).status_code == 422
    assert client.post(url, {"email": "nadia@faro.example", "password": NEW, "version": "1"}).status_code == 302
    nadia = signed_in(fresh(user), NEW)
    assert nadia.get("/profile/").status_code == 200
    assert client.get(url).status_code == 409  # she has it already
    ended = f"/users/{user.pk}/do/deactivate/"
    assert client.get(ended).status_code == 200
    assert client.post(ended, {"sure": "yes"}).status_code == 302
    assert nadia.get("/profile/").status_code == 302  # at once
    assert Client().post("/sign-in/", {"email": "nadia@faro.example", "password": NEW}).status_code == 422
    assert client.post(f"/users/{user.pk}/do/reactivate/", {}).status_code == 302
    signed_in(fresh(user), NEW)


def test_a_new_password_ends_sessions_and_the_wait(staff: Staff) -> None:
    client, rita = signed_in(staff.admin), signed_in(staff.rep)
    for _ in range(11):
        last = Client().post("/sign-in/", {"email": staff.rep.email, "password": "mal"})
    assert last.status_code == 429
    url = f"/users/{staff.rep.pk}/do/set-password/"
    assert client.post(url, {"password": NEW, "version": str(staff.rep.version)}).status_code == 302
    assert rita.get("/profile/").status_code == 302
    signed_in(staff.rep, NEW)


def test_the_last_administrator_stays(staff: Staff) -> None:
    client = signed_in(staff.admin)
    own = f"/users/{staff.admin.pk}/do/deactivate/"
    assert client.post(own, {"sure": "yes"}).status_code in (409, 422)
    representative = Role.objects.get(slug="representative")
    client.post(
        f"/users/{staff.admin.pk}/edit/",
        {"name": staff.admin.name, "email": staff.admin.email, "role": str(representative.pk)},
    )
    role = Role.objects.get(slug="administrator")
    client.post(f"/settings/roles/{role.pk}/", {"p.accounts.change_role": ""})
    now = fresh(staff.admin)
    assert now.is_active
    assert now.role.slug == "administrator"
    assert now.may("accounts.change_role")


def test_representatives_look_after_nothing(staff: Staff) -> None:
    client = signed_in(staff.rep)
    role = Role.objects.get(slug="representative")
    index = client.get("/settings/").content.decode()
    assert "/settings/roles/" not in index
    assert "/settings/teams/" not in index
    closed = [
        "/settings/company/",
        "/settings/teams/",
        "/settings/roles/",
        f"/settings/roles/{role.pk}/",
        f"/settings/roles/{role.pk}/copy/",
        f"/users/{staff.other.pk}/do/set-password/",
        f"/users/{staff.other.pk}/do/deactivate/",
        f"/users/{staff.other.pk}/do/give-access/",
        f"/users/{staff.other.pk}/edit/",
        "/users/new/",
    ]
    for url in closed:
        assert client.get(url).status_code in (403, 404), url
        assert client.post(url, {"password": NEW, "name": "x"}).status_code in (403, 404, 405), url
    assert client.post(f"/settings/roles/{role.pk}/reset/").status_code in (403, 404)
    assert Role.objects.count() == 11


def test_a_role_is_edited_with_history_and_undo(staff: Staff) -> None:
    client = signed_in(staff.admin)
    role = Role.objects.get(slug="representative")
    url = f"/settings/roles/{role.pk}/"
    page = client.get(url).content.decode()
    assert 'name="p.pipeline.view_opportunity"' in page
    assert signed_in(staff.rep).get("/companies/").status_code == 200
    answer = client.post(
        url, {"p.pipeline.view_opportunity": "team", "p.customers.view_company": "", "version": str(role.version)}
    )
    assert answer.status_code == 302
    assert staff.rep.reach["pipeline.view_opportunity"] == "own"
    now = fresh(staff.rep)
    assert now.reach["pipeline.view_opportunity"] == "team"
    assert not now.may("customers.view_company")
    assert now.may("customers.add_company")  # what the form did not say stays
    assert signed_in(staff.rep).get("/companies/").status_code == 403
    change = ChangeSet.objects.latest("pk")
    for shown in (client.get(url), client.get(f"/roles/{role.pk}/history/")):
        text = shown.content.decode()
        assert "propi" in text or "own" in text
        assert "→" in text
    assert client.post(url, {"p.pipeline.view_opportunity": "all", "version": str(role.version)}).status_code == 409
    client.post(f"/changes/{change.pk}/undo/")
    assert Role.objects.get(pk=role.pk).reach == defaults_for("representative")


def test_nonsense_in_the_matrix_is_refused(staff: Staff) -> None:
    client = signed_in(staff.admin)
    role = Role.objects.get(slug="representative")
    url = f"/settings/roles/{role.pk}/"
    assert client.post(url, {"p.pipeline.view_opportunity": "everything"}).status_code == 422
    client.post(url, {"p.there.is_none": "all"})
    assert Role.objects.get(pk=role.pk).reach == defaults_for("representative")


def test_a_role_is_reset_and_copied(staff: Staff) -> None:
    client = signed_in(staff.admin)
    role = Role.objects.get(slug="manager")
    client.post(f"/settings/roles/{role.pk}/", {"p.pipeline.view_opportunity": "all"})
    client.post(f"/settings/roles/{role.pk}/reset/")
    assert Role.objects.get(pk=role.pk).reach == defaults_for("manager")
    assert client.post(f"/settings/roles/{role.pk}/copy/", {"name": role.name}).status_code == 422
    answer = client.post(f"/settings/roles/{role.pk}/copy/", {"name": "Jefa de cuentas"})
    made = Role.objects.get(name="Jefa de cuentas")
    assert answer.headers["Location"] == f"/settings/roles/{made.pk}/"
    assert made.reach == Role.objects.get(pk=role.pk).reach
    assert made.slug == ""
    assert client.get(f"/settings/roles/{made.pk}/").status_code == 200
    assert client.post(f"/settings/roles/{made.pk}/reset/").status_code == 403


def test_the_tree_of_teams(staff: Staff) -> None:
    client = signed_in(staff.admin)
    client.post("/teams/new/", {"name": "Norte costa", "parent": str(staff.north.pk)})
    page = client.get("/settings/teams/").content.decode()
    assert page.index("Norte</a>") < page.index("Norte costa</a>") < page.index("Sur</a>")
    team = Team.objects.get(name="Norte costa")
    assert client.post(f"/teams/{staff.north.pk}/edit/", {"name": "Norte", "parent": str(team.pk)}).status_code == 422
    assert client.post("/teams/new/", {"name": "norte"}).status_code == 422


def test_the_company_is_edited(staff: Staff) -> None:
    client = signed_in(staff.admin)
    assert client.get("/settings/company/").status_code == 200
    data = {
        "company": "Faro y Cía",
        "currency": "MXN",
        "country": "MX",
        "time_zone": "America/Mexico_City",
        "language": "es-419",
        "quiet_days": "1,000",
        "version": "1",
    }
    assert client.post("/settings/company/", data | {"quiet_days": "medio año"}).status_code == 422
    assert client.post("/settings/company/", data | {"quiet_days": "0"}).status_code == 422
    assert client.post("/settings/company/", data | {"quiet_days": "3651"}).status_code == 422
    assert client.post("/settings/company/", data | {"quiet_days": "1.000"}).status_code == 302
    now = Organization.objects.get()
    assert now.quiet_days == 1000
    data["version"] = str(now.version)
    assert (now.name, now.currency, now.country) == ("Faro y Cía", "MXN", "MX")
    assert client.post("/settings/company/", data | {"currency": "ZZQ"}).status_code == 422
    assert client.get("/organization/").headers["Location"] == "/settings/company/"


def test_pages_ask_as_much_for_many_as_for_few(staff: Staff, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(staff.admin)

    def asked(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    urls = ("/settings/", "/settings/teams/", "/settings/roles/")
    for url in urls:
        asked(url)  # the process reads its user once
    few = {url: asked(url) for url in urls}
    for i in range(3):
        client.post("/teams/new/", {"name": f"Equipo {i}", "manager": str(staff.rep.pk)})
        client.post(f"/settings/roles/{Role.objects.order_by('pk')[0].pk}/copy/", {"name": f"Rol {i}"})
    for url in urls:
        asked(url)
    assert {url: asked(url) for url in urls} == few


def test_a_page_loads_its_user_with_one_query_at_most(staff: Staff) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(staff.rep)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as caught:
        client.get("/profile/")
    users = [q["sql"] for q in caught.captured_queries if "accounts_user" in q["sql"]]
    assert len(users) <= 1, users
    assert len(caught) <= 5  # one of them the bell, one what the person is told
