"""Cleaning up a large list: all pairs that are almost certain become one in one go, undone as one."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.records.duplicates.deciding import MERGES_OF_MANY
from coordina.records.duplicates.declared import Matching
from coordina.records.duplicates.merging import MOST
from coordina.records.duplicates.pairs import open_pairs
from coordina.records.duplicates.scoring import SURE

logger = logging.getLogger(__name__)

GROUPS = 25
"""Groups that are merged in one transaction."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be merged.

    Attributes:
        groups: Ids of the records that become one, each group in ascending order.
        beyond: Pairs left out because the person may not change both records.
    """

    groups: list[list[int]]
    beyond: int

    @property
    def gone(self) -> int:
        """How many records there are less afterwards."""
        return sum(len(group) - 1 for group in self.groups)


def planned(kind: Matching, by: User) -> Plan:
    """The groups that the almost certain pairs form, as far as the person sees and may change them."""
    pairs = list(open_pairs(kind, by, sure_from=SURE).values_list("low_id", "high_id"))
    keys = {pk for pair in pairs for pk in pair}
    rows: Any = kind.model.objects
    may: set[int] = set()
    for start in range(0, len(keys), 500):
        part = sorted(keys)[start : start + 500]
        within = rows.within(by, kind.model.permission("change")).filter(pk__in=part)
        may |= set(within.values_list("pk", flat=True))
    mine = [pair for pair in pairs if may.issuperset(pair)]
    return Plan(groups_of(mine), len(pairs) - len(mine))


def groups_of(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Records that hang together by pairs; a group is cut where more than can be merged at a time hang together."""
    near: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    groups, seen = [], set[int]()
    for start in sorted(near):
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            key = waiting.pop()
            group.append(key)
            for other in sorted(near[key] - seen):
                seen.add(other)
                waiting.append(other)
        group.sort()
        groups += [group[i : i + MOST] for i in range(0, len(group), MOST) if len(group[i : i + MOST]) > 1]
    return groups


def merge_all(kind: Matching, by: User, key: str, *, progress: Callable[[int, int], None]) -> ChangeSet | None:
    """Merge every group, some in a transaction, all as one change set; killed and begun again it goes on.

    Args:
        kind: The record type.
        by: Who merges.
        key: Names the work; the same key continues it.
        progress: Told how many groups are behind, of how many.

    Returns:
        The change set; None when there was nothing to merge.
    """
    plan = planned(kind, by)
    made = None
    try:
        made = _merged(kind, plan, by, key, progress)
    finally:
        ChangeSet.objects.filter(key=key, state=State.OPEN).update(state=State.DONE)
    return made


def _merged(kind: Matching, plan: Plan, by: User, key: str, progress: Callable[[int, int], None]) -> ChangeSet | None:
    made = ChangeSet.objects.filter(key=key).first()
    action = f"{kind.model._meta.app_label}.merge_sure_{kind.name}"
    for start in range(0, len(plan.groups), GROUPS):
        at = timezone.now()
        with change_set(by=by, at=at, via="bulk", action=action, key=key, resume=made, state=State.OPEN) as journal:
            for group in plan.groups[start : start + GROUPS]:
                _merge_group(kind, group, by, at)
            row: ChangeSet = journal.context["change_set"]
        made = row if row.pk is not None else made
        progress(min(start + GROUPS, len(plan.groups)), len(plan.groups))
    return made


def _merge_group(kind: Matching, group: list[int], by: User, at: Any) -> None:
    """Merge one group; one that cannot be merged as proposed is left to people, with its pairs in the queue."""
    try:
        with transaction.atomic():
            MERGES_OF_MANY[kind.name](group=group, by=by, at=at)
    except Refusal as refusal:
        logger.info("A group of duplicates was left: %s", refusal)
