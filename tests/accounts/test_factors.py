"""The second factor: set up, asked for, used once, throttled, lost, reset, and never seen again."""

import datetime as dt
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from coordina.accounts import trail
from coordina.accounts.factors import app, paper
from coordina.accounts.factors.sealing import seal, unseal
from coordina.accounts.models import Attempt, Authenticator, Device, Happening, RecoveryCode, Role, SignInEvent, User
from coordina.accounts.throttle import PER_PAIR
from coordina.activity.models import Mail, Notification
from coordina.core.actions import standard
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import Change, ChangeSet
from tests.accounts.factors import code_of, codes_in, forget_use, with_app
from tests.accounts.people import PASSWORD, Staff, founded, fresh, signed_in, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    return staffed()


def half(user: User) -> Client:
    """A browser in which somebody has given the password alone."""
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "next": "/profile/"})
    assert answer.headers["Location"] == "/sign-in/second/"
    return client


def require(role: Role, value: bool = True) -> None:
    admin = User.objects.for_request().get(email="ada@faro.example")
    submit(standard(Role, "edit"), {"second_factor": value}, by=admin, via="web", pk=role.pk)


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of eight digits."""
    assert app.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at // 30) == code


def test_an_app_is_set_up_and_asked_for(staff: Staff) -> None:
    client = signed_in(staff.rep)
    page = client.post("/profile/security/app/begin/", follow=True)
    text = page.content.decode()
    assert "<svg" in text and "style=" not in text[text.index("<svg") : text.index("</svg>")]
    assert not fresh(staff.rep).has_factor
    assert client.post("/profile/security/app/", {"code": "000000"}).status_code == 422
    assert not fresh(staff.rep).has_factor
    assert signed_in(staff.rep).get("/").status_code == 200  # what is not confirmed counts for nothing
    answer = client.post("/profile/security/app/", {"code": code_of(staff.rep)})
    assert len(set(codes_in(answer))) == paper.COUNT
    assert client.get("/").status_code == 200  # this session goes on
    forget_use(staff.rep)
    other = half(staff.rep)
    assert other.get("/companies/").headers["Location"] == "/sign-in/second/"
    answer = other.post("/sign-in/second/", {"code": code_of(staff.rep)})
    assert answer.headers["Location"] == "/profile/"
    assert other.get("/profile/").status_code == 200


def test_a_code_works_once_and_only_near_its_time(staff: Staff) -> None:
    with_app(staff.rep, signed_in(staff.rep))
    code = code_of(staff.rep)
    assert half(staff.rep).post("/sign-in/second/", {"code": code}).status_code == 302
    assert half(staff.rep).post("/sign-in/second/", {"code": code}).status_code == 422
    forget_use(staff.rep)
    now = timezone.now()
    for drift, right in ((-2, False), (-1, True), (1, True), (2, False)):
        forget_use(staff.rep)
        at = dt.datetime.fromtimestamp((int(now.timestamp()) // 30 + drift) * 30, tz=dt.UTC)
        row = Authenticator.objects.get(user_id=staff.rep.pk)
        shown = app.code_at(str(unseal(row.secret)), int(at.timestamp()) // 30)
        assert app.accepts(staff.rep, shown, at=now) is right, drift
    forget_use(staff.rep)
    assert app.accepts(staff.rep, code_of(staff.rep, steps=1), at=timezone.now())
    assert not app.accepts(staff.rep, code_of(staff.rep), at=timezone.now())  # an earlier one is over, too


def test_other_sessions_end_with_a_change_of_factors(staff: Staff) -> None:
    first, second = signed_in(staff.rep), signed_in(staff.rep)
    with_app(staff.rep, first)
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302
    third = half(staff.rep)
    assert third.post("/sign-in/second/", {"code": code_of(staff.rep)}).status_code == 302
    assert first.post("/profile/security/app/remove/").status_code == 302
    assert first.get("/").status_code == 200
    assert third.get("/").status_code == 302
    assert RecoveryCode.objects.count() == 0  # nothing is left that they could stand in for
    assert signed_in(staff.rep).get("/").status_code == 200


def test_a_half_session_ends_with_time_password_and_access(staff: Staff, monkeypatch: Any) -> None:
    with_app(staff.rep, signed_in(staff.rep))
    client = half(staff.rep)
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 601)
    answer = client.post("/sign-in/second/", {"code": code_of(staff.rep)})
    assert answer.headers["Location"] == "/sign-in/"
    monkeypatch.undo()
    client = half(staff.rep)
    call_command("reset_factors", staff.rep.email)
    assert client.get("/sign-in/second/").headers["Location"] == "/sign-in/"


def test_a_wrong_code_is_told_at_its_field_alone(staff: Staff) -> None:
    with_app(staff.rep, signed_in(staff.rep))
    client = Client()
    client.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
    answer = client.post("/sign-in/second/", {"code": "000000"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_code_error"' in page
    assert "No se guardó: falta" not in page


def test_the_second_step_is_throttled_and_its_own(staff: Staff) -> None:
    with_app(staff.rep, signed_in(staff.rep))
    client = half(staff.rep)
    statuses = [client.post("/sign-in/second/", {"code": f"{n:06}"}).status_code for n in range(PER_PAIR + 1)]
    assert statuses == [422] * PER_PAIR + [429]
    assert client.post("/sign-in/second/", {"code": code_of(staff.rep)}).status_code == 429
    assert not Attempt.objects.filter(key__contains=str(staff.rep.email)).exists()
    assert Attempt.objects.filter(key__startswith="factor:").exists()
    assert SignInEvent.objects.filter(user_id=staff.rep.pk, what=Happening.FAILED, how="app").count() == PER_PAIR


def test_recovery_codes_work_once_and_the_person_is_told(staff: Staff) -> None:
    codes = with_app(staff.rep, signed_in(staff.rep))
    Mail.objects.all().delete()
    typed = codes[0].upper().replace("-", " ")
    assert half(staff.rep).post("/sign-in/second/", {"written": typed}).status_code == 302
    mail = Mail.objects.get()
    assert (mail.address, mail.language) == (staff.rep.email, "es")
    assert codes[0] not in mail.text
    assert Notification.objects.filter(person_id=staff.rep.pk, kind="activity.safety").count() == 2
    assert half(staff.rep).post("/sign-in/second/", {"written": codes[0]}).status_code == 422
    assert paper.left(staff.rep) == paper.COUNT - 1
    client = half(staff.rep)
    client.post("/sign-in/second/", {"written": codes[1]})
    again = codes_in(client.post("/profile/security/codes/"))
    assert len(again) == paper.COUNT and not set(again) & set(codes)
    assert half(staff.rep).post("/sign-in/second/", {"written": codes[2]}).status_code == 422
    assert half(staff.rep).post("/sign-in/second/", {"written": again[2]}).status_code == 302


def test_codes_of_one_person_open_nothing_for_another(staff: Staff) -> None:
    codes = with_app(staff.rep, signed_in(staff.rep))
    with_app(staff.other, signed_in(staff.other))
    assert half(staff.other).post("/sign-in/second/", {"written": codes[0]}).status_code == 422
    assert half(staff.other).post("/sign-in/second/", {"code": code_of(staff.rep)}).status_code == 422


def test_a_link_for_a_forgotten_password_does_not_pass_by_the_factor(staff: Staff) -> None:
    from coordina.accounts import tickets

    with_app(staff.rep, signed_in(staff.rep))
    token = tickets.token_of(tickets.issue(staff.rep, tickets.RESET, at=timezone.now()))
    client = Client()
    client.get(f"/access/{token}/")
    client.post("/access/", {"password": "otra-puerta-verde-31"})
    assert client.get("/companies/").headers["Location"] == "/sign-in/second/"
    assert client.post("/sign-in/second/", {"code": code_of(staff.rep)}).status_code == 302
    assert client.get("/companies/").status_code == 200


def test_a_role_may_need_a_factor(staff: Staff) -> None:
    client = signed_in(staff.rep)
    assert client.get("/companies/").status_code == 200
    require(staff.rep.role)
    assert Change.objects.filter(model="accounts.Role", delta__contains="second_factor").exists()
    for url in ("/companies/", "/", "/profile/", "/profile/tokens/", "/search/?q=a", "/no/such/page/"):
        assert client.get(url).headers["Location"] == "/profile/security/", url
    assert client.post("/profile/password/", {}).headers["Location"] == "/profile/security/"
    fragment = client.get("/companies/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/profile/security/")
    with_app(staff.rep, client)
    assert client.get("/companies/").status_code == 200
    answer = client.post("/profile/security/app/remove/")
    assert answer.status_code == 409
    assert fresh(staff.rep).has_factor
    other = signed_in(staff.other)
    assert other.get("/companies/").status_code == 302
    assert other.post("/sign-out/").headers["Location"] == "/sign-in/"


def test_an_administrator_resets_what_somebody_lost(staff: Staff) -> None:
    mine = signed_in(staff.rep)
    with_app(staff.rep, mine)
    Mail.objects.all().delete()
    admin = signed_in(staff.admin)
    answer = admin.post(f"/users/{staff.rep.pk}/do/reset-factors/", {"version": fresh(staff.rep).version})
    assert answer.status_code in (200, 302), answer.content.decode()
    assert not fresh(staff.rep).has_factor
    assert mine.get("/").status_code == 302
    assert not Device.objects.filter(user_id=staff.rep.pk).exists()
    assert staff.admin.name in Mail.objects.get().text
    row = ChangeSet.objects.get(action="accounts.reset_factors")
    assert (row.by_id, row.subject_type, row.subject_id, row.undoable) == (
        staff.admin.pk, "accounts.User", staff.rep.pk, False,
    )  # fmt: skip
    assert signed_in(staff.rep).get("/").status_code == 200


def test_nobody_resets_themselves_or_who_may_more(staff: Staff) -> None:
    client = signed_in(staff.admin)
    with_app(staff.admin, client)
    client.post(f"/users/{staff.admin.pk}/do/reset-factors/", {"version": fresh(staff.admin).version})
    assert fresh(staff.admin).has_factor
    manager = signed_in(staff.manager)
    assert manager.post(f"/users/{staff.admin.pk}/do/reset-factors/", {}).status_code in (403, 404)
    assert fresh(staff.admin).has_factor


def test_the_last_administrator_has_a_way_back(capsys: Any) -> None:
    admin = founded()
    with_app(admin, signed_in(admin))
    call_command("reset_factors", "ADA@faro.example")
    assert "ada@faro.example" in capsys.readouterr().out
    assert signed_in(admin).get("/").status_code == 200
    assert trail.events_of(admin)[0].what == Happening.SIGNED_IN
    assert SignInEvent.objects.filter(what=Happening.RESET, by=None).count() == 1
    assert ChangeSet.objects.filter(action="accounts.reset_factors", via="command").count() == 1


def test_secrets_are_sealed_and_nowhere_else(staff: Staff) -> None:
    client = signed_in(staff.rep)
    client.post("/profile/security/app/begin/")
    secret = app.secret_begun(staff.rep)
    assert secret is not None and len(secret) == 32
    codes = codes_in(client.post("/profile/security/app/", {"code": code_of(staff.rep)}))
    assert app.secret_begun(staff.rep) is None  # never shown again
    assert client.get("/profile/security/app/").status_code == 302
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            found += [table for text in (secret, *codes) if text in rows]
    assert found == []


def test_what_is_sealed_opens_under_its_key_alone(settings: Any) -> None:
    sealed = seal("geheim")
    assert "geheim" not in sealed and unseal(sealed) == "geheim"
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-" + "y" * 40
    assert unseal(sealed) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "geheim"


def test_people_are_changed_by_the_dozen_only_after_a_fresh_proof(staff: Staff, monkeypatch: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from coordina.ledger import queue
    from coordina.records.models import ImportRun, RunState

    def checked(kind: str, text: str) -> ImportRun:
        admin.post("/import/", {"type": kind, "files": SimpleUploadedFile("datos.csv", text.encode())})
        queue.run_until_idle()
        run = ImportRun.objects.latest("pk")
        sent = {f"target-{c['column']}": c["target"] for c in run.columns}
        sent |= {"mode": run.options["mode"], "match": run.options["match"], "make": "yes", "go": "check"}
        admin.post(f"/import/{run.pk}/columns/", sent)
        queue.run_until_idle()
        run.refresh_from_db()
        assert run.state == RunState.CHECKED
        return run

    admin = signed_in(staff.admin)
    people = checked("user", f"Nombre;Correo\nNombre Nuevo;{staff.rep.email}\n")
    others = checked("team", "Equipo\nOeste\n")
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 1900)
    came = {"Referer": f"http://testserver/import/{people.pk}/review/"}
    answer = admin.post(f"/import/{people.pk}/begin/", headers=came)
    assert answer.headers["Location"] == f"/confirm/?next=%2Fimport%2F{people.pk}%2Freview%2F"
    assert admin.get(f"/users/bulk/?do=edit&ids={staff.rep.pk}").headers["Location"].startswith("/confirm/")
    assert not admin.post(f"/import/{others.pk}/begin/").headers["Location"].startswith("/confirm/")
    queue.run_until_idle()
    people.refresh_from_db()
    assert people.state == RunState.CHECKED
    admin.post("/confirm/", {"password": PASSWORD, "next": "/"})
    admin.post(f"/import/{people.pk}/begin/")
    queue.run_until_idle()
    assert User.objects.get(pk=staff.rep.pk).name == "Nombre Nuevo"


def test_delicate_pages_ask_again_after_a_while(staff: Staff, monkeypatch: Any) -> None:
    client = signed_in(staff.rep)
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 1900)
    answer = client.post("/profile/security/app/begin/", headers={"Referer": "http://testserver/profile/security/"})
    assert answer.headers["Location"] == "/confirm/?next=%2Fprofile%2Fsecurity%2F"
    assert not Authenticator.objects.exists()
    assert client.post("/confirm/", {"password": "no-es-esta", "next": "/profile/security/"}).status_code == 422
    answer = client.post("/confirm/", {"password": PASSWORD, "next": "//evil.example/"})
    assert answer.headers["Location"] == "/"
    assert client.post("/profile/security/app/begin/").headers["Location"] == "/profile/security/app/"


def test_everybody_sees_their_own_sign_ins(staff: Staff) -> None:
    Client().post("/sign-in/", {"email": staff.rep.email, "password": "no es esta clave"}, headers={"User-Agent": "X"})
    Client().post("/sign-in/", {"email": "nadie@faro.example", "password": "no es esta clave"})
    client = signed_in(staff.rep)
    text = client.get("/profile/security/").content.decode()
    assert "127.0.0.1" in text
    assert {e.what for e in trail.events_of(staff.rep)} == {Happening.SIGNED_IN, Happening.FAILED}
    unknown = SignInEvent.objects.get(user=None)
    assert "nadie" not in repr(vars(unknown))
    assert trail.events(what=[Happening.FAILED]).count() == 2
    assert trail.events(since=timezone.now()).count() == 0
    SignInEvent.objects.update(at=timezone.now() - dt.timedelta(days=401))
    assert trail.sweep(timezone.now()) == 3


def test_who_looks_after_access_sees_everybody(staff: Staff) -> None:
    Client().post("/sign-in/", {"email": "nadie@faro.example", "password": "no es esta clave"})
    signed_in(staff.rep)
    admin = signed_in(staff.admin)
    text = admin.get("/settings/sign-ins/").content.decode()
    assert staff.rep.name in text
    failed = admin.get(f"/settings/sign-ins/?what=failed&user={staff.rep.pk}").content.decode()
    assert "127.0.0.1" not in failed
    assert signed_in(staff.rep).get("/settings/sign-ins/").status_code == 403


def test_a_token_of_who_lacks_a_factor_rests(staff: Staff) -> None:
    from coordina.accounts.key_writers import make_token

    at = timezone.now()
    with change_set(by=staff.rep, at=at, via="web"):
        secret = make_token(name="Hoja", by=staff.rep, at=at).secret
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    require(staff.rep.role)
    answer = Client().get("/api/v1/me", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "factor")
    with_app(staff.rep, signed_in(staff.rep))
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200


def test_copies_of_a_role_ask_for_the_same(staff: Staff) -> None:
    from coordina.accounts.actions import copy_role

    require(staff.rep.role)
    role = Role.objects.get(pk=staff.rep.role_id)
    at = timezone.now()
    with change_set(by=staff.admin, at=at, via="web"):
        assert copy_role(role=role, name="Otra", by=staff.admin, at=at).second_factor


def test_who_changes_somebody_s_way_in_is_asked_again(staff: Staff, monkeypatch: Any) -> None:
    admin = signed_in(staff.admin)
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 1900)
    page = f"/users/{staff.rep.pk}/"
    for end in ("edit/", "edit/email/", "edit/role/", "do/reset-factors/", "do/set-password/", "do/invite/"):
        assert admin.get(page + end).headers["Location"].startswith("/confirm/"), end
        assert admin.post(page + end, {}).headers["Location"].startswith("/confirm/"), end
    assert admin.get(page).status_code == 200
    assert admin.get(page + "edit/name/", headers={"HX-Request": "true"}).status_code == 200
