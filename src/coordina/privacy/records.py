"""How requests, holds and erasures present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import Grants
from coordina.core.types import Section, f
from coordina.privacy import actions as _declared_first
from coordina.privacy.models import Erasure, PrivacyRequest, RetentionRule
from coordina.privacy.writers import ErasureWriter, RequestWriter, RuleWriter

_KEEPERS = dict.fromkeys(("operations", "administrator"), "all")
_ADMINISTRATORS = {"administrator": "all"}
_NOBODY: dict[str, str] = {}

REQUEST = declare(
    PrivacyRequest,
    name="privacy_request",
    url="privacy-requests",
    icon="shield-half",
    writer=RequestWriter,
    fields=(
        f("name", sortable=True, searchable=True),
        f("reply_to", help=_("An address or a number, as they gave it.")),
        f("asked"),
        f("person"),
        f("lead"),
        f("received_on", sortable=True),
        f("due_on", sortable=True, help=_("A month after it was received, where nothing is written.")),
        f("status"),
        f("answered_on", sortable=True),
        f("note"),
        f("owner"),
        f("team"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "asked", "received_on", "due_on", "status", "owner"),
    quick=("status", "asked", "due_on"),
    facts=("asked", "status", "due_on", "person", "lead", "owner"),
    sections=(
        Section(_("Request"), ("name", "reply_to", "asked", "person", "lead")),
        Section(_("Deadline"), ("received_on", "due_on", "status", "answered_on", "note", "owner")),
    ),
    order="due_on",
    grants=Grants(_KEEPERS, _KEEPERS, _KEEPERS, _KEEPERS),
    setting=True,
    importable=False,
    extra={"new": _("Note a request")},
    empty=_("What people ask for by law: to know what is kept, to have it erased or put right. Each has a month."),
)

ERASURE = declare(
    Erasure,
    url="erasures",
    icon="trash",
    writer=ErasureWriter,
    fields=(
        f("reason"),
        f("status"),
        f("subject_id"),
        f("owner", editable=False),
        f("created_at", label=_("ordered"), sortable=True, editable=False, importable=False),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("created_at", "reason", "status", "owner"),
    facts=("reason", "status", "created_at", "owner"),
    order="-created_at",
    grants=Grants(_KEEPERS, _NOBODY, _NOBODY, _NOBODY),
    setting=True,
    importable=False,
    extra={"log": True},
    empty=_("Who was erased, when and by whose order; by number alone, never by name."),
)

RULE = declare(
    RetentionRule,
    name="retention_rule",
    url="retention-rules",
    icon="hourglass",
    writer=RuleWriter,
    fields=(
        f("name", sortable=True),
        f("of"),
        f("query", help=_("As in the address of a list, such as: status = disqualified. Empty for all.")),
        f("days", minimum=30, maximum=3650, sortable=True),
        f("active"),
        f("told_on", sortable=True),
        f("owner"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "of", "days", "active", "told_on"),
    facts=("of", "days", "active", "told_on", "owner"),
    order="name",
    grants=Grants(_ADMINISTRATORS, _ADMINISTRATORS, _ADMINISTRATORS, _ADMINISTRATORS),
    setting=True,
    importable=False,
    empty=_(
        "Whom Coordina erases by itself when nothing has happened for long. Nothing is erased until you switch it on."
    ),
)
