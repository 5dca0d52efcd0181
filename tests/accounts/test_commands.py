"""The commands for who is locked out."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coordina.accounts.models import User
from coordina.accounts.signin import SignInBackend
from tests.accounts.people import founded, fresh, staffed

pytestmark = pytest.mark.django_db
NEW = "otra-puerta-verde-31"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def say(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))

    return say


def test_a_lost_password_is_set_and_access_comes_back(typed: Any) -> None:
    staff = staffed()
    typed(NEW)
    call_command("set_password", "Ada@faro.example", stdin=True)
    assert SignInBackend().authenticate(None, email="ada@faro.example", password=NEW) is not None
    typed(NEW)
    call_command("set_password", staff.rep.email, stdin=True, role="administrator")
    assert fresh(staff.rep).may("accounts.change_role")


def test_a_user_is_made(typed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    founded()
    typed(NEW)
    call_command("create_user", "nadia@faro.example", stdin=True, role="administrator", name="Nadia")
    assert "nadia@faro.example" in capsys.readouterr().out
    user = SignInBackend().authenticate(None, email="nadia@faro.example", password=NEW)
    assert user is not None
    assert (user.name, user.role.slug) == ("Nadia", "administrator")


@pytest.mark.parametrize(
    ("command", "email", "said", "says"),
    [
        ("create_user", "nadia@faro.example", {"role": "emperor"}, "administrator"),
        ("create_user", "ada@faro.example", {}, "correo"),
        ("set_password", "nadie@faro.example", {}, "create_user"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    command: str, email: str, said: dict[str, str], says: str, typed: Any
) -> None:
    founded()
    typed(NEW)
    with pytest.raises(CommandError) as caught:
        call_command(command, email, stdin=True, **said)
    assert says in str(caught.value) or "e-mail" in str(caught.value)
    assert User.objects.count() == 1


def test_weak_and_empty_passwords_change_nothing(typed: Any) -> None:
    founded()
    for weak in ("corta", ""):
        typed(weak)
        with pytest.raises(CommandError):
            call_command("set_password", "ada@faro.example", stdin=True)
