"""Which record a cell means: by code or id of another system, by e-mail, by name; made when wanted, never guessed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.changes import Values
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import Field, find_type
from coordina.records.duplicates.declared import matching_of
from coordina.records.duplicates.lookup import of_one_name
from coordina.records.importing.codes import Codes, codes_of
from coordina.records.importing.judged import Judged
from coordina.records.importing.plan import EMPTY, NEW
from coordina.records.imports.folding import folded
from coordina.records.imports.matching import Candidate, How, Match, Matcher
from coordina.records.models import ExternalId

FEW = 5000
"""Up to so many records of a type a name is compared with all of them, however it is written."""
REMEMBERED = 20_000
"""Names whose record is remembered; more than these are asked for again."""


class Resolver:
    """Finds the records that the cells of one column mean, for one person.

    Args:
        field: A reference.
        by: Who imports; records they may not see are not found.
        values: Decisions by text.
        make: Whether a record that does not exist is made.
        inside: Foreign key and id that narrow what is found and complete what is made.
        by_id: Whether cells are ids of records in the same export: nothing but these is looked for.

    Attributes:
        refused: Why a record could not be made, by text.
        several: Texts that may mean more than one record, with the ids of these. Only records that have codes are told
            apart like this: of others that share a name the first is taken.
        fills: Name of the field that is filled.
    """

    def __init__(
        self,
        field: Field,
        by: User,
        values: Mapping[str, str],
        *,
        make: bool,
        inside: tuple[str, int] | None = None,
        by_id: bool = False,
    ) -> None:
        assert field.to is not None
        self.fills = field.name
        self.several: dict[str, list[int]] = {}
        self.field = field
        self.model: type[Record] = field.to
        self.by = by
        self.values = values
        self.inside = inside
        self.known = find_type(self.model)
        create = standard(self.model, "create")
        self.able = create is not None and by.may(create.permission) and self.known is not None
        self.make = make and self.able
        self.guess: Mapping[str, Callable[[str], Any]] = self.known.extra.get("guess", {}) if self.known else {}
        self.codes = [Codes(self.model, c, by) for c in codes_of(self.known, by)] if self.known and not by_id else []
        self.refused: dict[str, str] = {}
        self._found: dict[str, int | None] = {}
        self._matcher: Matcher[int] | None = None

    def find(self, texts: Iterable[str]) -> dict[str, int | None]:
        """Ids of the records that some cells mean; None where there is none, or where it is decided to be empty."""
        asked = list(dict.fromkeys(texts))
        missing = [t for t in asked if t not in self._found]
        if len(self._found) + len(missing) > REMEMBERED:
            self._found.clear()
            self.several.clear()
            missing = asked
        decided = {t: self.values[t] for t in missing if self.values.get(t)}
        if decided:
            seen = self._visible(key for v in decided.values() if (key := parse_id(v)) is not None)
            for text, value in decided.items():
                self._found[text] = key if (key := parse_id(value)) in seen else None
        rest = [t for t in missing if t not in decided]
        if rest:
            self._found |= self._look_up(rest)
        return {t: self._found[t] for t in asked}

    def wants(self, text: str) -> bool:
        """Whether a record is to be made for a cell that means none."""
        said = self.values.get(text, "")
        return (self.make and said == "") or (self.able and said == NEW)

    def leaves(self, text: str) -> bool:
        """Whether it was decided that a cell stays empty."""
        return self.values.get(text) == EMPTY

    def created(self, texts: Iterable[str], *, at: datetime) -> dict[str, int]:
        """Make the records that some cells name; the same name in another writing is one record.

        What cannot be made is missing in the answer, and `refused` says why.
        """
        if self.known is None:
            return {}
        spellings: dict[str, list[str]] = {}
        for text in texts:
            spellings.setdefault(folded(text) or text, []).append(text)
        made = self._made([found[0] for found in spellings.values()], at)
        found: dict[str, int] = {}
        for group in spellings.values():
            if group[0] in made:
                found |= dict.fromkeys(group, made[group[0]])
            else:
                self.refused |= dict.fromkeys(group, self.refused.get(group[0], ""))
        self._found |= found
        self._matcher = None
        for codes in self.codes:
            codes.forget()
        return found

    def prepare(self, waiting: Iterable[Judged]) -> None:
        """Look at the rows for which records are about to be made. Nothing by default."""

    def _made(self, texts: list[str], at: datetime) -> dict[str, int]:
        """Make them in one go; when one is refused, one by one."""
        assert self.known is not None
        try:
            with transaction.atomic():
                rows = [self.known.writer.clean(self._values(text)) for text in texts]
                made = self.known.writer.create(rows, by=self.by, at=at) if rows else []
                return {text: obj.pk for text, obj in zip(texts, made, strict=True)}
        except (Refusal, DatabaseError) as error:
            if len(texts) == 1:
                sentence = str(error) if isinstance(error, Refusal) else _("It could not be made.")
                self.refused[texts[0]] = sentence
                return {}
        half = len(texts) // 2
        return self._made(texts[:half], at) | self._made(texts[half:], at)

    def _values(self, text: str) -> Values:
        """What a record is made of that only its name is known of."""
        assert self.known is not None
        title = self.model.title_column
        if len(text) > (self.known.fields[title].max_length or 200):
            message = _("The name has more than %(limit)d characters. Shorten it.")
            raise Refusal("long", message % {"limit": self.known.fields[title].max_length or 200})
        values: Values = {title: text, **self.field.make}
        for name, guess in self.guess.items():
            if (guessed := guess(text)) is not None:
                values[name] = guessed
        if self.inside is not None:
            column, pk = self.inside
            far: Any = self.model._meta.get_field(column).related_model
            values[column] = far.objects.get(pk=pk)
        return values

    def forget(self) -> None:
        """Drop what was remembered, after a transaction that made records was rolled back."""
        self._found.clear()
        self.several.clear()
        self.refused.clear()
        self._matcher = None
        for codes in self.codes:
            codes.forget()

    def suggest(self, text: str) -> Match[int] | None:
        """The record a text probably means, for somebody to confirm; None where there are too many to compare."""
        matcher = self._compared()
        if text in self.several:
            keys = sorted(self.several[text])
            first, *others = (Candidate(pk, name) for pk, name in zip(keys, self.titles(keys), strict=True))
            return Match(text, first, How.EXACT, 1.0, automatic=False, others=tuple(others))
        return matcher.match(text) if matcher is not None else None

    def titles(self, keys: Iterable[int]) -> list[str]:
        """What some records are called, each with its codes."""
        columns = (self.model.title_column, *(codes.column for codes in self.codes))
        rows = self._rows().filter(pk__in=list(keys)).order_by("pk").values_list(*columns)
        return [" ".join([str(title), *(f"({code})" for code in codes if code)]) for title, *codes in rows]

    def offered(self, limit: int) -> list[tuple[int, str]]:
        """Records to choose from, by name."""
        return list(
            self._rows().order_by(self.model.title_column, "pk").values_list("pk", self.model.title_column)[:limit]
        )

    def _rows(self) -> Any:
        rows: Any = self.model.objects
        rows = rows.visible_to(self.by)
        return rows.filter(**{f"{self.inside[0]}_id": self.inside[1]}) if self.inside is not None else rows

    def _look_up(self, texts: list[str]) -> dict[str, int | None]:
        found: dict[str, int | None] = dict.fromkeys(texts)
        short = [t for t in texts if len(t) <= 200]
        outside = ExternalId.objects.filter(subject_type=self.model._meta.label, value__in=short)
        keys = outside.order_by("pk").values_list("value", "subject_id")
        seen = self._visible(pk for _text, pk in keys)
        if self.codes:
            found |= self._by_code(short, [(text, pk) for text, pk in keys if pk in seen])
        else:
            found |= {text: pk for text, pk in keys if pk in seen}
        mails = {t.strip().lower(): t for t in short if "@" in t}
        if mails and any(f.name == "email" for f in self.model._meta.concrete_fields):
            rows = self._rows().filter(email__in=list(mails)).order_by("-pk")
            found |= {mails[mail]: pk for mail, pk in rows.values_list("email", "pk") if mail in mails}
        left = [t for t in texts if found[t] is None and t not in self.several]
        if left:
            found |= self._by_name(left)
        called = self.known.extra.get("called") if self.known is not None else None
        rest = [t for t in left if found[t] is None and t not in self.several] if called is not None else []
        if called is not None and rest:
            other: dict[str, int] = called(rest)
            seen = self._visible(other.values())
            found |= {text: pk for text, pk in other.items() if pk in seen}
        return found

    def _by_code(self, texts: list[str], outside: Iterable[tuple[str, int]]) -> dict[str, int | None]:
        """What texts mean as a code, or as an id of another system; what may mean several is noted, not chosen."""
        near: dict[str, list[int]] = {text: [] for text in texts}
        for codes in self.codes:
            for text, keys in codes.find(texts).items():
                near[text] += keys
        for text, pk in outside:
            near[text].append(pk)
        return self._single(near)

    def _single(self, near: Mapping[str, Iterable[int]]) -> dict[str, int | None]:
        """The records of texts that mean one; those that may mean several are noted."""
        found: dict[str, int | None] = {}
        for text, keys in near.items():
            different = list(dict.fromkeys(keys))
            if len(different) > 1:
                self.several[text] = different
            elif different:
                found[text] = different[0]
        return found

    def _visible(self, keys: Iterable[int]) -> set[int]:
        """Only those that the person may see."""
        wanted = list(keys)
        return set(self._rows().filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()

    def _compared(self) -> Matcher[int] | None:
        title = self.model.title_column
        if self._matcher is None and self._rows().order_by("pk")[: FEW + 1].count() <= FEW:
            kind = ("kind",) if "kind" in self.guess else ()
            rows = self._rows().order_by("pk").values_list("pk", title, *kind)
            candidates = (Candidate(r[0], str(r[1]), kind=r[2] if kind else "") for r in rows)
            self._matcher = Matcher(candidates, translate=bool(kind))
        return self._matcher

    def _by_name(self, texts: list[str]) -> dict[str, int | None]:
        matcher = self._compared()
        if matcher is not None:
            same = {t: matcher.same(t) for t in texts}
            if self.codes:
                return self._single(
                    {t: [c.key for c in (m.candidate, *m.others) if c is not None] for t, m in same.items()}
                )
            return {
                t: m.candidate.key
                for t, m in same.items()
                if m.candidate is not None and (m.automatic or m.how in (How.EXACT, How.WRITING))
            }
        title = self.model.title_column
        rows = self._rows().filter(**{f"{title}__in": [t.strip() for t in texts]}).order_by("-pk")
        if self.codes:
            named: dict[str, list[int]] = {}
            for pk, name in rows.values_list("pk", title):
                named.setdefault(name, []).append(pk)
            return self._single({t: named.get(t.strip(), ()) for t in texts})
        keys = {name: pk for pk, name in rows.values_list("pk", title)}
        found = {t: keys[t.strip()] for t in texts if t.strip() in keys}
        return found | self._written_otherwise([t for t in texts if t not in found])

    def _written_otherwise(self, texts: list[str]) -> dict[str, int | None]:
        """Among very many records: those whose name differs in writing only, found by the keys of duplicates."""
        kind = matching_of(self.model._meta.label)
        near = of_one_name(kind, texts, self.by) if kind is not None and texts else set()
        if not near:
            return {}
        rows = self._rows().filter(pk__in=near).order_by("-pk").values_list("pk", self.model.title_column)
        keys = {folded(name): pk for pk, name in rows}
        return {t: keys[folded(t)] for t in texts if folded(t) in keys}
