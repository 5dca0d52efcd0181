"""How tags, notes and files present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, LEADERS, Defaults, Grants
from coordina.core.types import f
from coordina.records import actions as _declared_first  # noqa: F401  # its own writes come before the standard ones
from coordina.records import view_writers as _declared_too  # noqa: F401  # its own writes come before the standard ones
from coordina.records.models import Attachment, Note, SavedView, Tag

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
