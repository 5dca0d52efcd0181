"""What is asked of open opportunities."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.quality import Check, Concern, Quality, ask_of
from coordina.customers.models import Interaction
from coordina.pipeline.models import Opportunity


def _in_touch(user: Actor, moment: dt.datetime) -> Q:
    seen = Interaction.objects.visible_to(user).filter(happened_at__gte=moment)
    return Q(Exists(seen.filter(subject_type=Opportunity._meta.label, subject_id=OuterRef("pk"))))


ask_of(
    Quality(
        of="opportunity",
        base="status = open",
        important=("company", "person", "amount", "closes_on", "source"),
        checks=(
            Check("owner", _("Without an owner"), Concern.OWNER, "owner is empty", "user-question"),
            Check("step", _("Without a next step"), Concern.STEP, "next_step is empty", "player-pause"),
            Check("step_past", _("Next step in the past"), Concern.STEP,
                  "next_step is set and next_step_on < today", "calendar-due"),
            Check("closes_past", _("Expected close in the past"), Concern.WRONG, "closes_on < today", "calendar-due"),
        ),
        by=("owner", "team", "source", "stage"),
        lived=_in_touch,
    )
)  # fmt: skip
