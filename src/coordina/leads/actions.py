"""What can be done with leads; converting one is in `conversion`."""

from datetime import date, datetime
from typing import Annotated, cast

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import Team, User
from coordina.core.actions import Changes, New, action, consequence_of
from coordina.core.actors import Reach
from coordina.core.changes import Values
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.actions import (
    ALLOW,
    STAYS,
    UNANSWERED,
    For,
    How,
    Proof,
    Said,
    Shown,
    Source,
    Where,
    Why,
    log_interaction,
    reopen,
)
from coordina.customers.consent_writers import Saying, note_consent
from coordina.customers.enums import Consent, Direction, InteractionKind
from coordina.customers.models import Interaction
from coordina.customers.writers import AHEAD
from coordina.leads import rules
from coordina.leads.enums import OPEN, UNCONVERTED
from coordina.leads.models import Lead, LeadEntry, LeadReason, LeadStage
from coordina.leads.stages import Stages
from coordina.leads.writers import REACHABLE, write_lead
from coordina.pipeline.calendar import today_of
from coordina.pipeline.rules import check_entered_on

CHANGE = Lead.permission("change")
ASSIGN = permission(
    "leads.assign_lead",
    noun=Lead._meta.verbose_name_plural or "",
    verb="assign",
    grants={**LEADERS, "manager": "team"},
    label=_("Give leads to somebody"),
)
TODAY = {"initial": "today"}
"""What a form offers for a day."""


def _begun(*, values: New[Lead], by: User, at: datetime) -> Values:
    given = dict(values)
    rules.check_reachable(given.get(name) for name in REACHABLE)
    stage: LeadStage | None = given.get("stage")
    if stage is not None:
        rules.check_move(stage.kind)
        given.setdefault("entered_on", today_of(by, at))
    if "owner" not in given and _sells(by):
        given["owner"] = by
    return given


@action(Lead, permission=Lead.permission("add"), label=_("Create lead"), verb="create", icon="plus", plan=_begun)
def create_lead(*, values: New[Lead], by: User, at: datetime) -> Lead:
    """Write down somebody who might buy. It came now, and is new, where nothing else is said."""
    writer = type_of(Lead).writer
    return cast(Lead, writer.create([writer.clean(_begun(values=values, by=by, at=at))], by=by, at=at)[0])


def _sells(by: User) -> bool:
    """Whether somebody works on leads of their own, rather than giving them to others."""
    scope = by.scope(Lead.view_permission())
    return scope is not None and scope.reach is Reach.OWN


def _edited(*, lead: Lead, changes: Changes[Lead], by: User, at: datetime) -> Values:
    given = dict(changes)
    if set(REACHABLE) & given.keys() and lead.title != lead.reference:
        rules.check_reachable(given.get(name, getattr(lead, name)) for name in REACHABLE)
    stage: LeadStage | None = given.get("stage")
    if stage is not None and stage.pk != lead.stage_id:
        rules.check_move(stage.kind)
        given["entered_on"] = today_of(by, at)
    return given


@action(
    Lead,
    permission=CHANGE,
    label=_("Edit lead"),
    verb="edit",
    icon="pencil",
    lifecycle=(UNCONVERTED, None),
    bulk=True,
    plan=_edited,
)
def edit_lead(*, lead: Lead, changes: Changes[Lead], by: User, at: datetime) -> Lead:
    """Change a lead. Another stage is a move, made today."""
    return write_lead(lead, _edited(lead=lead, changes=changes, by=by, at=at), by=by, at=at)


@action(
    Lead, permission=CHANGE, label=_("Move to another stage"), lifecycle=(OPEN, None), icon="arrow-right", bulk=True
)
def move_lead(
    *,
    lead: Lead,
    stage: LeadStage,
    entered_on: Annotated[date | None, Field(json_schema_extra={**TODAY, "label": _("entered on")})] = None,
    by: User,
    at: datetime,
) -> Lead:
    """Bring a lead into another stage of the funnel.

    Args:
        stage: An open stage.
        entered_on: Day it happened; today when left empty.
    """
    rules.check_move(stage.kind)
    return _moved(lead, stage, entered_on, by, at)


