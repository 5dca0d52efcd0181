"""Panels: a lead's way, how to reach it, what comes next, what it became, and where something came from."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.prepared import PreparedSeen
from coordina.core.records import Record
from coordina.core.sight import blanked
from coordina.core.types import type_of
from coordina.customers.composing import composer_values
from coordina.customers.contacting import closed
from coordina.customers.enums import Channel
from coordina.leads import rules
from coordina.leads.actions import CHANGE, set_lead_step
from coordina.leads.enums import OPEN
from coordina.leads.models import Lead, LeadEntry
from coordina.leads.stages import Stages
from coordina.leads.timeline import BECAME
from coordina.ledger.models import ChangeSet
from coordina.pipeline.calendar import formats_here
from coordina.pipeline.queries import days_by_stage
from coordina.pipeline.rules import stalled
from coordina.pipeline.views.cards import covers

SHOWN = 5
URLS = {"company": "companies", "person": "people", "opportunity": "opportunities"}


def changeable(record: Lead, user: Any) -> bool:
    """Whether a person may change this lead."""
    return covers(user.scope(CHANGE), record.owner_id, record.team_id)


def home_of(record: Lead) -> str:
    """The page of a lead."""
    return address("web:detail", "leads", record.pk)


def path(record: Lead, user: Any) -> dict[str, Any]:
    """The way through the funnel: each stage with its days, the others as buttons that move there."""
    formats, stages = formats_here(record.currency), Stages()
    stays = LeadEntry.objects.filter(lead=record).order_by("position")
    days = days_by_stage(stays.values_list("stage_id", "entered_on", "left_on"), formats.today)
    been = set(stays.values_list("stage_id", flat=True))
    here = stages.by_id[record.stage_id]
    moves = record.status in OPEN and changeable(record, user)
    steps: list[dict[str, Any]] = []
    for stage in stages.open:
        now = stage.pk == here.pk
        behind = stages.order[stage.pk] < stages.order[here.pk] if record.status in OPEN else stage.pk in been
        late = now and stalled(record.entered_on, here.ageing_days, formats.today)
        state = "late" if late else "now" if now else "done" if behind or record.status == rules.CONVERTED else ""
        step: dict[str, Any] = {"name": stage.name, "state": state}
        step["note"] = formats.days(days[stage.pk]) if stage.pk in days and (now or behind) else ""
        if moves and not now:
            step["action"] = address("leads:move", record.pk)
            step["fields"] = {"stage": stage.pk, "version": record.version, "next": home_of(record)}
        steps.append(step)
    if record.status not in OPEN:
        state = "done" if record.status == rules.CONVERTED else "now"
        steps.append({"name": here.name, "state": state, "note": formats.date_short(record.closed_on)})
    return {"steps": steps}


def reach(record: Lead, user: Any) -> Mapping[str, Any]:
    """The number to call and the address to write to."""
    call = "" if closed(record, Channel.PHONE) else record.mobile or record.phone
    return {"call": call, "write": "" if closed(record, Channel.EMAIL) else record.email}


def acts(record: Lead, user: Any) -> dict[str, Any]:
    """Where an open lead is disqualified or converted."""
    may = record.status in OPEN and changeable(record, user)
    back = urlencode({"next": home_of(record)})
    return {
        "convert_url": address("leads:convert", record.pk) if may else "",
        "disqualify_url": f"{home_of(record)}do/disqualify/?{back}" if may else "",
    }


def composer(record: Lead, user: Any) -> Mapping[str, Any]:
    """The composer, until the lead is history."""
    if record.status == rules.CONVERTED:
        return {"tabs": ()}
    return composer_values(record, user)


def next_step(record: Lead, user: Any) -> dict[str, Any]:
    """What comes next, with «done» and «move»; nothing for closed ones."""
    formats = formats_here(record.currency)
    on, home = record.next_step_on, home_of(record)
    tone = "" if on is None else "bad" if on < formats.today else "warn" if (on - formats.today).days <= 1 else ""
    given = {"next_step": record.next_step, "next_step_on": formats.date_full(on), "next": home}
    return {
        "open": record.status in OPEN and "next_step" in type_of(Lead).known_to(user),
        "on": formats.day(on),
        "tone": tone,
        "may": changeable(record, user) and of(set_lead_step).open_to(user),
        "done_url": f"{home}do/complete-lead-step/",
        "set_url": f"{home}do/set-lead-step/?{urlencode({'next': home})}",
        "move_url": f"{home}do/set-lead-step/?{urlencode(given)}",
        "home": home,
    }


def became(record: Lead, user: Any) -> dict[str, Any]:
    """What a converted lead became, as far as the reader may see it, and where the conversion is taken back."""
    if record.status != rules.CONVERTED:
        return {"converted": False}
    formats = formats_here(record.currency)
    found = []
    for model, name in BECAME.items():
        key = getattr(record, f"{name}_id")
        rows: Any = model.objects
        row = rows.visible_to(user).filter(pk=key).first() if key is not None else None
        if row is not None:
            url = address("web:detail", URLS[name], row.pk)
            found.append({"name": str(row), "noun": row._meta.verbose_name, "url": url})
    done = ChangeSet.objects.filter(action="leads.convert", subject_type=Lead._meta.label, subject_id=record.pk)
    last = done.order_by("-pk").first()
    undoable = last is not None and last.undoable and changeable(record, user)
    return {
        "converted": True,
        "found": found,
        "day": formats.date_full(record.closed_on),
        "undo_url": address("web:change", last.pk) if undoable and last is not None else "",
    }


COLUMNS = ("pk", "title", "reference", "source", "campaign", "received_at")


def _came_from(name: str) -> PreparedSeen[Lead]:
    def build(rows: Any, key: Any) -> Any:
        return rows.filter(**{name: key}).order_by("-received_at", "-pk").values_list(*COLUMNS)[: SHOWN + 1]

    return PreparedSeen(Lead, build)


_ORIGIN = {name: _came_from(name) for name in BECAME.values()}


def origin(record: Record, user: Any) -> dict[str, Any]:
    """The leads that a company, a person or an opportunity comes from, the newest first."""
    formats = formats_here("EUR")
    found = _ORIGIN[BECAME[type(record)]](user, record.pk)
    rows = [dict(blanked(dict(zip(COLUMNS, row, strict=True)), type_of(Lead), user)) for row in found]
    for row in rows:
        row["url"] = address("web:detail", "leads", row["pk"])
        came = row["received_at"]
        row["day"] = formats.date_short(formats.local(came).date()) if came is not None else ""
        row["from"] = " · ".join(text for text in (row["source"], row["campaign"]) if text)
    query = urlencode({"q": f"{BECAME[type(record)]} = {record.pk}"})
    return {"leads": rows[:SHOWN], "more_url": f"/leads/?{query}" if len(rows) > SHOWN else ""}
