"""What the company says of urgency and importance, and which day it is for the watchers."""

from datetime import date

from django.utils import timezone

from coordina.accounts.company import company_day
from coordina.activity.models import AlertTuning
from coordina.core.remembered import Remembered
from coordina.core.watchers import WATCHERS, Tuning, Watcher

_ROWS: Remembered[AlertTuning] = Remembered(lambda: AlertTuning.objects.order_by("pk")[:1])


def tuning() -> Tuning:
    """The company's numbers, the watchers' own where it has said nothing."""
    found = _ROWS()
    return tuned(found[0]) if found else Tuning()


def tuned(row: AlertTuning) -> Tuning:
    """The numbers that a row holds."""
    return Tuning(row.important_value, dict(row.waits), frozenset(row.off))


def today() -> date:
    """The day as the company has it: watchers go by the clock, whatever the date of what is being written."""
    return company_day(timezone.now())


def watching(said: Tuning) -> list[Watcher]:
    """The watchers that are switched on."""
    return [w for w in WATCHERS if w.name not in said.off]
