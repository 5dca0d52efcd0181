"""The one clock of leases: on many servers the database's, else the machine's."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Now
from django.utils import timezone


def clock() -> Expression | datetime:
    """Give the present for a query: PostgreSQL's own, as machines differ; on SQLite there is one machine only."""
    return Now() if connection.vendor == "postgresql" else timezone.now()


def later(by: timedelta) -> Combinable | datetime:
    """Give the present plus `by`, on the same clock."""
    now = clock()
    if isinstance(now, datetime):
        return now + by
    return ExpressionWrapper(now + Value(by), output_field=DateTimeField())
