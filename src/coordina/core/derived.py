"""Values worked out from records: search rows, rollups, stamps. They follow every write in its transaction.

Derived tables are no records: they are rebuilt by a command, and a test compares the two.
"""

from collections.abc import Callable, Sequence

from coordina.core.changes import Entry

type Follower = Callable[[Sequence[Entry]], None]

_followers: dict[str, list[Follower]] = {}
_general: list[Follower] = []


def follows(*labels: str) -> Callable[[Follower], Follower]:
    """Declare a function that is given the entries of these models, just written, in the same transaction.

    Args:
        *labels: Model labels such as `pipeline.Opportunity`; none means every model.
    """

    def register(follower: Follower) -> Follower:
        if not labels:
            _general.append(follower)
        for label in labels:
            _followers.setdefault(label, []).append(follower)
        return follower

    return register


def follow(entries: Sequence[Entry]) -> None:
    """Tell the followers of each model what was written."""
    by_follower: dict[Follower, list[Entry]] = {}
    for entry in entries:
        for follower in _followers.get(entry.model, ()):
            by_follower.setdefault(follower, []).append(entry)
    for follower in _general:
        follower(entries)
    for follower, part in by_follower.items():
        follower(part)


REBUILDS: dict[str, tuple[Callable[[], int], Callable[[], int]]] = {}
"""By name of a derived table: how it is rebuilt (rows), and how it is compared (differences)."""
