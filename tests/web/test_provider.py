"""Signing in with the company's provider, and a provider that lies in every way it can."""

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from coordina.accounts import tickets
from coordina.accounts.models import Happening, Identity, Role, SignInEvent, User
from coordina.accounts.provider import documents
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from tests.accounts.factors import code_of, with_app
from tests.accounts.people import PASSWORD, Staff, fresh, signed_in, staffed

pytestmark = pytest.mark.django_db
US = "coordina"


class Liar:
    """A provider whose answers a test chooses.

    Attributes:
        claims: What stands in its next ID token beside what is right.
        header: Of that token.
        key: What it signs with.
        published: What it says its keys are.
        asked: Forms that came to its token endpoint.
    """

    def __init__(self) -> None:
        self.key: Any = RSAKey.generate_key(2048, {"kid": "one"})
        self.published: list[Any] = [self.key]
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.more: dict[str, Any] = {}
        self.asked: list[dict[str, list[str]]] = []
        self.looked = 0
        self.raw = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, nonce: str) -> str:
        """An ID token; right unless a test said otherwise."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": US, "sub": "rita-7", "nonce": nonce, "iat": now, "exp": now + 300}
        said |= {"email": "rita@faro.example", "email_verified": True, "name": "Rita Prueba", **self.claims}
        said = {name: value for name, value in said.items() if value is not None}
        return self.raw or jwt.encode(self.header, said, self.key, algorithms=[self.header["alg"]])

    def _handler(liar) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

            def answer(self, body: Any) -> None:
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                if self.path == "/keys":
                    liar.looked += 1
                    self.answer({"keys": [k.as_dict(private=False) for k in liar.published]})
                else:
                    places = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
                    said = {name: liar.issuer + path for name, path in places.items()}
                    self.answer({"issuer": liar.issuer, **said, **liar.more})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                liar.asked.append(form | {"Authorization": [self.headers.get("Authorization", "")]})
                self.answer({"access_token": "x", "id_token": liar.token(form["code"][0])})

        return Handler


@pytest.fixture
def liar(settings: Any) -> Iterator[Liar]:
    documents.forget()
    made = Liar()
    settings.OIDC = settings.OIDC | {
        "issuer": made.issuer,
        "client_id": US,
        "client_secret": "geheim",
        "label": "Faro ID",
    }
    yield made
    made.server.shutdown()
    made.server.server_close()
    documents.forget()


@pytest.fixture
def staff() -> Staff:
    return staffed()


def sent(client: Client, url: str = "/sign-in/provider/?next=/profile/") -> dict[str, str]:
    """What the browser takes along to the provider."""
    answer = client.get(url)
    assert answer.status_code == 302, answer.content
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def came(client: Client, asked: dict[str, str], **more: str) -> Any:
    """Come back with a code, which is the nonce: the liar puts it into its token."""
    return client.get("/sign-in/provider/back/", {"state": asked["state"], "code": asked["nonce"], **more})


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_the_page_offers_it_only_where_there_is_one(staff: Staff, settings: Any) -> None:
    assert "/sign-in/provider/" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/sign-in/provider/").status_code == 404
    settings.OIDC = settings.OIDC | {"issuer": "https://id.example", "client_id": US, "label": "Faro ID"}
    assert "Faro ID" in Client().get("/sign-in/").content.decode()


def test_somebody_known_comes_in_and_stays_the_same(staff: Staff, liar: Liar) -> None:
    client = Client()
    asked = sent(client)
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", US)
    assert asked["redirect_uri"].endswith("/sign-in/provider/back/")
    assert len(asked["state"]) > 40 and len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert came(client, asked).headers["Location"] == "/profile/"
    assert is_in(client)
    form = liar.asked[0]
    assert form["code_verifier"][0] != asked["code_challenge"] and form["Authorization"][0].startswith("Basic ")
    row = Identity.objects.get()
    assert (row.user_id, row.subject) == (staff.rep.pk, "rita-7")
    liar.claims = {"email": "otra@faro.example", "email_verified": False}  # the subject counts from now on
    other = Client()
    assert came(other, sent(other)).headers["Location"] == "/profile/"
    assert SignInEvent.objects.filter(user_id=staff.rep.pk, what=Happening.SIGNED_IN, how="provider").count() == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": [US, "somebody-else"]},
        {"aud": [US, "somebody-else"], "azp": "somebody-else"},
        {"azp": "somebody-else"},
        {"iss": "https://id.evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "9999999999"},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": "nadie@faro.example"},
    ],
)
def test_a_token_that_is_not_right_opens_nothing(staff: Staff, liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims = claims
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/sign-in/"
    assert not is_in(client)
    assert not Identity.objects.exists()
    assert SignInEvent.objects.filter(what=Happening.FAILED, how="provider").count() == 1


def test_several_audiences_need_the_party(staff: Staff, liar: Liar) -> None:
    liar.claims = {"aud": [US, "somebody-else"], "azp": US}
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/profile/"


def forged_none(liar: Liar, nonce: str) -> str:
    from joserfc.util import urlsafe_b64encode

    _head, body, _signature = liar.token(nonce).split(".")
    none = urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode()
    return f"{none}.{body}."


def forged_secret(liar: Liar, nonce: str) -> str:
    """Signed with the public key as if it were a secret: to who lets the token choose, that is right."""
    from joserfc.util import urlsafe_b64encode

    _head, body, _signature = liar.token(nonce).split(".")
    head = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).decode()
    made = hmac.digest(liar.key.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{urlsafe_b64encode(made).decode()}"


def forged_key(liar: Liar, nonce: str) -> str:
    """Signed with a key of the attacker's that stands in the header."""
    own = RSAKey.generate_key(2048, {"kid": "one"})
    liar.key, theirs = own, liar.key
    liar.header = {"alg": "RS256", "kid": "one", "jwk": own.as_dict(private=False)}
    made = liar.token(nonce)
    liar.key = theirs
    return made


