"""What is asked of open opportunities."""

from django.utils.translation import gettext_lazy as _

from coordina.core.quality import Check, Concern, Quality, ask_of
from coordina.customers.quality import OWNERLESS, STEP_PAST, STEPLESS, in_touch
from coordina.pipeline.models import Opportunity

CLOSE_PAST = Check("closes_past", _("Expected close in the past"), Concern.WRONG, "closes_on < today", "calendar-due")

ask_of(
    Quality(
        of="opportunity",
        base="status = open",
        important=("company", "person", "amount", "closes_on", "source"),
        checks=(OWNERLESS, STEPLESS, STEP_PAST, CLOSE_PAST),
        by=("owner", "team", "source", "stage"),
        lived=in_touch("subject_id", subject_type=Opportunity._meta.label),
    )
)
