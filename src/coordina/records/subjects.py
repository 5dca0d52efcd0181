"""The record that a note, a file or a tag is about, named by the label of its model and its id."""

from typing import Any

from django.apps import apps

from coordina.accounts.models import User
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound, Text
from coordina.core.types import RecordType, find_type
from coordina.ledger.change_sets import opened_change_set
from coordina.records.models import Hanger


def type_for(label: str) -> RecordType:
    """The record type of a model label, as far as things can hang on it.

    Raises:
        NotFound: No such model, or one that is a part, a setting or itself hangs on others.
    """
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise NotFound from None
    known = find_type(model)
    if known is None or not holds_things(known):
        raise NotFound
    return known


def holds_things(known: RecordType) -> bool:
    """Whether notes and files may hang on records of a type: not on parts, settings, or what itself hangs on others."""
    return not (known.within or known.setting or issubclass(known.model, Hanger))


def subject_for(by: User, label: str, pk: int, verb: str = "change") -> Record:
    """The record with this label and id, locked for what is about to be written beside it.

    Args:
        by: Who writes.
        label: Such as `customers.Company`.
        pk: Its id.
        verb: What one must be allowed to do with it: `view` or `change`.

    Raises:
        NotFound: It does not exist or may not be seen: both alike.
        Forbidden: It may be seen, but not this.
    """
    model = type_for(label).model
    rows: Any = model.objects
    seen: Record | None = rows.visible_to(by).locked().filter(pk=pk).first()
    if seen is None:
        raise NotFound
    if verb != "view" and not rows.within(by, model.permission(verb)).filter(pk=pk).exists():
        raise Forbidden
    return seen


def subject_of_own(by: User, thing: Any, refusal: Text) -> Record:
    """The record on which something of one's own hangs.

    Args:
        by: Who writes.
        thing: A hanger with its author as owner.
        refusal: What is said to anybody else.

    Raises:
        NotFound: The record may not be seen any more.
        Forbidden: When somebody else wrote it.
    """
    subject = subject_for(by, thing.subject_type, thing.subject_id, "view")
    if thing.owner_id != by.pk:
        raise Forbidden(refusal)
    return subject


def about(subject: Record) -> Record:
    """Note in the open change set which record it is about, where it does not say so yet."""
    row = opened_change_set()
    if not row.subject_type:
        row.subject_type, row.subject_id = subject._meta.label, subject.pk
    return subject