def forged_body(liar: Liar, nonce: str) -> str:
    head, _body, signature = liar.token(nonce).split(".")
    liar.claims = {"sub": "somebody-else"}
    return f"{head}.{liar.token(nonce).split('.')[1]}.{signature}"


@pytest.mark.parametrize("forge", [forged_none, forged_secret, forged_key, forged_body, lambda *_: "no.token"])
def test_forged_signatures_open_nothing(staff: Staff, liar: Liar, forge: Callable[[Liar, str], str]) -> None:
    client = Client()
    asked = sent(client)
    liar.raw = forge(liar, asked["nonce"])
    assert came(client, asked).headers["Location"] == "/sign-in/"
    assert not is_in(client)


def test_an_answer_counts_once_and_for_who_asked(staff: Staff, liar: Liar) -> None:
    client, thief = Client(), Client()
    asked = sent(client)
    assert came(thief, asked).headers["Location"] == "/sign-in/"  # never sent anywhere
    sent(thief)
    assert came(thief, asked).headers["Location"] == "/sign-in/"  # another state
    assert not is_in(thief)
    assert came(client, asked, state="").headers["Location"] == "/sign-in/"
    assert came(client, asked).headers["Location"] == "/sign-in/"  # spent by the wrong one
    asked = sent(client)
    assert came(client, asked).headers["Location"] == "/profile/"
    client.post("/sign-out/")
    assert came(client, asked).headers["Location"] == "/sign-in/"


def test_an_answer_of_another_issuer_is_refused(staff: Staff, liar: Liar) -> None:
    client = Client()
    assert came(client, sent(client), iss="https://id.evil.example").headers["Location"] == "/sign-in/"
    assert not liar.asked  # the code went nowhere
    assert came(client, sent(client), iss=liar.issuer).headers["Location"] == "/profile/"
    documents.forget()
    liar.more = {"authorization_response_iss_parameter_supported": True}
    other = Client()
    assert came(other, sent(other)).headers["Location"] == "/sign-in/"


def test_a_document_of_another_issuer_or_over_plain_http_is_refused(staff: Staff, liar: Liar) -> None:
    for more in ({"issuer": "https://id.evil.example"}, {"token_endpoint": "http://id.evil.example/token"}):
        documents.forget()
        liar.more = more
        assert Client().get("/sign-in/provider/").headers["Location"] == "/sign-in/", more


def test_keys_are_changed_without_a_restart_and_old_ones_die(staff: Staff, liar: Liar, monkeypatch: Any) -> None:
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/profile/"
    old, looked = liar.key, liar.looked
    liar.key = RSAKey.generate_key(2048, {"kid": "two"})
    liar.published, liar.header = [liar.key], {"alg": "RS256", "kid": "two"}
    other = Client()
    assert came(other, sent(other)).headers["Location"] == "/profile/"
    assert liar.looked == looked + 1
    liar.key, liar.header = old, {"alg": "RS256", "kid": "one"}
    third = Client()
    assert came(third, sent(third)).headers["Location"] == "/sign-in/"
    assert liar.looked == looked + 1  # a made-up key id does not make us ask each time


def test_only_the_domains_that_may(staff: Staff, liar: Liar, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"domains": ("otra.example",)}
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/sign-in/"
    settings.OIDC = settings.OIDC | {"domains": ("otra.example", "faro.example")}
    assert came(client, sent(client)).headers["Location"] == "/profile/"


def test_an_e_mail_given_to_somebody_else_does_not_inherit(staff: Staff, liar: Liar) -> None:
    client = Client()
    came(client, sent(client))
    liar.claims = {"sub": "another-rita"}
    other = Client()
    assert came(other, sent(other)).headers["Location"] == "/sign-in/"
    assert not is_in(other)


