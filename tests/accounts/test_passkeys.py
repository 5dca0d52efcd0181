"""Passkeys without a browser: what is refused, whatever is sent."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

from coordina.accounts.models import Passkey, User
from tests.accounts.factors import with_app
from tests.accounts.people import PASSWORD, Staff, fresh, signed_in, staffed

pytestmark = pytest.mark.django_db
_RIGHT = {"id": "YWJjZA", "rawId": "YWJjZA", "type": "public-key"}
_DATA = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "attestationObject": "oA"}
MADE_UP: list[Any] = [
    None, 7, [], {}, "x", [[[]]], {"rawId": 7}, {"rawId": {}}, {"rawId": "YWJjZA"}, _RIGHT, {**_RIGHT, "response": []},
    {**_RIGHT, "response": {}}, {**_RIGHT, "response": dict.fromkeys(_DATA)}, {**_RIGHT, "response": _DATA},
    {**_RIGHT, "response": {**_DATA, "authenticatorData": "A" * 9000}},
    {**_RIGHT, "response": {**_DATA, "signature": {}}},
    {**_RIGHT, "response": {**_DATA, "clientDataJSON": "====", "userHandle": "//"}}, {**_RIGHT, "id": "\udc80"},
]  # fmt: skip


@pytest.fixture
def staff() -> Staff:
    return staffed()


def key_of(user: User, name: str = "Llave") -> Passkey:
    """A key that no device has."""
    public = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    data = bytes(AttestedCredentialData.create(bytes(16), b"abcd", public))
    return Passkey.objects.create(user_id=user.pk, name=name, credential="YWJjZA", data=data, made_at=timezone.now())


def test_made_up_answers_are_refused(staff: Staff) -> None:
    key_of(staff.rep)
    mine = signed_in(staff.other)
    for answer in MADE_UP:
        refused(mine, json.dumps(answer))


def refused(mine: Client, answer: str) -> None:
    """Whatever it is made for."""
    client = Client()
    assert client.post("/sign-in/passkey/ask/").status_code == 200
    assert client.post("/sign-in/passkey/", {"credential": answer}).headers["Location"] == "/sign-in/"
    assert client.get("/profile/").status_code == 302
    assert mine.post("/profile/security/passkeys/ask/").json()["rp"]["id"] == "testserver"
    assert mine.post("/profile/security/passkeys/", {"credential": answer}).status_code == 302
    assert Passkey.objects.count() == 1


def test_what_the_browser_is_asked(staff: Staff) -> None:
    anybody = Client().post("/sign-in/passkey/ask/").json()
    assert anybody["userVerification"] == "required"
    assert not anybody.get("allowCredentials")  # tells nothing of who there is
    assert anybody["rpId"] == "testserver"
    key_of(staff.rep)
    half = Client()
    half.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
    asked = half.post("/sign-in/passkey/ask/").json()
    assert [c["id"] for c in asked["allowCredentials"]] == ["YWJjZA"]
    assert asked["userVerification"] == "preferred"
    assert asked["challenge"] != half.post("/sign-in/passkey/ask/").json()["challenge"]


def test_keys_are_looked_after_by_their_person_alone(staff: Staff) -> None:
    key = key_of(staff.rep)
    other = signed_in(staff.other)
    assert other.post("/profile/security/passkeys/rename/", {"passkey": key.pk, "name": "Mía"}).status_code == 404
    assert other.post("/profile/security/passkeys/remove/", {"passkey": key.pk}).status_code == 404
    assert Passkey.objects.get().name == "Llave"


def test_who_cannot_use_passkeys_here_reads_so(staff: Staff) -> None:
    page = signed_in(staff.rep).get("/profile/security/").content.decode()
    assert "data-no-passkey" in page
    numbered = Client(headers={"Host": "127.0.0.1"})
    numbered.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
    assert "data-passkey" not in numbered.get("/profile/security/").content.decode().replace("data-no-passkey", "")
    assert fresh(staff.rep).has_factor is False


def test_a_refused_passkey_is_told_where_one_is_asked_again(staff: Staff) -> None:
    client = signed_in(staff.rep)
    page = client.post("/confirm/", {"credential": "{}", "next": "/profile/security/"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "_error" not in text  # no field is to blame
    assert (
        client.post("/confirm/", {"next": "/profile/security/"}).content.decode().count('id="id_password_error"') == 1
    )
    half = Client()
    with_app(staff.rep, client)
    half.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
    text = half.post("/sign-in/second/", {}).content.decode()
    assert "id_code_error" in text and "id_written_error" not in text
