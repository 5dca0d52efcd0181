"""Which record a row is about, where records are known by a code: by the code, else by the name, never by a guess."""

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
