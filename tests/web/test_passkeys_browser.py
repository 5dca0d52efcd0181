"""Passkeys as a person uses them: Chromium with an authenticator of its own, by the protocol of its developer tools."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from coordina.accounts.models import Happening, Passkey, RecoveryCode, SignInEvent, User
from tests.accounts.people import PASSWORD, founded

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(page: Any) -> Iterator[Any]:
    """The developer tools' line to the page, with an authenticator plugged in."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.authenticator = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    yield line
    line.detach()


def verified(device: Any, yes: bool) -> None:
    """Let the person unlock the device from now on, or not."""
    said = {"authenticatorId": device.authenticator, "isUserVerified": yes}
    device.send("WebAuthn.setUserVerified", said)


def signed_in(page: Any, url: str) -> None:
    page.goto(f"{url}/sign-in/?next=/profile/security/")
    page.fill("[name=email]", "ada@faro.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("form .btn-primary").click()


def with_key(page: Any, url: str) -> None:
    """Sign in with the password and add a passkey."""
    signed_in(page, url)
    page.wait_for_url(f"{url}/profile/security/")
    page.fill("[name=name]", "Portátil de Ada")
    page.locator("form[data-passkey=create] button").click()
    page.locator(".recovery-codes").wait_for()


def signed_out(page: Any, url: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in/?next=/profile/security/")


def test_a_passkey_is_added_asked_for_and_opens_alone(page: Any, device: Any, live_server: Any) -> None:
    url = live_server.url.replace("127.0.0.1", "localhost")
    founded()
    with_key(page, url)
    assert page.locator(".recovery-codes li").count() == 10
    page.goto(f"{url}/profile/security/")
    page.get_by_text("Portátil de Ada").first.wait_for()
    key = Passkey.objects.get()
    assert (key.name, RecoveryCode.objects.count()) == ("Portátil de Ada", 10)

    signed_out(page, url)  # alone, without e-mail and password
    page.locator("form[data-passkey=get] button").click()
    page.wait_for_url(f"{url}/profile/security/")
    assert SignInEvent.objects.filter(what=Happening.SIGNED_IN, how="passkey").count() == 1
    assert Passkey.objects.get().used_at is not None

    page.context.clear_cookies()  # as the second step
    signed_in(page, url)
    page.wait_for_url(f"{url}/sign-in/second/")
    page.locator("form[data-passkey=get] button").click()
    page.wait_for_url(f"{url}/profile/security/")


def test_alone_it_has_to_be_unlocked(page: Any, device: Any, live_server: Any) -> None:
    """A browser that asks for presence alone brings an answer that is refused; after the password it will do."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    founded()
    with_key(page, url)
    verified(device, False)
    signed_out(page, url)
    page.evaluate(
        "() => { const get = navigator.credentials.get.bind(navigator.credentials);"
        " navigator.credentials.get = (o) => { o.publicKey.userVerification = 'discouraged'; return get(o); }; }"
    )
    page.locator("form[data-passkey=get] button").click()
    page.locator(".toast").wait_for()
    assert "/sign-in/" in page.url
    assert SignInEvent.objects.filter(what=Happening.FAILED, how="passkey").count() == 1


def test_a_copied_passkey_is_refused(page: Any, device: Any, live_server: Any) -> None:
    url = live_server.url.replace("127.0.0.1", "localhost")
    founded()
    with_key(page, url)
    Passkey.objects.update(counter=1000)
    signed_out(page, url)
    page.locator("form[data-passkey=get] button").click()
    page.locator(".toast").wait_for()
    assert "/sign-in/" in page.url
    assert SignInEvent.objects.filter(what=Happening.KEY_COPIED).count() == 1


def test_a_removed_passkey_opens_nothing(page: Any, device: Any, live_server: Any) -> None:
    url = live_server.url.replace("127.0.0.1", "localhost")
    founded()
    with_key(page, url)
    page.goto(f"{url}/profile/security/")
    page.get_by_role("button", name="Quitar Portátil de Ada").click()
    page.locator(".toast").wait_for()
    assert not Passkey.objects.exists()
    signed_out(page, url)
    page.locator("form[data-passkey=get] button").click()
    page.locator(".toast").wait_for()
    assert "/sign-in/" in page.url


def test_answers_made_for_something_else_are_refused(page: Any, device: Any, live_server: Any) -> None:
    """One challenge, one answer: not twice, not for another purpose, not from another origin, not after a change."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    founded()
    with_key(page, url)
    signed_out(page, url)
    page.evaluate(
        "() => { HTMLFormElement.prototype.submit = function () {"
        " window.held = this.querySelector('[name=credential]').value; }; }"
    )
    page.locator("form[data-passkey=get] button").click()
    answer = None
    for _turn in range(200):  # waiting inside the page would need what its policy forbids
        answer = page.evaluate("window.held")
        if answer:
            break
        page.wait_for_timeout(50)
    assert answer

    def sent(text: str) -> str:
        token = page.locator('meta[name="csrf-token"]').get_attribute("content")
        done = page.request.post(
            f"{url}/sign-in/passkey/",
            form={"credential": text, "csrfmiddlewaretoken": token},
            headers={"Referer": f"{url}/sign-in/", "Origin": url},
            max_redirects=0,
        )
        return str(done.headers.get("location", done.status))

    forged = json.loads(answer)
    data = json.loads(base64.urlsafe_b64decode(forged["response"]["clientDataJSON"] + "=="))
    data["origin"] = "https://evil.example"
    forged["response"]["clientDataJSON"] = base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
    assert sent(json.dumps(forged)) == "/sign-in/"
    assert sent(answer) == "/sign-in/"  # the challenge was spent on the forged one
    assert SignInEvent.objects.filter(what=Happening.FAILED, how="passkey").count() == 2
    assert User.objects.get().email
