"""Submissions as their list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import Truncator

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.types import type_of
from coordina.leads.models import Lead
from coordina.web.listpage import capital
from coordina.webforms.enums import State, Why
from coordina.webforms.models import Submission, WebForm

PAGE = 50
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One submission.

    Attributes:
        who: Name or address by which it is called.
        said: What was written, label by label.
        why: Why it was put aside.
    """

    pk: int
    form: str
    who: str
    said: list[tuple[str, str]]
    why: str
    when: str


def lines_of(rows: Sequence[Submission], reader: User, formats: Formats) -> list[Line]:
    """Submissions as lines, with what the reader may see of a lead's fields."""
    keys = {row.form_id for row in rows}
    named = dict(WebForm.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "name"))
    known = type_of(Lead).known_to(reader)
    return [
        Line(
            row.pk,
            named.get(row.form_id, ""),
            next((row.answers[n] for n in ("name", "company_name", "email", "phone") if row.answers.get(n)), ""),
            [
                (capital(known[name].label), Truncator(text).chars(LONGEST))
                for name, text in row.answers.items()
                if name in known
            ],
            str(Why(row.why).label) if row.why else str(State(row.state).label),
            formats.relative(row.at, timezone.now()),
        )
        for row in rows
    ]
