"""What the own page of a form says of it."""

from dataclasses import dataclass

from coordina.accounts.models import User
from coordina.webforms.models import LeadOrigin, Tally, WebForm


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a form: sent, confirmed and discarded since it exists, and leads of it that the reader sees."""

    sent: int
    confirmed: int
    discarded: int
    leads: int


def figures_of(form: WebForm, reader: User) -> Figures:
    """What came of a form, as far as its reader sees leads."""
    tally = Tally.objects.filter(pk=form.pk).first() or Tally(form_id=form.pk)
    leads = LeadOrigin.objects.visible_to(reader).filter(form=form).count()
    return Figures(tally.sent, tally.confirmed, tally.discarded, leads)
