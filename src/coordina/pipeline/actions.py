"""What can be done with opportunities and the settings of the pipeline."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, cast

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import Along, Changes, New, action
from coordina.core.changes import Values, remembered
from coordina.core.permissions import LEADERS, SELLERS, permission
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.pipeline import rules
from coordina.pipeline.calendar import today_of
from coordina.pipeline.enums import CLOSED, OPEN
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Reason, Stage, StageEntry
from coordina.pipeline.stages import Stages
from coordina.records.models import Note

CLOSE = permission(
    "pipeline.close_opportunity",
    noun=Opportunity._meta.verbose_name_plural or "",
    verb="close",
    grants=LEADERS | SELLERS,
    label=_("Mark as won or lost, and reopen"),
)
CHANGE = Opportunity.permission("change")
NOTHING: Along[Opportunity] = Along()
TODAY = {"initial": "today"}
"""What a form offers for a day."""
AGREED = _("What was agreed. Left empty, the expected amount stays.")


def _write(opportunity: Opportunity, values: Values, by: User, at: datetime) -> Opportunity:
    writer = type_of(Opportunity).writer
    return cast(Opportunity, writer.edit([(opportunity, writer.clean(values, obj=opportunity))], by=by, at=at)[0])


def _stages() -> Stages:
    return remembered("pipeline.stages", Stages)


def _begun(*, values: New[Opportunity], by: User, at: datetime) -> Values:
    given = {n: v for n, v in values.items() if v is not None or n not in ("opened_on", "entered_on")}
    stages = _stages()
    stage: Stage = given.get("stage") or stages.first(given["pipeline"].pk if given.get("pipeline") else None)
    given["stage"] = stage
    if stage.kind == rules.OPEN:
        if given.get("closed_on") is not None:
            raise Refusal("open", _("It is still open. Write the day under “Expected close”."), field="closed_on")
        today = today_of(by, at)
        opened_on = given.setdefault("opened_on", today)
        first = stages.first(stage.pipeline_id)
        given.setdefault("entered_on", opened_on if stage.pk == first.pk else today)
    else:
        _check_closing(given, stage.kind, by)
    return given


@action(
    Opportunity,
    permission=Opportunity.permission("add"),
    label=_("Create opportunity"),
    verb="create",
    icon="plus",
    plan=_begun,
)
def create_opportunity(*, values: New[Opportunity], by: User, at: datetime) -> Opportunity:
    """Begin an opportunity. Without other days it opened and entered its stage today."""
    writer = type_of(Opportunity).writer
    given = writer.clean(_begun(values=values, by=by, at=at))
    return cast(Opportunity, writer.create([given], by=by, at=at)[0])


def _check_closing(given: Values, kind: str, by: User) -> None:
    """Refuse to write down a closed opportunity without its day, a lost one without its reason."""
    if not by.may(CLOSE):
        raise Forbidden
    if given.get("closed_on") is None:
        raise Refusal("required", _("Say on which day it closed."), field="closed_on")
    if kind == rules.LOST and given.get("reason") is None:
        raise Refusal("required", _("Say why it was lost."), field="reason")


def _edited(*, opportunity: Opportunity, changes: Changes[Opportunity], by: User, at: datetime) -> Values:
    given = dict(changes)
    _check_end(opportunity, given)
    stage: Stage | None = given.get("stage")
    moves = stage is not None and stage.pk != opportunity.stage_id
    pipeline = given.get("pipeline")
    if moves or (pipeline is not None and pipeline.pk != opportunity.pipeline_id):
        if moves and stage is not None and stage.kind != rules.OPEN:
            raise Refusal("closing", _("To close it, mark it as won or lost."), field="stage")
        if opportunity.status != rules.OPEN:
            field = "stage" if moves else "pipeline"
            raise Refusal("closed", _("It is closed. Reopen it first."), field=field)
        given["entered_on"] = today_of(by, at)
    return given


@action(
    Opportunity,
    permission=CHANGE,
    label=_("Edit opportunity"),
    verb="edit",
    icon="pencil",
    bulk=True,
    plan=_edited,
)
def edit_opportunity(*, opportunity: Opportunity, changes: Changes[Opportunity], by: User, at: datetime) -> Opportunity:
    """Change an opportunity. Another stage is a move, made today."""
    return _write(opportunity, _edited(opportunity=opportunity, changes=changes, by=by, at=at), by, at)


def _check_end(opportunity: Opportunity, given: Values) -> None:
    """Refuse what contradicts being open or closed."""
    if opportunity.status == rules.OPEN:
        if given.get("closed_on") is not None:
            raise Refusal("open", _("It is still open. Write the day under “Expected close”."), field="closed_on")
        return
    if "closed_on" in given and given["closed_on"] is None and opportunity.closed_on is not None:
        raise Refusal("required", _("Say on which day it closed."), field="closed_on")
    if given.get("probability") not in (None, opportunity.probability):
        raise Refusal("closed", _("It is closed, so its outcome is certain."), field="probability")
    if opportunity.status == rules.LOST and "reason" in given and given["reason"] is None and opportunity.reason_id:
        raise Refusal("required", _("Say why it was lost."), field="reason")


def _moved(
    *, opportunity: Opportunity, stage: Stage, entered_on: date | None, also: Values, by: User, at: datetime
) -> Values:
    rules.check_stage_of(opportunity.pipeline_id, stage.pipeline_id)
    if stage.kind != rules.OPEN:
        raise Refusal("closing", _("To close it, mark it as won or lost."), field="stage")
    if stage.pk == opportunity.stage_id:
        return {}
    today = today_of(by, at)
    rules.check_entered_on(entered_on, today, opportunity.entered_on)
    return {**also, "stage": stage, "entered_on": entered_on or today}


@action(
    Opportunity,
    permission=CHANGE,
    label=_("Move to another stage"),
    lifecycle=(OPEN, None),
    icon="arrow-right",
    bulk=True,
    plan=_moved,
)
def move(
    *,
    opportunity: Opportunity,
    stage: Stage,
    entered_on: Annotated[date | None, Field(json_schema_extra={**TODAY, "label": _("entered on")})] = None,
    also: Along[Opportunity] = NOTHING,
    by: User,
    at: datetime,
) -> Opportunity:
    """Bring an opportunity into another stage of its pipeline; its probability becomes that of the stage.

    Args:
        stage: An open stage of the same pipeline.
        entered_on: Day it happened; today when left empty.
        also: Values of fields that the new stage requires.
    """
    values = _moved(opportunity=opportunity, stage=stage, entered_on=entered_on, also=also, by=by, at=at)
    return _write(opportunity, values, by, at) if values else opportunity


def _won(
    *,
    opportunity: Opportunity,
    closed_on: date,
    amount: Decimal | None,
    reason: Reason | None,
    outcome_note: str,
    also: Values,
    by: User,
    at: datetime,
) -> Values:
    return {**also, **_closing(opportunity, rules.WON, closed_on, amount, reason, outcome_note, by, at)}


@action(
    Opportunity,
    permission=CLOSE,
    label=_("Mark as won"),
    lifecycle=(OPEN, "won"),
    icon="trophy",
    primary=True,
    bulk=True,
    plan=_won,
)
def win(
    *,
    opportunity: Opportunity,
    closed_on: Annotated[date, Field(json_schema_extra=TODAY)],
    amount: Annotated[
        Decimal | None, Field(ge=0, max_digits=14, decimal_places=2, json_schema_extra={"help": AGREED})
    ] = None,
    reason: Reason | None = None,
    outcome_note: Annotated[str, Field(max_length=20_000)] = "",
    also: Along[Opportunity] = NOTHING,
    by: User,
    at: datetime,
) -> Opportunity:
    """Close an opportunity as won.

    Args:
        closed_on: Day of the decision; not in the future, not before it began.
        amount: What was agreed; the expected amount stays when left empty.
        reason: What decided it, from the list.
        also: Values of fields that a won opportunity must have.
    """
    values = _closing(opportunity, rules.WON, closed_on, amount, reason, outcome_note, by, at)
    return _write(opportunity, {**also, **values}, by, at)


def _lost(
    *,
    opportunity: Opportunity,
    closed_on: date,
    reason: Reason,
    outcome_note: str,
    also: Values,
    by: User,
    at: datetime,
) -> Values:
    return {**also, **_closing(opportunity, rules.LOST, closed_on, None, reason, outcome_note, by, at)}


@action(
    Opportunity,
    permission=CLOSE,
    label=_("Mark as lost"),
    lifecycle=(OPEN, "lost"),
    icon="circle-x",
    primary=True,
    bulk=True,
    plan=_lost,
)
def lose(
    *,
    opportunity: Opportunity,
    closed_on: Annotated[date, Field(json_schema_extra=TODAY)],
    reason: Reason,
    outcome_note: Annotated[str, Field(max_length=20_000)] = "",
    also: Along[Opportunity] = NOTHING,
    by: User,
    at: datetime,
) -> Opportunity:
    """Close an opportunity as lost. Its amount stays as it was.

    Args:
        closed_on: Day of the decision; not in the future, not before it began.
        reason: Why, from the list.
        also: Values of fields that a lost opportunity must have.
    """
    values = _closing(opportunity, rules.LOST, closed_on, None, reason, outcome_note, by, at)
    return _write(opportunity, {**also, **values}, by, at)


def _closing(
    opportunity: Opportunity,
    kind: str,
    closed_on: date,
    amount: Decimal | None,
    reason: Reason | None,
    note: str,
    by: User,
    at: datetime,
) -> Values:
    began = max((d for d in (opportunity.opened_on, opportunity.entered_on) if d is not None), default=None)
    rules.check_closed_on(closed_on, today_of(by, at), began)
    values: Values = {"stage": _stages().first(opportunity.pipeline_id, kind), "closed_on": closed_on}
    values |= {"reason": reason} if reason is not None else {}
    values |= {"amount": amount} if amount is not None else {}
    values |= {"outcome_note": note} if note else {}
    return values


@action(Opportunity, permission=CLOSE, label=_("Reopen"), lifecycle=(CLOSED, "open"), icon="refresh", bulk=True)
def reopen(
    *,
    opportunity: Opportunity,
    stage: Stage | None = None,
    note: Annotated[str, Field(max_length=20_000, json_schema_extra={"label": _("why")})] = "",
    by: User,
    at: datetime,
) -> Opportunity:
    """Open a closed opportunity again, today. What it said while it was closed stays in its history.

    Args:
        stage: Where it goes on; the last open stage it was in when left empty.
        note: Why; kept as a note.
    """
    stages = Stages()
    if stage is None:
        ways = StageEntry.objects.filter(opportunity=opportunity, stage__kind=rules.OPEN)
        last = ways.order_by("-position").values_list("stage_id", flat=True).first()
        known = stages.by_id.get(last or 0)
        here = known is not None and known.pipeline_id == opportunity.pipeline_id
        stage = known if here and known is not None else stages.first(opportunity.pipeline_id)
    rules.check_stage_of(opportunity.pipeline_id, stage.pipeline_id)
    if stage.kind != rules.OPEN:
        raise Refusal("stage", _("Choose a stage in which it goes on."), field="stage")
    done = _write(opportunity, {"stage": stage, "entered_on": today_of(by, at)}, by, at)
    if note:
        Note(subject_type=opportunity._meta.label, subject_id=opportunity.pk, text=note, owner=by).save()
    return done


def _next_step(
    *, opportunity: Opportunity, next_step: str, next_step_on: date | None, by: User, at: datetime
) -> Values:
    return {"next_step": next_step, "next_step_on": next_step_on}


@action(
    Opportunity,
    permission=CHANGE,
    label=_("Set next step"),
    lifecycle=(OPEN, None),
    icon="calendar-plus",
    bulk=True,
    plan=_next_step,
)
def set_next_step(
    *,
    opportunity: Opportunity,
    next_step: Annotated[str, Field(min_length=1, max_length=200)],
    next_step_on: date | None = None,
    by: User,
    at: datetime,
) -> Opportunity:
    """Say what comes next, and when."""
    return _write(opportunity, {"next_step": next_step, "next_step_on": next_step_on}, by, at)


def _step_done(
    *, opportunity: Opportunity, next_step: str, next_step_on: date | None, by: User, at: datetime
) -> Values:
    if not opportunity.next_step:
        raise Refusal("nothing", _("There is no next step to tick off."), status=409)
    return {"next_step": next_step, "next_step_on": next_step_on}


@action(
    Opportunity,
    permission=CHANGE,
    label=_("Next step done"),
    lifecycle=(OPEN, None),
    icon="check",
    bulk=True,
    plan=_step_done,
)
def complete_next_step(
    *,
    opportunity: Opportunity,
    next_step: Annotated[str, Field(max_length=200)] = "",
    next_step_on: date | None = None,
    by: User,
    at: datetime,
) -> Opportunity:
    """Tick off the next step, and say the one after it where it is known."""
    values = _step_done(opportunity=opportunity, next_step=next_step, next_step_on=next_step_on, by=by, at=at)
    return _write(opportunity, values, by, at)


@action(Opportunity, permission=CHANGE, label=_("Move the next step"), lifecycle=(OPEN, None), icon="calendar-event")
def put_off_next_step(*, opportunity: Opportunity, next_step_on: date, by: User, at: datetime) -> Opportunity:
    """Give the next step another day, today or later."""
    if not opportunity.next_step:
        raise Refusal("nothing", _("There is no next step to move."), status=409)
    if next_step_on < today_of(by, at):
        raise Refusal("past", _("Choose today or a later day."), field="next_step_on")
    return _write(opportunity, {"next_step_on": next_step_on}, by, at)


@action(
    Opportunity, permission=CHANGE, label=_("Move the expected close"), lifecycle=(OPEN, None), icon="calendar-event"
)
def put_off_close(*, opportunity: Opportunity, closes_on: date, by: User, at: datetime) -> Opportunity:
    """Expect the close on another day, today or later."""
    if closes_on < today_of(by, at):
        raise Refusal("past", _("Choose today or a later day."), field="closes_on")
    return _write(opportunity, {"closes_on": closes_on}, by, at)


@action(Opportunity, permission=CHANGE, label=_("Say which company"), lifecycle=(OPEN, None), icon="building-store")
def name_company(*, opportunity: Opportunity, company: Company, by: User, at: datetime) -> Opportunity:
    """Say which company an opportunity is with."""
    return _write(opportunity, {"company": company}, by, at)


@action(Opportunity, permission=CHANGE, label=_("Take amount from products"), icon="packages",
        writes=("amount",))  # fmt: skip
def take_amount_from_lines(*, opportunity: Opportunity, by: User, at: datetime) -> Opportunity:
    """Make the amount the sum of the products."""
    lines = list(OpportunityLine.objects.filter(opportunity=opportunity).values_list("quantity", "unit_price"))
    if not lines:
        raise Refusal("nothing", _("There are no products yet."), status=409)
    if any(price is None for _quantity, price in lines):
        raise Refusal("price", _("A product has no price yet. Write it first."), status=409)
    return _write(opportunity, {"amount": rules.total_of(lines)}, by, at)


@action(Pipeline, permission=Pipeline.permission("change"), label=_("Put stages in order"), icon="route", hidden=True)
def reorder_stages(*, pipeline: Pipeline, order: list[int], by: User, at: datetime) -> Pipeline:
    """Put the stages of a pipeline in another order.

    Args:
        order: Ids of all its stages, first to last.
    """
    stages = {stage.pk: stage for stage in Stage.objects.filter(pipeline=pipeline)}
    if sorted(order) != sorted(stages):
        raise Refusal("order", _("The stages have changed meanwhile. Look at them again."), field="order", status=409)
    for position, pk in enumerate(order, 1):
        stages[pk].position = position
        stages[pk].save()
    return pipeline
