"""Answers about consent as they come to be: from the action, from forms and files, at conversion; and the purposes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.core.contact import parse_email, parse_phone
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.customers.contacting import digest_of, newest
from coordina.customers.models import ConsentEntry, Person, Purpose, Suppression

TOLD = ("consent", "consent_source", "consent_on")
"""Columns of a contact that hold what they said last about the main purpose."""
DEFAULTS = (
    (_("Commercial messages"), _("I agree to receive news and offers. I can take this back at any time.")),
    (_("Newsletter"), _("I want to receive the newsletter. I can unsubscribe in each one.")),
    (_("Satisfaction surveys"), _("I agree to be asked about what I bought.")),
)
"""Purposes that a company begins with; the first is the main one."""


class PurposeWriter(Writer[Purpose]):
    """Purposes to which somebody has answered stay, as they were asked."""

    def delete(self, objs: Sequence[Purpose], *, by: Any, at: datetime) -> None:
        """Remove purposes nobody was asked about.

        Raises:
            Refusal: When there are answers, or it is the main one.
        """
        if any(each.main for each in objs):
            raise Refusal("main", _("The main purpose stays. Give it another name instead."), status=409)
        if ConsentEntry.objects.filter(purpose__in=objs).exists():
            raise Refusal("used", _("People have answered to it. Mark it as not asked any more."), status=409)
        super().delete(objs, by=by, at=at)


def main_purpose() -> Purpose:
    """The purpose that the consent on the page of a contact is about; made where there is none yet."""
    found = Purpose.objects.filter(main=True).order_by("pk").first()
    return found if found is not None else usual_purposes()[0]


def usual_purposes() -> list[Purpose]:
    """Make the purposes that a company begins with, in the language that is active."""
    known = set(Purpose.objects.values_list("name", flat=True))
    made = []
    for place, (name, text) in enumerate(DEFAULTS):
        if str(name) not in known:
            made.append(Purpose(name=str(name), text=str(text), main=place == 0))
            made[-1].save()
    return made


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody said, as an action takes it.

    Attributes:
        purpose: None for the main one.
        text: What they were shown; empty for the text of the purpose.
    """

    answer: str
    source: str
    on: date
    purpose: Purpose | None = None
    channel: str = ""
    text: str = ""
    proof: str = ""


def note_consent(record: Record, said: Saying, *, by: Any) -> ConsentEntry:
    """Add one answer to the history of a person or lead."""
    purpose = said.purpose or main_purpose()
    made = ConsentEntry(
        subject_type=record._meta.label, subject_id=record.pk, purpose=purpose, channel=said.channel,
        answer=said.answer, said_on=said.on, source=said.source.strip(), text_shown=said.text.strip() or purpose.text,
        proof=said.proof.strip(), owner=by,
    )  # fmt: skip
    made.save()
    return made


def note_main(people: Sequence[Person], by: Any) -> None:
    """Keep what people say now about the main purpose in their history, where it is not there already."""
    telling = [each for each in people if each.consent]
    if not telling:
        return
    purpose = main_purpose()
    label = Person._meta.label
    known: dict[int, tuple[Any, ...]] = {}
    rows = ConsentEntry.objects.filter(
        subject_type=label, subject_id__among=[each.pk for each in telling], purpose=purpose, channel=""
    )
    for key, *said in rows.order_by("pk").values_list("subject_id", "answer", "source", "said_on"):
        known[key] = tuple(said)
    new = [
        ConsentEntry(
            subject_type=label, subject_id=each.pk, purpose=purpose, answer=each.consent, said_on=each.consent_on,
            source=each.consent_source, owner=by,
        )
        for each in telling
        if known.get(each.pk) != (each.consent, each.consent_source, each.consent_on)
    ]  # fmt: skip
    ConsentEntry.objects.bulk_create(new, batch_size=500)


def copy_consents(giver: Any, taker: Any, by: Any) -> None:
    """Let a contact have the answers of the lead it was; the lead keeps its own."""
    rows: Iterable[ConsentEntry] = ConsentEntry.of(giver).order_by("pk")
    names = ("purpose_id", "channel", "answer", "said_on", "source", "text_shown", "proof")
    have = set(ConsentEntry.of(taker).values_list(*names))
    new = [
        ConsentEntry(
            subject_type=taker._meta.label, subject_id=taker.pk, owner=row.owner, **{n: getattr(row, n) for n in names}
        )
        for row in rows
        if tuple(getattr(row, n) for n in names) not in have
    ]
    ConsentEntry.objects.bulk_create(new)
    if new:
        hold_newest(taker)


def hold_newest(person: Any) -> None:
    """Let a contact's columns hold what they said last about the main purpose."""
    said = newest(person).filter(purpose__main=True, channel="").first()
    if said is not None:
        person.consent, person.consent_source, person.consent_on = said.answer, said.source, said.said_on
        person.save()


def suppress(address: str, reason: str) -> Suppression:
    """Put an address or number on the list of those to which nothing is sent; one that is there stays as it is.

    Raises:
        Refusal: It is neither, at `address`.
    """
    kind = "email" if "@" in address else "phone"
    company = the_company()
    try:
        text = (
            parse_email(address) if kind == "email" else parse_phone(address, company.country if company else "").e164
        )
    except Refusal as wrong:
        raise Refusal(wrong.code, wrong.message, field="address") from None
    digest = digest_of(text)
    found = Suppression.objects.filter(digest=digest).first()
    if found is not None:
        return found
    made = Suppression(kind=kind, digest=digest, reason=reason[:200])
    made.save()
    return made
