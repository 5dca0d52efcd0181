"""Background work of records."""

from coordina.ledger.queue import task
from coordina.records.search.index import refresh_referrers


@task()
def refresh_search(label: str, keys: list[int]) -> int:
    """Renew the search rows of records that carry names that changed."""
    return refresh_referrers(label, keys)
