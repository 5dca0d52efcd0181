"""Who may import what, and who may look at an import."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.permissions import LEADERS, permission
from coordina.core.types import TYPES, RecordType
from coordina.ledger.undo import UNDO_ANY
from coordina.records.importing.lined import lined_of
from coordina.records.models import ImportRun

IMPORT = permission(
    "records.add_importrun",
    noun=_("imports"),
    verb="add",
    grants={**LEADERS, "manager": "all", "product": "all"},
    label=_("Import files"),
)


def may_import(by: User, known: RecordType) -> bool:
    """Whether a person may import records of a type: they may make or change them."""
    if not known.importable or not by.may(IMPORT):
        return False
    if (permission := known.extra.get("import_permission")) is not None:
        return by.may(permission)
    if known.within and lined_of(known) is None:
        return False
    verbs = (standard(known.model, verb) for verb in ("create", "edit"))
    return any(action is not None and by.may(action.permission) for action in verbs)


def importable_types(by: User) -> list[RecordType]:
    """The types a person may import: nouns of daily work first, then what is looked after in the settings."""
    return sorted((known for known in TYPES if may_import(by, known)), key=lambda known: known.setting)


def runs_of(by: User) -> Any:
    """The imports a person may look at: their own, or all with the permission to undo what others did."""
    runs = ImportRun.objects.order_by("-pk")
    return runs if by.may(UNDO_ANY) else runs.filter(by=by)
