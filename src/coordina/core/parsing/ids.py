"""Ids and versions as they come in addresses and forms, from anybody."""

LONGEST = 18
"""Digits that every column for whole numbers holds."""


def parse_id(text: str) -> int | None:
    """The whole number that a text is; None for everything else: signs, other scripts' digits, more than fit.

    Args:
        text: What was sent; `isdigit` alone lets `²` and a million digits pass.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
