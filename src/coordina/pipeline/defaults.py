"""The pipeline a new company begins with."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import Organization, User
from coordina.core.actions import action
from coordina.core.founding import founds
from coordina.pipeline import rules
from coordina.pipeline.models import Pipeline, Reason, Stage

NAME = gettext_noop("Sales")
STAGES: tuple[tuple[str, str, int, int | None], ...] = (
    (gettext_noop("Qualification"), rules.OPEN, 10, 14),
    (gettext_noop("Diagnosis"), rules.OPEN, 30, 21),
    (gettext_noop("Proposal"), rules.OPEN, 50, 21),
    (gettext_noop("Negotiation"), rules.OPEN, 70, 21),
    (gettext_noop("Closing"), rules.OPEN, 90, 14),
    (gettext_noop("Won"), rules.WON, 100, None),
    (gettext_noop("Lost"), rules.LOST, 0, None),
)
"""Name, kind, per cent, days until stalled."""
REASONS: tuple[tuple[str, str], ...] = (
    (gettext_noop("Price"), rules.LOST),
    (gettext_noop("A competitor was chosen"), rules.LOST),
    (gettext_noop("No budget"), rules.LOST),
    (gettext_noop("No decision"), rules.LOST),
    (gettext_noop("Not the right moment"), rules.LOST),
    (gettext_noop("The product does not fit"), rules.LOST),
    (gettext_noop("The product fits best"), rules.WON),
    (gettext_noop("Price and terms"), rules.WON),
    (gettext_noop("Trust in the person who looks after it"), rules.WON),
    (gettext_noop("Service and delivery time"), rules.WON),
)


@action(Pipeline, permission=Pipeline.permission("add"), label=_("Make the first pipeline"), icon="route", hidden=True)
def make_default_pipeline(*, by: User, at: datetime) -> Pipeline:
    """Give a company its first pipeline and reasons, in its own language; one that has a pipeline keeps it."""
    found = Pipeline.objects.order_by("position", "pk").first()
    if found is not None:
        return found
    language = Organization.objects.order_by("pk").values_list("language", flat=True).first() or "es"
    with translation.override(language):
        pipeline: Pipeline = Pipeline.objects.create(name=gettext(NAME), position=1)
        for position, (name, kind, probability, ageing) in enumerate(STAGES, 1):
            Stage.objects.create(
                pipeline=pipeline,
                name=gettext(name),
                position=position,
                kind=kind,
                probability=probability,
                ageing_days=ageing,
            )
        known = set(Reason.objects.values_list("kind", "name"))
        for name, kind in REASONS:
            if (kind, gettext(name)) not in known:
                Reason.objects.create(name=gettext(name), kind=kind)
    return pipeline


@founds("pipeline.defaults")
def begin(*, language: str, by: User, at: datetime) -> None:
    """A new company begins with a pipeline and reasons."""
    make_default_pipeline(by=by, at=at)
