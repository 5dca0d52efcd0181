"""Parts of addresses."""

from django.urls import register_converter

from coordina.core.types import RecordType, by_url


class Noun:
    """A record type by the segment of its addresses; views get the type itself."""

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> RecordType:
        """The type.

        Raises:
            ValueError: There is none: the address leads nowhere.
        """
        known = by_url(value)
        if known is None:
            raise ValueError(value)
        return known

    def to_url(self, value: RecordType | str) -> str:
        """The segment of a type."""
        return value if isinstance(value, str) else value.url


def install() -> None:
    """Make `<noun:known>` known to addresses."""
    register_converter(Noun, "noun")
