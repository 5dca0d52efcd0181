"""What an import of a type asks once for the whole file, such as the pipeline its opportunities are in."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.types import Field, RecordType


class Make(Protocol):
    """Makes the record that a file needs and that does not exist, inside an open change set."""

    def __call__(
        self, name: str, texts: Sequence[str], *, by: User, at: datetime, kinds: Mapping[str, str] | None = None
    ) -> Record:
        """Make it.

        Args:
            name: What it is to be called.
            texts: The different cells of the column it is made from, the most frequent first.
            kinds: What the file itself says that some of these texts are; the others are known by their name.
        """


@dataclasses.dataclass(frozen=True, slots=True)
class ImportOption:
    """One question; a type lists its own under `extra["import_options"]`.

    Attributes:
        field: Reference field of the type that gets the answer in every row.
        within: References that are looked up, and made, only inside the answer: their field, and the foreign key of
            their records that points at it. `{"stage": "pipeline"}`.
        make: Makes a new answer from the file; None where only an existing one can be chosen.
        source: Field whose column tells `make` the texts it needs.
        make_label: Text of the button for that.
    """

    field: str
    help: Text = ""
    within: Mapping[str, str] = dataclasses.field(default_factory=dict)
    make: Make | None = None
    source: str = ""
    make_label: Text = ""


def options_of(known: RecordType) -> tuple[ImportOption, ...]:
    """The questions of a type."""
    found: Sequence[ImportOption] = known.extra.get("import_options", ())
    return tuple(found)


def field_of(known: RecordType, option: ImportOption) -> Field:
    """The field that an option answers for."""
    return known.fields[option.field]


def may_make(known: RecordType, option: ImportOption, by: User) -> bool:
    """Whether a person may have a new answer made."""
    far = field_of(known, option).to
    create = standard(far, "create") if far is not None else None
    return option.make is not None and create is not None and by.may(create.permission)
