"""How accounts shows what the kind of a field does not say."""

from html import escape
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from coordina.accounts.models import TokenKey
from coordina.core.cells import CELLS, Cell, CellContext
from coordina.core.types import TYPES


def used(values: tuple[Any, ...], context: CellContext) -> str:
    """When a token was used last."""
    return escape(context.formats.datetime(values[0]) if values[0] is not None else _("never"))


def types(values: tuple[Any, ...], context: CellContext) -> str:
    """The record types that a token is for."""
    names = [str(TYPES[name].plural) for name in values[0] or () if name in TYPES]
    return escape(", ".join(names) if names else _("everything"))


_USED = Subquery(TokenKey.objects.filter(token=OuterRef("pk")).order_by().values("used_at")[:1])
CELLS.add(("token", "used_at"), Cell((_USED,), used, "date"))
CELLS.add(("token", "types"), Cell(("types",), types))
