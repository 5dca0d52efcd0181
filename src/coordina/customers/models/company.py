"""Companies with their addresses and industries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import LookedAfter
from coordina.core.records import Record
from coordina.customers.enums import AddressKind, Relation, TaxTreatment
from coordina.customers.models.contactable import Contactable
from coordina.customers.models.group import CustomerGroup
from coordina.records.models import Extensible


class Industry(Record):
    """A line of business."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)

    class Meta(Record.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        constraints = [models.UniqueConstraint(fields=["name"], name="industry_name_once")]

    def __str__(self) -> str:
        return self.name


class Company(LookedAfter, Contactable, Extensible):
    """An organisation one sells to, or might.

    Attributes:
        employees: How many people work there.
        annual_revenue: In the reporting currency, major units.
        phone: E.164.
        tax_id: As the country writes it, checked where its rule is known.
        equivalence_surcharge: Whether it is a retailer on whose goods the surcharge is charged besides the tax.
        tax_treatment: How sales to it are taxed; empty: as its place says.
        credit_limit: How much it may have open, in the reporting currency; empty: nobody has set a limit.
    """

    name = models.CharField(_("name"), max_length=200)
    relation = models.CharField(_("relation"), max_length=10, choices=Relation.choices, default=Relation.PROSPECT)
    industry = models.ForeignKey(
        Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("industry")
    )
    customer_group = models.ForeignKey(
        CustomerGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer group"),
    )
    equivalence_surcharge = models.BooleanField(_("equivalence surcharge"), default=False)
    tax_treatment = models.CharField(
        _("tax treatment"), max_length=10, choices=TaxTreatment.choices, blank=True, default=""
    )
    credit_limit = models.DecimalField(_("credit limit"), max_digits=16, decimal_places=2, null=True, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("part of")
    )
    tax_id = models.CharField(_("tax id"), max_length=40, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    website = models.URLField(_("website"), max_length=300, blank=True, default="")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=16, decimal_places=2, null=True, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True, default="", max_length=20_000)

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="company_new"),
            models.Index(fields=["name", "id"], name="company_by_name"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="company_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="company_team"),
        ]

    def __str__(self) -> str:
        return self.name


class Address(Record):
    """One of a company's addresses."""

    scope_parent: ClassVar[str] = "company"
    title_column: ClassVar[str] = "street"

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", verbose_name=_("company"), editable=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind.choices, default=AddressKind.MAIN)
    street = models.CharField(_("street"), max_length=250)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    region = models.CharField(_("province or state"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return self.street
