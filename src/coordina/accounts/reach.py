"""Permissions in words: what a role may do, and what changed between two states of it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from coordina.core.actors import Reach
from coordina.core.permissions import PERMISSIONS
from coordina.core.refusals import Text

REACHES: dict[str, Text] = {
    "": pgettext_lazy("reach", "nothing"),
    Reach.OWN: pgettext_lazy("reach", "own"),
    Reach.TEAM: pgettext_lazy("reach", "team and below"),
    Reach.ALL: pgettext_lazy("reach", "all"),
}
"""Whose records a permission covers, in words; nothing is not granted."""


def label_of(name: str) -> str:
    """A permission in words, such as «Opportunities: edit»; its name where it exists no more."""
    known = PERMISSIONS.get(name)
    if known is None:
        return name
    noun = str(known.noun)
    return _("%(noun)s: %(verb)s") % {"noun": noun[:1].upper() + noun[1:], "verb": str(known.label).lower()}


def differences(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> list[tuple[str, str, str]]:
    """What changed between two states of a role: permission, reach before and after, all in words.

    Args:
        before: Reach by permission; None for nothing.
        after: The same, later.
    """
    old, new = before or {}, after or {}
    order = {p.name: i for i, p in enumerate(PERMISSIONS)}
    names = sorted({*old, *new}, key=lambda name: (order.get(name, len(order)), name))
    return [
        (label_of(name), _word(old.get(name, "")), _word(new.get(name, "")))
        for name in names
        if old.get(name, "") != new.get(name, "")
    ]


def _word(reach: str) -> str:
    return str(REACHES.get(reach, reach))
