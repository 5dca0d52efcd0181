"""Background work of the pipeline."""

from django.utils.translation import gettext_lazy as _

from coordina.ledger.queue.schedules import schedule
from coordina.ledger.queue.tasks import task
from coordina.pipeline import sums


@task(label=_("Adding up the board"))
def compact_sums() -> int:
    """Add up what was appended to the board's sums; gives how many rows went."""
    return sums.compact()


schedule("pipeline.compact_sums", compact_sums, "every 5m")
