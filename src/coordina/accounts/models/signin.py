"""What signing in needs. Machine tables, not records: secrets and counters stay out of the ledger."""

from django.db import models


class Credential(models.Model):
    """The hash of a user's password."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    password = models.CharField(max_length=200)
    changed_at = models.DateTimeField()


class Attempt(models.Model):
    """Failed sign-ins of one account or one address within a window; see `accounts.throttle`."""

    key = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()


class Stamp(models.Model):
    """Another number whenever users, teams or roles change: processes know when to read the team tree again."""

    count = models.PositiveBigIntegerField(default=0)
