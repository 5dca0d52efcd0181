"""What of a person needs a hand: whether they agreed to being written to."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.customers.models import Person

POINTS = 20
"""Importance of a missing consent: it holds up mailings, no sale."""


def _unasked(row: Row, formats: Formats) -> tuple[str, str]:
    days = max(0, (formats.today - row["created_at"].date()).days)
    told = ngettext("on record for %(days)d day", "on record for %(days)d days", days) % {"days": days}
    facts = (
        _("no consent to mail"),
        told if days else _("on record since today"),
        row["job_title"],
        row["company__name"] or "",
    )
    return row["name"], " · ".join(text for text in facts if text)


def _weighs(row: Row, said: Tuning, formats: Formats) -> str:
    return _("Without consent this person gets no mailing; no sale waits for it.")


def _initial(row: Row, today: Any) -> dict[str, Any]:
    return {"consent": "given"}


watch(
    Watcher(
        name="customers.no_consent",
        of=Person,
        label=gettext_lazy("No consent on record"),
        icon="shield-half",
        when=lambda today: Q(consent=""),
        columns=("consent", "created_at"),
        about=("consent",),
        shows=("name", "company__name", "job_title"),
        since=lambda row: row["created_at"].date(),
        importance=lambda row, said: POINTS,
        says=_unasked,
        weighs=_weighs,
        wait=30,
        listed="consent is empty",
        acts=(Act(action="customers.record_consent", label=pgettext_lazy("a consent", "Record"), values=_initial),),
    )
)
