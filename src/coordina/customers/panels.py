"""Panels of customers: composer and timeline, the people of a company, the companies around it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.panels import PANELS, Panel
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.customers.composing import composer_values
from coordina.customers.contacting import closed
from coordina.customers.enums import Channel
from coordina.customers.models import Company, Person, Position
from coordina.records.panels import timeline_panel

SHOWN = 12
"""Rows of a side panel; the list shows the rest."""


def composer_panel(record: Record, user: User) -> Mapping[str, Any]:
    """The composer, ready to be typed into."""
    return composer_values(record, user)


def people_panel(company: Company, user: User) -> Mapping[str, Any]:
    """Who works for a company: those whose main one it is first."""
    columns = ("pk", "name", "role", "email", "phone", "mobile")
    rows = Person.objects.visible_to(user)
    main = rows.filter(company=company.pk).annotate(role=F("job_title")).order_by("name", "pk")
    hidden = type_of(Person).sight(user).hidden
    gone = {n: "" for n, of in zip(columns, ("", "", "job_title", *columns[3:]), strict=True) if of in hidden}
    found = [dict(zip(columns, row, strict=True)) for row in main.values_list(*columns)[: SHOWN + 1]]
    if len(found) <= SHOWN:
        also = Position.objects.filter(company=company.pk, person__in=rows.values("pk")).annotate(
            name=F("person__name"), role=F("job_title"), email=F("person__email"), phone=F("person__phone"),
            mobile=F("person__mobile"),
        )  # fmt: skip
        more = also.order_by("name", "pk").values_list("person_id", *columns[1:])[: SHOWN + 1 - len(found)]
        found += [dict(zip(columns, row, strict=True)) | {"further": True} for row in more]
    return {
        "people": [row | gone for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "may_add": user.may(Person.permission("add")),
        "company": company,
    }


def group_panel(company: Company, user: User) -> Mapping[str, Any]:
    """The company above and those below."""
    rows = Company.objects.visible_to(user).filter(Q(parent=company.pk) | Q(pk=company.parent_id or 0))
    city = F("city") if "city" in type_of(Company).known_to(user) else Value("")
    named = rows.annotate(shown_city=city).order_by("name", "pk").values_list("pk", "name", "shown_city")
    found = list(named[: SHOWN + 2])
    above = next((row for row in found if row[0] == company.parent_id), None)
    below = [row for row in found if row[0] != company.parent_id]
    return {"above": above, "below": below[:SHOWN], "more": len(below) > SHOWN, "company": company}


def preferences_panel(person: Person, user: User) -> Mapping[str, Any]:
    """What personal service needs to know."""
    known = type_of(person).known_to(user)
    names = [n for n in ("preferences", "special_requests") if n in known]
    return {"wishes": [(known[n].label, getattr(person, n)) for n in names if getattr(person, n)]}


def reach_panel(record: Company | Person, user: User) -> Mapping[str, Any]:
    """The number to call and the address to write to, as far as the person may see them."""
    known = type_of(record).known_to(user)
    numbers = [getattr(record, n) for n in ("mobile", "phone") if n in known and not closed(record, Channel.PHONE)]
    write = "email" in known and not closed(record, Channel.EMAIL)
    card = reverse("web:card", args=("people", record.pk)) if isinstance(record, Person) else ""
    return {"call": next(filter(None, numbers), ""), "write": record.email if write else "", "card": card}


for _slot, _of in (("company", Company), ("person", Person)):
    PANELS.add(
        f"customers.reach.{_slot}",
        Panel(f"{_slot}.acts", _("Reach"), _of.view_permission(), "customers/reach.html", reach_panel, order=10),
    )
for _slot in ("company", "person", "opportunity"):
    _seen = {"company": Company, "person": Person}.get(_slot)
    _permission = _seen.view_permission() if _seen else "pipeline.view_opportunity"
    PANELS.add(
        f"customers.composer.{_slot}",
        Panel(f"{_slot}.main", _("Log"), _permission, "customers/composer.html", composer_panel, order=10),
    )
    PANELS.add(
        f"customers.timeline.{_slot}",
        Panel(
            f"{_slot}.main", _("Activity"), _permission, "records/timeline.html", timeline_panel, order=20, lazy=True
        ),
    )
PANELS.add(
    "customers.people",
    Panel("company.side", _("Contacts"), Person.view_permission(), "customers/people.html", people_panel, order=10),
)
PANELS.add(
    "customers.group",
    Panel("company.side", _("Group"), Company.view_permission(), "customers/group.html", group_panel, order=30),
)
PANELS.add(
    "customers.wishes",
    Panel(
        "person.side",
        _("Matters to them"),
        Person.view_permission(),
        "customers/wishes.html",
        preferences_panel,
        order=10,
    ),
)
