"""Which record a row is about, where codes or several fields together say it; what may be several is never guessed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.records.importing.codes import Codes, code_key, codes_of
from coordina.records.importing.judged import Judged
from coordina.records.importing.plan import Plan
from coordina.records.imports.reasons import quoted


class Identity:
    """Finds the records of a type that has codes, from the field on by which rows are to be matched.

    Args:
        plan: What was decided about the file.
        by: Who imports; records they may not see are not found.
    """

    def __init__(self, plan: Plan, by: User) -> None:
        self.model: Any = plan.type.model
        self.by, self.title = by, plan.type.title
        order = [*codes_of(plan.type, by), plan.type.title]
        begin = order.index(plan.match) if plan.match in order else 0
        ways = [name for name in order[begin:] if name in plan.filled]
        self.codes = {name: Codes(self.model, name, by) for name in ways if name != plan.type.title}
        self.by_title = plan.type.title in ways

    def find(self, judged: Sequence[Judged]) -> None:
        """Let rows be about the records they name; refuse those that may be about several."""
        for name, codes in self.codes.items():
            rows = [one for one in judged if one.found is None and one.values.get(name) and not one.errors]
            found = codes.find(str(one.values[name]) for one in rows)
            for one in rows:
                self._take(one, name, found[str(one.values[name])])
        if self.by_title:
            rows = [one for one in judged if one.found is None and one.values.get(self.title) and not one.errors]
            self._find_by_title([one for one in rows if not one.external])

    def _find_by_title(self, rows: Sequence[Judged]) -> None:
        """By name: a row with a code, or an id in the other system, of its own is about none that has another one."""
        near: dict[str, list[tuple[int, bool]]] = {}
        seen: Any = self.model.objects.visible_to(self.by)
        wanted = {str(one.values[self.title]) for one in rows}
        columns = ("pk", self.title, *self.codes)
        for pk, title, *own in seen.filter(**{f"{self.title}__in": wanted}).order_by("pk").values_list(*columns):
            near.setdefault(title, []).append((pk, any(own)))
        for one in rows:
            coded = any(one.values.get(name) for name in self.codes)
            here = near.get(str(one.values[self.title]), ())
            self._take(one, self.title, [pk for pk, has in here if not (coded and has)])

    def _take(self, one: Judged, name: str, keys: Sequence[int]) -> None:
        if len(keys) > 1:
            message = _("There are %(number)d records with “%(text)s”. It is not clear which one this row is about.")
            one.errors.append(("", message % {"number": len(keys), "text": quoted(str(one.values[name]))}))
        elif keys:
            one.found = keys[0]

    def key_of(self, one: Judged) -> tuple[str, str] | None:
        """By what two rows of a file speak of the same record."""
        for name in self.codes:
            if one.values.get(name):
                return (name, code_key(str(one.values[name])))
        title = one.values.get(self.title) if self.by_title else None
        return ("match", str(title)) if title else None

    def learn(self, written: Iterable[tuple[Judged, int]]) -> None:
        """Take records that were written by rows into account."""
        done = list(written)
        for name, codes in self.codes.items():
            codes.learn((pk, str(one.values[name])) for one, pk in done if one.values.get(name))

    def forget(self) -> None:
        """Drop what was remembered, after a transaction was rolled back."""
        for codes in self.codes.values():
            codes.forget()


class Together:
    """Finds the records of a type that several fields together tell apart, such as a product in a warehouse.

    Args:
        plan: What was decided about the file.
        by: Who imports; records they may not see are not found.
        names: Of the fields; the first is never empty.
        repeats: Whether several records may have the same: lines of an order with the same product. Then rows of one
            file are never about each other's.
    """

    def __init__(self, plan: Plan, by: User, names: Sequence[str], *, repeats: bool) -> None:
        self.model: Any = plan.type.model
        self.by, self.names, self.repeats = by, tuple(names), repeats
        self.usual = {n: f.default for n in names if (f := plan.type.fields.get(n)) is not None}
        self.mine: set[int] = set()

    def find(self, judged: Sequence[Judged]) -> None:
        """Let rows be about the records they name; refuse those that may be about several."""
        rows = [one for one in judged if self._wanted(one)]
        keys = {one.row.number: self._key(one) for one in rows}
        first = {key[0] for key in keys.values()}
        near: dict[tuple[Any, ...], list[int]] = {}
        seen: Any = self.model.objects.visible_to(self.by).filter(**{f"{self.names[0]}__in": first})
        for pk, *values in seen.order_by("pk").values_list("pk", *self.names) if first else ():
            if pk not in self.mine:
                near.setdefault(tuple(values), []).append(pk)
        for one in rows:
            here = near.get(keys[one.row.number], [])
            if len(here) > 1:
                one.errors.append(("", _("It is not clear which of several lines this row is about: number them.")))
            elif here:
                one.found = here[0]

    def _wanted(self, one: Judged) -> bool:
        """Whether a row is about something that may be there: one with a number of its own only by that number."""
        waiting = {name.partition("__")[0] for name in (*one.pending, *one.promised)}
        known = one.values.get(self.names[0]) is not None and not waiting & set(self.names)
        return known and one.found is None and not one.errors and not (self.repeats and one.external)

    def _key(self, one: Judged) -> tuple[Any, ...]:
        return tuple(one.values[n] if n in one.values else self.usual.get(n) for n in self.names)

    def key_of(self, one: Judged) -> tuple[str, str] | None:
        """By what two rows of a file speak of the same record."""
        if self.repeats:
            return None
        waiting = [one.pending.get(n) or one.pending.get(f"{n}__code") for n in self.names]
        return ("together", repr([waiting, self._key(one)]))

    def learn(self, written: Iterable[tuple[Judged, int]]) -> None:
        """Rows of the same file are not about the lines that this import made."""
        if self.repeats:
            self.mine |= {pk for one, pk in written if one.found is None}

    def forget(self) -> None:
        """Nothing is remembered that a rolled back transaction takes away: its ids come to nothing."""


def identity_of(plan: Plan, by: User) -> Identity | Together | None:
    """What finds the records of a type besides ids of the other system; None where one field alone does."""
    if plan.type.extra.get("codes"):
        return Identity(plan, by)
    names: Sequence[str] = plan.type.extra.get("together", ())
    return Together(plan, by, names, repeats=bool(plan.type.extra.get("repeats"))) if names else None
