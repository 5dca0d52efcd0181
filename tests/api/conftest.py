"""A company, and programs that act for its people."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts import pace
from coordina.accounts.key_writers import make_token
from coordina.accounts.models import Token, User
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import perform
from coordina.pipeline.defaults import make_default_pipeline

from ..world import World

ROOT = "/api/v1"


def token_for(user: User, *, writes: bool = True, types: list[str] | None = None, **said: Any) -> Token:
    """A token of a person, with its secret."""
    by = User.objects.for_request().get(pk=user.pk)
    make = perform(make_token, via="web")
    return make(name="Program", writes=writes, types=types, by=by, at=timezone.now(), **said)


class Program:
    """A program with a token."""

    def __init__(self, secret: str, language: str = "en") -> None:
        headers = {"Accept-Language": language}
        self._client = Client(headers=headers | ({"Authorization": f"Bearer {secret}"} if secret else {}))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request below `/api/v1`."""
        data = b"" if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("/api/") else ROOT + path
        return self._client.generic(method, url, data, content_type="application/json", headers=given)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)


def program(user: User, *, language: str = "en", **said: Any) -> Program:
    """A program that acts for a person."""
    return Program(token_for(user, **said).secret, language)


@pytest.fixture
def world(db: Any) -> World:
    """The company, with a pipeline."""
    pace._counts.clear()
    made = World()
    with change_set(by=made.boss, at=timezone.now(), via="system"):
        make_default_pipeline(by=made.boss, at=timezone.now())
    return made
