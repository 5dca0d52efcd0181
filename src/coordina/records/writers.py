"""What the writers of several rooms share: checking many fields at once, and tags."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Invalid, Refusal
from coordina.core.writer import Writer
from coordina.records.tags import clean_words, set_words

type Rule = Callable[[Any], Any]


def normalised(values: Values, rules: Mapping[str, Rule], obj: Record | None = None) -> Values:
    """Values of one row with each named one put through its rule; empty and unchanged ones are left as they are.

    Args:
        values: Given values by field name.
        rules: From a value to the one that is kept; a `Refusal` is said at the field.
        obj: The row being edited: what it holds already is not checked again.

    Raises:
        Refusal: At the field, when one is wrong.
        Invalid: With messages by field, when several are.
    """
    new = dict(values)
    wrong: dict[str, Refusal] = {}
    for name, rule in rules.items():
        value = values.get(name)
        if value in (None, "") or (obj is not None and getattr(obj, name, None) == value):
            continue
        try:
            new[name] = rule(value)
        except Refusal as refusal:
            wrong[name] = refusal
    if len(wrong) == 1:
        [(name, one)] = wrong.items()
        raise Refusal(one.code, one.message, field=name)
    if wrong:
        raise Invalid({name: [one.message] for name, one in wrong.items()})
    return new


class Tagged[M: Record](Writer[M]):
    """A writer whose records carry tags: the value `tags` is a list of words, for one row and for many."""

    virtual: ClassVar[tuple[str, ...]] = ("tags",)

    def clean(self, values: Values, *, obj: M | None = None) -> Values:
        """Bring the words into one writing."""
        values = super().clean(values, obj=obj)
        return values | {"tags": clean_words(values["tags"])} if "tags" in values else values

    def created(self, made: Sequence[M], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put the tags on new rows."""
        super().created(made, rows, by=by, at=at)
        set_words([(obj, row["tags"]) for obj, row in zip(made, rows, strict=True) if row.get("tags")], fresh=True)

    def edited(self, changes: Sequence[tuple[M, Values]], *, by: Any, at: datetime) -> None:
        """Put on and take off tags as the words now say."""
        super().edited(changes, by=by, at=at)
        set_words([(obj, values["tags"] or []) for obj, values in changes if "tags" in values])
