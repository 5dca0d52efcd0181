"""What is asked of open leads."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.quality import Check, Concern, Quality, ask_of
from coordina.customers.models import Interaction
from coordina.customers.quality import COUNTRY, EMAIL, PHONES, TAX_ID
from coordina.leads.models import Lead


def _in_touch(user: Actor, moment: dt.datetime) -> Q:
    seen = Interaction.objects.visible_to(user).filter(happened_at__gte=moment)
    return Q(Exists(seen.filter(subject_type=Lead._meta.label, subject_id=OuterRef("pk"))))


ask_of(
    Quality(
        of="lead",
        base="status in (new, contacted, qualified)",
        important=("name", "company_name", "email", "phone", "source", "country", "amount"),
        checks=(
            Check("owner", _("Without an owner"), Concern.OWNER, "owner is empty", "user-question"),
            Check("step", _("Without a next step"), Concern.STEP, "next_step is empty", "player-pause"),
            Check("step_past", _("Next step in the past"), Concern.STEP,
                  "next_step is set and next_step_on < today", "calendar-due"),
            Check("touch", _("No first touch"), Concern.STEP, "first_touch_at is empty", "phone"),
            Check("reach", _("No e-mail and no telephone"), Concern.WRONG,
                  "email is empty and phone is empty and mobile is empty", "phone"),
        ),
        flaws=(EMAIL, PHONES, TAX_ID, COUNTRY),
        by=("owner", "team", "source", "campaign"),
        lived=_in_touch,
    )
)  # fmt: skip
