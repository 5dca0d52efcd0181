"""What of an opportunity needs a hand: no next step or one that is due, a stage that lasts, a close that passed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from coordina.core.formats import Formats
from coordina.core.watchers import Act, Row, Tuning, Watcher, watch
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity
from coordina.pipeline.paces import Limit, limits

WEIGHT = ("value", "probability")
BEGAN = ("entered_on", "opened_on", "created_at")
NAMES = ("name", "company__name", "stage__name", "amount", "currency")


def _open(**more: Any) -> Q:
    return Q(status=rules.OPEN, **more)


def began(row: Row) -> dt.date:
    """Day since which an opportunity has been in its stage, else open, else on record."""
    created: dt.date = row["created_at"].date()
    return row["entered_on"] or row["opened_on"] or created


def importance(row: Row, said: Tuning) -> int:
    """Points of an opportunity; see `rules.importance`."""
    return rules.importance(row["value"], row["probability"], said.value)


def weighs(row: Row, said: Tuning, formats: Formats) -> str:
    """How these points come about."""
    chance = formats.percent(row["probability"] or 0)
    if row["value"] is None:
        return _("The amount is unknown; %(chance)s probability.") % {
            "chance": formats.percent(row["probability"] or 0)
        }
    return _("%(amount)s, where %(limit)s is important by itself; %(chance)s probability.") % {
        "amount": formats.money(row["value"]),
        "limit": formats.money(said.value),
        "chance": chance,
    }


def facts(row: Row, formats: Formats, *said: str) -> str:
    """What the watcher has to say, with the amount after its first words: a narrow row cuts the end."""
    amount = formats.money(row["amount"], row["currency"]) if row["amount"] is not None else ""
    texts = (*said[:1], amount, *said[1:], row["company__name"] or "")
    return " · ".join(text for text in texts if text)


def ago(day: dt.date, formats: Formats) -> int:
    """Days from a day until the reader's today, never less than none."""
    return max(0, (formats.today - day).days)


def due_text(day: dt.date, formats: Formats) -> str:
    """Since when a follow-up is due."""
    days = ago(day, formats)
    return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days} if days else _("today")


def tomorrow(row: Row, today: dt.date) -> Mapping[str, Any]:
    """The next working day, for a next step."""
    return {"next_step_on": working_day(today)}


def working_day(today: dt.date) -> dt.date:
    """Tomorrow, or Monday where that is a weekend."""
    after = today + dt.timedelta(days=1)
    return after + dt.timedelta(days=max(0, 7 - after.weekday())) if after.weekday() > 4 else after


def call_tomorrow(row: Row, today: dt.date) -> Mapping[str, Any]:
    """A call as the next step, on the next working day."""
    return {"next_step": _("Call"), "next_step_on": working_day(today)}


ADD_STEP = Act(action="pipeline.set_next_step", label=gettext_lazy("Add a step"), values=tomorrow)
STEP_DONE = Act(action="pipeline.complete_next_step", label=pgettext_lazy("a follow-up", "Done"))
WON = Act(action="pipeline.win", label=gettext_lazy("It was won"))
LOST = Act(action="pipeline.lose", label=gettext_lazy("It was lost"))


def _no_step(row: Row, formats: Formats) -> tuple[str, str]:
    days = ago(began(row), formats)
    told = ngettext("no next step for %(days)d day", "no next step for %(days)d days", days) % {"days": days}
    return row["name"], facts(row, formats, told if days else _("no next step yet"), row["stage__name"])


watch(
    Watcher(
        name="pipeline.no_next_step",
        of=Opportunity,
        label=gettext_lazy("No next step"),
        icon="player-pause",
        when=lambda today: _open(next_step=""),
        columns=("status", "next_step", *BEGAN, *WEIGHT),
        about=("next_step",),
        shows=NAMES,
        since=began,
        importance=importance,
        says=_no_step,
        weighs=weighs,
        wait=7,
        listed="status = open and next_step is empty",
        acts=(
            ADD_STEP,
            Act(
                action="pipeline.set_next_step",
                label=gettext_lazy("Call tomorrow"),
                values=call_tomorrow,
                direct=True,
            ),
        ),
    )
)


def _due(row: Row, formats: Formats) -> tuple[str, str]:
    title = _("%(step)s: %(name)s") % {"step": row["next_step"], "name": row["name"]}
    return title, facts(row, formats, due_text(row["next_step_on"], formats))