def _moved(lead: Lead, stage: LeadStage, on: date | None, by: User, at: datetime, **also: object) -> Lead:
    if stage.pk == lead.stage_id:
        return lead
    today = today_of(by, at)
    check_entered_on(on, today, lead.entered_on)
    return write_lead(lead, {"stage": stage, "entered_on": on or today, **also}, by=by, at=at)


@action(Lead, permission=CHANGE, label=_("Mark as contacted"), lifecycle=(("new",), "contacted"), icon="phone")
def contact(
    *,
    lead: Lead,
    contacted_on: Annotated[date | None, Field(json_schema_extra={**TODAY, "label": _("contacted on")})] = None,
    by: User,
    at: datetime,
) -> Lead:
    """Note that we were in touch. Logging a call on its page does the same, and keeps what was said."""
    also = (
        {}
        if lead.first_touch_at is not None or (contacted_on or at.date()) != today_of(by, at)
        else {"first_touch_at": at}
    )
    return _moved(lead, Stages().first(rules.CONTACTED), contacted_on, by, at, **also)


@action(
    Lead, permission=CHANGE, label=_("Mark as qualified"), lifecycle=(("new", "contacted"), "qualified"), icon="check"
)
def qualify(*, lead: Lead, by: User, at: datetime) -> Lead:
    """Note that it is worth a sale: there is a need, and somebody who decides."""
    return _moved(lead, Stages().first(rules.QUALIFIED), None, by, at)


@action(Lead, permission=CHANGE, label=_("Disqualify"), lifecycle=(OPEN, "disqualified"), icon="circle-x", bulk=True)
def disqualify(
    *,
    lead: Lead,
    reason: LeadReason,
    outcome_note: Annotated[str, Field(max_length=20_000)] = "",
    closed_on: Annotated[date | None, Field(json_schema_extra=TODAY)] = None,
    by: User,
    at: datetime,
) -> Lead:
    """Close a lead that comes to nothing.

    Args:
        reason: Why, from the list.
        closed_on: Day it was decided; today when left empty.
    """
    today = today_of(by, at)
    check_entered_on(closed_on, today, lead.entered_on)
    on = closed_on or today
    values = {
        "stage": Stages().first(rules.DISQUALIFIED),
        "entered_on": on,
        "ended_on": on,
        "reason": reason,
        "next_step": "",
        "next_step_on": None,
    }
    values |= {"outcome_note": outcome_note} if outcome_note else {}
    return write_lead(lead, values, by=by, at=at)


@action(
    Lead, permission=CHANGE, label=_("Take up again"), lifecycle=(("disqualified",), "open"), icon="refresh",
    primary=True,
)  # fmt: skip
def reopen_lead(*, lead: Lead, by: User, at: datetime) -> Lead:
    """Take up a disqualified lead again, in the stage it was in last."""
    last = (
        LeadEntry.objects.filter(lead=lead, stage__kind__in=OPEN).order_by("-position").select_related("stage").first()
    )
    stage = last.stage if last is not None else Stages().first(rules.NEW)
    return _moved(lead, stage, None, by, at)


@action(Lead, permission=ASSIGN, label=_("Assign to …"), icon="user-plus", bulk=True)
def assign(*, lead: Lead, owner: User | None = None, team: Team | None = None, by: User, at: datetime) -> Lead:
    """Give a lead to somebody, or to a team in which somebody will take it.

    Args:
        owner: Who looks after it from now on.
        team: Only where it is nobody's yet.
    """
    if owner is None and team is None:
        raise Refusal("required", _("Choose a person or a team."), field="owner")
    values = {"owner": owner} if owner is not None else {"owner": None, "team": team}
    return write_lead(lead, values, by=by, at=at)


@action(Lead, permission=CHANGE, label=_("Set next step"), lifecycle=(OPEN, None), icon="calendar", bulk=True)
def set_lead_step(
    *,
    lead: Lead,
    next_step: Annotated[str, Field(min_length=1, max_length=200)],
    next_step_on: date | None = None,
    by: User,
    at: datetime,
) -> Lead:
    """Say what comes next, and when."""
    return write_lead(lead, {"next_step": next_step, "next_step_on": next_step_on}, by=by, at=at)


