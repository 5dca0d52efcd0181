"""Seals of the ledger and what came of checking them. Machine tables: nobody edits or undoes them."""

from typing import Any

from django.db import models


class Seal(models.Model):
    """One block of the chain: digests of some entries, and the root that covers them and everything before.

    Attributes:
        number: Place in the chain, from 1.
        leaves: How many digests it holds.
        change_from, change_to, batch_from, batch_to: Ids between which its rows lie; null where it has none.
        reach: How far the tables are sealed, and which ids below that are still looked for: see `blocks.Reach`.
        heads: What the digests are of, in order, compressed; see `blocks`.
        digests: Sixteen bytes each.
        root: Hexadecimal SHA-256 over the root before and all of the above.
        salts: What the salts of the digests come from; it loses what belongs to erased values. Not covered by the root.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    leaves = models.PositiveIntegerField()
    change_from = models.BigIntegerField(null=True)
    change_to = models.BigIntegerField(null=True)
    batch_from = models.BigIntegerField(null=True)
    batch_to = models.BigIntegerField(null=True)
    reach: Any = models.JSONField()
    heads = models.BinaryField()
    digests = models.BinaryField()
    root = models.CharField(max_length=64)
    salts: Any = models.JSONField()

    def __str__(self) -> str:
        return f"{self.number} {self.root[:16]}"


class Verification(models.Model):
    """What a check of the whole ledger against its seals found.

    Attributes:
        by_id: Who asked; null for the command line.
        leaves: How many digests were checked. root: The newest root then.
        erased: How many values were found erased for good, as they may be.
        wrong: How many findings there are; `findings` holds the first of them.
    """

    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    seals = models.PositiveBigIntegerField()
    leaves = models.PositiveBigIntegerField()
    erased = models.PositiveBigIntegerField()
    wrong = models.PositiveBigIntegerField()
    findings: Any = models.JSONField()
    root = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.wrong}"
