"""The cache that servers share: with it one copy for all, without it everything goes on."""

import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from coordina.accounts import cached_sessions, pace
from coordina.config.cache import SharedCache
from tests.accounts.people import signed_in, staffed

from ..served import free_port

ENGINE = "coordina.accounts.cached_sessions"


@pytest.fixture
def away(settings: Any) -> None:
    """A cache at a port where nobody answers."""
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": "coordina.config.cache.SharedCache", "LOCATION": settings.REDIS_URL}}
    settings.SESSION_ENGINE = ENGINE


def test_what_is_away_holds_nothing_and_is_left_alone(away: None) -> None:
    began = time.monotonic()
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", 1)
    assert cache.add("a", 1) is False
    assert cache.delete("a") is False
    with pytest.raises(ValueError, match="counted"):
        cache.incr("a")
    assert time.monotonic() - began < 1


def test_it_is_asked_again_after_a_rest(away: None, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = SharedCache(redis_url, {"KEY_PREFIX": "test-cache"})
    mine._not_before = time.monotonic() + 60
    assert mine.get("b", "rests") == "rests"
    mine._not_before = 0.0
    mine.set("b", 2, 30)
    assert (mine.get("b"), mine.incr("b"), mine.delete("b"), mine.delete("b")) == (2, 3, True, False)


@pytest.mark.django_db
def test_people_stay_signed_in_without_it(away: None) -> None:
    mine: Client = signed_in(staffed().rep)
    assert mine.get("/").status_code == 200
    assert mine.post("/sign-out/").status_code == 302
    assert mine.get("/").status_code == 302


@pytest.mark.django_db
def test_requests_are_counted_without_it(away: None, settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    pace._counts.clear()
    now = timezone.now()
    assert [pace.count("token:1", now).left for _one in range(4)] == [2, 1, 0, -1]


@pytest.mark.django_db
def test_a_copy_of_a_session_ends_with_it_and_never_lasts_long(redis_url: str, settings: Any) -> None:
    backend = {"BACKEND": "coordina.config.cache.SharedCache", "LOCATION": redis_url, "KEY_PREFIX": "test-copies"}
    settings.CACHES, settings.SESSION_ENGINE = {"default": backend}, ENGINE
    mine: Client = signed_in(staffed().rep)
    key = mine.session.session_key
    name = f"{cached_sessions.PREFIX}{key}"
    assert cache.get(name)
    left = cache._cache.get_client().ttl(cache.make_key(name))  # type: ignore[attr-defined]  # how long it lasts
    assert 0 < left <= cached_sessions.KEPT
    mine.post("/sign-out/")
    assert cache.get(name) is None


def test_what_others_write_into_it_is_not_run(redis_url: str, tmp_path: Path) -> None:
    mine = SharedCache(redis_url, {"KEY_PREFIX": "test-plain"})
    mine.set("c", {"a": [1, "ñ", None]}, 30)
    assert mine.get("c") == {"a": [1, "ñ", None]}
    mark = tmp_path / "run"
    link = mine._cache.get_client()  # what stands behind it
    link.set(mine.make_key("c"), pickle.dumps(Touch(str(mark))))
    assert mine.get("c", "nothing") == "nothing"
    assert not mark.exists()


class Touch:
    """Makes a file when it is read as a pickle."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (self.path, "w"))
