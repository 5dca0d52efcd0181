"""What signing in needs. Machine tables, not records: secrets and counters stay out of the ledger."""

from typing import ClassVar

from django.db import models

from coordina.core.carried import SECRET, UNDER_WAY, Carried


class Credential(models.Model):
    """The hash of a user's password.

    Attributes:
        mark: Random; another one whenever all their sessions have to end, such as with a change of their factors.
    """

    carried: ClassVar[Carried] = SECRET

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    password = models.CharField(max_length=200)
    mark = models.CharField(max_length=16, blank=True, default="")
    changed_at = models.DateTimeField()


class Attempt(models.Model):
    """Failed sign-ins of one account or one address within a window; see `accounts.throttle`."""

    carried: ClassVar[Carried] = UNDER_WAY

    key = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()


class Stamp(models.Model):
    """Another number whenever users, teams or roles change: processes know when to read the team tree again."""

    count = models.PositiveBigIntegerField(default=0)


class Ticket(models.Model):
    """A link that lets one person choose a password once; the link itself is nowhere, see `accounts.tickets`.

    Attributes:
        kind: `invite` or `reset`; a person has one of each at most, a new one ends the old.
        nonce: Random; part of what the link signs.
    """

    carried: ClassVar[Carried] = SECRET

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    nonce = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="ticket_once")]


class Device(models.Model):
    """A session as its owner knows it: which browser, from where, when last.

    Attributes:
        session_key: Of Django's session; never shown.
        agent: What the browser calls itself.
        address: Network address it was seen at last.
    """

    carried: ClassVar[Carried] = SECRET

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
