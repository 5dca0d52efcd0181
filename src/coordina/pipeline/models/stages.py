"""Pipelines with their stages, and the reasons for winning and losing."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.pipeline.enums import Status


class Pipeline(Record):
    """A way that opportunities go: a company may have several."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        constraints = [models.UniqueConstraint(fields=["name"], name="pipeline_name_once")]

    def __str__(self) -> str:
        return self.name


class Stage(Record):
    """A step of a pipeline.

    Attributes:
        kind: Open, or the end that being in it means.
        probability: Per cent; what an opportunity has on entering it.
        ageing_days: Days after which an opportunity counts as stalled here; empty for never.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", verbose_name=_("pipeline"))
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=5, choices=Status.choices, default=Status.OPEN)
    probability = models.PositiveSmallIntegerField(_("probability"), default=10, validators=[MaxValueValidator(100)])
    ageing_days = models.PositiveIntegerField(_("days until stalled"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_once")]

    def __str__(self) -> str:
        return self.name


class Reason(Record):
    """Why an opportunity was won or lost."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("for"), max_length=5, choices=Status.choices[1:], default=Status.LOST)

    class Meta(Record.Meta):
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="reason_name_once")]

    def __str__(self) -> str:
        return self.name