def test_newcomers_come_in_only_where_the_settings_say_so(staff: Staff, liar: Liar, settings: Any) -> None:
    liar.claims = {"sub": "n-1", "email": "nora@faro.example", "name": "Nora Nueva", "dept": "Sur", "grp": ["x", "crm"]}
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/sign-in/"
    settings.OIDC = settings.OIDC | {
        "new_role": "representative",
        "role_claim": "grp",
        "roles": {"crm": "manager"},
        "team_claim": "dept",
    }
    assert came(client, sent(client)).headers["Location"] == "/profile/"
    made = User.objects.select_related("role", "team").get(email="nora@faro.example")
    assert (made.name, made.role.slug, made.team, made.access) == ("Nora Nueva", "manager", staff.south, "active")
    assert ChangeSet.objects.filter(action="accounts.join_by_provider", via="provider").count() == 1
    liar.claims = liar.claims | {"grp": [], "dept": "Norte"}
    other = Client()
    came(other, sent(other))
    made = User.objects.select_related("role", "team").get(pk=made.pk)
    assert (made.role.slug, made.team) == ("manager", staff.north)


def test_whose_access_ended_does_not_come_back_by_the_provider(staff: Staff, liar: Liar, settings: Any) -> None:
    from coordina.accounts.actions import deactivate
    from coordina.ledger.doors import perform

    settings.OIDC = settings.OIDC | {"new_role": "representative"}
    client = Client()
    came(client, sent(client))
    perform(deactivate, via="web")(user=User.objects.get(pk=staff.rep.pk), by=staff.admin, at=timezone.now())
    assert not is_in(client)
    for claims in ({}, {"sub": "another"}):
        liar.claims = claims
        other = Client()
        assert came(other, sent(other)).headers["Location"] == "/sign-in/"
    assert User.objects.filter(email="rita@faro.example").count() == 1


def test_an_invited_person_accepts_by_signing_in(staff: Staff, liar: Liar) -> None:
    at = timezone.now()
    with change_set(by=None, at=at, via="system"):
        guest = User.objects.create(name="Iris", email="iris@faro.example", role=staff.rep.role, team=staff.north)
    liar.claims = {"sub": "iris", "email": "iris@faro.example"}
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/sign-in/"
    tickets.issue(guest, tickets.INVITE, at=at)
    assert came(client, sent(client)).headers["Location"] == "/profile/"
    assert tickets.open_invitation(fresh(guest), at=timezone.now()) is None


def test_the_own_second_factor_is_asked_unless_the_provider_asked(staff: Staff, liar: Liar) -> None:
    with_app(staff.rep, signed_in(staff.rep))
    client = Client()
    assert came(client, sent(client)).headers["Location"] == "/sign-in/second/"
    assert not is_in(client)
    assert client.post("/sign-in/second/", {"code": code_of(staff.rep)}).headers["Location"] == "/profile/"
    liar.claims = {"amr": ["pwd", "mfa"]}
    other = Client()
    assert came(other, sent(other)).headers["Location"] == "/profile/"
    assert is_in(other)


def test_a_role_that_needs_a_factor_takes_the_provider_s(staff: Staff, liar: Liar) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(pk=staff.rep.role_id)
        role.second_factor = True
        role.save()
    client = Client()
    came(client, sent(client))
    assert client.get("/companies/").headers["Location"] == "/profile/security/"
    liar.claims = {"amr": ["mfa"]}
    other = Client()
    came(other, sent(other))
    assert other.get("/companies/").status_code == 200


def test_one_shows_again_who_one_is_at_the_provider(staff: Staff, liar: Liar, monkeypatch: Any) -> None:
    client = Client()
    came(client, sent(client))
    now = time.time()
    monkeypatch.setattr("coordina.accounts.session.time", lambda: now + 3000)
    assert client.post("/profile/security/app/begin/").headers["Location"].startswith("/confirm/")
    asked = sent(client, "/sign-in/provider/?next=/profile/security/")
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    came(client, asked)  # the provider does not say when
    assert client.post("/profile/security/app/begin/").headers["Location"].startswith("/confirm/")
    liar.claims = {"auth_time": int(now)}
    assert came(client, sent(client, "/sign-in/provider/")).status_code == 302
    assert client.post("/profile/security/app/begin/").headers["Location"] == "/profile/security/app/"
    liar.claims = {"auth_time": int(now), "sub": "another"}
    assert came(client, sent(client, "/sign-in/provider/")).headers["Location"] == "/profile/security/"


def test_passwords_can_be_off_for_all_but_administrators(staff: Staff, liar: Liar, settings: Any) -> None:
    settings.PASSWORDS = False
    answer = Client().post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert is_in(signed_in(staff.admin))
    client = Client()
    came(client, sent(client))
    assert is_in(client)
    token = tickets.token_of(tickets.issue(staff.other, tickets.RESET, at=timezone.now()))
    other = Client()
    other.get(f"/access/{token}/")
    other.post("/access/", {"password": "otra-puerta-verde-31"})
    assert not is_in(other)


def test_an_administrator_is_not_demoted_to_nobody(staff: Staff, liar: Liar, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"role_claim": "grp", "roles": {"crm": "representative"}}
    liar.claims = {"sub": "ada", "email": "ada@faro.example", "grp": "crm"}
    client = Client()
    came(client, sent(client))
    assert User.objects.select_related("role").get(pk=staff.admin.pk).role.slug == "administrator"
