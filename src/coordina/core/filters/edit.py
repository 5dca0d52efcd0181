"""Small changes to a tree, as the filter bar makes them: each part of a sentence knows its place."""

from coordina.core.filters.ast import Group, Joiner, Node

type Place = tuple[int, ...]


def at_place(node: Node | None, place: Place) -> Node | None:
    """The node at a place: indexes of parts from the root; None where there is none."""
    for index in place:
        if not isinstance(node, Group) or not 0 <= index < len(node.parts):
            return None
        node = node.parts[index]
    return node


def replaced(node: Node, place: Place, new: Node | None) -> Node | None:
    """The tree with another node at a place, or without it.

    A group left with one part becomes that part; a `not` without its part goes too. A place that does not exist changes
    nothing.
    """
    if not place:
        return new
    if not isinstance(node, Group) or not 0 <= place[0] < len(node.parts):
        return node
    inner = replaced(node.parts[place[0]], place[1:], new)
    parts = [inner if index == place[0] else part for index, part in enumerate(node.parts)]
    kept = tuple(part for part in parts if part is not None)
    if node.joiner is not Joiner.NOT and len(kept) == 1:
        return kept[0]
    return Group(node.joiner, kept, node.at) if kept else None


def added(node: Node | None, new: Node, joiner: Joiner = Joiner.AND) -> Node:
    """The tree with one more condition at its end, joined with `and` unless told otherwise."""
    if node is None:
        return new
    if isinstance(node, Group) and node.joiner is joiner:
        return Group(joiner, (*node.parts, new), node.at)
    return Group(joiner, (node, new))


def joined(node: Node | None, place: Place, new: Node, joiner: Joiner) -> Node:
    """The tree with one more condition joined to what is at a place: to a group of that kind, else in a new group."""
    at = at_place(node, place)
    if node is None or at is None:
        return added(node, new)
    group = Group(joiner, (*at.parts, new)) if isinstance(at, Group) and at.joiner is joiner else None
    return replaced(node, place, group or Group(joiner, (at, new))) or new


def negated(node: Node, place: Place) -> Node:
    """The tree with the opposite of what is at a place; the opposite of an opposite is the thing itself."""
    at = at_place(node, place)
    if at is None:
        return node
    if isinstance(at, Group) and at.joiner is Joiner.NOT:
        return replaced(node, place, at.parts[0]) or node
    if place and isinstance(above := at_place(node, place[:-1]), Group) and above.joiner is Joiner.NOT:
        return replaced(node, place[:-1], at) or node
    return replaced(node, place, Group(Joiner.NOT, (at,))) or node


def turned(node: Node, place: Place) -> Node:
    """The tree with the group at a place joined the other way: `and` becomes `or`, `or` becomes `and`."""
    at = at_place(node, place)
    if not isinstance(at, Group) or at.joiner is Joiner.NOT:
        return node
    other = Joiner.AND if at.joiner is Joiner.OR else Joiner.OR
    return replaced(node, place, Group(other, at.parts, at.at)) or node


def moved(node: Node, place: Place, into: Place) -> Node:
    """The tree with the part at a place taken out and put at the end of the group at another.

    Nothing changes where there is no such group, or where it is inside of what would be moved.
    """
    part, group = at_place(node, place), at_place(node, into)
    fits = isinstance(group, Group) and group.joiner is not Joiner.NOT
    if part is None or not fits or not isinstance(group, Group) or into[: len(place)] == place:
        return node
    longer = replaced(node, into, Group(group.joiner, (*group.parts, part), group.at))
    return (replaced(longer, place, None) if longer is not None else None) or node


def groups_of(node: Node | None, place: Place = ()) -> list[Place]:
    """The places of all groups joined by `and` or `or`, from the outside in."""
    if not isinstance(node, Group):
        return []
    inner = [found for index, part in enumerate(node.parts) for found in groups_of(part, (*place, index))]
    return inner if node.joiner is Joiner.NOT else [place, *inner]
