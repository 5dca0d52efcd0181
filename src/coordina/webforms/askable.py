"""Which fields of a lead a public form may ask for."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, type_of
from coordina.leads.models import Lead

KINDS = frozenset({
    *(Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY),
    *(Kind.PERCENT, Kind.DATE, Kind.CHOICE, Kind.CHOICES, Kind.BOOL, Kind.COUNTRY),
})  # fmt: skip
"""References are no such kind: a public page names no records of ours."""
OURS = frozenset({
    *("source", "campaign", "tracking", "currency", "received_at", "first_touch_at", "next_step", "next_step_on"),
    *("outcome_note", "status", "stage", "owner", "team"),
})  # fmt: skip
"""What we say of a lead, not they."""
USUAL: tuple[tuple[str, Text, bool], ...] = (
    ("name", _("Name"), True),
    ("email", "", True),
    ("phone", "", False),
    ("company_name", _("Company"), False),
    ("description", _("Message"), False),
)
"""Fields of a new form, what it calls them where that is not the lead's own word, and whether they are required."""
COMPLETE = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "mobile": "tel",
    "company_name": "organization",
    "job_title": "organization-title",
    "website": "url",
    "street": "street-address",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
}
"""How browsers know what to offer: `autocomplete` by field."""


def askable() -> dict[str, Field]:
    """The fields by name, in the order of the lead's own pages; with those that people added and all roles see."""
    return {
        name: field
        for name, field in type_of(Lead).editable.items()
        if field.kind in KINDS and not field.virtual and not field.permission and name not in OURS
    }


class LeadFields(Sequence[tuple[Any, Text]]):
    """Their names with labels, as they are at the moment: people add fields while the program runs."""

    @overload
    def __getitem__(self, index: int) -> tuple[Any, Text]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[Any, Text]]: ...

    def __getitem__(self, index: int | slice) -> Any:
        """One of them."""
        return [(name, field.label) for name, field in askable().items()][index]

    def __iter__(self) -> Iterator[tuple[Any, Text]]:
        """All of them."""
        return ((name, field.label) for name, field in askable().items())

    def __len__(self) -> int:
        """How many there are."""
        return len(askable())
