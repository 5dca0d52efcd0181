"""Work of privacy in the background: erasing, what a restored backup brought back, holds that end."""

import datetime as dt
import logging
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import company_day
from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.filters import BadFilter
from coordina.core.personal import KEEPINGS, KINDS
from coordina.core.shredding import StillRead, compact, shredding
from coordina.core.storing.areas import EXPORTS, Stored
from coordina.ledger.change_sets import AlreadyDone, change_set
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.queue import Kind, progress, schedule, task
from coordina.privacy import beside
from coordina.privacy.actions import ERASE
from coordina.privacy.enums import Because
from coordina.privacy.erasing import erase
from coordina.privacy.files import burn, holding, named
from coordina.privacy.models import Erasure, Hold, RetentionRule
from coordina.privacy.retention import NOTICE, due_now, tell_done, tell_keepers
from coordina.privacy.subjects import record_named, subjects_of
from coordina.privacy.writers import announce, finish, go_on, order_erasure

logger = logging.getLogger(__name__)


@task(kind=Kind.LONG, label=_("Erasing a person"), max_attempts=8)
def erase_now(erasure_id: int) -> None:
    """Do an erasure that was ordered: database, files, then the bytes that are left over."""
    order = Erasure.objects.get(pk=erasure_id)
    _erase_one(order, f"erasure:{order.pk}")
    _clean()


def _erase_one(order: Erasure, key: str) -> None:
    record = record_named(order.subject_type, order.subject_id)
    if record is None:
        return
    paths = _noted(record)
    try:
        with (
            shredding(),
            change_set(
                by=order.owner, at=timezone.now(), via="system", action="privacy.erase", key=key, undoable=False
            ),
        ):
            work = erase(record)
            finish(order, dict(work.counts))
            _burn_surely(paths + work.files)
    except AlreadyDone:
        return
    burn(paths + work.files)


@task(kind=Kind.LONG, label=_("Removing files of somebody who was erased"), max_attempts=40, backoff=30)
def burn_again(places: list[list[str]]) -> None:
    """Remove files once more, in case that whoever erased their owner came no further than the database.

    Args:
        places: Area and name of each.
    """
    burn(named((area, name) for area, name in places))


def _burn_surely(places: list[Stored]) -> None:
    """Have files removed with the transaction that takes their rows, even if nobody comes to do it after it."""
    if places:
        burn_again.enqueue([[place.area, place.name] for place in places])


def _noted(record: Any) -> list[Stored]:
    """Note beside the database who is about to be erased; gives the kept files in which they stand."""
    who = subjects_of(record)
    beside.remember(who.ids)
    return holding(who.words)


def _clean() -> None:
    """Take what was deleted out of the files of the database, and archives that were made before out of the folder."""
    burn([EXPORTS.at(name) for name in sorted(entry.name for entry in EXPORTS.entries())])
    models = [k.model for k in KEEPINGS] + [k.model for k in KINDS] + [Change, Batch, BatchEntry]
    compact(model._meta.db_table for model in models)


def erase_again() -> int:
    """Erase what was erased once and stands there again, because a backup was restored; gives how many records."""
    done = 0
    for label, pk in beside.listed():
        record = record_named(label, pk)
        if record is None or _emptied(label, record):
            continue
        with change_set(by=None, at=timezone.now(), via="system", action="privacy.erase_again", undoable=False):
            order = order_erasure(record, Because.ASKED, None)
        _erase_one(order, f"erasure-again:{order.pk}:{order.created_at.isoformat()}")
        done += 1
    if done:
        try:
            _clean()
        except StillRead:  # the records are gone; nobody waits a restore through for a report that somebody reads
            clean_up.enqueue()
    return done


@task(kind=Kind.LONG, label=_("Erasing a person"), max_attempts=8)
def clean_up() -> None:
    """Take the bytes of deleted rows out of the database's files, once nobody can read them any more."""
    _clean()


def _emptied(label: str, record: Any) -> bool:
    """Whether a record that stays for the figures holds nothing any more."""
    kind = KINDS[label]
    if kind.leaves(record):
        return False
    return all(getattr(record, name) == value for name, value in kind.empties(record).items())


@task(kind=Kind.LONG, label=_("Ending holds"))
def end_holds() -> int:
    """Erase whom a hold has kept, from the day after its end on."""
    over = Hold.objects.filter(erase=True, until__lt=company_day(timezone.now())).order_by("pk")
    done = 0
    for hold in over:
        record = record_named(hold.subject_type, hold.subject_id)
        if record is None or held_until(record) is not None:
            continue
        with change_set(by=None, at=timezone.now(), via="system", action="privacy.end_hold", undoable=False):
            order = go_on(record) or order_erasure(record, Because.ASKED, hold.owner)
        erase_now.enqueue(order.pk)
        done += 1
    return done


def held_until(record: Any) -> dt.date | None:
    """Last day on which a duty keeps somebody; None where none does."""
    days = Hold.of(record).filter(until__gte=company_day(timezone.now())).values_list("until", flat=True)
    return max(days, default=None)


@task(kind=Kind.LONG, label=_("Keeping to rules of retention"))
def apply_rules() -> int:
    """Tell of what rules are about to erase, and a week later erase it; gives how many people."""
    today, done = company_day(timezone.now()), 0
    for rule in RetentionRule.objects.filter(active=True).order_by("pk"):
        user = User.objects.for_request().filter(pk=rule.owner_id or 0, access=Access.ACTIVE).first()
        if user is None or not user.may(ERASE):
            continue
        try:
            if rule.told_on is None:
                _announce(rule, due_now(rule, user).count(), today)
            elif rule.told_on + NOTICE <= today:
                done += _apply(rule, user, list(due_now(rule, user, NOTICE).order_by("pk")), today)
        except BadFilter:
            logger.warning("privacy.rule_unreadable", extra={"rule": rule.pk})
    if done:
        _clean()
    return done


def _announce(rule: RetentionRule, count: int, today: dt.date) -> None:
    if count:
        with change_set(by=None, at=timezone.now(), via="system", action="privacy.announce_rule"):
            announce(rule, today)
            tell_keepers(rule, count, today)


def _apply(rule: RetentionRule, user: User, due: list[Any], today: dt.date) -> int:
    """Erase whom a rule names, one transaction each, as one change set."""
    row: ChangeSet | None = None
    for record in due:
        progress.check()
        paths = _noted(record)
        with (
            shredding(),
            change_set(
                by=user, at=timezone.now(), via="system", action="privacy.retain", resume=row, undoable=False
            ) as journal,
        ):
            order = order_erasure(record, Because.RETENTION, user)
            work = erase(record)
            finish(order, dict(work.counts))
            _burn_surely(paths + work.files)
            row = journal.context["change_set"]
        burn(paths + work.files)
    with change_set(by=None, at=timezone.now(), via="system", action="privacy.announce_rule"):
        announce(rule, None)
        if due:
            tell_done(rule, len(due), today)
    return len(due)


schedule("privacy.apply_rules", apply_rules, "41 2 * * *")
schedule("privacy.end_holds", end_holds, "23 2 * * *")
