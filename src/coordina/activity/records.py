"""How comments and reminders present themselves."""

from coordina.activity import actions as _declared_first
from coordina.activity.models import Comment, Reminder
from coordina.core.declare import declare
from coordina.core.permissions import LEADERS, NEIGHBOURS, SELLERS, Grants
from coordina.core.types import f

_EVERYBODY = {**LEADERS, **dict.fromkeys((*SELLERS, *NEIGHBOURS), "all")}
GRANTS = Grants(_EVERYBODY, _EVERYBODY, _EVERYBODY, _EVERYBODY)
"""Everybody, about the records that they see; changing and deleting is each author's own."""

COMMENT = declare(
    Comment,
    url="comments",
    icon="message",
    fields=(f("text"), f("owner")),
    grants=GRANTS,
    importable=False,
)
REMINDER = declare(
    Reminder,
    url="reminders",
    icon="bell",
    fields=(f("text"), f("due_at", sortable=True), f("owner"), f("done_at", editable=False)),
    columns=("text", "due_at", "owner", "done_at"),
    order="due_at",
    grants=GRANTS,
    importable=False,
)