watch(
    Watcher(
        name="pipeline.next_step_due",
        of=Opportunity,
        label=gettext_lazy("Follow-up due"),
        icon="calendar-due",
        when=lambda today: _open(next_step_on__lte=today) & Q(next_step__gt=""),
        columns=("status", "next_step", "next_step_on", *WEIGHT),
        about=("next_step", "next_step_on"),
        shows=NAMES,
        since=lambda row: row["next_step_on"],
        importance=importance,
        says=_due,
        weighs=weighs,
        wait=0,
        listed="status = open and next_step_on <= today and next_step is set",
        acts=(
            STEP_DONE,
            Act(
                action="pipeline.put_off_next_step",
                label=pgettext_lazy("a follow-up", "Tomorrow"),
                values=tomorrow,
                direct=True,
            ),
        ),
    )
)


def _stalls(today: dt.date) -> Q:
    found = Q(pk__in=())
    for stage, limit in limits(fresh=True).items():
        found |= Q(stage_id=stage, entered_on__lt=today - dt.timedelta(days=limit.days))
    return found & _open()


def _stalled_since(row: Row) -> dt.date:
    limit = limits().get(row["stage_id"], Limit(0))
    entered: dt.date = row["entered_on"]
    return entered + dt.timedelta(days=limit.days + 1)


def _stalled(row: Row, formats: Formats) -> tuple[str, str]:
    days, limit = ago(row["entered_on"], formats), limits().get(row["stage_id"], Limit(0))
    told = ngettext("%(days)d day in %(stage)s", "%(days)d days in %(stage)s", days)
    if limit.stays:
        usual = _("four of five leave within %(days)s") % {"days": formats.days(limit.days)}
    else:
        usual = _("the stage allows %(days)s") % {"days": formats.days(limit.days)}
    return row["name"], facts(row, formats, told % {"stage": row["stage__name"], "days": days}, usual)


watch(
    Watcher(
        name="pipeline.stalled",
        of=Opportunity,
        label=gettext_lazy("Stalled"),
        icon="hourglass",
        when=_stalls,
        columns=("status", "stage_id", "entered_on", *WEIGHT),
        shows=NAMES,
        since=_stalled_since,
        importance=importance,
        says=_stalled,
        weighs=weighs,
        wait=7,
        acts=(Act(action="pipeline.move", label=gettext_lazy("Move it on")), LOST),
        unsettled_by=("pipeline.Stage",),
    )
)


def _passed(row: Row, formats: Formats) -> tuple[str, str]:
    days = ago(row["closes_on"], formats)
    told = ngettext("was to close %(days)d day ago", "was to close %(days)d days ago", days) % {"days": days}
    return row["name"], facts(row, formats, told, row["stage__name"])


def next_month(row: Row, today: dt.date) -> Mapping[str, Any]:
    """A close four weeks from now."""
    return {"closes_on": today + dt.timedelta(days=28)}


watch(
    Watcher(
        name="pipeline.close_passed",
        of=Opportunity,
        label=gettext_lazy("Close date passed"),
        icon="calendar-off",
        when=lambda today: _open(closes_on__lt=today),
        columns=("status", "closes_on", *WEIGHT),
        about=("closes_on",),
        shows=NAMES,
        since=lambda row: row["closes_on"] + dt.timedelta(days=1),
        importance=importance,
        says=_passed,
        weighs=weighs,
        wait=2,
        listed="status = open and closes_on < today",
        acts=(Act(action="pipeline.put_off_close", label=gettext_lazy("Move the close"), values=next_month), WON),
    )
)


def _no_company(row: Row, formats: Formats) -> tuple[str, str]:
    return row["name"], facts(row, formats, _("belongs to no company"), row["stage__name"])


watch(
    Watcher(
        name="pipeline.no_company",
        of=Opportunity,
        label=gettext_lazy("Opportunity without company"),
        icon="building",
        when=lambda today: _open(company_id__isnull=True),
        columns=("status", "company_id", *BEGAN, *WEIGHT),
        about=("company",),
        shows=NAMES,
        since=lambda row: row["opened_on"] or row["created_at"].date(),
        importance=importance,
        says=_no_company,
        weighs=weighs,
        wait=14,
        listed="status = open and company is empty",
        acts=(Act(action="pipeline.name_company", label=gettext_lazy("Say which")),),
    )
)
