"""Panels on an opportunity's page: its way through the stages, what comes next, people and products."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from coordina.catalog.models import Product
from coordina.catalog.views.asking import question_url
from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.prepared import Prepared
from coordina.core.sight import veiled
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.pipeline import rules
from coordina.pipeline.actions import CHANGE, set_next_step, take_amount_from_lines
from coordina.pipeline.calendar import formats_here
from coordina.pipeline.enums import Attitude
from coordina.pipeline.models import Opportunity, Pipeline, Stage, Stakeholder
from coordina.pipeline.queries import Node, lines_of, path_of
from coordina.pipeline.views.cards import covers

TONES = {Attitude.FOR: "good", Attitude.AGAINST: "bad", Attitude.UNKNOWN: "warn"}


_STAKEHOLDERS = Prepared(
    lambda deal: Stakeholder.objects.filter(opportunity_id=deal).order_by("pk").select_related("person")[:50]
)


def changeable(record: Opportunity, user: Any) -> bool:
    """Whether a person may change this opportunity."""
    return covers(user.scope(CHANGE), record.owner_id, record.team_id)


def _home(record: Opportunity) -> str:
    return address("web:detail", "opportunities", record.pk)


def path(record: Opportunity, user: Any) -> dict[str, Any]:
    """The stage path: each stage with its days, the others as buttons that move there."""
    formats = formats_here(record.currency)
    moves = record.status == rules.OPEN and changeable(record, user)
    nodes = path_of(record, user, formats.today)
    steps = []
    for node in nodes:
        last = node is nodes[-1]
        step: dict[str, Any] = {"name": node.stage.name, "state": node.state}
        step["note"] = note_of(node, record, formats, last=last)
        if moves and node.stage.pk != record.stage_id:
            step["action"] = address("pipeline:move", record.pk)
            step["fields"] = {"stage": node.stage.pk, "version": record.version, "next": _home(record)}
        if node.stage.kind != rules.OPEN:
            step["state"] = "done" if node.stage.kind == rules.WON else "now"
        steps.append(step)
    return {"steps": steps}


def note_of(node: Node, record: Opportunity, formats: Formats, *, last: bool) -> str:
    """What stands under a stage."""
    if node.stage.kind != rules.OPEN:
        return formats.date_short(record.closed_on)
    if node.state in ("now", "late"):
        if node.days is None:
            return _("day unknown")
        values = {"day": formats.integer(node.days), "mean": formats.integer(node.mean_days)}
        if node.mean_days is not None and node.mean_days != node.days:
            return _("day %(day)s · mean %(mean)s") % values
        return _("day %(day)s") % values
    if node.days is not None:
        return formats.days(node.days)
    if last and record.closes_on is not None and record.status == rules.OPEN:
        return _("expected %(day)s") % {"day": formats.date_short(record.closes_on)}
    return ""


def next_step(record: Opportunity, user: Any) -> dict[str, Any]:
    """What comes next, with «done» and «move»; nothing for closed ones."""
    formats = formats_here(record.currency)
    on = record.next_step_on
    tone = "" if on is None else "bad" if on < formats.today else "warn" if (on - formats.today).days <= 1 else ""
    given = {"next_step": record.next_step, "next_step_on": formats.date_full(on), "next": _home(record)}
    do = _home(record) + "do/"
    return {
        "open": record.status == rules.OPEN and "next_step" in type_of(Opportunity).known_to(user),
        "on": formats.day(on),
        "tone": tone,
        "may": changeable(record, user) and of(set_next_step).open_to(user),
        "done_url": f"{do}complete-next-step/",
        "set_url": f"{do}set-next-step/?{urlencode({'next': _home(record)})}",
        "move_url": f"{do}set-next-step/?{urlencode(given)}",
        "home": _home(record),
    }


def people(record: Opportunity, user: Any) -> dict[str, Any]:
    """Who takes part in the purchase, with their role and how they stand to it."""
    known = type_of(Stakeholder)
    rows = [veiled(row, known, user) for row in _STAKEHOLDERS(record.pk)]
    seen = type_of(Person).known_to(user)
    back = urlencode({"next": _home(record)})
    may, linked = changeable(record, user), user.may("customers.view_person")
    found = [
        {
            "pk": row.person_id,
            "name": row.person.name,
            "job": row.person.job_title if "job_title" in seen else "",
            "role": row.get_role_display(),
            "attitude": row.get_attitude_display(),
            "tone": TONES.get(Attitude(row.attitude), "") if row.attitude else "",
            "url": address("web:detail", "people", row.person_id) if linked else "",
            "edit_url": f"{address('web:edit', 'stakeholders', row.pk)}?{back}" if may else "",
        }
        for row in rows
    ]
    add = f"{address('web:new', 'stakeholders')}?opportunity={record.pk}&{back}" if may else ""
    return {"people": found, "add_url": add}


def products(record: Opportunity, user: Any) -> dict[str, Any]:
    """The products with their totals, and how far their sum is from the amount."""
    formats = formats_here(record.currency)
    back = urlencode({"next": _home(record)})
    may = changeable(record, user)
    lines = lines_of(record, user)
    total = sum((line["total"] for line in lines if line["total"] is not None), start=rules.total_of([]))
    whole = bool(lines) and all(line["total"] is not None for line in lines)
    gap = total - record.amount if whole and record.amount is not None else None
    for line in lines:
        line["why_url"] = _why(record, line, user)
        line["quantity"] = formats.decimal(line["quantity"])
        line["total"] = formats.money(line["total"], record.currency)
        line["edit_url"] = f"{address('web:edit', 'opportunity-lines', line['pk'])}?{back}" if may else ""
    return {
        "lines": lines,
        "total": formats.money(total, record.currency) if lines and total else "",
        "gap": formats.money(abs(gap), record.currency) if gap else "",
        "above": bool(gap and gap > 0),
        "may": may,
        "can_take": may and whole and record.amount != total and of(take_amount_from_lines).open_to(user),
        "take_url": f"{_home(record)}do/take-amount-from-lines/",
        "add_url": f"{address('web:new', 'opportunity-lines')}?opportunity={record.pk}&{back}" if may else "",
        "home": _home(record),
    }


def _why(record: Opportunity, line: dict[str, Any], user: Any) -> str:
    """Where one sees what the company pays for a product of the opportunity, and why; empty for who may not."""
    if line["key"] is None or line["quantity"] is None or "price" not in type_of(Product).known_to(user):
        return ""
    about = {"company": record.company_id} if record.company_id and user.may(Company.view_permission()) else {}
    many = f"{line['quantity'].normalize():f}"
    return question_url(product=line["key"], quantity=many, currency=record.currency, **about)


def stages(record: Pipeline, user: Any) -> dict[str, Any]:
    """The stages of a pipeline in order, with their probability and when they count as stalled."""
    formats = formats_here("EUR")
    home = address("web:detail", "pipelines", record.pk)
    rows = list(Stage.objects.visible_to(user).filter(pipeline=record.pk).order_by("position", "pk"))
    total = sum(row.kind == rules.OPEN for row in rows)
    place, found = 0, []
    for row in rows:
        place += row.kind == rules.OPEN
        said = formats.percent(row.probability)
        if row.ageing_days:
            stalled = _("stalled after %(days)s") % {"days": formats.days(row.ageing_days)}
            said = f"{said} · {stalled}"
        found.append(
            {
                "name": row.name,
                "kind": row.kind,
                "label": row.get_kind_display(),
                "place": place if row.kind == rules.OPEN else 0,
                "said": said if row.kind == rules.OPEN else "",
                "url": address("web:detail", "stages", row.pk),
            }
        )
    may = user.may(Stage.permission("add"))
    asked = urlencode({"pipeline": record.pk, "next": home})
    return {
        "stages": found,
        "total": total,
        "add_url": f"{address('web:new', 'stages')}?{asked}" if may else "",
    }
