"""How webhooks present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import Grants
from coordina.core.types import Kind, Section, f
from coordina.hooks import actions as _declared_first  # its own actions come before the generated ones
from coordina.hooks.models import Webhook

_KEEPERS = {"operations": "all", "administrator": "all"}

WEBHOOK = declare(
    Webhook,
    url="webhooks",
    icon="plug",
    fields=(
        f("name", sortable=True, editable=False),
        f("address", editable=False, filterable=False),
        f("events", kind=Kind.LONG_TEXT, filterable=False, editable=False),
        f("filter", filterable=False, editable=False),
        f("status", editable=False),
        f("owner", editable=False),
        f("stopped", editable=False),
        f("shape", editable=False),
        f("changed_at", label=_("changed"), sortable=True, editable=False),
    ),
    columns=("name", "address", "events", "status", "owner"),
    sections=(Section(_("Webhook"), ("address", "events", "filter", "status", "stopped", "owner", "shape")),),
    order="name",
    grants=Grants(_KEEPERS, _KEEPERS, _KEEPERS, _KEEPERS),
    setting=True,
    importable=False,
    extra={"new": _("Make a webhook")},
    empty=_("Webhooks tell other programs what happens in Coordina, as it happens. Make the first one."),
)