@action(Lead, permission=CHANGE, label=_("Next step done"), lifecycle=(OPEN, None), icon="check")
def complete_lead_step(
    *,
    lead: Lead,
    next_step: Annotated[str, Field(max_length=200)] = "",
    next_step_on: date | None = None,
    by: User,
    at: datetime,
) -> Lead:
    """Tick off the next step, and say the one after it where it is known."""
    if not lead.next_step:
        raise Refusal("nothing", _("There is no next step to tick off."), status=409)
    return write_lead(lead, {"next_step": next_step, "next_step_on": next_step_on}, by=by, at=at)


@consequence_of(log_interaction)
def note_touch(interaction: Interaction, *, by: User, at: datetime) -> None:
    """Being in touch about a lead is its first touch, where there was none; having talked makes a new one contacted."""
    if interaction.subject_type != Lead._meta.label or interaction.kind == InteractionKind.NOTE:
        return
    lead = Lead.objects.filter(pk=interaction.subject_id or 0).locked().first()
    if lead is None or lead.status == rules.CONVERTED:
        return
    values: dict[str, object] = {}
    ours = interaction.direction != Direction.IN
    if ours and (lead.first_touch_at is None or interaction.happened_at < lead.first_touch_at):
        values["first_touch_at"] = interaction.happened_at
    if lead.status == rules.NEW and interaction.outcome not in UNANSWERED:
        values |= {"stage": Stages().first(rules.CONTACTED), "entered_on": today_of(by, interaction.happened_at)}
    if values:
        write_lead(lead, values, by=by, at=at)


@action(Lead, permission=CHANGE, label=_("Move the next step"), lifecycle=(OPEN, None), icon="calendar-event")
def put_off_lead_step(*, lead: Lead, next_step_on: date, by: User, at: datetime) -> Lead:
    """Give the next step another day, today or later."""
    if not lead.next_step:
        raise Refusal("nothing", _("There is no next step to move."), status=409)
    if next_step_on < today_of(by, at):
        raise Refusal("past", _("Choose today or a later day."), field="next_step_on")
    return write_lead(lead, {"next_step_on": next_step_on}, by=by, at=at)


@action(Lead, permission=CHANGE, label=_("Log a call"), lifecycle=(OPEN, None), icon="phone")
def log_call(
    *,
    lead: Lead,
    outcome: Annotated[How, Field(json_schema_extra={"label": _("what came of it")})] = "done",
    text: Annotated[str, Field(max_length=20_000, json_schema_extra={"label": _("what was said")})] = "",
    by: User,
    at: datetime,
) -> Lead:
    """Log a call from wherever the lead is shown; its page has room for more.

    Args:
        outcome: Whether we talked.
        text: What was said; not needed where nobody answered.
    """
    said = text or (str(_("We talked")) if outcome in ("", "done") else "")
    label = Lead._meta.label
    log_interaction(subject_type=label, subject_id=lead.pk, kind="call", text=said, outcome=outcome, by=by, at=at)
    found: Lead = Lead.objects.get(pk=lead.pk)
    return found


@action(Lead, permission=CHANGE, label=_("Record consent"), icon="shield-check", undoable=False, warning=STAYS)
def record_lead_consent(
    *,
    lead: Lead,
    consent: Consent,
    consent_source: Source,
    consent_on: Said,
    purpose: For = None,
    channel: Where = None,
    text_shown: Shown = "",
    proof: Proof = "",
    by: User,
    at: datetime,
) -> Lead:
    """Write down what a lead said, how one knows, and when they said it. It is never changed, only countered.

    Args:
        consent: What they said.
        consent_source: A form, a call, a contract.
        consent_on: Day they said it; not in the future.
        purpose: What for; without it, the main purpose.
        channel: By which way; without it, by all.
        text_shown: What they were shown; without it, the text of the purpose.
        proof: Name of a file of theirs, number of a form.
    """
    if consent_on > (at + AHEAD).date():
        raise Refusal("future", _("That day is still to come. Choose today or an earlier day."), field="consent_on")
    said = Saying(consent, consent_source, consent_on, purpose, channel or "", text_shown, proof)
    note_consent(lead, said, by=by)
    return lead


@action(Lead, permission=ALLOW, label=_("Allow contact again"), icon="phone", aside=True)
def allow_lead(*, lead: Lead, reason: Why, by: User, at: datetime) -> Lead:
    """Contact a lead again that had asked not to be.

    Args:
        reason: What changed, such as that they asked for it.
    """
    return cast(Lead, reopen(lead, reason))
