"""What proves a second time who somebody is, and what happened at the door. Machine tables: no secret on the ledger."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import SECRET, Carried


class Authenticator(models.Model):
    """The app on a person's telephone that shows a code of six digits every thirty seconds.

    Attributes:
        secret: What app and Coordina share, sealed; see `accounts.factors.sealing`.
        confirmed_at: When a code showed that the app has it; None while it is being set up, when it counts for nothing.
        last_step: The thirty seconds whose code was used last; none up to it is taken again.
    """

    carried: ClassVar[Carried] = SECRET

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    secret = models.TextField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)


class Passkey(models.Model):
    """A key pair in a device or a password manager; the public half is here.

    Attributes:
        credential: The device's name for it, base64url.
        data: Attested credential data: the public key among others, as the device gave it.
        counter: How often it signed, as it says; 0 where it does not count.
    """

    carried: ClassVar[Carried] = SECRET

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    credential = models.CharField(max_length=1400, unique=True)
    data = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper, for when the telephone is gone; only its digest is here."""

    carried: ClassVar[Carried] = SECRET

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]


class Identity(models.Model):
    """Who somebody is at the company's provider. A subject is never given to another person, an e-mail may be.

    Attributes:
        issuer: The provider, as it names itself.
        subject: The person, as the provider names them.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["issuer", "user"], name="identity_one_each"),
        ]


class Happening(models.TextChoices):
    """What may happen at the door."""

    SIGNED_IN = "signed_in", _("Signed in")
    FAILED = "failed", _("Failed to sign in")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD = "password", _("Password changed")
    APP_ADDED = "app_added", _("Authenticator app added")
    APP_REMOVED = "app_removed", _("Authenticator app removed")
    KEY_ADDED = "key_added", _("Passkey added")
    KEY_REMOVED = "key_removed", _("Passkey removed")
    KEY_COPIED = "key_copied", _("Passkey refused: it may have been copied")
    CODE_USED = "code_used", _("Recovery code used")
    CODES_MADE = "codes_made", _("Recovery codes made")
    RESET = "reset", _("Second factors taken away")


class SignInEvent(models.Model):
    """One thing that happened at the door.

    Attributes:
        user: Whom it is about; None for a try with an e-mail that nobody has.
        how: By which means: `password`, `app`, `passkey`, `code`, `provider`, `link`.
        by: Who did it to somebody else; None for the person themselves, and for the server's command line.
        detail: The name of a passkey; never a secret.
    """

    user = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=Happening.choices)
    how = models.CharField(max_length=12, blank=True, default="")
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="")
    agent = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="sign_in_of"),
            models.Index(fields=["at"], name="sign_in_at"),
        ]
