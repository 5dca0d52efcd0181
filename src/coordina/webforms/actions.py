"""Making leads of what forms were sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.actions import action, of
from coordina.core.changes import Values
from coordina.core.formats import formats_of
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import type_of
from coordina.customers.consent_writers import Saying, note_consent
from coordina.customers.enums import Consent
from coordina.customers.models import Purpose
from coordina.leads.actions import create_lead
from coordina.leads.models import Lead
from coordina.ledger.doors import validated
from coordina.pipeline.calendar import today_of
from coordina.web.typed import read
from coordina.webforms.asking import asked_by
from coordina.webforms.enums import Assignment, State
from coordina.webforms.models import ConsentGiven, LeadOrigin, Submission, WebForm

RECEIVE = "webforms.receive"
"""Name under which the ledger knows that a form was received."""


def values_of(form: WebForm, answers: Mapping[str, str], at: datetime) -> Values:
    """The values of the lead that answers make.

    Raises:
        Invalid: By field, also of fields that the form does not ask for.
    """
    formats = formats_of(form.language, "UTC", "EUR", at)
    found: Values = {}
    wrong: dict[str, list[str]] = {}
    for asked in asked_by(form):
        try:
            value = read(asked.field, answers.get(asked.field.name, ""), formats)
        except Refusal as refusal:
            wrong[asked.field.name] = [str(refusal)]
            continue
        if value not in (None, "", []):
            found[asked.field.name] = value
    if wrong:
        raise Invalid(wrong)
    declared = of(create_lead)
    checked: Values = declared.arguments(validated(declared, found))[declared.patch or ""]
    cleaned: Values = type_of(Lead).writer.clean(dict(checked))
    return cleaned


def receive(form: WebForm, sent: Submission, *, at: datetime, by: User | None = None) -> Lead:
    """Make a lead of a submission, with its origin and the proof of what was agreed to. The change set is open.

    Raises:
        Refusal: Where no lead can be made of it.
    """
    form = WebForm.objects.select_related("lead_owner", "lead_team").locked().get(pk=form.pk)
    values = values_of(form, sent.answers, at) | _said_of(form, sent)
    values["received_at"] = sent.at
    owner = _given(values, form)
    lead: Lead = type_of(Lead).writer.create([values], by=None, at=at)[0]
    confirmed = at if sent.token_digest is not None and by is None else None
    kept = {"lead": lead, "form": form, "confirmed_at": confirmed, "address_digest": sent.address_digest}
    LeadOrigin.objects.create(
        sent_at=sent.at, given_to=owner, page=sent.origin.get("page", ""), notice=sent.origin.get("notice", ""), **kept
    )
    _note(lead, form, sent, kept, at)
    return lead


def _note(lead: Lead, form: WebForm, sent: Submission, kept: Values, at: datetime) -> None:
    """Add what was ticked to the history of consent, with its proof; not for a purpose that is gone since."""
    purposes = Purpose.objects.in_bulk([box["purpose"] for box in sent.boxes])
    for box in sent.boxes:
        purpose = purposes.get(box["purpose"])
        if purpose is None:
            continue
        with override(form.language):
            source = gettext("Web form: %(name)s") % {"name": form.name}
        day = today_of(None, sent.at)
        text, proof = box["text"], f"{lead.reference} · {box['version']} · {sent.at:%Y-%m-%dT%H:%M:%SZ}"
        said = Saying(Consent.GIVEN, source[:160], day, purpose, box["channel"], text, proof)
        entry = note_consent(lead, said, by=None)
        ConsentGiven.objects.create(
            entry_id=entry.pk, purpose=purpose.name, text=text, text_version=box["version"], given_at=sent.at, **kept
        )


def _said_of(form: WebForm, sent: Submission) -> Values:
    with override(form.language):
        source = form.source or gettext("Web form")
    found = {"source": source, "campaign": sent.origin.get("campaign") or form.campaign}
    return {**found, "tracking": sent.origin.get("tracking", "")}


def _given(values: Values, form: WebForm) -> User | None:
    """Say whose lead it becomes: nobody's where who should have it has no access any more, so that it is seen."""
    owner: User | None = None
    team = form.lead_team if form.assignment in (Assignment.TEAM, Assignment.TURNS) else None
    if form.assignment == Assignment.OWNER and form.lead_owner is not None:
        owner, team = form.lead_owner, form.lead_owner.team
    elif form.assignment == Assignment.TURNS and team is not None:
        owner = _in_turn(form, {user.pk: user for user in _members(team.pk)})
    if owner is not None and owner.access == Access.ACTIVE:
        values["owner"] = owner
        return owner
    if team is not None:
        values["team"] = team
    return None


def _in_turn(form: WebForm, members: Mapping[int, Any]) -> Any:
    """Of some people the one who has waited longest for a lead of a form; None where there is nobody."""
    if not members:
        return None
    rows = LeadOrigin.objects.filter(form=form, given_to__in=members).order_by("pk").values_list("given_to", "pk")
    last: dict[int, int] = dict(rows)
    return members[min(members, key=lambda pk: (last.get(pk, 0), pk))]


def _members(team_id: int) -> Sequence[User]:
    """Active people of a team who work on leads."""
    rows = User.objects.for_request().filter(team_id=team_id, access=Access.ACTIVE).order_by("pk")
    return [user for user in rows if user.may(Lead.permission("change"))]


@action(
    WebForm, permission="webforms.sort_discarded", label=_("Make a lead of it"), icon="user-plus", hidden=True,
    private=True,
)  # fmt: skip
def take_up(*, form: WebForm, submission: int, by: User, at: datetime) -> Lead:
    """Make a lead of what a form put aside.

    Args:
        submission: Id of what was sent.

    Raises:
        Refusal: Where it is gone, or no lead can be made of it.
    """
    sent: Any = Submission.objects.put_aside().filter(pk=submission, form_id=form.pk).first()
    if sent is None:
        raise Refusal("gone", _("It is a lead already, or was forgotten."), status=409)
    try:
        lead = receive(form, sent, at=at, by=by)
    except Refusal as refusal:
        told = " ".join(text for texts in refusal.errors.values() for text in texts)
        raise Refusal(refusal.code, told) from None
    sent.state, sent.lead_id = State.DONE, lead.pk
    sent.save(update_fields=["state", "lead_id"])
    return lead
