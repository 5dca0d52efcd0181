"""Looking for twins in the background: a schedule, and after bulk writes."""

from django.utils.translation import gettext_lazy as _

from coordina.ledger.queue import Kind, schedule, task
from coordina.records.duplicates import pairs


@task(kind=Kind.LONG, label=_("Looking for duplicates"))
def look_for_twins() -> int:
    """Look for twins of what was written since; gives how many records were looked at."""
    return pairs.look()


schedule("records.look_for_twins", look_for_twins, "every 1m")
