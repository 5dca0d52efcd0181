"""How interactions are written: when they happened, with whom, and what they were about."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.core import changes as open_changes
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.customers.models import Company, Interaction, Person

AHEAD = timedelta(days=1)
"""How far ahead an interaction may lie: clocks and time zones differ, plans are no interactions."""
EARLIEST = 1950


class InteractionWriter(Writer[Interaction]):
    """Interactions know whom they were with: from the person, and from the record they were about.

    The value `subject` is that record; it is no column.
    """

    virtual: ClassVar[tuple[str, ...]] = ("subject",)
    fills: ClassVar[tuple[str, ...]] = ("happened_at",)

    def clean(self, values: Values, *, obj: Interaction | None = None) -> Values:
        """Check the time, and take the company from the person where none was given."""
        values = super().clean(values, obj=obj)
        if "happened_at" in values and values["happened_at"] is None:
            values = {n: v for n, v in values.items() if n != "happened_at"}
        when = values.get("happened_at")
        if when is not None and (obj is None or obj.happened_at != when):
            _check_time(when)
        person = values.get("person")
        if person is not None and values.get("company") is None and person.company_id is not None:
            values = {n: v for n, v in values.items() if n != "company"} | {"company_id": person.company_id}
        return values

    def prepare(self, made: Sequence[Interaction], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Fill in the time, the owner, and what the record it was about says."""
        for obj, row in zip(made, rows, strict=True):
            if obj.happened_at is None:
                obj.happened_at = at
            if row.get("subject") is not None:
                take_from_subject(obj, row["subject"])
        super().prepare(made, rows, by=by, at=at)


def _check_time(when: datetime) -> None:
    """Refuse what lies ahead.

    Raises:
        Refusal: At `happened_at`.
    """
    journal = open_changes.current()
    now = journal.at if journal else timezone.now()
    if when > now + AHEAD:
        raise Refusal(
            "future",
            _("This lies ahead. Log what has happened; plan what is to come as a next step."),
            field="happened_at",
        )
    if when.year < EARLIEST:
        raise Refusal("past", _("Write a year from %(first)d on.") % {"first": EARLIEST}, field="happened_at")


def take_from_subject(interaction: Interaction, subject: Record) -> None:
    """Let an interaction be about a record, and be with the company and the person that the record names.

    A company or a person it was about is simply whom it was with.
    """
    if isinstance(subject, Company):
        interaction.company_id = interaction.company_id or subject.pk
        return
    if isinstance(subject, Person):
        interaction.person_id = interaction.person_id or subject.pk
        interaction.company_id = interaction.company_id or subject.company_id
        return
    interaction.subject_type, interaction.subject_id = subject._meta.label, subject.pk
    interaction.company_id = interaction.company_id or getattr(subject, "company_id", None)
    if interaction.person_id is None:
        interaction.person_id = getattr(subject, "person_id", None)
