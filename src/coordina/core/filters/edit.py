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
