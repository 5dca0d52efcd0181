"""The stages of the funnel, read once per action or chunk: they are few. A company without any gets the usual ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic

from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import Organization
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.core.refusals import Refusal
from coordina.core.remembered import Remembered
from coordina.leads.enums import OPEN, Status
from coordina.leads.models.stages import LeadReason, LeadStage

EVERY: Remembered[LeadStage] = Remembered(lambda: LeadStage.objects.order_by("position", "pk"))
"""All stages in order."""
USUAL: tuple[tuple[Status, int | None], ...] = (
    (Status.NEW, 2),
    (Status.CONTACTED, 14),
    (Status.QUALIFIED, 14),
    (Status.CONVERTED, None),
    (Status.DISQUALIFIED, None),
)
"""Meaning and days until stalled of the stages that a company begins with; each is called what it means."""
REASONS: tuple[str, ...] = (
    gettext_noop("Cannot be reached"),
    gettext_noop("No need for it"),
    gettext_noop("No money for it"),
    gettext_noop("Bought elsewhere"),
    gettext_noop("Not a customer for us"),
    gettext_noop("Wrong data or spam"),
    gettext_noop("Asked twice"),
)


@dataclass
class Stages:
    """The stages of the funnel.

    Attributes:
        all: Every stage, in order.
    """

    all: list[LeadStage] = field(default_factory=lambda: EVERY())

    @cached_property
    def by_id(self) -> dict[int, LeadStage]:
        """Stages by id."""
        return {stage.pk: stage for stage in self.all}

    @cached_property
    def order(self) -> dict[int, int]:
        """Place of each stage, by id."""
        return {stage.pk: place for place, stage in enumerate(self.all)}

    @cached_property
    def open(self) -> list[LeadStage]:
        """Those in which something is to be done."""
        return [stage for stage in self.all if stage.kind in OPEN]

    def first(self, kind: str) -> LeadStage:
        """The first stage with a meaning.

        Raises:
            Refusal: At `stage`, where there is none.
        """
        found = next((stage for stage in self.all if stage.kind == kind), None)
        if found is None:
            raise Refusal("no_stage", _("The funnel has no stage for this. Add one in Settings first."), field="stage")
        return found

    def place_of(self, stage: int) -> tuple[int, int]:
        """Which of how many open stages a stage is; an end is past the last."""
        keys = [each.pk for each in self.open]
        return (keys.index(stage) + 1 if stage in keys else len(keys) + 1), max(1, len(keys))


def usual_stages() -> Stages:
    """The stages of the company; in an open change set those that every company begins with, where it has none."""
    found = Stages()
    return found if found.all else _begun()


def _begun() -> Stages:
    """Make the usual stages and reasons, in the language of the company."""
    language = Organization.objects.order_by("pk").values_list("language", flat=True).first() or "es"
    with translation.override(language):
        rows = [
            LeadStage(name=str(kind.label), kind=kind, ageing_days=days, position=place)
            for place, (kind, days) in enumerate(USUAL, 1)
        ]
        made = LeadStage.objects.bulk_create(rows)
        if not LeadReason.objects.exists():
            LeadReason.objects.bulk_create([LeadReason(name=gettext(name)) for name in REASONS])
    return Stages(made)


KEPT_SECONDS = 2.0
_places: tuple[float, dict[int, tuple[int, int]]] | None = None


def place_of(stage: int) -> tuple[int, int]:
    """Which of how many open stages a stage is, for drawing: at most two seconds old; an end is past the last."""
    global _places
    if _places is None or monotonic() - _places[0] > KEPT_SECONDS:
        found = Stages()
        _places = (monotonic(), {known.pk: found.place_of(known.pk) for known in found.all})
    return _places[1].get(stage, (0, 1))


@follows("leads.LeadStage")
def forget_places(entries: Sequence[Entry]) -> None:
    """Look at the stages again before the next drawing."""
    global _places
    _places = None
