"""Forgetting what forms were sent, in time."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.ledger.queue import schedule, task
from coordina.webforms import rules
from coordina.webforms.enums import State, Why
from coordina.webforms.models import Submission
from coordina.webforms.receiving import tally


@task(label=_("Forgetting submissions"))
def forget() -> int:
    """Put aside what was not confirmed in time, and forget what was put aside long ago.

    Returns:
        How many submissions are gone.
    """
    now = timezone.now()
    late = Submission.objects.filter(state=State.WAITING, at__lt=now - rules.CONFIRM_WITHIN)
    for form_id in list(late.order_by("form_id").values_list("form_id", flat=True).distinct()):
        count = late.filter(form_id=form_id).update(state=State.DISCARDED, why=Why.UNCONFIRMED)
        tally(form_id, discarded=count)
    return Submission.objects.filter(at__lt=now - rules.KEPT).delete()[0]


schedule("webforms.forget", forget, "27 * * * *")
