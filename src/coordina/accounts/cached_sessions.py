"""Sessions in the database with a copy in the cache that servers share."""

from typing import Any

from django.core.cache import cache

from coordina.accounts.sessions import SessionStore as DatabaseStore

PREFIX = "session:"
KEPT = 300
"""Seconds that a copy lasts: should the cache be out of reach while a session ends, no copy outlives it longer."""


class SessionStore(DatabaseStore):
    """The database is the truth: without the cache everything goes on."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new key, where it is over."""
        key = PREFIX + str(self.session_key)
        kept: dict[str, Any] | None = cache.get(key)
        if kept is not None:
            return kept
        found = super().load()
        if self.session_key is not None:
            cache.set(key, found, KEPT)
        return found

    def save(self, must_create: bool = False) -> None:
        """Write the session, then its copy."""
        super().save(must_create=must_create)
        cache.set(PREFIX + str(self.session_key), dict(self.items()), KEPT)

    def delete(self, session_key: str | None = None) -> None:
        """End the session and its copy."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key is not None:
            cache.delete(PREFIX + key)
