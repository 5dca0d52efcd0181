"""What of a lead needs a hand: nobody looks after it, nobody was in touch, no next step or one that is due."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from coordina.accounts.company import company_day, company_midnight
from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.leads import rules
from coordina.leads.enums import OPEN
from coordina.leads.models import Lead
from coordina.pipeline.watchers import ago, due_text, tomorrow

WEIGHT = ("amount", "status")
NAMES = ("title", "company_name", "source", "currency", "stage__name")


def came(row: Row) -> dt.date:
    """Day on which a lead came, for the company: alerts are the same whoever writes, in a request or in a job."""
    return company_day(row["received_at"])


def importance(row: Row, said: Tuning) -> int:
    """Points of a lead; see `rules.importance`."""
    return rules.importance(row["amount"], row["status"], said.value)


def weighs(row: Row, said: Tuning, formats: Formats) -> str:
    """How these points come about."""
    if row["amount"] is None:
        return _("Its value is unknown; new leads come first.")
    values = {"amount": formats.money(row["amount"], row["currency"]), "limit": formats.money(said.value)}
    return _("%(amount)s, where %(limit)s is important; new leads come first.") % values


def facts(row: Row, formats: Formats, *said: str) -> str:
    """What the watcher has to say, then value, company and source: a narrow row cuts the end."""
    amount = formats.money(row["amount"], row["currency"]) if row["amount"] is not None else ""
    company = row["company_name"] if row["company_name"] != row["title"] else ""
    return " · ".join(text for text in (*said, amount, company, row["source"]) if text)


ASSIGN = Act(action="leads.assign", label=gettext_lazy("Assign to …"))
LOG_CALL = Act(action="leads.log_call", label=gettext_lazy("Log a call"))
DISQUALIFY = Act(action="leads.disqualify", label=gettext_lazy("Disqualify"))
ADD_STEP = Act(action="leads.set_lead_step", label=gettext_lazy("Add a step"), values=tomorrow)
STEP_DONE = Act(action="leads.complete_lead_step", label=pgettext_lazy("a follow-up", "Done"))
LATER = Act(
    action="leads.put_off_lead_step", label=pgettext_lazy("a follow-up", "Tomorrow"), values=tomorrow, direct=True
)


def _unowned(row: Row, formats: Formats) -> tuple[str, str]:
    days = ago(came(row), formats)
    told = ngettext("nobody’s for %(days)d day", "nobody’s for %(days)d days", days) % {"days": days}
    return row["title"], facts(row, formats, told if days else _("came today, nobody’s yet"))


watch(
    Watcher(
        name="leads.no_owner",
        of=Lead,
        label=gettext_lazy("Lead without an owner"),
        icon="user-question",
        when=lambda today: Q(status__in=OPEN, owner_id=None),
        columns=("owner_id", "received_at", *WEIGHT),
        shows=NAMES,
        since=came,
        importance=importance,
        says=_unowned,
        weighs=weighs,
        wait=0,
        listed="status in (new, contacted, qualified) and owner is empty",
        acts=(ASSIGN, DISQUALIFY),
    )
)


def _untouched(row: Row, formats: Formats) -> tuple[str, str]:
    days = ago(came(row), formats)
    told = ngettext("no first touch for %(days)d day", "no first touch for %(days)d days", days) % {"days": days}
    return row["title"], facts(row, formats, told)


watch(
    Watcher(
        name="leads.no_first_touch",
        of=Lead,
        label=gettext_lazy("No first touch"),
        icon="phone",
        when=lambda today: Q(status__in=OPEN, first_touch_at=None, received_at__lt=company_midnight(today)),
        columns=("first_touch_at", "received_at", *WEIGHT),
        about=("first_touch_at",),
        shows=NAMES,
        since=came,
        importance=importance,
        says=_untouched,
        weighs=weighs,
        wait=1,
        listed="status in (new, contacted, qualified) and first_touch_at is empty and received_at < today",
        acts=(LOG_CALL, ASSIGN),
    )
)


def _no_step(row: Row, formats: Formats) -> tuple[str, str]:
    return row["title"], facts(row, formats, _("no next step"), row["stage__name"])


def _in_stage(row: Row) -> dt.date:
    entered: dt.date | None = row["entered_on"]
    return entered or came(row)


watch(
    Watcher(
        name="leads.no_next_step",
        of=Lead,
        label=gettext_lazy("Lead without a next step"),
        icon="player-pause",
        when=lambda today: Q(status__in=(rules.CONTACTED, rules.QUALIFIED), next_step=""),
        columns=("next_step", "entered_on", "received_at", *WEIGHT),
        about=("next_step",),
        shows=NAMES,
        since=_in_stage,
        importance=importance,
        says=_no_step,
        weighs=weighs,
        wait=3,
        listed="status in (contacted, qualified) and next_step is empty",
        acts=(ADD_STEP, LOG_CALL),
    )
)


def _due(row: Row, formats: Formats) -> tuple[str, str]:
    title = _("%(step)s: %(name)s") % {"step": row["next_step"], "name": row["title"]}
    return title, facts(row, formats, due_text(row["next_step_on"], formats))


watch(
    Watcher(
        name="leads.next_step_due",
        of=Lead,
        label=gettext_lazy("Follow-up of a lead due"),
        icon="calendar-due",
        when=lambda today: Q(status__in=OPEN, next_step_on__lte=today, next_step__gt=""),
        columns=("next_step", "next_step_on", *WEIGHT),
        about=("next_step", "next_step_on"),
        shows=NAMES,
        since=lambda row: row["next_step_on"],
        importance=importance,
        says=_due,
        weighs=weighs,
        wait=0,
        listed="status in (new, contacted, qualified) and next_step_on <= today and next_step is set",
        acts=(STEP_DONE, LATER),
    )
)
