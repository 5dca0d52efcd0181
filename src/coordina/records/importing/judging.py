"""Rows to values: what each row would become, and why some cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import ValidationError

from coordina.accounts.models import Organization, User
from coordina.core.actions import Action, standard
from coordina.core.changes import Values
from coordina.core.messages import errors_of
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import Kind
from coordina.records.importing.cells import Cell, Problem, reader
from coordina.records.importing.plan import ColumnPlan, Mode, Plan
from coordina.records.importing.references import Resolver
from coordina.records.importing.targets import EXTERNAL_ID
from coordina.records.imports.reading import Row
from coordina.records.imports.reasons import Severity
from coordina.records.imports.values import is_unknown
from coordina.records.models import Extensible, ExternalId


@dataclass(slots=True)
class Judged:
    """A row on its way.

    Attributes:
        values: By field; references by id.
        other: Cells that no field holds, by header.
        pending: References whose record does not exist yet, as text by field.
        errors: What is wrong, as (label, sentence); a row with errors is left out.
        found: The record it would update.
    """

    row: Row
    values: Values = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    external: str = ""
    found: int | None = None

    @property
    def verdict(self) -> str:
        """`error`, `update` or `new`."""
        return "error" if self.errors else "update" if self.found is not None else "new"


class Judge:
    """Judges the rows of one file for one person, chunk by chunk."""

    def __init__(self, plan: Plan, by: User) -> None:
        self.plan, self.by = plan, by
        company = Organization.objects.order_by("pk").first()
        zone = ZoneInfo(by.time_zone or (company.time_zone if company else "UTC"))
        region = company.country if company else ""
        self.references: dict[str, Resolver] = {}
        self.readers: list[tuple[ColumnPlan, Cell | None]] = []
        for column in plan.columns:
            kind = column.target.field.kind if column.target else None
            if column.target is not None and kind is Kind.REF:
                name = column.target.name
                self.references[name] = Resolver(column.target.field, by, column.values, make=plan.make)
                self.readers.append((column, str.strip))
            else:
                self.readers.append((column, reader(column, zone, region) if column.target else None))
        self.create = _needed(plan, "create", by) if plan.mode is not Mode.UPDATE else None
        self.edit = _needed(plan, "edit", by) if plan.mode is not Mode.CREATE else None
        self.keeps_other = issubclass(plan.type.model, Extensible)

    def judge(self, rows: Sequence[Row]) -> list[Judged]:
        """What each row of a chunk would become."""
        judged = [self._read(row) for row in rows]
        for name, resolver in self.references.items():
            self._resolve(name, resolver, judged)
        self._constants(judged)
        self._match(judged)
        for one in judged:
            if not one.errors:
                self._validate(one)
        return judged

    def _read(self, row: Row) -> Judged:
        judged = Judged(row)
        judged.errors += [("", str(p)) for p in row.problems if p.severity is Severity.ERROR]
        for column, read in self.readers:
            text = row.cells[column.index]
            if is_unknown(text):
                continue
            if read is None:
                judged.other[column.header] = text
                continue
            assert column.target is not None
            value = read(text)
            if isinstance(value, Problem):
                if column.lenient:
                    judged.other[column.header] = text
                else:
                    judged.errors.append((str(column.target.field.label), value.text))
            elif column.target.name == EXTERNAL_ID:
                judged.external = str(value)[:200]
            elif value is not None:
                judged.values[column.target.name] = value
        for place, text in enumerate(row.extra, start=1):
            judged.other[_("Extra column %(number)d") % {"number": place}] = text
        return judged

    def _resolve(self, name: str, resolver: Resolver, judged: Sequence[Judged]) -> None:
        """Put ids in the place of names; what is to be made waits."""
        column = self.plan.filled[name]
        found = resolver.find(one.values[name] for one in judged if name in one.values)
        for one in judged:
            text = one.values.get(name)
            if text is None:
                continue
            if found[text] is not None:
                one.values[name] = found[text]
                continue
            del one.values[name]
            if resolver.wants(text):
                one.pending[name] = text
            elif column.lenient or text in column.values:
                one.other[column.header] = text
            else:
                sentence = _("«%(text)s» does not exist. Choose what it means, or have it made.") % {"text": text[:60]}
                one.errors.append((str(resolver.field.label), sentence))

    def _constants(self, judged: Sequence[Judged]) -> None:
        for name, text in self.plan.constants.items():
            if name in self.plan.type.fields and text:
                known = self.plan.type.fields[name]
                value = int(text) if known.kind is Kind.REF else text
                for one in judged:
                    if name not in one.pending:
                        one.values.setdefault(name, value)

    def _match(self, judged: Sequence[Judged]) -> None:
        """Find the records that rows update: by the id of the other system, then by the chosen field."""
        if self.plan.mode is Mode.CREATE:
            return
        model = self.plan.type.model
        label = model._meta.label
        outside = [one.external for one in judged if one.external]
        if outside:
            ids = ExternalId.objects.filter(subject_type=label, system=self.plan.system, value__in=outside)
            by_outside = dict(ids.values_list("value", "subject_id"))
            seen = self._visible(by_outside.values())
            for one in judged:
                key = by_outside.get(one.external)
                one.found = key if key in seen else None
        name = self.plan.match
        if name and name in self.plan.type.fields:
            path = self.plan.type.fields[name].path
            wanted = {one.values[name] for one in judged if one.found is None and name in one.values}
            rows: Any = model.objects.visible_to(self.by).filter(**{f"{path}__in": wanted}).order_by("-pk")
            by_value = {value: pk for value, pk in rows.values_list(path, "pk")} if wanted else {}
            for one in judged:
                if one.found is None:
                    one.found = by_value.get(one.values.get(name))
        if self.plan.mode is Mode.UPDATE:
            for one in judged:
                if one.found is None and not one.errors:
                    one.errors.append(("", _("There is no record that this row could update.")))

    def _visible(self, keys: Any) -> set[int]:
        rows: Any = self.plan.type.model.objects
        return set(rows.visible_to(self.by).filter(pk__in=list(keys)).values_list("pk", flat=True))

    def _validate(self, one: Judged) -> None:
        """Lengths, bounds and required fields, by the same model that forms and machines are checked with."""
        edit = standard(self.plan.type.model, "edit")
        if edit is None:
            return
        known = edit.input.model_fields
        given = {n: v for n, v in one.values.items() if n in known}
        try:
            edit.input.model_validate(given)
        except ValidationError as error:
            labels = {n: f.label for n, f in self.plan.type.fields.items()}
            for name, messages in errors_of(error, labels).items():
                one.errors += [(str(labels.get(name, "")), m) for m in messages]
        if one.found is None:
            for name, field_ in self.plan.type.editable.items():
                missing = one.values.get(name) in (None, "") and name not in one.pending
                if field_.required and missing and name not in self.plan.type.writer.fills:
                    one.errors.append((str(field_.label), _("It is missing.")))

    def clean(self, one: Judged, obj: Record | None, far: dict[str, dict[int, Record]]) -> Values | None:
        """Values as the writer takes them, references as records; None when the writer refuses the row."""
        values = {n: far[n][v] if n in far and v is not None else v for n, v in one.values.items()}
        if self.keeps_other and one.other:
            kept = getattr(obj, "other_data", None) or {}
            values["other_data"] = kept | one.other
        try:
            return self.plan.type.writer.clean(values, obj=obj)
        except Refusal as refusal:
            labels = {n: f.label for n, f in self.plan.type.fields.items()}
            one.errors += [(str(labels.get(n, "")), m) for n, messages in refusal.errors.items() for m in messages]
            return None


def _needed(plan: Plan, verb: str, by: User) -> Action | None:
    action = standard(plan.type.model, verb)
    return action if action is not None and by.may(action.permission) else None


type Progress = Callable[[int], None]
