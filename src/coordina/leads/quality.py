"""What is asked of open leads."""

from django.utils.translation import gettext_lazy as _

from coordina.core.quality import Check, Concern, Quality, ask_of
from coordina.customers.quality import (
    COUNTRY,
    EMAIL,
    OWNERLESS,
    PHONES,
    STEP_PAST,
    STEPLESS,
    TAX_ID,
    UNREACHABLE,
    in_touch,
)
from coordina.leads.models import Lead

TOUCHLESS = Check("touch", _("No first touch"), Concern.STEP, "first_touch_at is empty", "phone")

ask_of(
    Quality(
        of="lead",
        base="status in (new, contacted, qualified)",
        important=("name", "company_name", "email", "phone", "source", "country", "amount"),
        checks=(OWNERLESS, STEPLESS, STEP_PAST, TOUCHLESS, UNREACHABLE),
        flaws=(EMAIL, PHONES, TAX_ID, COUNTRY),
        by=("owner", "team", "source", "campaign"),
        lived=in_touch("subject_id", subject_type=Lead._meta.label),
    )
)
