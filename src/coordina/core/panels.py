"""Panels: what upper rooms show on the pages of lower ones, which do not know their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coordina.core.refusals import Text
from coordina.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Panel:
    """One box on a record's page.

    Attributes:
        slot: Where it stands: `<record type>.head`, `.acts` (buttons beside the title), `.main` or `.side`.
        permission: What one must be allowed to see it at all.
        template: Partial that shows it.
        context: What the partial is given: called with the record and the person who looks.
        order: Lower stands higher.
        lazy: Whether the page fetches it after it is shown.
    """

    slot: str
    title: Text
    permission: str
    template: str
    context: Callable[[Any, Any], Mapping[str, Any]]
    order: int = 100
    lazy: bool = False


PANELS: Registry[str, Panel] = Registry("panel")


def panels_in(slot: str, actor: Any) -> list[tuple[str, Panel]]:
    """Names and panels of a slot that a person may see, in order."""
    found = [(n, p) for n, p in PANELS.items() if p.slot == slot and actor.may(p.permission)]
    return sorted(found, key=lambda pair: pair[1].order)
