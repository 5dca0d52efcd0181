"""Which record a cell means: by id of another system, by e-mail, by name; made when wanted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.types import Field, find_type
from coordina.records.importing.plan import EMPTY, NEW
from coordina.records.imports.folding import folded
from coordina.records.imports.matching import Candidate, Matcher
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
    """

    def __init__(self, field: Field, by: User, values: Mapping[str, str], *, make: bool) -> None:
        assert field.to is not None
        self.field = field
        self.model: type[Record] = field.to
        self.by = by
        self.values = values
        self.known = find_type(self.model)
        create = standard(self.model, "create")
        self.make = make and create is not None and by.may(create.permission) and self.known is not None
        self._found: dict[str, int | None] = {}
        self._matcher: Matcher[int] | None = None

    def find(self, texts: Iterable[str]) -> dict[str, int | None]:
        """Ids of the records that some cells mean; None where there is none, or where it is decided to be empty."""
        asked = list(dict.fromkeys(texts))
        missing = [t for t in asked if t not in self._found]
        if len(self._found) + len(missing) > REMEMBERED:
            self._found.clear()
            missing = asked
        decided = {t: self.values[t] for t in missing if t in self.values}
        for text, value in decided.items():
            self._found[text] = int(value) if value.isdigit() else None
        rest = [t for t in missing if t not in decided]
        if rest:
            self._found |= self._look_up(rest)
        return {t: self._found[t] for t in asked}

    def wants(self, text: str) -> bool:
        """Whether a record is to be made for a cell that means none."""
        decision = self.values.get(text)
        return self.make and decision in (None, NEW) and decision != EMPTY

    def created(self, texts: Iterable[str], *, at: datetime) -> dict[str, int]:
        """Make the records that some cells name; the same name in another writing is one record."""
        if self.known is None:
            return {}
        by_name: dict[str, str] = {}
        for text in texts:
            by_name.setdefault(folded(text) or text, text)
        writer = self.known.writer
        title = self.model.title_column
        longest = self.known.fields[title].max_length or 200
        rows: list[Values] = [writer.clean({title: name[:longest], **self.field.make}) for name in by_name.values()]
        made = writer.create(rows, by=self.by, at=at) if rows else []
        keys = {name: obj.pk for name, obj in zip(by_name, made, strict=True)}
        found = {text: keys[folded(text) or text] for text in texts}
        self._found |= found
        self._matcher = None
        return found

    def forget(self) -> None:
        """Drop what was remembered, after a transaction that made records was rolled back."""
        self._found.clear()
        self._matcher = None

    def _rows(self) -> Any:
        return self.model.objects.visible_to(self.by)

    def _look_up(self, texts: list[str]) -> dict[str, int | None]:
        found: dict[str, int | None] = dict.fromkeys(texts)
        outside = ExternalId.objects.filter(subject_type=self.model._meta.label, value__in=texts)
        found |= self._seen(dict(outside.order_by("pk").values_list("value", "subject_id")))
        names = {f.name for f in self.model._meta.concrete_fields}
        mails = {t.strip().lower(): t for t in texts if "@" in t}
        if "email" in names and mails:
            rows = self._rows().filter(email__in=list(mails)).order_by("pk")
            found |= {mails[mail]: pk for mail, pk in rows.values_list("email", "pk") if mail in mails}
        left = [t for t in texts if found[t] is None]
        if left:
            found |= self._by_name(left)
        return found

    def _seen(self, keys: dict[str, int]) -> dict[str, int | None]:
        """Only those that the person may see."""
        seen = set(self._rows().filter(pk__in=list(keys.values())).values_list("pk", flat=True)) if keys else set()
        return {text: pk for text, pk in keys.items() if pk in seen}

    def _by_name(self, texts: list[str]) -> dict[str, int | None]:
        title = self.model.title_column
        if self._matcher is None and self._rows().order_by("pk")[: FEW + 1].count() <= FEW:
            kind = ("kind",) if self._staged() else ()
            rows = self._rows().order_by("pk").values_list("pk", title, *kind)
            self._matcher = Matcher(
                (Candidate(r[0], r[1], kind=r[2] if kind else "") for r in rows), translate=bool(kind)
            )
        if self._matcher is not None:
            matches = {t: self._matcher.match(t) for t in texts}
            return {
                t: m.candidate.key
                for t, m in matches.items()
                if m.candidate is not None and (m.automatic or m.how in ("exact", "writing"))
            }
        rows = self._rows().filter(**{f"{title}__in": [t.strip() for t in texts]}).order_by("-pk")
        keys = {name: pk for pk, name in rows.values_list("pk", title)}
        return {t: keys[t.strip()] for t in texts if t.strip() in keys}

    def _staged(self) -> bool:
        """Whether the records have a kind of end, as stages do: «Closed Won» means the one that is won."""
        return any(f.name == "kind" for f in self.model._meta.concrete_fields)
