"""Background work of alerts: the round of the day, and asking again when the numbers change."""

from django.utils.translation import gettext_lazy as _

from coordina.activity.alerts import rounds
from coordina.activity.alerts.keeping import Asking
from coordina.activity.alerts.tuning import today
from coordina.ledger.queue import Kind, progress, schedule, task


@task(kind=Kind.LONG, label=_("Looking for what needs a hand"))
def ask_all() -> int:
    """Make the round of the day, once the day has changed; gives how many alerts changed."""
    if not rounds.is_due(today()):
        return 0
    return rounds.go_round(Asking.now(), progress=_tell)


@task(kind=Kind.LONG, label=_("Looking for what needs a hand"))
def ask_again(names: list[str]) -> int:
    """Ask again about the matters of some watchers; gives how many alerts changed."""
    return rounds.ask_all_again(names, Asking.now(), progress=_tell)


def _tell(asked: int) -> None:
    progress.report(asked)
    progress.check()


schedule("activity.alerts", ask_all, "every 10m")
