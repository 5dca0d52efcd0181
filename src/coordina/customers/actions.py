"""Logging an interaction in seconds; what people said to being contacted."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, permission
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.consent_writers import Saying, hold_newest, note_consent, suppress
from coordina.customers.contacting import FLAGS
from coordina.customers.enums import Channel, Consent, Direction, InteractionKind, Outcome
from coordina.customers.models import Company, Interaction, Person, Purpose, Suppression
from coordina.records.subjects import about, subject_for

type Kind = Literal["call", "email", "meeting", "visit", "message", "note"]
type How = Literal["", "done", "no_answer", "left", "postponed"]
type Way = Literal["", "out", "in"]

SHORT = 140
"""Characters of the first line that name an interaction; the whole text is kept beside it."""
UNANSWERED = frozenset({Outcome.NO_ANSWER, Outcome.MESSAGE_LEFT, Outcome.POSTPONED})


@action(
    Interaction, permission=Interaction.permission("add"), label=_("Log interaction"), icon="phone", hidden=True,
)  # fmt: skip
def log_interaction(
    *,
    subject_type: Annotated[str, Field(max_length=60)],
    subject_id: int,
    kind: Kind,
    text: Annotated[str, Field(max_length=20_000)] = "",
    person: Person | None = None,
    happened_at: datetime | None = None,
    minutes: Annotated[int, Field(ge=0, le=10_000)] | None = None,
    outcome: How = "",
    direction: Way = "",
    by: User,
    at: datetime,
) -> Interaction:
    """Log that one was in touch. Who sees the record may log on it.

    Args:
        subject_type: Label of the model of the record it was about.
        subject_id: Its id.
        kind: How one was in touch.
        text: What was said; its first line names the interaction. Not needed where nobody answered.
        person: With whom.
        happened_at: When; now by default.
        minutes: How long.
        outcome: What came of it.
        direction: Who began.
    """
    subject = about(subject_for(by, subject_type, subject_id, "view"))
    written = text.strip()
    if not written and outcome not in UNANSWERED:
        raise Refusal("missing", _("Write in a few words what it was about."), field="text")
    summary, body = divided(written or unspoken(kind, outcome, person))
    writer = type_of(Interaction).writer
    values = {
        "kind": kind,
        "summary": summary,
        "body": body,
        "person": person,
        "happened_at": happened_at,
        "minutes": minutes,
        "outcome": outcome,
        "direction": direction or (Direction.OUT if kind in ("call", "email", "message") else ""),
    }
    made: Interaction = writer.create([writer.clean(values) | {"subject": subject}], by=by, at=at)[0]
    return made


Where = Annotated[Channel | None, Field(json_schema_extra={"label": _("by which way")})]
For = Annotated[Purpose | None, Field(json_schema_extra={"label": _("what for")})]
Source = Annotated[str, Field(min_length=1, max_length=160, json_schema_extra={"label": _("how the consent is known")})]
Said = Annotated[date, Field(json_schema_extra={"initial": "today", "label": _("consent since")})]
Shown = Annotated[str, Field(max_length=4000, json_schema_extra={"label": _("text shown")})]
Proof = Annotated[str, Field(max_length=200, json_schema_extra={"label": _("where the proof is")})]
STAYS = _("What somebody said stays on record for good. If it was wrong, record what is right: the newest counts.")
ALLOW = permission(
    "customers.allow_contact",
    noun=_("contacts"),
    verb="allow",
    label=_("Contact again who asked not to be"),
    grants={**LEADERS, "manager": "team"},
)


@action(
    Person, permission=Person.permission("change"), label=_("Record consent"), icon="shield-check", undoable=False,
    warning=STAYS,
)  # fmt: skip
def record_consent(
    *,
    person: Person,
    consent: Consent,
    consent_source: Source,
    consent_on: Said,
    purpose: For = None,
    channel: Where = None,
    text_shown: Shown = "",
    proof: Proof = "",
    by: User,
    at: datetime,
) -> Person:
    """Write down what a person said, how one knows, and when they said it. It is never changed, only countered.

    Args:
        consent: What they said.
        consent_source: A form, a call, a contract.
        consent_on: Day they said it; not in the future.
        purpose: What for; without it, the main purpose.
        channel: By which way; without it, by all.
        text_shown: What they were shown; without it, the text of the purpose.
        proof: Name of a file of theirs, number of a form.
    """
    values = {"consent": consent, "consent_source": consent_source, "consent_on": consent_on}
    type_of(Person).writer.clean(values, obj=person)
    said = Saying(consent, consent_source, consent_on, purpose, channel or "", text_shown, proof)
    note_consent(person, said, by=by)
    hold_newest(person)
    return person


def reopen(record: Any, reason: str) -> Any:
    """Let somebody be contacted by every way again; the reason stands in the history.

    Raises:
        Refusal: When no way is closed.
    """
    if not any(getattr(record, name) for name in FLAGS):
        raise Refusal("open", _("They may be contacted already."), status=409)
    for name in FLAGS:
        setattr(record, name, False)
    record.no_contact_reason = reason.strip()[:200]
    record.save()
    return record


Why = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"label": _("why they may be contacted")})]


@action(Person, permission=ALLOW, label=_("Allow contact again"), icon="phone", aside=True)
def allow_person(*, person: Person, reason: Why, by: User, at: datetime) -> Person:
    """Contact somebody again who had asked not to be.

    Args:
        reason: What changed, such as that they asked for it.
    """
    return cast(Person, reopen(person, reason))


@action(Company, permission=ALLOW, label=_("Allow contact again"), icon="phone", aside=True)
def allow_company(*, company: Company, reason: Why, by: User, at: datetime) -> Company:
    """Contact a company again that had asked not to be.

    Args:
        reason: What changed, such as that they asked for it.
    """
    return cast(Company, reopen(company, reason))


@action(
    Suppression, permission=Suppression.permission("add"), label=_("Suppress an address"), verb="create", icon="plus",
)  # fmt: skip
def suppress_address(
    *,
    address: Annotated[str, Field(min_length=3, max_length=254, json_schema_extra={"label": _("e-mail or phone")})],
    reason: Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"label": _("why not")})],
    by: User,
    at: datetime,
) -> Suppression:
    """Send nothing to an address or number any more, whoever it belongs to. Only its fingerprint is kept.

    Args:
        address: An e-mail address, or a telephone number with its country.
        reason: Who asked for it, and how.
    """
    return suppress(address, reason.strip())


def divided(text: str) -> tuple[str, str]:
    """A text as a short line that names it, and the whole where that line is not all of it."""
    first = " ".join(text.split("\n", 1)[0].split())
    if first == text and len(first) <= SHORT:
        return first, ""
    if len(first) > SHORT:
        first = first[:SHORT].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"
    return first, text


def unspoken(kind: str, outcome: str, person: Person | None) -> str:
    """What names an interaction about which nothing was written."""
    shown = {"kind": InteractionKind(kind).label, "outcome": Outcome(outcome).label.lower()}
    if person is None:
        return pgettext("an interaction and what came of it", "%(kind)s: %(outcome)s") % shown
    return gettext("%(kind)s to %(person)s: %(outcome)s") % (shown | {"person": person.name[:80]})
