"""How tags, notes and files present themselves."""

from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, LEADERS, Defaults, Grants
from coordina.core.types import TYPES, f
from coordina.records import actions as _declared_first
from coordina.records import view_writers as _declared_too
from coordina.records.importing import mapping_writers as _declared_third
from coordina.records.models import Attachment, ImportMapping, Note, SavedView, Tag

TAG = declare(
    Tag,
    url="tags",
    icon="tag",
    fields=(f("name", sortable=True, searchable=True, aliases=("etiqueta", "tag")),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("Tags group records of any kind. Add the first one."),
)

NOTE = declare(Note, url="notes", icon="note", fields=(f("text"), f("owner")), importable=False)
ATTACHMENT = declare(
    Attachment, url="files", icon="paperclip", fields=(f("name"), f("size"), f("owner")), importable=False
)

_ALL: Defaults = GRANTS["shared"].view
VIEW = declare(
    SavedView,
    url="saved-views",
    icon="layout-dashboard",
    fields=(
        f("name", sortable=True),
        f("pinned"),
        f("type", filterable=False),
        f("audience"),
        f("shared_team", path="shared_team"),
        f("shared_role", path="shared_role"),
        f("owner", editable=False),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    facts=("audience", "shared_team", "shared_role", "owner"),
    order="name",
    grants=Grants(
        _ALL,
        _ALL,
        dict.fromkeys(_ALL, "own") | LEADERS,
        dict.fromkeys(_ALL, "own") | LEADERS,
    ),
    importable=False,
)

_IMPORTERS: Defaults = {**LEADERS, "manager": "all", "product": "all"}
MAPPING = declare(
    ImportMapping,
    name="import_mapping",
    url="import-mappings",
    icon="file-import",
    fields=(
        f("name", sortable=True),
        f("type", filterable=False, editable=False),
        f("shared", help=_("Others are offered it, with what it says of values.")),
        f("owner", editable=False),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "type", "shared", "owner", "changed_at"),
    facts=("type", "shared", "owner"),
    order="name",
    grants=Grants(
        _IMPORTERS,
        _IMPORTERS,
        dict.fromkeys(_IMPORTERS, "own") | LEADERS,
        dict.fromkeys(_IMPORTERS, "own") | LEADERS,
    ),
    setting=True,
    importable=False,
    empty=_("What you decide about the columns of a file can be kept, and is offered for the next one."),
)


def _noun(values: tuple[Any, ...], context: CellContext) -> str:
    known = TYPES.get(values[0])
    text = str(known.plural) if known is not None else str(values[0])
    return str(conditional_escape(text[:1].upper() + text[1:]))


CELLS.add((MAPPING.name, "type"), Cell(("type",), _noun, "under"))
