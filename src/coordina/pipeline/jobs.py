"""Background work of the pipeline."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import company_day
from coordina.activity.alerts.jobs import ask_again
from coordina.ledger.queue.schedules import schedule
from coordina.ledger.queue.tasks import Kind, task
from coordina.pipeline import paces, sums


@task(label=_("Adding up the board"))
def compact_sums() -> int:
    """Add up what was appended to the board's sums; gives how many rows went."""
    return sums.compact()


schedule("pipeline.compact_sums", compact_sums, "every 5m")


@task(kind=Kind.LONG, label=_("Measuring the stages"))
def measure_paces() -> bool:
    """Measure once a day how long opportunities usually stay in each stage; gives whether anything changed."""
    today = company_day(timezone.now())
    if paces.is_measured(today):
        return False
    changed = paces.measure(today)
    if changed:
        ask_again.enqueue(["pipeline.stalled"])
    return changed


schedule("pipeline.measure_paces", measure_paces, "every 1h")
