"""A small world to filter and sort: deals of companies, sold by sellers, with tags. Tables exist while tests run."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from coordina.core.actors import Reach, Scope
from coordina.core.filters import Asker, Vocabulary
from coordina.core.indexes import SortIndex
from coordina.core.types import Field, Kind

APPS = Apps()
ZONE = ZoneInfo("America/Guayaquil")
NOW = dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.UTC)


class Seller(models.Model):
    name = models.CharField(max_length=40)
    permissions = models.JSONField(default=list)
    teams = models.JSONField(default=list)

    class Meta:
        apps = APPS
        app_label = "deals"

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def shut(self, noun: str) -> dict[str, str]:
        return {}

    def scope(self, permission: str) -> Scope | None:
        return Scope(Reach.TEAM, self.pk, tuple(self.teams))


class CompanyRows(models.QuerySet["Company"]):
    def visible_to(self, actor: Seller) -> "CompanyRows":
        return self.filter(team__in=actor.teams)


class Company(models.Model):
    name = models.CharField(max_length=40)
    city = models.CharField(max_length=40, blank=True)
    team = models.IntegerField()
    objects = CompanyRows.as_manager()

    class Meta:
        apps = APPS
        app_label = "deals"


class Deal(models.Model):
    name = models.CharField(max_length=40)
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=10, default="open")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    seats = models.IntegerField(null=True)
    close_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    key = models.BooleanField(default=False)
    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="+")
    team = models.IntegerField(default=1)
    custom = models.JSONField(default=dict)

    class Meta:
        apps = APPS
        app_label = "deals"
        indexes = [
            SortIndex(fields=["team", "-amount", "-id"], name="deal_amount"),
            SortIndex(fields=["-close_date", "-id"], name="deal_close"),
            models.Index(fields=["team", "-created_at", "-id"], name="deal_created"),
        ]


class Tagging(models.Model):
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="+")
    tag = models.IntegerField()

    class Meta:
        apps = APPS
        app_label = "deals"


MODELS = (Seller, Company, Deal, Tagging)
STATUSES = (("open", "Open"), ("won", "Won"), ("lost", "Lost"))


def tagged(condition: Q) -> Exists:
    return Exists(Tagging.objects.filter(condition, deal=OuterRef("pk")))


def field(name: str, kind: Kind, **said: object) -> Field:
    said.setdefault("label", name.split(".")[-1].replace("_", " ").capitalize())
    return Field(name=name, kind=kind, **said)


COMPANY_FIELDS = {
    f.name: f
    for f in (
        field("name", Kind.TEXT, contains_ok=True),
        field("city", Kind.TEXT),
        field("margin", Kind.DECIMAL, path="team", permission="see_margin"),
    )
}
FIELDS = {
    f.name: f
    for f in (
        field("name", Kind.TEXT, contains_ok=True, sortable=True),
        field("notes", Kind.LONG_TEXT, searchable=True),
        field("memo", Kind.LONG_TEXT, path="notes"),
        field("status", Kind.CHOICE, choices=STATUSES, sortable=True),
        field("amount", Kind.MONEY, digits=12, decimals=2, sortable=True),
        field("seats", Kind.INTEGER, sortable=True),
        field("close_date", Kind.DATE, sortable=True),
        field("created_at", Kind.DATETIME, sortable=True),
        field("key", Kind.BOOL, sortable=True),
        field("company", Kind.REF, to=Company, sortable=True),
        field("company.city", Kind.TEXT, path="company__city"),
        field("owner", Kind.REF, to=Seller),
        field("cost", Kind.MONEY, path="amount", permission="see_cost", sortable=True),
        field("tags", Kind.TAGS, path="tag", many=tagged),
        field("closed", Kind.BOOL, path="key", filterable=False),
        field("score", Kind.DECIMAL, path="custom", json_key="score", sortable=True),
        field("colour", Kind.TEXT, path="custom", json_key="colour", sortable=True, contains_ok=True),
        field("renewal", Kind.DATE, path="custom", json_key="renewal", sortable=True),
        field("agreed", Kind.BOOL, path="custom", json_key="agreed"),
    )
}
COMPANIES = Vocabulary(model=Company, fields=COMPANY_FIELDS)
VOCABULARY = Vocabulary(
    model=Deal,
    fields=FIELDS,
    search=lambda _field, text, _asker: Q(notes__icontains=text),
    far=lambda model: COMPANIES if model is Company else None,
)


def asker(seller: Seller) -> Asker:
    return Asker(user=seller, now=NOW, time_zone=ZONE)


@contextmanager
def tables() -> Iterator[None]:
    """Make the tables, outside of any transaction, and drop them afterwards."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)


def fill() -> Seller:
    """Forty deals with every kind of gap; returns the seller who asks and who sees team 1 alone."""
    ana = Seller.objects.create(id=1, name="Ana", teams=[1])
    Seller.objects.create(id=2, name="Bruno", teams=[2])
    cities = ["Quito", "Lima", ""]
    companies = [Company.objects.create(id=i + 1, name=f"C{i}", city=cities[i % 3], team=1 + i // 3) for i in range(6)]
    day = dt.date(2026, 11, 22)
    for i in range(40):
        custom: dict[str, object] = {}
        if i % 3:
            custom = {
                "score": i % 7,
                "colour": ["red", "blue", ""][i % 4 % 3],
                "renewal": str(day + dt.timedelta(days=i)),
            }
        if i % 5 == 0:
            custom = {"score": "many", "agreed": i % 2 == 0}
        deal = Deal.objects.create(
            name=f"Deal {i}",
            notes="50% up_front" if i % 4 == 0 else "",
            status=STATUSES[i % 3][0],
            amount=None if i % 4 == 3 else i % 6 * 1000 + (0 if i % 2 else 0.5),
            seats=None if i % 5 == 4 else i % 8,
            close_date=None if i % 6 == 5 else day + dt.timedelta(days=(i - 20) * 5),
            created_at=NOW - dt.timedelta(hours=i * 23 - 20),
            key=i % 7 == 0,
            company=companies[i % 6] if i % 8 else None,
            owner_id=[1, 2, None][i % 3],
            team=1 + i % 2,
            custom=custom,
        )
        for tag in range(1, i % 4 + 1):
            Tagging.objects.create(deal=deal, tag=tag)
    return ana
