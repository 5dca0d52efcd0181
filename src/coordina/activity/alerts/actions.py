"""What people decide about alerts: put off, hand on, close with a reason, bring back; and how urgent and important."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.activity.alerts.queries import shut_to
from coordina.activity.alerts.tuning import today, tuned
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.models import Alert, AlertMark, AlertTuning, How
from coordina.activity.notifications import tell
from coordina.core.actions import action
from coordina.core.permissions import LEADERS, NEIGHBOURS, SELLERS, permission
from coordina.core.refusals import NotFound, Refusal, Text
from coordina.core.watchers import WATCHERS
from coordina.records.subjects import about, subject_for

HANDLE = permission(
    "activity.handle_alert",
    noun=_("alerts"),
    verb="handle",
    label=_("Put off, hand on and close alerts"),
    grants={**LEADERS, **SELLERS, **dict.fromkeys(NEIGHBOURS, "all")},
)
TUNE = permission(
    "activity.tune_alerts",
    noun=_("alerts"),
    verb="tune",
    label=_("Say what is urgent and important"),
    grants=LEADERS,
)
HANDED_ON = "activity.handed_on"
KINDS.add(HANDED_ON, Kind(_("An alert is handed on to you"), "user-share", How.MAIL, order=25))
FURTHEST = 366
"""Days that a matter may be put off at most."""
LONGEST_WAIT = 3650

AT_ONCE = 100
"""Alerts that are decided about together."""
MARKED = ("since", "until", "handed_to", "closed", "reason")

type Name = Annotated[str, Field(max_length=60)]
type Several = Annotated[list[int], Field(min_length=1, max_length=AT_ONCE)]


def matter(by: User, watcher: str, subject_type: str, subject_id: int) -> Alert:
    """The alert of a record that a person may see, the record locked.

    Raises:
        NotFound: When there is none, or it may not be seen: both alike.
    """
    known = WATCHERS.get(watcher) if watcher not in shut_to(by) else None
    if known is None or known.of._meta.label != subject_type:
        raise NotFound
    about(subject_for(by, subject_type, subject_id, "view"))
    found = Alert.objects.filter(subject_type=subject_type, subject_id=subject_id, watcher=watcher).first()
    if found is None:
        raise Refusal("over", _("This is settled already."), status=409)
    return found


def _decide(alert: Alert, **decided: Any) -> AlertMark:
    """Write a decision; an earlier one about the same matter is changed, one about a past matter begins anew."""
    rows = AlertMark.objects.filter(subject_type=alert.subject_type, subject_id=alert.subject_id)
    mark = _mark_of(alert, rows.filter(watcher=alert.watcher).locked().order_by("-pk").first(), decided)
    mark.save()
    return mark


def _mark_of(alert: Alert, mark: AlertMark | None, decided: Mapping[str, Any]) -> AlertMark:
    """The mark of an alert with a decision on it, not yet written."""
    if mark is None:
        mark = AlertMark(
            subject_type=alert.subject_type, subject_id=alert.subject_id, watcher=alert.watcher, since=alert.since
        )
    if mark.since != alert.since:
        mark.since, mark.until, mark.handed_to, mark.closed, mark.reason = alert.since, None, None, False, ""
    for name, value in decided.items():
        setattr(mark, name, value)
    return mark


def _decide_all(alerts: Sequence[Alert], **decided: Any) -> int:
    """Write one decision about many alerts of one kind, together; gives how many."""
    rows = AlertMark.objects.filter(subject_type=alerts[0].subject_type, watcher=alerts[0].watcher)
    rows = rows.filter(subject_id__in=[alert.subject_id for alert in alerts]).locked().order_by("pk")
    last = {mark.subject_id: mark for mark in rows}
    marks = [_mark_of(alert, last.get(alert.subject_id), decided) for alert in alerts]
    kept = [mark for mark in marks if mark.pk is not None]
    AlertMark.objects.bulk_create([mark for mark in marks if mark.pk is None])
    AlertMark.objects.bulk_update(kept, MARKED)
    return len(alerts)


@action(AlertMark, permission=HANDLE, label=pgettext_lazy("an alert", "Put off"), icon="clock", hidden=True)
def put_off_alert(
    *, watcher: Name, subject_type: Name, subject_id: int, until: date, by: User, at: datetime
) -> AlertMark:
    """Take a matter off the list until a day.

    Args:
        watcher: Name of the watcher.
        subject_type: Label of the record's model.
        subject_id: Its id.
        until: Day on which it comes back; from tomorrow on.
    """
    alert, day = matter(by, watcher, subject_type, subject_id), today()
    if not 0 < (until - day).days <= FURTHEST:
        raise Refusal("until", _("Choose a day from tomorrow on, within a year."), field="until")
    return _decide(alert, until=until, closed=False, reason="")


@action(AlertMark, permission=HANDLE, label=_("Hand on"), icon="user-share", hidden=True)
def hand_on_alert(*, watcher: Name, subject_type: Name, subject_id: int, to: User, by: User, at: datetime) -> AlertMark:
    """Let somebody else look after a matter; the record keeps its owner.

    Args:
        watcher: Name of the watcher.
        subject_type: Label of the record's model.
        subject_id: Its id.
        to: Who; they must be able to see the record.
    """
    alert = matter(by, watcher, subject_type, subject_id)
    person = User.objects.for_request().get(pk=to.pk)
    rows: Any = WATCHERS[watcher].of.objects
    unseen = watcher in shut_to(person)
    if not person.is_active or unseen or not rows.visible_to(person).filter(pk=subject_id).exists():
        raise Refusal("unseen", _("%(name)s cannot see this record.") % {"name": to.name}, field="to")
    handed = None if to.pk == alert.owner_id else to
    mark = _decide(alert, handed_to=handed, until=None, closed=False, reason="")
    label = WATCHERS[watcher].label
    tell([to], kind=HANDED_ON, text=lambda person: _handed_text(by, label), about=rows.get(pk=subject_id), by=by, at=at)
    return mark


def _handed_text(by: User, label: Text) -> str:
    """What is told to whom a matter was handed, in their language."""
    return gettext("%(name)s hands this on to you: %(matter)s") % {"name": by.name, "matter": label}


@action(AlertMark, permission=HANDLE, label=_("Close"), icon="circle-x", hidden=True)
def close_alert(
    *,
    watcher: Name,
    subject_type: Name,
    subject_id: int,
    reason: Annotated[str, Field(max_length=300)],
    by: User,
    at: datetime,
) -> AlertMark:
    """Say that a matter needs no hand, and why. It comes back when it begins anew.

    Args:
        watcher: Name of the watcher.
        subject_type: Label of the record's model.
        subject_id: Its id.
        reason: Why; it stays in the history of the record.
    """
    alert = matter(by, watcher, subject_type, subject_id)
    if not reason.strip():
        raise Refusal("missing", _("Say in a few words why nothing has to be done."), field="reason")
    return _decide(alert, closed=True, reason=reason.strip(), until=None)


def _many(by: User, watcher: str, subject_ids: list[int]) -> list[Alert]:
    """The alerts of one kind of some records that a person may see, the records locked; what is settled is left out.

    Raises:
        NotFound: For an unknown watcher.
        Refusal: When none of them needs a hand any more.
    """
    known = WATCHERS.get(watcher)
    if known is None:
        raise NotFound
    rows: Any = known.of.objects
    seen = [record.pk for record in rows.visible_to(by).locked().filter(pk__in=subject_ids)]
    alerts = Alert.objects.filter(subject_type=known.of._meta.label, watcher=watcher, subject_id__in=seen)
    found = list(alerts.order_by("subject_id"))
    if not found:
        raise Refusal("over", _("This is settled already."), status=409)
    return found


@action(AlertMark, permission=HANDLE, label=_("Put all off"), icon="clock", hidden=True)
def put_off_alerts(*, watcher: Name, subject_ids: Several, until: date, by: User, at: datetime) -> int:
    """Take matters of one kind off the list until a day; gives how many.

    Args:
        watcher: Name of the watcher.
        subject_ids: Ids of the records.
        until: Day on which they come back; from tomorrow on.
    """
    if not 0 < (until - today()).days <= FURTHEST:
        raise Refusal("until", _("Choose a day from tomorrow on, within a year."), field="until")
    return _decide_all(_many(by, watcher, subject_ids), until=until, closed=False, reason="")


@action(AlertMark, permission=HANDLE, label=_("Close all"), icon="circle-x", hidden=True)
def close_alerts(
    *,
    watcher: Name,
    subject_ids: Several,
    reason: Annotated[str, Field(max_length=300)],
    by: User,
    at: datetime,
) -> int:
    """Say that matters of one kind need no hand, and why; gives how many. Each comes back when it begins anew.

    Args:
        watcher: Name of the watcher.
        subject_ids: Ids of the records.
        reason: Why; it stays in the history of each record.
    """
    if not reason.strip():
        raise Refusal("missing", _("Say in a few words why nothing has to be done."), field="reason")
    return _decide_all(_many(by, watcher, subject_ids), closed=True, reason=reason.strip(), until=None)


@action(AlertMark, permission=HANDLE, label=_("Bring back"), icon="arrow-back-up", hidden=True)
def bring_back_alert(*, watcher: Name, subject_type: Name, subject_id: int, by: User, at: datetime) -> AlertMark:
    """Put a matter back on the list of whoever owns the record.

    Args:
        watcher: Name of the watcher.
        subject_type: Label of the record's model.
        subject_id: Its id.
    """
    alert = matter(by, watcher, subject_type, subject_id)
    return _decide(alert, until=None, handed_to=None, closed=False, reason="")


@action(AlertTuning, permission=TUNE, label=_("Save"), icon="adjustments-horizontal", hidden=True)
def tune_alerts(
    *,
    important_value: Annotated[Decimal, Field(ge=1, max_digits=14, decimal_places=2)],
    waits: dict[str, int | None],
    off: list[str],
    by: User,
    at: datetime,
) -> AlertTuning:
    """Say from which amount a matter is important, and after how many days each kind is urgent.

    Args:
        important_value: In the reporting currency.
        waits: Days by watcher; null for never.
        off: Watchers that are switched off.
    """
    names = {w.name for w in WATCHERS}
    if not (waits.keys() | set(off)) <= names:
        raise NotFound
    if any(days is not None and not 0 <= days <= LONGEST_WAIT for days in waits.values()):
        raise Refusal("days", _("Write a number of days from 0 to %(most)d.") % {"most": LONGEST_WAIT}, field="waits")
    row = AlertTuning.objects.order_by("pk").first() or AlertTuning()
    said = tuned(row) if row.pk is not None else None
    own = {w.name: w.wait for w in WATCHERS}
    kept = dict(said.waits) if said is not None else {}
    row.important_value = important_value
    row.waits = {n: d for n, d in (kept | waits).items() if n not in own or d != own[n]}
    row.off = sorted(set(off))
    row.save()
    return row
