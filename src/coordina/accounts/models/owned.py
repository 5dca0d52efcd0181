"""What every record has that somebody looks after."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models.team import Team


class LookedAfter(models.Model):
    """The owner and the owner's team as columns of the row: what a reach is asked by. Rooms index them as they list.

    A room whose records always have an owner declares the column anew.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("team"),
        db_index=False,
        editable=False,
    )

    class Meta:
        abstract = True
