"""Logging an interaction in seconds, from the page of whatever it was about."""

from datetime import date, datetime
from typing import Annotated, Literal, cast

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.enums import Consent, Direction, InteractionKind, Outcome
from coordina.customers.models import Interaction, Person
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


@action(Person, permission=Person.permission("change"), label=_("Record consent"), icon="shield-check")
def record_consent(
    *,
    person: Person,
    consent: Consent,
    consent_source: Annotated[
        str, Field(min_length=1, max_length=160, json_schema_extra={"label": _("how the consent is known")})
    ],
    consent_on: Annotated[date, Field(json_schema_extra={"initial": "today", "label": _("consent since")})],
    by: User,
    at: datetime,
) -> Person:
    """Write down what a person said to being written to, how one knows, and when they said it.

    Args:
        consent: What they said.
        consent_source: A form, a call, a contract.
        consent_on: Day they said it; not in the future.
    """
    writer = type_of(Person).writer
    values = {"consent": consent, "consent_source": consent_source, "consent_on": consent_on}
    return cast(Person, writer.edit([(person, writer.clean(values, obj=person))], by=by, at=at)[0])


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
