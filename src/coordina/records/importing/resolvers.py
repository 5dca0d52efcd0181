"""Finding records by a code alone, and the records that lines of a file are of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.changes import Values
from coordina.core.instances import loaded
from coordina.core.messages import errors_of
from coordina.core.records import Record
from coordina.core.types import Field, Kind, RecordType
from coordina.records.importing.codes import Codes
from coordina.records.importing.judged import Judged
from coordina.records.importing.lined import head_of, lined_of, prefix
from coordina.records.importing.plan import Plan
from coordina.records.importing.references import Resolver
from coordina.records.importing.targets import Target
from coordina.records.models import ExternalId


class CodeResolver(Resolver):
    """Finds the records that cells mean by one of their codes and by nothing else; a made record gets the code.

    Args:
        column: That holds the code.
        fills: Name of the field that is filled.

    Attributes:
        names: What a record to be made is called, by its code; without it is called as its code.
    """

    def __init__(
        self, field: Field, by: User, values: Mapping[str, str], *, make: bool, column: str, fills: str
    ) -> None:
        super().__init__(field, by, values, make=make)
        self.column, self.fills = column, fills
        self.codes = [Codes(self.model, column, by)]
        self.names: dict[str, str] = {}

    def _look_up(self, texts: list[str]) -> dict[str, int | None]:
        return dict.fromkeys(texts) | self._single(self.codes[0].find(texts))

    def _values(self, text: str) -> Values:
        return super()._values(self.names.get(text) or text) | {self.column: text.strip()}

    def uncoded(self, keys: Iterable[int]) -> set[int]:
        """Which of some records have no code of their own."""
        wanted = list(keys)
        rows = self._rows().filter(pk__in=wanted, **{self.column: ""})
        return set(rows.values_list("pk", flat=True)) if wanted else set()


class HeadResolver(Resolver):
    """Finds the records that lines are of; one that does not exist is made of what its first line says about it.

    Args:
        known: The type of the lines.
        system: Under which ids of the other system are kept.
    """

    def __init__(
        self, field: Field, by: User, values: Mapping[str, str], *, make: bool, known: RecordType, system: str
    ) -> None:
        super().__init__(field, by, values, make=make)
        said = lined_of(known)
        self.named = said is not None and said.named
        self.prefix, self.head, self.system = prefix(known), head_of(known), system
        self.rows: dict[str, Values] = {}
        self.far: dict[str, dict[int, Record]] = {}
        edit = standard(self.model, "edit")
        self.checked = edit.input if edit is not None else None
        fills = {*self.head.writer.fills}
        self.needs = {n: str(f.label) for n, f in self.head.editable.items() if f.required and n not in fills}
        if self.named:
            self.needs.pop(self.head.title, None)

    def _look_up(self, texts: list[str]) -> dict[str, int | None]:
        if self.named:
            return super()._look_up(texts)
        near: dict[str, list[int]] = {text: [] for text in texts}
        label = self.model._meta.label
        rows = ExternalId.objects.filter(subject_type=label, value__in=texts).order_by("pk")
        outside = list(rows.values_list("value", "subject_id", "system"))
        seen = self._visible(pk for _text, pk, _system in outside)
        own = {text for text, pk, system in outside if system == self.system and pk in seen}
        for text, pk, system in outside:
            if pk in seen and (system == self.system or text not in own):
                near[text].append(pk)
        titled = self._rows().filter(**{f"{self.model.title_column}__in": texts})
        for pk, title in titled.values_list("pk", self.model.title_column):
            near[title].append(pk)
        return dict.fromkeys(texts) | self._single(near)

    def say(self, one: Judged) -> dict[str, str]:
        """What is wrong with what a row says of the record that is to be made, by name of the field."""
        said = self._said(one)
        waiting = {n.removeprefix(self.prefix) for n in (*one.pending, *one.promised) if n.startswith(self.prefix)}
        named = {n.partition("__")[0] for n in waiting}
        missing = _("“%(text)s” does not exist, and the row does not say this of it.")
        text = {"text": one.pending[self.fills]}
        found = {n: missing % text for n in self.needs if said.get(n) in (None, "") and n not in named}
        if self.checked is not None:
            fields = self.checked.model_fields
            try:
                self.checked.model_validate({n: v for n, v in said.items() if n in fields})
            except ValidationError as error:
                found |= {n: messages[0] for n, messages in errors_of(error, {}).items()}
        return found

    def _said(self, one: Judged) -> Values:
        start = len(self.prefix)
        return {n[start:]: v for n, v in one.values.items() if n.startswith(self.prefix)}

    def prepare(self, waiting: Iterable[Judged]) -> None:
        """Take what rows say of the records that are to be made: of each what its first row says."""
        for one in waiting:
            self.rows.setdefault(one.pending[self.fills], self._said(one))

    def created(self, texts: Iterable[str], *, at: datetime) -> dict[str, int]:
        """Make the records of some lines, each of its own however alike two numbers are; see `Resolver.created`."""
        wanted = list(texts)
        self._load(wanted)
        if self.named:
            made = super().created(wanted, at=at)
        else:
            made = self._made(wanted, at)
            self._found |= made
        for text in wanted:
            self.rows.pop(text, None)
        return made

    def _load(self, texts: Iterable[str]) -> None:
        """The records that the new ones refer to."""
        for name, field in self.head.fields.items():
            if field.kind is Kind.REF and field.to is not None:
                said = {self.rows.get(text, {}).get(name) for text in texts}
                self.far[name] = loaded(field.to, {pk for pk in said if isinstance(pk, int)})

    def _values(self, text: str) -> Values:
        values: Values = {}
        for name, value in self.rows.get(text, {}).items():
            values[name] = self.far[name].get(value) if name in self.far and isinstance(value, int) else value
        return {self.head.title: text, **values} if self.named else values

    def forget(self) -> None:
        """Drop what was remembered, after a transaction was rolled back."""
        super().forget()
        self.rows.clear()


def resolver_of(
    target: Target, plan: Plan, by: User, values: Mapping[str, str], *, make: bool, by_id: bool = False
) -> Resolver:
    """What finds the records that the cells of a target's column mean; see `Resolver`."""
    if target.code:
        return CodeResolver(target.field, by, values, make=make, column=target.code, fills=target.fills)
    if lined_of(plan.type) is not None and target.name == plan.type.within:
        return HeadResolver(target.field, by, values, make=make, known=plan.type, system=plan.system)
    return Resolver(target.field, by, values, make=make, inside=plan.inside.get(target.name), by_id=by_id)


def of_lines(plan: Plan, references: Mapping[str, Any]) -> HeadResolver | None:
    """What finds the records that the lines of a file are of; None where the file holds no lines."""
    found = references.get(plan.type.within) if lined_of(plan.type) is not None else None
    return found if isinstance(found, HeadResolver) else None
