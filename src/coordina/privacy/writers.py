"""How requests, holds and erasures are written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.core import changes
from coordina.core.changes import Values
from coordina.core.filters import Asker, BadFilter, compile_filter, parse
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES
from coordina.core.writer import Writer
from coordina.customers.consent_writers import suppress
from coordina.privacy.enums import Stage, Standing
from coordina.privacy.models import Erasure, Hold, PrivacyRequest, RetentionRule
from coordina.privacy.rules import month_after
from coordina.records.vocabularies import vocabulary_of

FEWEST, MOST = 30, 3650
"""Days that a rule of retention may wait."""
AHEAD = timedelta(days=1)
"""How far ahead a day of arrival may lie: clocks and time zones differ."""


class RequestWriter(Writer[PrivacyRequest]):
    """Requests have the deadline of the law where no other is said."""

    def clean(self, values: Values, *, obj: PrivacyRequest | None = None) -> Values:
        """Refuse a day of arrival that is still to come, and a deadline before it."""
        values = super().clean(values, obj=obj)
        received = values.get("received_on") or (obj.received_on if obj else None)
        if received is not None and received > (timezone.now() + AHEAD).date():
            raise Refusal(
                "future", _("That day is still to come. Choose today or an earlier day."), field="received_on"
            )
        if obj is None and received is not None and not values.get("due_on"):
            values = values | {"due_on": month_after(received)}
        due: date | None = values.get("due_on") or (obj.due_on if obj else None)
        if due is not None and received is not None:
            latest = month_after(month_after(month_after(received)))
            if not received <= due <= latest:
                text = _("The law gives one month, and two more where you say why: at most until %(day)s.")
                raise Refusal("due", text % {"day": latest.isoformat()}, field="due_on")
        return values

    def prepare(self, made: Sequence[PrivacyRequest], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give new requests to whoever writes them down, where nobody is named."""
        super().prepare(made, rows, by=by, at=at)
        for each in made:
            each.due_on = each.due_on or month_after(each.received_on)


def answer(request: PrivacyRequest, status: str, note: str, on: date) -> PrivacyRequest:
    """Close a request."""
    request.status, request.answered_on = status, on
    request.note = "\n".join(filter(None, (request.note, note.strip())))
    request.save()
    return request


def reopen_request(request: PrivacyRequest) -> PrivacyRequest:
    """Open a request again."""
    request.status, request.answered_on = Stage.OPEN, None
    request.save()
    return request


def hold(record: Record, reason: str, until: date, by: Any) -> Hold:
    """Note a duty to keep somebody."""
    made = Hold(subject_type=record._meta.label, subject_id=record.pk, reason=reason.strip(), until=until, owner=by)
    made.save()
    return made


def block(record: Any) -> None:
    """Let nobody contact somebody whose erasure waits for the end of a hold; the hold remembers the order."""
    record.no_contact = True
    record.no_contact_reason = _("Blocked until they are erased.")
    record.save()
    for each in Hold.of(record).filter(erase=False):
        each.erase = True
        each.save()


def order_erasure(record: Record, reason: str, by: Any, status: str = Standing.WAITING) -> Erasure:
    """Note that somebody is to be erased."""
    made = Erasure(subject_type=record._meta.label, subject_id=record.pk, reason=reason, owner=by, status=status)
    made.save()
    return made


def go_on(record: Record) -> Erasure | None:
    """Take up an erasure that waited for the end of a hold; None where none was ordered."""
    label = record._meta.label
    found = (
        Erasure.objects.filter(subject_type=label, subject_id=record.pk, status=Standing.HELD).order_by("pk").first()
    )
    if found is not None:
        found.status = Standing.WAITING
        found.save()
    return found


def end_all_holds(record: Record) -> None:
    """Take away every duty to keep somebody."""
    Hold.of(record).delete()


def finish(order: Erasure, counts: Mapping[str, int]) -> None:
    """Note what an erasure took."""
    order.status = Standing.DONE
    order.counts = {label: count for label, count in sorted(counts.items()) if count}
    order.save()


def suppress_all(record: Any, reason: str) -> None:
    """Keep the fingerprints of somebody's addresses, so that nothing is sent to them when they come in again."""
    for name in ("email", "phone", "mobile"):
        if getattr(record, name, ""):
            suppress(getattr(record, name), reason)


class ErasureWriter(Writer[Erasure]):
    """Erasures are ordered on the page of a person, and stay on record."""

    def clean(self, values: Values, *, obj: Erasure | None = None) -> Values:
        """Refuse to write one by hand.

        Raises:
            Refusal: Always.
        """
        raise Refusal("by_hand", _("An erasure is ordered on the page of the contact or lead."), status=409)

    def delete(self, objs: Sequence[Erasure], *, by: Any, at: datetime) -> None:
        """Refuse to forget one.

        Raises:
            Refusal: Always.
        """
        raise Refusal("stays", _("Erasures stay on record: they prove that the law was kept."), status=409)


class RuleWriter(Writer[RetentionRule]):
    """Rules whose filters can be read; one that is changed is announced anew before it erases anybody."""

    def clean(self, values: Values, *, obj: RetentionRule | None = None) -> Values:
        """Refuse a filter that cannot be read, at `query`, and days that are too few."""
        values = super().clean(values, obj=obj)
        days = values.get("days")
        if days is not None and not FEWEST <= days <= MOST:
            text = _("Write a number of days from %(least)d to %(most)d.")
            raise Refusal("days", text % {"least": FEWEST, "most": MOST}, field="days")
        query = str(values.get("query", obj.query if obj else "") or "")
        of = str(values.get("of") or (obj.of if obj else "") or "lead")
        journal = changes.current()
        by = journal.context.get("by") if journal is not None else None
        if query.strip() and by is not None and {"query", "of"} & values.keys():
            check_query(of, query, by)
        return values

    def edited(self, changes: Sequence[tuple[RetentionRule, Values]], *, by: Any, at: datetime) -> None:
        """What was announced is no longer what would be done."""
        super().edited(changes, by=by, at=at)
        for rule, values in changes:
            if rule.told_on is not None and {"of", "query", "days"} & values.keys():
                announce(rule, None)


def check_query(of: str, query: str, by: Any) -> None:
    """Refuse a filter that cannot be read.

    Raises:
        Refusal: At `query`, saying what is wrong.
    """
    known = TYPES[of]
    asker = Asker(user=by, now=timezone.now(), time_zone=timezone.get_current_timezone())
    try:
        compile_filter(parse(query), vocabulary_of(known), asker)
    except BadFilter as bad:
        raise Refusal("filter", bad.message, field="query") from None


def announce(rule: RetentionRule, on: date | None) -> None:
    """Note when administrators were told of what a rule is about to do; None once it is done."""
    rule.told_on = on
    rule.save()


def switch(rule: RetentionRule, active: bool, by: Any) -> RetentionRule:
    """Let a rule work on somebody's behalf, or no more."""
    rule.active, rule.owner, rule.told_on = active, by if active else rule.owner, None
    rule.save()
    return rule
