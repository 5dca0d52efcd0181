"""The section on the pages of people: what may be asked for by law, and holds."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.filters import BadFilter
from coordina.core.panels import PANELS, Panel
from coordina.core.types import TYPES, type_of
from coordina.customers.models import Person
from coordina.leads.models import Lead
from coordina.privacy.actions import ERASE, HAND_OUT
from coordina.privacy.models import Hold, RetentionRule
from coordina.privacy.retention import due_now
from coordina.records.timeline import current_formats

SHOWN = 50
"""People that a preview names."""


def privacy_panel(record: Any, user: User) -> Mapping[str, Any]:
    """What one may do for a person's rights; fetched after the page stands."""
    known = type_of(record)
    formats = current_formats()
    may_erase = user.may(ERASE)
    return {
        "holds": [(each, formats.date_short(each.until)) for each in Hold.of(record).order_by("until")],
        "export_url": reverse("privacy:hand_out", args=(known.url, record.pk)) if user.may(HAND_OUT) else "",
        "erase_url": reverse("privacy:erase", args=(known.url, record.pk)) if may_erase else "",
        "release_url": reverse("web:do", args=(known.url, record.pk, f"release-{known.name}")) if may_erase else "",
        "hold_url": reverse("web:do", args=(known.url, record.pk, f"hold-{known.name}")) if may_erase else "",
    }


def rule_panel(rule: RetentionRule, user: User) -> Mapping[str, Any]:
    """Whom a rule would erase now: how many, and the first of them."""
    known = TYPES[rule.of]
    try:
        due = due_now(rule, user)
        found = [(obj.pk, str(getattr(obj, known.title))) for obj in due.order_by("pk")[:SHOWN]]
        count = due.count() if len(found) == SHOWN else len(found)
    except BadFilter as bad:
        return {"wrong": bad.message}
    return {"found": found, "count": count, "more": count - len(found), "url": known.url}


PANELS.add(
    "privacy.rule",
    Panel("retention_rule.main", _("What it would erase"), ERASE, "privacy/rule.html", rule_panel, lazy=True),
)
for _name, _model in (("person", Person), ("lead", Lead)):
    PANELS.add(
        f"privacy.rights.{_name}",
        Panel(f"{_name}.side", _("Privacy"), HAND_OUT, "privacy/panel.html", privacy_panel, order=95, lazy=True),
    )
