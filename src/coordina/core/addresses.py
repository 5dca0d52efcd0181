"""Addresses of pages by their names, as Django's `reverse` gives them at a tenth of the cost.

A page has dozens of addresses that differ in an id. What stands around the ids is worked out once a process.
"""

from typing import Final

from django.conf import settings
from django.urls import reverse

MOST: Final = 4000
"""Shapes that are kept: names with the texts in them; people choose some of these texts."""
_STANDS_FOR: Final = 7_310_000_000_000_000_000
"""Stand-in of the first number; no id is as large."""
_shapes: dict[tuple[object, ...], tuple[str, ...]] = {}


def address(name: str, *args: int | str) -> str:
    """The address of a page.

    Args:
        name: As for `reverse`, with its namespace.
        *args: The parts of the address that vary, in order.

    Raises:
        NoReverseMatch: When there is no such page, or a part does not fit.
    """
    root = settings.ROOT_URLCONF
    numbers = [arg for arg in args if arg.__class__ is int]
    key = (root, name, *[int if arg.__class__ is int else arg for arg in args]) if numbers else (root, name, *args)
    pieces = _shapes.get(key)
    if pieces is None:
        pieces = _pieces(root, name, args)
        if len(_shapes) >= MOST:
            _shapes.clear()
        _shapes[key] = pieces
    if not numbers:
        return pieces[0]
    out = [pieces[0]]
    for number, piece in zip(numbers, pieces[1:], strict=True):
        out += (str(number), piece)
    return "".join(out)


def _pieces(root: str, name: str, args: tuple[int | str, ...]) -> tuple[str, ...]:
    """What stands around the numbers of an address."""
    stands = [_STANDS_FOR + index if arg.__class__ is int else arg for index, arg in enumerate(args)]
    whole, pieces = reverse(name, root, args=stands), []
    for index, arg in enumerate(args):
        if arg.__class__ is int:
            before, whole = whole.split(str(_STANDS_FOR + index), 1)
            pieces.append(before)
    return (*pieces, whole)
