"""Sessions are Django's own, only read faster."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from coordina.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def begun() -> SessionStore:
    store = SessionStore()
    store["what"] = "ñ"
    store.save()
    return store


def test_what_was_put_in_is_there_for_both() -> None:
    key = begun().session_key
    assert SessionStore(key)["what"] == "ñ"
    assert DjangoStore(key)["what"] == "ñ"


def test_an_unknown_key_holds_nothing_and_is_not_taken_over() -> None:
    store = SessionStore("x" * 32)
    assert store.get("what") is None
    assert store.session_key is None


def test_a_session_that_is_over_holds_nothing() -> None:
    key = begun().session_key
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("what") is None


def test_a_session_ends() -> None:
    store = begun()
    key = store.session_key
    store.flush()
    assert SessionStore(key).get("what") is None
    assert not Session.objects.exists()
