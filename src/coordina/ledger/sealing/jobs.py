"""Sealing every ten minutes, and checking the seals when somebody asks."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordina.ledger.models.seals import Seal
from coordina.ledger.queue import Kind, progress, schedule, task
from coordina.ledger.sealing.making import seal_some, waiting
from coordina.ledger.sealing.verifying import remember, verify


@task(kind=Kind.LONG, label=_("Sealing the ledger"))
def seal() -> int:
    """Seal what was written since the last time; gives how many digests were made."""
    done = 0
    total = waiting()
    while total and (made := seal_some()):
        done += made
        progress.report(done, None, gettext_noop("Sealing"))
        progress.check()
    return done


@task(kind=Kind.LONG, label=_("Checking the seals"))
def check(by_id: int | None, anchor: str, url: str) -> dict[str, Any]:
    """Check the whole ledger against its seals, after sealing what is new.

    Args:
        by_id: Who asked.
        anchor: A root that was kept outside; may be empty.
        url: Where what it found is shown.
    """
    while seal_some():
        progress.check()

    def tell(done: int, total: int) -> None:
        progress.report(done, total, gettext_noop("Checking seals"))
        progress.check()

    report = verify(anchor=anchor, progress=tell)
    found = remember(report, by_id)
    return {"result_url": url, "verification": found.pk, "wrong": report.wrong}


def newest() -> Seal | None:
    """The seal that ends the chain."""
    return Seal.objects.order_by("-number").defer("heads", "digests", "salts").first()


def declare() -> None:
    """Declare the work that comes back. Called once, when the room is ready."""
    schedule("ledger.seal", seal, "every 10m")
