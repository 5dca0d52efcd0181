"""What is done for privacy: answering requests, holds, ordering an erasure, archives of what is kept of somebody."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action, consequence_of
from coordina.core.permissions import permission
from coordina.core.refusals import Refusal
from coordina.customers.actions import allow_person
from coordina.customers.models import Person
from coordina.leads.actions import allow_lead
from coordina.leads.models import Lead
from coordina.ledger.change_sets import cause
from coordina.privacy.enums import Because, Stage, Standing
from coordina.privacy.models import Erasure, Hold, PrivacyRequest, RetentionRule
from coordina.privacy.writers import (
    answer,
    block,
    end_all_holds,
    go_on,
    hold,
    order_erasure,
    reopen_request,
    suppress_all,
    switch,
)

ERASE = permission(
    "privacy.erase_people",
    noun=_("people"),
    verb="erase",
    label=_("Erase people for good"),
    grants={"administrator": "all"},
)
HAND_OUT = permission(
    "privacy.hand_out",
    noun=_("people"),
    verb="hand_out",
    label=_("Gather everything that is kept of somebody"),
    grants={"administrator": "all", "operations": "all"},
)
GONE_FOR_GOOD = _("This cannot be undone: the values are erased from the history as well.")
THEN_ERASED = _("Where their erasure was ordered it begins at once, and cannot be undone.")
CHANGE_REQUEST = PrivacyRequest.permission("change")
On = Annotated[date, Field(json_schema_extra={"initial": "today", "label": _("answered on")})]
Note = Annotated[str, Field(max_length=20_000, json_schema_extra={"label": _("what was done")})]
Duty = Annotated[str, Field(min_length=3, max_length=200, json_schema_extra={"label": _("duty to keep")})]
Until = Annotated[date, Field(json_schema_extra={"label": _("until")})]
Typed = Annotated[str, Field(max_length=200, json_schema_extra={"label": _("their name, to be sure")})]
Never = Annotated[bool, Field(json_schema_extra={"label": _("never contact them, should they come back")})]
type Reason = Literal["asked", "retention", "needless", "unlawful"]


@action(
    PrivacyRequest, permission=CHANGE_REQUEST, label=_("Mark as answered"), lifecycle=((Stage.OPEN,), Stage.DONE),
    icon="check", primary=True,
)  # fmt: skip
def answer_request(
    *, request: PrivacyRequest, answered_on: On, note: Note = "", by: User, at: datetime
) -> PrivacyRequest:
    """Note that a request was answered.

    Args:
        answered_on: Day of the answer; not before it was received.
        note: What was done.
    """
    check_answered(request, answered_on)
    return answer(request, Stage.DONE, note, answered_on)


@action(
    PrivacyRequest, permission=CHANGE_REQUEST, label=_("Refuse with reasons"),
    lifecycle=((Stage.OPEN,), Stage.REFUSED), icon="x",
)  # fmt: skip
def refuse_request(
    *,
    request: PrivacyRequest,
    answered_on: On,
    note: Annotated[str, Field(min_length=3, max_length=20_000, json_schema_extra={"label": _("reasons")})],
    by: User,
    at: datetime,
) -> PrivacyRequest:
    """Note that a request was refused, and why.

    Args:
        answered_on: Day of the answer; not before it was received.
        note: The reasons that they were given.
    """
    check_answered(request, answered_on)
    return answer(request, Stage.REFUSED, note, answered_on)


@action(
    PrivacyRequest, permission=CHANGE_REQUEST, label=_("Open again"),
    lifecycle=((Stage.DONE, Stage.REFUSED), Stage.OPEN), icon="arrow-back-up",
)  # fmt: skip
def open_request_again(*, request: PrivacyRequest, by: User, at: datetime) -> PrivacyRequest:
    """Go on with a request that was answered too early."""
    return reopen_request(request)


def check_answered(request: PrivacyRequest, on: date) -> None:
    """Refuse an answer before the question.

    Raises:
        Refusal: At `answered_on`.
    """
    if on < request.received_on:
        raise Refusal("order", _("It cannot be answered before it was received."), field="answered_on")


def _held(record: Any, reason: str, until: date, by: User, at: datetime) -> Any:
    if until < at.date():
        raise Refusal("past", _("That day is over already. Choose a day to come."), field="until")
    hold(record, reason, until, by)
    return record


@action(Person, permission=ERASE, label=_("Keep by law until a day"), icon="lock", aside=True)
def hold_person(*, person: Person, reason: Duty, until: Until, by: User, at: datetime) -> Person:
    """Note a duty to keep a contact: until that day they are blocked instead of erased.

    Args:
        reason: The law or contract, such as the years that invoices are kept.
        until: Its last day.
    """
    return cast(Person, _held(person, reason, until, by, at))


@action(Lead, permission=ERASE, label=_("Keep by law until a day"), icon="lock", aside=True)
def hold_lead(*, lead: Lead, reason: Duty, until: Until, by: User, at: datetime) -> Lead:
    """Note a duty to keep a lead: until that day they are blocked instead of erased.

    Args:
        reason: The law or contract, such as the years that invoices are kept.
        until: Its last day.
    """
    return cast(Lead, _held(lead, reason, until, by, at))


@action(
    Person, permission=ERASE, label=_("Erase for good"), icon="trash", danger=True, hidden=True, private=True,
    undoable=False, warning=GONE_FOR_GOOD,
)  # fmt: skip
def erase_person(
    *, person: Person, typed: Typed, reason: Reason = "asked", never: Never = True, by: User, at: datetime
) -> Erasure:
    """Erase a contact with everything that tells of them; or block them while a hold lasts.

    Args:
        typed: The name of the contact.
        reason: Why.
        never: Whether the fingerprints of their addresses are kept, so that nothing is sent to them again.
    """
    return ordered(person, person.name, typed, reason, never, by)


@action(
    Lead, permission=ERASE, label=_("Erase for good"), icon="trash", danger=True, hidden=True, private=True,
    undoable=False, warning=GONE_FOR_GOOD,
)  # fmt: skip
def erase_lead(
    *, lead: Lead, typed: Typed, reason: Reason = "asked", never: Never = True, by: User, at: datetime
) -> Erasure:
    """Erase a lead with everything that tells of them; or block them while a hold lasts.

    Args:
        typed: What the lead is called.
        reason: Why.
        never: Whether the fingerprints of their addresses are kept, so that nothing is sent to them again.
    """
    return ordered(lead, lead.title, typed, reason, never, by)


def ordered(record: Any, name: str, typed: str, reason: str, never: bool, by: User | None) -> Erasure:
    """Order an erasure: a job does it; while a hold lasts the record is blocked, and the job comes when it ends.

    Raises:
        Refusal: At `typed`, when that is not the name.
    """
    from coordina.privacy.jobs import held_until

    if typed.split() != name.split():
        raise Refusal("typed", _("That is not the name. Type it as it stands above."), field="typed")
    if never:
        suppress_all(record, str(Because(reason).label))
    if held_until(record) is not None:
        block(record)
        return order_erasure(record, reason, by, Standing.HELD)
    order = order_erasure(record, reason, by)
    _erase_soon(order, by)
    return order


def _erase_soon(order: Erasure, by: User | None) -> None:
    """Let a job erase who was ordered to be."""
    from coordina.privacy.jobs import erase_now

    cause()
    erase_now.using(by=by.pk if by is not None else None).enqueue(order.pk)


@action(
    Person, permission=ERASE, label=_("End the duty to keep"), icon="lock", aside=True, undoable=False,
    warning=THEN_ERASED,
)  # fmt: skip
def release_person(*, person: Person, by: User, at: datetime) -> Person:
    """Take every duty to keep a contact away, because there is none any more; erase them where that was ordered."""
    return cast(Person, _released(person, by))


@action(
    Lead, permission=ERASE, label=_("End the duty to keep"), icon="lock", aside=True, undoable=False,
    warning=THEN_ERASED,
)  # fmt: skip
def release_lead(*, lead: Lead, by: User, at: datetime) -> Lead:
    """Take every duty to keep a lead away, because there is none any more; erase them where that was ordered."""
    return cast(Lead, _released(lead, by))


def _released(record: Any, by: User) -> Any:
    end_all_holds(record)
    order = go_on(record)
    if order is not None:
        _erase_soon(order, by)
    return record


@consequence_of(allow_person)
@consequence_of(allow_lead)
def stay_blocked(record: Any, *, by: User, at: datetime) -> None:
    """Let nobody be contacted again whose erasure waits for the end of a duty to keep.

    Raises:
        Refusal: Then.
    """
    if Hold.of(record).filter(erase=True).exists():
        raise Refusal("blocked", _("They are blocked until they are erased: nobody contacts them."), status=409)


@action(
    RetentionRule, permission=ERASE, label=_("Switch on"), icon="player-play", primary=True,
    warning=_("A week after administrators were told, it erases people for good, every night."),
)  # fmt: skip
def switch_rule_on(*, rule: RetentionRule, by: User, at: datetime) -> RetentionRule:
    """Let a rule erase people on one's behalf: whom one sees, a week after administrators were told."""
    return switch(rule, True, by)


@action(RetentionRule, permission=ERASE, label=_("Switch off"), icon="player-stop")
def switch_rule_off(*, rule: RetentionRule, by: User, at: datetime) -> RetentionRule:
    """Let a rule do nothing any more."""
    return switch(rule, False, by)
