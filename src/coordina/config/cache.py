"""The cache that servers share. Nothing that only it knows is needed: while it is out of reach, all goes on without."""

import json
import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
ANSWERS = 1.0
"""Seconds in which it has to answer."""
REST = 5.0
"""Seconds for which a process leaves it alone after it did not."""
OPTIONS = {
    "socket_connect_timeout": ANSWERS,
    "socket_timeout": ANSWERS,
    "serializer": "coordina.config.cache.Plain",
    "retry": Retry(NoBackoff(), 1),  # once, for connections that a restart has cut
}


class Plain:
    """Values as JSON: what somebody else writes into the cache is never run, as a pickle would be."""

    def dumps(self, value: Any) -> bytes | int:
        """A value as it is kept; whole numbers stay such, so that they can be counted on."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        """The value again. Raises ValueError for what is no JSON."""
        return json.loads(kept)


class SharedCache(RedisCache):
    """Redis or Valkey. Out of reach it holds nothing and takes nothing; counting raises ValueError, as for no key."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": OPTIONS | params.get("OPTIONS", {})})
        self._not_before = 0.0

    def _tried[T](self, call: Callable[[], T], otherwise: T) -> T:
        if monotonic() < self._not_before:
            return otherwise
        try:
            return call()
        except (RedisError, OSError) as fault:
            self._not_before = monotonic() + REST
            logger.warning("The shared cache does not answer (%s); it is left alone for a while.", type(fault).__name__)
            return otherwise

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is kept under a key; `default` where nothing is, or nothing of ours."""
        try:
            return self._tried(lambda: RedisCache.get(self, key, default, version), default)
        except ValueError:
            return default

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Keep a value for some seconds."""
        self._tried(lambda: RedisCache.set(self, key, value, timeout, version), None)

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        """Keep a value where none is; whether it was kept."""
        return bool(self._tried(lambda: RedisCache.add(self, key, value, timeout, version), False))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; whether there was one."""
        return bool(self._tried(lambda: RedisCache.delete(self, key, version), False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count on; gives the new number.

        Raises:
            ValueError: Where there is no number.
        """
        found = self._tried(lambda: RedisCache.incr(self, key, delta, version), None)
        if found is None:
            raise ValueError(f"nothing is counted under {key!r}")
        return int(found)
