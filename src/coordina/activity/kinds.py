"""The kinds of news that people may be told, each with its usual way; rooms above add theirs."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coordina.activity.models import How
from coordina.core.refusals import Text
from coordina.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of news.

    Attributes:
        label: What a person chooses a way for, such as «Mentions of you».
        icon: Of the node in lists.
        usual: How it arrives until somebody chooses otherwise.
        permission: What one must be allowed to be told such news at all; empty for everybody.
        order: Lower stands first where people choose.
    """

    label: Text
    icon: str
    usual: How = How.APP
    permission: str = ""
    order: int = 100


KINDS: Registry[str, Kind] = Registry("kind of notification")
"""By name, such as `activity.mention`."""

MENTION = "activity.mention"
COMMENT = "activity.comment"
ASSIGNED = "activity.assigned"
FOLLOWED = "activity.followed"
REMINDER = "activity.reminder"

KINDS.add(MENTION, Kind(_("Somebody mentions you"), "at", How.MAIL, order=10))
KINDS.add(ASSIGNED, Kind(_("A record becomes yours"), "user-share", How.MAIL, order=20))
KINDS.add(REMINDER, Kind(_("Your reminders"), "bell", How.MAIL, order=30))
KINDS.add(COMMENT, Kind(_("Comments on what you follow"), "message", order=40))
KINDS.add(FOLLOWED, Kind(_("Changes of what you follow"), "history", order=50))
