"""Django's sessions in the database, read with a statement that is compiled once."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from coordina.core.database import keeping_cursor

STATEMENT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Reads what every request reads without building a query first."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table is Django's own."""
        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new key, where it is over."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with keeping_cursor() as cursor:
            cursor.execute(STATEMENT, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found[0])
        return data
