"""Second factors for tests: an app that shows codes, without a telephone."""

import re
import time
from typing import Any

from django.test import Client

from coordina.accounts.factors import app
from coordina.accounts.factors.sealing import unseal
from coordina.accounts.models import Authenticator, User


def code_of(user: User, *, steps: int = 0) -> str:
    """What the app of a person shows now, or some steps of thirty seconds later; it can be used again in this test."""
    row = Authenticator.objects.get(user_id=user.pk)
    secret = unseal(row.secret)
    assert secret is not None
    return app.code_at(secret, int(time.time()) // app.STEP + steps)


def forget_use(user: User) -> None:
    """Let time pass, as far as codes that were used are concerned."""
    Authenticator.objects.filter(user_id=user.pk).update(last_step=0)


def with_app(user: User, client: Client) -> list[str]:
    """Set an app up in a browser. Gives the recovery codes that the page shows."""
    assert client.post("/profile/security/app/begin/").status_code == 302
    answer = client.post("/profile/security/app/", {"code": code_of(user)})
    assert answer.status_code == 200, answer.status_code
    forget_use(user)
    return codes_in(answer)


def codes_in(answer: Any) -> list[str]:
    """The recovery codes on a page."""
    return re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", answer.content.decode())
