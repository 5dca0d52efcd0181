"""What a bulk run is to do with each of its records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS, Action, Changes, actions_on, standard
from coordina.core.changes import Values
from coordina.core.prepared import Prepared
from coordina.core.records import Record
from coordina.core.refusals import Forbidden
from coordina.core.types import TYPES, Kind, RecordType
from coordina.ledger.doors import check_open, emptied, resolve, validated
from coordina.records.models import BulkRun, TagLink

type Mark = tuple[int, int]
"""Id of a record, and the version that was looked at."""

AT_ONCE = 1000
"""Records of one transaction where they are written together."""
ONE_BY_ONE = 200
"""Records of one transaction where the action is called for each."""


def bulk_actions(by: User, known: RecordType) -> list[Action]:
    """The actions that a person may do with many records of a type at once: edit first, delete last."""
    if known.setting or known.within:
        return []
    found = [a for a in actions_on(known.model) if a.bulk and not a.hidden and a.open_to(by)]
    return sorted(found, key=lambda a: {"edit": 0, "delete": 2}.get(a.verb, 1))


def appendable(kind: Kind) -> bool:
    """Whether values of a kind can be put to what a record has already."""
    return kind in (Kind.TAGS, Kind.LONG_TEXT)


@dataclass
class Order:
    """One action with its input, for one person, on records of one type."""

    known: RecordType
    declared: Action
    by: User
    given: Values
    add: Mapping[str, Any] = field(default_factory=dict)
    remove: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, run: BulkRun, by: User) -> "Order":
        """The order of a run."""
        given = run.given
        declared = ACTIONS[run.action]
        return cls(TYPES[run.type], declared, by, given["set"], given.get("add", {}), given.get("remove", {}))

    @property
    def planned(self) -> bool:
        """Whether it is known what is written before it is."""
        return self.declared.plan is not None

    @property
    def deletes(self) -> bool:
        """Whether records are removed by their writer, many together."""
        return self.declared.verb == "delete" and standard(self.known.model, "delete") is self.declared

    @property
    def chunk(self) -> int:
        """Records of one transaction."""
        return AT_ONCE if self.planned or self.deletes else ONE_BY_ONE

    @cached_property
    def arguments(self) -> Values:
        """Keyword arguments that are the same for every record.

        Raises:
            Invalid: When the input is wrong, or names what the person cannot see.
            Forbidden: When the role does not allow it.
        """
        if not self.declared.open_to(self.by):
            raise Forbidden
        check_open(self.declared, {**self.given, **self.add, **self.remove}, self.by)
        kwargs = self.declared.arguments(validated(self.declared, self.given))
        if self.declared.patch:
            kwargs[self.declared.patch] = emptied(self.declared, kwargs[self.declared.patch])
        resolve(self.declared.input, kwargs, self.declared.patch, self.by)
        return kwargs

    @property
    def names(self) -> set[str]:
        """Fields that it writes, where it is an edit."""
        return {*self.given, *self.add, *self.remove} if self.declared.patch else set()

    def within_reach(self) -> Any:
        """The records that the person sees and may do this with."""
        rows: Any = self.known.model.objects
        return rows.visible_to(self.by).within(self.by, self.declared.permission)

    def kwargs(self, obj: Record, words: Mapping[int, list[str]], at: datetime) -> Values:
        """Arguments of the call for one record."""
        assert self.declared.target is not None
        kwargs = self.arguments | {self.declared.target: obj, "by": self.by, "at": at}
        if self.declared.patch and (self.add or self.remove):
            kwargs[self.declared.patch] = Changes(kwargs[self.declared.patch] | self._own(obj, words))
        return kwargs

    def _own(self, obj: Record, words: Mapping[int, list[str]]) -> Values:
        """Values that depend on what a record has."""
        found: Values = {}
        for name in {*self.add, *self.remove}:
            if self.known.fields[name].kind is Kind.TAGS:
                gone = {w.casefold() for w in self.remove.get(name, ())}
                kept = [w for w in words.get(obj.pk, []) if w.casefold() not in gone]
                have = {w.casefold() for w in kept}
                found[name] = kept + [w for w in self.add.get(name, ()) if w.casefold() not in have]
            else:
                now = str(getattr(obj, name) or "").rstrip()
                found[name] = f"{now}\n{self.add[name]}".strip()
        return found

    def words(self, keys: Sequence[int]) -> dict[int, list[str]]:
        """The tags of some records, where the order is about tags."""
        tagged = any(n in self.known.fields and self.known.fields[n].kind is Kind.TAGS for n in self.names)
        return words_on(self.known.model, keys) if tagged else {}


_WORDS = Prepared(
    lambda label, keys: (
        TagLink.objects.filter(subject_type=label, subject_id__in=keys)
        .order_by("tag__name")
        .values_list("subject_id", "tag__name")
    )
)


def words_on(model: type[Record], keys: Iterable[int]) -> dict[int, list[str]]:
    """The tags of some records by id, in alphabetical order."""
    found: dict[int, list[str]] = {}
    for pk, word in _WORDS(model._meta.label, list(keys)):
        found.setdefault(pk, []).append(word)
    return found
