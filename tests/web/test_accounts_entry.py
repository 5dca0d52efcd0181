"""First run, sign-in, sign-out: the way in, and what strangers try on it."""

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Attempt, Organization, Role, User
from coordina.accounts.roles import BROUGHT
from coordina.accounts.throttle import PER_ADDRESS, PER_PAIR
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.pipeline.models import Pipeline
from tests.accounts.people import PASSWORD, founded, signed_in, staffed

pytestmark = pytest.mark.django_db

FIRST = {
    "company": "Faro Equipos",
    "country": "ES",
    "currency": "EUR",
    "time_zone": "Europe/Madrid",
    "language": "es",
    "name": "Ada Prueba",
    "email": "Ada@Faro.example",
    "password": PASSWORD,
}


def test_everything_leads_to_the_first_run_until_there_is_a_company(client: Client) -> None:
    for url in ("/", "/sign-in/", "/settings/", "/companies/"):
        assert client.get(url).headers["Location"] == "/first-run/"
    page = client.get("/first-run/", headers={"Accept-Language": "es-MX"})
    text = page.content.decode()
    assert page.status_code == 200
    assert '<option value="MX" selected>' in text
    assert '<option value="MXN" selected>' in text
    assert '<option value="es-419" selected>' in text


def test_the_first_run_makes_the_company_signs_in_and_closes(client: Client) -> None:
    answer = client.post("/first-run/", FIRST)
    assert answer.headers["Location"] == "/start/"
    company = Organization.objects.get()
    assert (company.name, company.currency, company.language) == ("Faro Equipos", "EUR", "es")
    admin = User.objects.get()
    assert (admin.email, admin.access, admin.role.slug) == ("ada@faro.example", "active", "administrator")
    assert Role.objects.count() == len(BROUGHT)
    assert Pipeline.objects.count() == 1
    change = ChangeSet.objects.get()
    assert (change.action, change.undoable) == ("accounts.found_company", False)
    page = client.get("/start/")
    assert page.status_code == 200
    assert "Faro Equipos" in page.content.decode()
    assert client.get("/first-run/").status_code == 404
    assert client.post("/first-run/", FIRST | {"company": "Otra"}).status_code == 404
    assert Client().get("/first-run/").status_code == 404
    assert Organization.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""),
        ("name", ""),
        ("email", "sin arroba"),
        ("password", "corta"),
        ("password", "1234567890"),
        ("currency", "XXQ"),
        ("time_zone", "Marte/Base"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(client: Client, field: str, value: str) -> None:
    page = client.post("/first-run/", FIRST | {field: value})
    text = page.content.decode()
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert not Organization.objects.exists()
    assert not User.objects.exists()
    if field != "company":
        assert 'value="Faro Equipos"' in text
    assert PASSWORD not in text


def test_signing_in_and_out() -> None:
    admin = founded()
    client = Client()
    assert client.get("/settings/?x=1").headers["Location"] == "/sign-in/?next=%2Fsettings%2F%3Fx%3D1"
    answer = client.post(
        "/sign-in/?next=/settings/", {"email": " ADA@faro.example", "password": PASSWORD, "next": "/settings/"}
    )
    assert answer.headers["Location"] == "/settings/"
    assert client.get("/settings/").status_code == 200
    assert client.get("/sign-in/").status_code == 302
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/settings/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/settings/").status_code == 302
    assert admin.pk


def test_remembering_lasts_thirty_days_and_else_ends_with_the_browser() -> None:
    founded()
    client = Client()
    client.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD})
    assert client.cookies["coordina_session"]["max-age"] == ""
    client.post("/sign-out/")
    client.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD, "remember": "on"})
    assert client.cookies["coordina_session"]["max-age"] == 30 * 24 * 3600


def test_unknown_people_and_wrong_passwords_answer_alike() -> None:
    founded()
    texts = set()
    for email in ("ada@faro.example", "nadie@faro.example"):
        page = Client().post("/sign-in/", {"email": email, "password": "no es esta clave"})
        assert page.status_code == 422
        text = page.content.decode()
        assert "no es esta clave" not in text
        start = text.index('id="id_password_error"')
        texts.add(text[start : start + 300])
    assert len(texts) == 1


def test_ten_wrong_tries_have_to_wait_and_nobody_else_does() -> None:
    staff = staffed()
    client = Client(REMOTE_ADDR="203.0.113.5")
    for _ in range(PER_PAIR):
        assert client.post("/sign-in/", {"email": "ada@faro.example", "password": "mal"}).status_code == 422
    page = client.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD})
    assert page.status_code == 429
    assert "15" in page.content.decode()
    # the real person at another place gets in, and so does a colleague at the same one
    assert (
        Client(REMOTE_ADDR="198.51.100.7")
        .post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD})
        .status_code
        == 302
    )
    assert client.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD}).status_code == 302


def test_one_address_cannot_try_many_accounts() -> None:
    founded()
    client = Client(REMOTE_ADDR="2001:db8::1")
    for i in range(PER_ADDRESS):
        client.post("/sign-in/", {"email": f"x{i}@faro.example", "password": "mal"})
    assert client.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD}).status_code == 429
    near = Client(REMOTE_ADDR="2001:db8::2")  # of the same network
    assert near.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD}).status_code == 429
    assert not [key for key in Attempt.objects.values_list("key", flat=True) if "faro" in key or "2001" in key]


def test_a_fixed_session_is_worth_nothing() -> None:
    founded()
    session = Client().session
    session["planted"] = "yes"
    session.save()
    fixed = session.session_key
    victim = Client()
    victim.cookies["coordina_session"] = fixed
    victim.post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD})
    assert victim.cookies["coordina_session"].value != fixed
    assert "planted" not in victim.session
    thief = Client()
    thief.cookies["coordina_session"] = fixed
    assert thief.get("/settings/").status_code == 302


def test_forms_of_other_sites_are_refused() -> None:
    admin = founded()
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", {"email": admin.email, "password": PASSWORD}).status_code == 403
    inside = signed_in(admin)
    inside.handler.enforce_csrf_checks = True
    for url in ("/sign-out/", "/profile/", "/profile/password/"):
        assert inside.post(url).status_code == 403


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/settings/", "/settings/"),
        ("/companies/?q=a%20%3D%201", "/companies/?q=a%20%3D%201"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("http:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie:x", "/"),
        (" /settings/", "/"),
        ("/sign-out/", "/"),
        ("/sign-in/?next=/sign-in/", "/"),
        ("/there-is-no-such-page/x/y/", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(asked: str, goes: str) -> None:
    founded()
    answer = Client().post("/sign-in/", {"email": "ada@faro.example", "password": PASSWORD, "next": asked})
    assert answer.headers["Location"] == goes


def test_demo_sign_ins_exist_in_a_demo_company_only() -> None:
    founded(email="ada@demo.example")
    assert "demo.example" not in Client().get("/sign-in/").content.decode()
    with change_set(by=None, at=timezone.now(), via="system"):
        Organization.objects.update(is_demo=True)
    assert "ada@demo.example" in Client().get("/sign-in/").content.decode()
