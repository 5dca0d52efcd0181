"""The salts of a seal, grown from one number, of which single ones can be given up for good.

They are the leaves of a binary tree in which each node gives its two children, and no child tells of its parent or its
sister. Sixteen bytes stand for all salts of a seal. To give one up, the nodes above it are forgotten and the sisters
beside its way are kept instead: all other salts can still be worked out, this one by nobody.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

SIZE = 16

type Place = tuple[int, int]
"""Depth of a node and its number among those of the same depth."""


@dataclass(slots=True)
class Salts:
    """The salts of one seal.

    Attributes:
        depth: Of the leaves.
        nodes: What is kept, by place; no node lies below another.
        loose: Salts of single columns of leaves that were given up: what is left of these entries.
    """

    depth: int
    nodes: dict[Place, bytes]
    loose: dict[int, dict[str, bytes]] = field(default_factory=dict)

    @classmethod
    def new(cls, leaves: int) -> "Salts":
        """Salts for so many leaves."""
        return cls(max(0, (leaves - 1).bit_length()), {(0, 0): secrets.token_bytes(SIZE)})

    @classmethod
    def stored(cls, held: Mapping[str, Any]) -> "Salts":
        """Salts as a seal holds them."""
        nodes = {(depth, number): bytes.fromhex(text) for depth, number, text in held["nodes"]}
        loose = {int(n): {k: bytes.fromhex(v) for k, v in own.items()} for n, own in held.get("loose", {}).items()}
        return cls(held["depth"], nodes, loose)

    def as_json(self) -> dict[str, Any]:
        """What `stored` reads."""
        nodes = [[depth, number, node.hex()] for (depth, number), node in sorted(self.nodes.items())]
        held: dict[str, Any] = {"depth": self.depth, "nodes": nodes}
        if self.loose:
            held["loose"] = {str(n): {k: v.hex() for k, v in own.items()} for n, own in sorted(self.loose.items())}
        return held

    def every(self, count: int) -> list[bytes | None]:
        """The salts of the first leaves; None for those that were given up."""
        found: list[bytes | None] = [None] * count
        for place, node in self.nodes.items():
            for number, salt in self._below(place, node, count):
                found[number] = salt
        return found

    def _below(self, place: Place, node: bytes, count: int) -> Iterator[tuple[int, bytes]]:
        waiting = [(place, node)]
        while waiting:
            (depth, number), here = waiting.pop()
            if number << (self.depth - depth) >= count:
                continue
            if depth == self.depth:
                yield number, here
                continue
            both = children(here)
            waiting += [((depth + 1, 2 * number), both[0]), ((depth + 1, 2 * number + 1), both[1])]

    def one(self, leaf: int) -> bytes | None:
        """The salt of one leaf; None where it was given up."""
        for up in range(self.depth + 1):
            node = self.nodes.get((self.depth - up, leaf >> up))
            if node is not None:
                for down in range(up - 1, -1, -1):
                    node = children(node)[(leaf >> down) & 1]
                return node
        return None

    def give_up(self, leaf: int) -> None:
        """Make the salt of a leaf impossible to work out; those of all others stay."""
        for up in range(self.depth + 1):
            node = self.nodes.pop((self.depth - up, leaf >> up), None)
            if node is not None:
                for down in range(up - 1, -1, -1):
                    both, side = children(node), (leaf >> down) & 1
                    self.nodes[self.depth - down, (leaf >> down) ^ 1] = both[1 - side]
                    node = both[side]
                return


def children(node: bytes) -> tuple[bytes, bytes]:
    """The two nodes that one gives."""
    both = blake2b(digest_size=2 * SIZE, key=node).digest()
    return both[:SIZE], both[SIZE:]
