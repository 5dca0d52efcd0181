"""The team tree, read once per process and permission stamp."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from coordina.accounts.models.signin import Stamp
from coordina.accounts.models.team import Team

type Node = tuple[int, int | None, int | None, bool]
"""Id, parent, manager and whether it is a region."""

_cached: tuple[int, tuple[Node, ...]] | None = None


def nodes(stamp: int | None = None) -> tuple[Node, ...]:
    """All teams; read again only when the permission stamp has moved."""
    global _cached
    if stamp is None:
        stamp = Stamp.objects.order_by("pk").values_list("count", flat=True).first() or 0
    if _cached is None or _cached[0] != stamp:
        rows = Team.objects.order_by("pk").values_list("pk", "parent_id", "manager_id", "is_region")
        _cached = (stamp, tuple(rows))
    return _cached[1]


def forget() -> None:
    """Drop the process's copy; tests with a database of their own each call this."""
    global _cached
    _cached = None


def below(roots: Iterable[int], tree: Iterable[Node]) -> set[int]:
    """The teams `roots` with all below them."""
    children: Mapping[int | None, list[int]] = _children(tree)
    found: set[int] = set()
    queue = list(roots)
    while queue:
        team = queue.pop()
        if team not in found:
            found.add(team)
            queue.extend(children.get(team, ()))
    return found


def _children(tree: Iterable[Node]) -> dict[int | None, list[int]]:
    found: dict[int | None, list[int]] = defaultdict(list)
    for team, parent, _manager, _region in tree:
        found[parent].append(team)
    return found


def team_ids_of(user_id: int, team_id: int | None, stamp: int | None = None) -> tuple[int, ...]:
    """The teams a person sees with the reach `team`: own and managed ones, each with all below, in order."""
    tree = nodes(stamp)
    roots = [team for team, _parent, manager, _region in tree if manager == user_id]
    return tuple(sorted(below([*roots, team_id] if team_id is not None else roots, tree)))


def region_of(tree: Iterable[Node]) -> dict[int, int]:
    """For every team the nearest region at or above it; teams outside any region are absent."""
    known = {team: (parent, region) for team, parent, _manager, region in tree}
    found: dict[int, int] = {}
    for team in known:
        at: int | None = team
        walked: set[int] = set()
        while at is not None and at in known and at not in walked:
            walked.add(at)
            parent, region = known[at]
            if region:
                found[team] = at
                break
            at = parent
    return found
