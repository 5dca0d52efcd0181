"""Rows to values: what each row would become, and why some cannot."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import ValidationError

from coordina.accounts.models import Organization, User
from coordina.core.actions import standard
from coordina.core.changes import Values
from coordina.core.messages import errors_of
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import Kind
from coordina.records.importing.cells import LEFT, Cell, Problem, reader
from coordina.records.importing.coded import read_codes, several
from coordina.records.importing.identifying import identity_of
from coordina.records.importing.judged import Judged
from coordina.records.importing.lined import NUMBER, lined_of, prefix
from coordina.records.importing.plan import ColumnPlan, Mode, Plan, without_column
from coordina.records.importing.promises import Promises
from coordina.records.importing.references import Resolver
from coordina.records.importing.resolvers import of_lines, resolver_of
from coordina.records.importing.targets import EXTERNAL_ID, by_name
from coordina.records.importing.troubles import Met, Way
from coordina.records.imports.folding import folded
from coordina.records.imports.reading import Row
from coordina.records.imports.reasons import Severity, quoted
from coordina.records.imports.values import is_unknown
from coordina.records.models import ExternalId

WORDS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.REF, Kind.TAGS})
"""Kinds whose cells hold words, where «NA» may be somebody's name."""


class Judge:
    """Judges the rows of one file for one person, chunk by chunk.

    Attributes:
        linking: Whether rows are gone through again, to link them to other rows of their file.
        net: Whether rows are written so that one which is refused can be left out. Inside a savepoint the full-text
            index of SQLite takes eight times as long, so a chunk is first tried without.

    Args:
        stubs: Records of the imported type that this import made for references to them, by name: their rows are
            still to come.
        promises: What earlier files of the same export will make; only where nothing is written yet.
    """

    def __init__(
        self, plan: Plan, by: User, stubs: dict[str, int] | None = None, promises: Promises | None = None
    ) -> None:
        self.plan, self.by, self.promises = plan, by, promises
        self.strangers: Counter[str] = Counter()
        self.net = True
        self.linking = False
        self.stubs = {} if stubs is None else stubs
        self.far: dict[str, dict[int, Record]] = {}
        self.made: set[int] = set(self.stubs.values())
        self.labels = {n: str(f.label) for n, f in plan.type.fields.items()}
        self.references: dict[str, Resolver] = {}
        self.readers: list[tuple[ColumnPlan, Cell | None, bool]] = []
        company = Organization.objects.order_by("pk").first()
        zone = ZoneInfo(by.time_zone or (company.time_zone if company else "") or "UTC")
        for column in plan.columns:
            target = column.target
            if target is not None and target.field.kind is Kind.REF:
                self.references[target.name] = self._resolver(column, plan)
            read = (
                reader(column, zone, company.country if company else "", plan.id_prefix) if target is not None else None
            )
            self.readers.append((column, read, target is not None and target.field.kind in WORDS))
        self.identity = identity_of(plan, by)
        self.head = of_lines(plan, self.references)
        if self.head is not None:  # its records are made of what the other references have found
            self.references[self.head.fills] = self.references.pop(self.head.fills)
        self.head_begins = prefix(plan.type) if lined_of(plan.type) is not None else "\0"
        self.create = _needed(plan, "create", by) if plan.mode is not Mode.UPDATE else ""
        self.edit = _needed(plan, "edit", by) if plan.mode is not Mode.CREATE else ""
        edit = standard(plan.type.model, "edit")
        self.checked = edit.input if edit is not None else None
        fills = {*plan.type.writer.fills, *plan.constants}
        self.required = [(n, str(f.label)) for n, f in plan.type.editable.items() if f.required and n not in fills]
        if lined_of(plan.type) is not None:
            self.required.append((plan.type.within, str(by_name(plan.type, by)[plan.type.within].field.label)))
        self.fallbacks = self._read_fallbacks(zone, company.country if company else "")
        self.titled_by = () if plan.type.title in plan.filled else self._title_parts()

    def _resolver(self, column: ColumnPlan, plan: Plan) -> Resolver:
        assert column.target is not None
        make = (plan.make or column.make) and not column.by_id
        return resolver_of(column.target, plan, self.by, column.values, make=make, by_id=column.by_id)

    def _read_fallbacks(self, zone: ZoneInfo, region: str) -> Values:
        """What new records get where their rows say nothing."""
        found: Values = {}
        fields = by_name(self.plan.type, self.by) if self.plan.fallbacks else {}
        for name, text in self.plan.fallbacks.items():
            target = fields.get(name)
            if target is None:
                continue
            if target.field.kind is Kind.REF:
                found[name] = parse_id(text)
                continue
            value = reader(self.plan.filled.get(name) or without_column(target), zone, region)(text)
            if value is not LEFT and not isinstance(value, Problem):
                found[name] = value
        return found

    def _title_parts(self) -> tuple[int, ...]:
        """Columns whose texts make the title of a record that the file gives none."""
        names = self.plan.type.extra.get("title_parts", ())
        return tuple(self.plan.filled[n].index for n in names if n in self.plan.filled)

    def judge(self, rows: Sequence[Row]) -> list[Judged]:
        """What each row of a chunk would become."""
        judged = [self._read(row) for row in rows]
        self._number(judged)
        read_codes(judged, self.plan, self.references, self.promised)
        for name, resolver in self.references.items():
            self._resolve(name, resolver, judged)
        self._heads(judged)
        self._constants(judged)
        self._match(judged)
        for one in judged:
            if not one.errors:
                self._validate(one)
        return judged

    def _read(self, row: Row) -> Judged:
        judged = Judged(row)
        for problem in row.problems:
            if problem.severity is Severity.ERROR:
                judged.errors.append(("", str(problem)))
        cells = row.cells
        for column, read, words in self.readers:
            text = cells[column.index]
            if not text or text.isspace():
                continue
            if column.fixes:
                text = column.fixes.get(text, text)
            if read is None or column.target is None:
                judged.other[column.header] = text
                continue
            if is_unknown(text, words=words):
                continue
            value = read(text)
            if value is LEFT:
                judged.other[column.header] = text
            elif isinstance(value, Problem):
                field_ = column.target.field
                way = Way.OPTION if field_.kind in (Kind.CHOICE, Kind.CHOICES, Kind.COUNTRY) else Way.UNREADABLE
                judged.met.append(Met(way, field_.name, text, value.text, column.lenient))
                if column.lenient:
                    judged.other[column.header] = text
                else:
                    judged.errors.append((str(field_.label), value.text))
            elif column.target.name == EXTERNAL_ID:
                judged.external = str(value)[:200]
            elif value is not None:
                judged.values[column.target.name] = value
        return judged

    def _number(self, judged: Sequence[Judged]) -> None:
        """Lines with a number are known by it and by the record they are of."""
        for one in judged if self.head is not None else ():
            number, head = one.values.pop(NUMBER, ""), one.values.get(self.plan.type.within)
            if number and head and not one.external:
                one.external = f"{head}/{number}"[:200]

    def _heads(self, judged: Sequence[Judged]) -> None:
        """Look at what rows say of the records that their lines are of: it counts where these are to be made."""
        head = self.head
        if head is None:
            return
        for one in judged:
            if head.fills in one.pending:
                for name, sentence in head.say(one).items() if not one.errors else ():
                    field_ = head.head.fields.get(name)
                    one.errors.append((str(field_.label) if field_ is not None else "", sentence))
            else:
                one.values = {n: v for n, v in one.values.items() if not n.startswith(self.head_begins)}
                one.pending = {n: v for n, v in one.pending.items() if not n.startswith(self.head_begins)}

    def _resolve(self, name: str, resolver: Resolver, judged: Sequence[Judged]) -> None:
        """Put ids in the place of names; what is to be made waits."""
        column = self.plan.filled[name]
        found = resolver.find(text for one in judged if isinstance(text := one.values.get(name), str))
        promised = self.promised(name, resolver, [text for text, key in found.items() if key is None])
        for one in judged:
            text = one.values.get(name)
            if not isinstance(text, str):  # empty, or decided by a code beside it
                continue
            if found[text] is not None:
                one.values[name] = found[text]
                continue
            del one.values[name]
            if column.by_id and name in self.plan.own and not self.linking:
                continue  # the rows of this very file are linked when all of them are there
            if text in promised:
                one.promised[name] = text
                continue
            if resolver.model is User:
                self.strangers[text] += 1
            unclear = text in resolver.several
            if resolver.wants(text) and not unclear:
                one.pending[name] = text
            elif resolver.leaves(text):
                one.other[column.header] = text
            else:
                sentence = _("“%(text)s” does not exist. Choose what it means, or have it made.")
                sentence = several(text, resolver) if unclear else sentence % {"text": quoted(text)}
                one.met.append(Met(Way.REFERENCE, name, text, sentence, column.lenient))
                if column.lenient:
                    one.other[column.header] = text
                else:
                    one.errors.append((str(resolver.field.label), sentence))

    def promised(self, name: str, resolver: Resolver, texts: Sequence[str]) -> set[str]:
        """Which of some texts name records that will be there when this file is imported."""
        if self.promises is None or not texts:
            return set()
        if name in self.plan.later:
            return set(texts)
        return self.promises.made(resolver.model._meta.label, [t for t in texts if not resolver.leaves(t)])

    def _constants(self, judged: Sequence[Judged]) -> None:
        for name, text in self.plan.constants.items():
            known = self.plan.type.fields.get(name)
            if known is None or not text:
                continue
            value = int(text) if known.kind is Kind.REF else text
            for one in judged:
                if name not in one.pending and name not in one.promised:
                    one.values.setdefault(name, value)

    def _match(self, judged: Sequence[Judged]) -> None:
        """Find the records that rows are about: by the id of the other system, then by the chosen field."""
        outside = {one.external for one in judged if one.external}
        if outside:
            label = self.plan.type.model._meta.label
            rows = ExternalId.objects.filter(subject_type=label, system=self.plan.system, value__in=outside)
            by_outside = dict(rows.values_list("value", "subject_id"))
            seen = self._visible(by_outside.values())
            for one in judged:
                key = by_outside.get(one.external)
                one.found = key if key in seen else None
        self._match_by_field(judged)
        self._await(judged)
        for one in judged:
            self.match_stub(one)
            if one.again:
                continue
            if self.plan.mode is Mode.UPDATE and one.found is None and not one.awaited:
                one.errors.append(("", _("There is no record that this row could update.")))
                one.met.append(Met(Way.ONLY_UPDATES))
            elif self.plan.mode is Mode.CREATE and one.found is not None:
                one.errors.append(("", _("It is there already, and this import only creates.")))
                one.met.append(Met(Way.ONLY_CREATES))

    def _await(self, judged: Sequence[Judged]) -> None:
        """Rows that only link records are about what an earlier file will make."""
        if self.promises is None or self.plan.mode is not Mode.UPDATE:
            return
        ids = [one.external for one in judged if one.external and one.found is None]
        made = self.promises.made(self.plan.type.model._meta.label, ids)
        for one in judged:
            one.awaited = one.found is None and one.external in made

    def match_stub(self, one: Judged) -> None:
        """Let a row be about the record that was made for a reference to it."""
        key = self.stubs.get(self.name_of(one)) if self.stubs else None
        if key is not None and one.found in (None, key):
            one.found, one.again = key, True

    def _match_by_field(self, judged: Sequence[Judged]) -> None:
        if self.identity is not None:
            return self.identity.find(judged)
        name = self.plan.match
        field_ = self.plan.type.fields.get(name)
        if field_ is None or name not in self.plan.filled:
            return
        wanted = {one.values[name] for one in judged if one.found is None and name in one.values}
        if not wanted:
            return
        rows: Any = self.plan.type.model.objects
        rows = rows.visible_to(self.by).filter(**{f"{field_.path}__in": wanted}).order_by("-pk")
        by_value = dict(rows.values_list(field_.path, "pk"))
        for one in judged:
            if one.found is None and name in one.values:
                one.found = by_value.get(one.values[name])

    def _visible(self, keys: Iterable[int]) -> set[int]:
        rows: Any = self.plan.type.model.objects
        return set(rows.visible_to(self.by).filter(pk__in=list(keys)).values_list("pk", flat=True))

    def _validate(self, one: Judged) -> None:
        """Lengths, bounds and required fields, by the same model that forms and machines are checked with."""
        if one.found is None and not one.awaited:
            self._title(one)
            for name, value in self.fallbacks.items():
                if self._lacks(one, name):
                    one.values[name] = value
            for name, label in self.required:
                if self._lacks(one, name):
                    one.errors.append((label, _("It is missing.")))
                    one.met.append(Met(Way.MISSING, name))
        if self.checked is None:
            return
        known = self.checked.model_fields
        try:
            self.checked.model_validate({n: v for n, v in one.values.items() if n in known})
        except ValidationError as error:
            for name, messages in errors_of(error, self.labels).items():
                if not self._kept_aside(one, name, messages[0]):
                    self.refuse(one, {name: messages})

    def _lacks(self, one: Judged, name: str) -> bool:
        """Whether a row says nothing for a field."""
        waiting = {self.references[n].fills for n in (*one.pending, *one.promised)}
        return one.values.get(name) in (None, "") and name not in waiting

    def _kept_aside(self, one: Judged, name: str, says: str) -> bool:
        """Move a value that cannot be used to the other data, where somebody decided so."""
        column = self.plan.filled.get(name)
        if column is None or not column.forgiven or name in {n for n, _label in self.required}:
            return False
        cell = one.other[column.header] = one.row.cells[column.index]
        one.values.pop(name, None)
        one.met.append(Met(Way.REFUSED, name, cell, says, note=True))
        return True

    def _title(self, one: Judged) -> None:
        """Name a record that the file gives no name: by what it refers to, else by its id there."""
        title = self.plan.type.title
        if title in self.plan.filled or title not in self.plan.type.editable or title in self.plan.type.writer.fills:
            return
        parts = [text for i in self.titled_by if not is_unknown(text := one.row.cells[i].strip(), words=True)]
        one.values[title] = " · ".join(parts)[:200] or one.external or _("Row %(number)d") % {"number": one.row.number}

    def allowed(self, one: Judged) -> None:
        """Refuse a row that would need a permission the person does not have."""
        if one.found is None and not one.awaited and not self.create:
            one.errors.append(("", _("Your role does not allow you to create these.")))

    def refuse(self, one: Judged, errors: Mapping[str, Sequence[str]]) -> None:
        """Put what a writer said at a row."""
        for name, messages in errors.items():
            one.errors += [(self.labels.get(name, ""), m) for m in messages]
            column = self.plan.filled.get(name)
            cell = one.row.cells[column.index] if column is not None else ""
            if cell.strip():
                one.met.append(Met(Way.REFUSED, name, cell, messages[0]))
            elif name in self.plan.type.editable:
                one.met.append(Met(Way.MISSING, name, says=messages[0]))

    def clean(self, one: Judged, obj: Record | None, far: Mapping[str, Mapping[int, Record]]) -> Values | None:
        """Values as the writer takes them, references as records; None when the writer refuses the row."""
        values = {
            n: far[n].get(v) if n in far and v is not None else v
            for n, v in one.values.items()
            if not n.startswith(self.head_begins)
        }
        try:
            return self.plan.type.writer.clean(values, obj=obj)
        except Refusal as refusal:
            left = self._without(one, values, refusal)
            if left is not None:
                return self.clean(one, obj, far)
            self.refuse(one, refusal.errors)
            return None

    def _without(self, one: Judged, values: Values, refusal: Refusal) -> Values | None:
        """Move what a writer refuses of an export's row to its other data, where its column is lenient.

        Where two columns contradict each other, the one goes of which the export says that it is less sure.
        """
        doubts = self.plan.doubts
        names = [doubts[n] if one.values.get(doubts.get(n, "")) else n for n in refusal.errors]
        columns = [self.plan.filled.get(name) for name in names]
        if not columns or any(c is None or not self._forgives(c) for c in columns):
            return None
        said = dict(zip(names, refusal.errors.values(), strict=True))
        for name, column in zip(names, columns, strict=True):
            if column is None or one.values.get(name) is None:
                return None
            one.met.append(Met(Way.REFUSED, name, one.row.cells[column.index], said[name][0], note=True))
            one.other[column.header] = one.row.cells[column.index]
            del one.values[name]
        return values

    def _forgives(self, column: ColumnPlan) -> bool:
        return column.forgiven or (self.plan.forgiving and column.lenient and column.target is not None)

    def key_of(self, one: Judged) -> tuple[str, str] | None:
        """By what two rows of a file speak of the same record; None where nothing says so."""
        if one.external:
            return ("id", one.external)
        if self.identity is not None:
            return self.identity.key_of(one)
        value = one.values.get(self.plan.match) if self.plan.match else None
        return ("match", str(value)) if value not in (None, "") else None

    def name_of(self, one: Judged) -> str:
        """The title a row gives its record, as names are compared; empty where it gives none."""
        return folded(str(one.values.get(self.plan.type.title, "")))


def _needed(plan: Plan, verb: str, by: User) -> str:
    """The permission by which a person may do this; empty where they may not."""
    action = standard(plan.type.model, verb)
    permission = str(plan.type.extra.get("import_permission") or (action.permission if action is not None else ""))
    return permission if permission and by.may(permission) else ""
