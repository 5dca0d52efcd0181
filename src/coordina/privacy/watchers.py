"""Which requests need a hand: those whose legal deadline is near."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.privacy.enums import Asked, Stage
from coordina.privacy.models import PrivacyRequest

AHEAD = timedelta(days=10)
"""How long before its end a deadline is near."""


def _due(row: Row, formats: Formats) -> tuple[str, str]:
    left = (row["due_on"] - formats.today).days
    if left < 0:
        told = ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}
    else:
        told = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
    return row["name"], f"{Asked(row['asked']).label} · {told}"


def _weighs(row: Row, said: Tuning, formats: Formats) -> str:
    return _("The law gives one month; an authority may fine who is late.")


def _today(row: Row, today: date) -> dict[str, Any]:
    return {"answered_on": today}


watch(
    Watcher(
        name="privacy.request_due",
        of=PrivacyRequest,
        label=gettext_lazy("Privacy request due"),
        icon="shield-half",
        when=lambda today: Q(status=Stage.OPEN, due_on__lte=today + AHEAD),
        columns=("status", "due_on"),
        about=("due_on",),
        shows=("name", "asked"),
        since=lambda row: row["due_on"] - AHEAD,
        importance=lambda row, said: 90,
        says=_due,
        weighs=_weighs,
        wait=5,
        listed="status = open",
        acts=(Act(action="privacy.answer_request", label=gettext_lazy("Mark as answered"), values=_today),),
    )
)
