"""What files may hold besides the record types of the pages: tables that only an import writes."""

from coordina.core.registry import Registry
from coordina.core.types import TYPES, RecordType

TABLES: Registry[str, RecordType] = Registry("import-only table")
"""Types without pages of their own, such as the history of stages. `extra["import_permission"]` says who may."""


def find_known(name: str) -> RecordType | None:
    """The record type or import-only table of this name."""
    return TYPES.get(name) or TABLES.get(name)


def known_named(name: str) -> RecordType:
    """As `find_known`.

    Raises:
        KeyError: When there is none.
    """
    found = find_known(name)
    if found is None:
        raise KeyError(name)
    return found
