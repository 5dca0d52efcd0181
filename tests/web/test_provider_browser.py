"""The whole way to a provider and back in a browser: a real one, run on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from coordina.accounts.models import Identity, User
from coordina.accounts.provider import documents
from tests.accounts.people import founded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(settings: Any, live_server: Any) -> Iterator[str]:
    """A provider that knows one person."""
    from oidc_provider_mock import User as Known
    from oidc_provider_mock import run_server_in_thread

    documents.forget()
    claims = {"email": "ada@faro.example", "email_verified": True, "name": "Ada Prueba"}
    with run_server_in_thread(user_claims=[Known(sub="ada-1", claims=claims)], require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        settings.BASE_URL = live_server.url
        settings.OIDC = settings.OIDC | {
            "issuer": issuer,
            "client_id": "coordina",
            "client_secret": "geheim",
            "label": "Faro ID",
        }
        yield issuer
    documents.forget()


def test_one_signs_in_at_the_provider_and_comes_back(page: Any, live_server: Any, provider: str) -> None:
    founded()
    page.goto(f"{live_server.url}/sign-in/?next=/profile/")
    page.get_by_role("link", name="Faro ID").click()
    page.wait_for_url(f"{provider}/**")
    page.locator("button[name=sub][value=ada-1]").click()
    page.wait_for_url(f"{live_server.url}/profile/")
    page.faults.clear()  # the provider has no icon
    row = Identity.objects.get()
    assert (row.issuer, row.subject, row.user_id) == (provider, "ada-1", User.objects.get().pk)


def test_whom_the_provider_knows_but_nobody_here_stays_outside(page: Any, live_server: Any, provider: str) -> None:
    founded()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("link", name="Faro ID").click()
    page.wait_for_url(f"{provider}/**")
    page.fill("input[name=sub]", "somebody-else")
    page.locator("input[name=sub]").press("Enter")
    page.locator(".toast").wait_for()
    page.faults.clear()  # the provider has no icon
    assert page.url == f"{live_server.url}/sign-in/"
