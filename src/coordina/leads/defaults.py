"""The funnel that a new company begins with."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.founding import founds
from coordina.leads.models import LeadStage
from coordina.leads.stages import usual_stages


@action(LeadStage, permission=LeadStage.permission("add"), label=_("Make the first funnel"), icon="route", hidden=True)
def make_default_funnel(*, by: User, at: datetime) -> LeadStage:
    """Give a company the usual stages and reasons, in its own language; one that has stages keeps them."""
    return usual_stages().all[0]


@founds("leads.defaults")
def begin(*, language: str, by: User, at: datetime) -> None:
    """A new company begins with a funnel and reasons."""
    make_default_funnel(by=by, at=at)
