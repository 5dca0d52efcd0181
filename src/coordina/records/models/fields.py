"""Fields that people add to record types, and what the machine keeps about them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.carried import WORKED_OUT, Carried
from coordina.core.records import Record
from coordina.core.types import Kind


class FieldKind(models.TextChoices):
    """What an added field may hold."""

    TEXT = Kind.TEXT.value, _("Text")
    LONG_TEXT = Kind.LONG_TEXT.value, _("Long text")
    INTEGER = Kind.INTEGER.value, _("Whole number")
    DECIMAL = Kind.DECIMAL.value, _("Number with decimals")
    MONEY = Kind.MONEY.value, _("Amount of money")
    PERCENT = Kind.PERCENT.value, _("Percentage")
    DATE = Kind.DATE.value, _("Date")
    DATETIME = Kind.DATETIME.value, _("Date and time")
    BOOL = Kind.BOOL.value, _("Yes or no")
    CHOICE = Kind.CHOICE.value, _("One option of a list")
    CHOICES = Kind.CHOICES.value, _("Several options of a list")
    EMAIL = Kind.EMAIL.value, _("E-mail")
    PHONE = Kind.PHONE.value, _("Phone")
    URL = Kind.URL.value, _("Web address")
    REF = Kind.REF.value, _("Link to a person, company or product")


class CustomField(Record):
    """A field that somebody added to a record type. It is archived, never deleted, so its slug is never used again.

    Attributes:
        noun: Name of the record type.
        slug: Public name of the field and key of its values, such as `x_contract_end`.
        labels: The label in other languages, by code.
        to: For a link: name of the record type it leads to.
        choices: `{"key", "label"}` in order; one with `gone` is no longer offered, values that have it keep it.
        currency: Of amounts; empty for that of the record, else the reporting currency.
        default: As JSON holds it; None for none.
        required_if: `{"field", "values"}`, or `{"field", "from"}` for a step and all that follow; empty for never.
        visible_if: The same; empty for always.
        section: Title of the section, or `@` and the name of a declared field whose section it is.
        indexed: Whether lists filter and sort by it: a job keeps an index.
        restricted: Whether only roles with its own permission see it.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "label"

    noun = models.CharField(_("records"), max_length=40, editable=False)
    slug = models.CharField(_("internal name"), max_length=41, editable=False)
    label = models.CharField(_("name"), max_length=80)
    labels = models.JSONField(_("name in other languages"), default=dict, blank=True)
    kind = models.CharField(_("type"), max_length=12, choices=FieldKind.choices)
    to = models.CharField(_("leads to"), max_length=40, blank=True, default="")
    help = models.CharField(_("help"), max_length=300, blank=True, default="")
    choices = models.JSONField(_("options"), default=list, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=2)
    default = models.JSONField(_("value of new records"), null=True, blank=True)
    required = models.BooleanField(_("always required"), default=False)
    required_if = models.JSONField(_("required for"), default=dict, blank=True)
    visible_if = models.JSONField(_("visible for"), default=dict, blank=True)
    section = models.CharField(_("section"), max_length=80, blank=True, default="")
    position = models.PositiveIntegerField(_("position"), default=0)
    indexed = models.BooleanField(_("for filters and sorting"), default=False)
    restricted = models.BooleanField(_("only for some roles"), default=False)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        constraints = [models.UniqueConstraint(fields=["noun", "slug"], name="custom_field_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def permission_name(self) -> str:
        """What a role needs to see it, where only some do."""
        return f"fields.{self.noun}.{self.slug}"


class IndexState(models.TextChoices):
    """Where the index of a field is."""

    BUILDING = "building", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("It could not be prepared")


class FieldIndex(models.Model):
    """The index under filters and sorting of one added field. A machine table: a job makes and drops indexes by it.

    Attributes:
        field_id: Of the definition.
        built: What the index was made for; another kind or other choices need another one.
        problem: Why it failed.
    """

    carried: ClassVar[Carried] = WORKED_OUT

    field = models.OneToOneField(CustomField, on_delete=models.CASCADE, related_name="+", primary_key=True)
    state = models.CharField(max_length=8, choices=IndexState.choices, default=IndexState.BUILDING)
    built = models.JSONField(default=list)
    problem = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField()


class WorkState(models.TextChoices):
    """Where a conversion is."""

    WAITING = "waiting", _("Waiting")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused: some values do not fit")
    STOPPED = "stopped", _("Stopped")


class FieldWork(models.Model):
    """A conversion of the values of a field over all records. A machine table: what a job did, and what it left.

    Attributes:
        what: `kind`, `other` or `choice`.
        given: What the conversion needs: the new kind, the key of the other data, the choices.
        behind: Id of the last record that is done.
        left: Records whose value stayed as it was, as `[id, text]`, at most 200.
        left_count: How many there are.
    """

    carried: ClassVar[Carried] = Carried(settled={"state": {"waiting": "stopped", "running": "stopped"}})

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=WorkState.choices, default=WorkState.WAITING)
    behind = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list)
    job_id = models.BigIntegerField(null=True)
    change_set = models.ForeignKey("ledger.ChangeSet", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()


class OtherKey(models.Model):
    """A heading of imported files that found no field, as counted by a job. Derived: counted again on demand.

    Attributes:
        rows: How many records hold it.
        kind: What its values look like.
        samples: Some values.
        facts: How its dates and numbers are written, and its options.
    """

    noun = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    samples = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="other_key_once")]
