"""Personal tokens: by which a program acts as one person, and what it may do."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import SECRET, Carried
from coordina.core.records import Record


class Token(Record):
    """What a person gives to a program so that it may act for them. The secret itself is nowhere: see `TokenKey`.

    Attributes:
        writes: Whether it may change anything; otherwise it only reads.
        types: Names of the record types it is for; empty for all of them.
        hint: The last letters of the secret, to tell tokens apart.
        expires_on: The last day it is good for; None for one that does not expire.
    """

    scope_team: ClassVar[str] = ""

    secret: str = ""
    """Of a token that was made just now; nowhere else."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("acts as"), editable=False
    )
    writes = models.BooleanField(_("may change things"), default=False, editable=False)
    types = models.JSONField(_("only for"), default=list, blank=True, editable=False)
    hint = models.CharField(_("ends in"), max_length=8, editable=False)
    expires_on = models.DateField(_("good until"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        indexes = [models.Index(fields=["owner", "-id"], name="token_of")]

    def __str__(self) -> str:
        return self.name


class TokenKey(models.Model):
    """The hash of a token's secret, and when it was used. A machine table: no secret is ever on the ledger.

    Attributes:
        digest: SHA-256 of the secret, hexadecimal; the secret is random, so nothing slower is needed.
        address: Network address it was used from last.
    """

    carried: ClassVar[Carried] = SECRET

    token = models.OneToOneField(Token, on_delete=models.CASCADE, related_name="+", primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True, default="")
