"""Rules of retention at work: whom they would erase now, telling of it a week ahead, and doing it."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.accounts.company import company_day
from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.notifications import tell
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.types import TYPES
from coordina.privacy.actions import ERASE
from coordina.privacy.models import Hold, RetentionRule
from coordina.records.vocabularies import vocabulary_of

NOTICE = timedelta(days=7)
"""Between telling administrators and erasing."""
TOLD = "privacy.retention"
KINDS.add(TOLD, Kind(gettext_lazy("People about to be erased by a rule"), "shield-half", permission=ERASE, order=60))


def due_now(rule: RetentionRule, user: User, more: timedelta = timedelta()) -> QuerySet[Any]:
    """Whom a rule would erase now, as far as somebody sees them; nobody who is held.

    Args:
        rule: The rule.
        user: On whose behalf.
        more: For how much longer than the rule says nothing has happened: after the notice, its days, so that nobody
            is erased who was not due when it was given.

    Raises:
        BadFilter: Where its filter cannot be read any more.
    """
    known = TYPES[rule.of]
    asker = Asker(user=user, now=timezone.now(), time_zone=ZoneInfo(user.time_zone or settings.TIME_ZONE))
    days = rule.days + more.days
    quiet = f"quiet_for = {days}"
    text = f"({rule.query}) and {quiet}" if rule.query.strip() else quiet
    rows: Any = known.model.objects
    found = rows.visible_to(user).filter(compile_filter(parse(text), vocabulary_of(known), asker))
    old = timezone.now() - timedelta(days=days)
    held = Hold.objects.filter(subject_type=known.model._meta.label, until__gte=company_day(timezone.now()))
    due: QuerySet[Any] = found.filter(created_at__lt=old).exclude(pk__in=held.values("subject_id"))
    return due


def tell_keepers(rule: RetentionRule, count: int, today: date) -> None:
    """Tell who may erase people that a rule is about to."""
    people = User.objects.for_request().filter(access=Access.ACTIVE)

    def said(user: User) -> str:
        text = ngettext(
            "The rule “%(rule)s” erases %(count)d person on %(day)s.",
            "The rule “%(rule)s” erases %(count)d people on %(day)s.",
            count,
        )
        return text % {"rule": rule.name, "count": count, "day": (today + NOTICE).isoformat()}

    keepers = [user for user in people if user.may(ERASE)]
    tell(keepers, kind=TOLD, text=said, url=f"/retention-rules/{rule.pk}/", key=f"{TOLD}:{rule.pk}:{today}")


def tell_done(rule: RetentionRule, count: int, today: date) -> None:
    """Tell them what a rule did."""
    people = User.objects.for_request().filter(access=Access.ACTIVE)
    keepers = [user for user in people if user.may(ERASE)]

    def said(user: User) -> str:
        return _("The rule “%(rule)s” has erased people: %(count)d.") % {"rule": rule.name, "count": count}

    tell(keepers, kind=TOLD, text=said, url="/erasures/", key=f"{TOLD}:done:{rule.pk}:{today}")
