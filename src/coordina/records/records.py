"""How tags, notes and files present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import f
from coordina.records import actions as _declared_first  # noqa: F401  # its own writes come before the standard ones
from coordina.records.models import Attachment, Note, Tag

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
