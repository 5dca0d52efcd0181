"""What causes news: the open change set, and what its undo does about them."""

from coordina.core import changes


def cause() -> int | None:
    """Id of the open change set, whose row is written for it if need be; None outside one."""
    journal = changes.current()
    if journal is None or "change_set" not in journal.context:
        return None
    row = journal.context["change_set"]
    if row.pk is None:
        journal.write()
    if row.pk is None:
        row.save(force_insert=True)
    found: int = row.pk
    return found
