"""Forms that are sent twice: by pressing twice, or by going back. The second time gives what the first one made."""

import hashlib
from collections.abc import Mapping
from typing import Any

from coordina.accounts.models import User
from coordina.core.actions import Action
from coordina.core.records import Record
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import Change


def key_of(declared: Action, data: Mapping[str, Any], user: User, once: str, *, apart: str = "") -> str | None:
    """Idempotency key of a form; who goes back and types something else means something else.

    Args:
        declared: The action that the form calls.
        data: What was typed, by field name.
        user: Who sends it: the key of somebody else is no key of theirs.
        once: Names the form as it was drawn; empty for one that may be sent again.
        apart: Input that is another one each time, and so says nothing.
    """
    if not once:
        return None
    typed = hashlib.sha256(repr(sorted((n, str(v)) for n, v in data.items() if n != apart)).encode()).hexdigest()
    return f"form:{user.pk}:{declared.name}:{once[:60]}:{typed[:24]}"


def was_sent(declared: Action, data: Mapping[str, Any], user: User, once: str) -> bool:
    """Whether this very form was sent before."""
    key = key_of(declared, data, user, once)
    return key is not None and ChangeSet.objects.filter(key=key).exists()


def made_before(declared: Action, change_set: ChangeSet) -> Record | None:
    """What a form made when it was sent before; None where that is gone by now."""
    made = Change.objects.filter(change_set=change_set, model=declared.model._meta.label, kind="c").order_by("pk")
    rows: Any = declared.model._base_manager
    found: Record | None = rows.filter(pk__in=made.values("object_id")[:1]).first()
    return found
