"""Background work of data quality."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.quality import QUALITY
from coordina.ledger.queue import Kind, schedule, task
from coordina.records.quality.asking import work_out
from coordina.records.quality.marks import look


@task(kind=Kind.LONG, label=_("Looking at the quality of data"))
def keep_quality(key: str, question: dict[str, Any]) -> int:
    """Count what is asked of many records; gives how many groups there are."""
    return work_out(key, question)


@task(kind=Kind.LONG, label=_("Looking for wrong values"))
def look_for_flaws() -> int:
    """Judge what was written since the last look; gives how many records that were."""
    return sum(look(asked) for asked in QUALITY if asked.flaws)


schedule("records.look_for_flaws", look_for_flaws, "every 6h")
