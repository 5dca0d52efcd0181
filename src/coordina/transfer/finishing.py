"""What follows when everything came in: derived tables, indexes of added fields, and who was erased since.

Nothing here is part of the archive. Each step may be done again, so one that was cut off is done again.
"""

from collections.abc import Callable

from django.utils import timezone

from coordina.accounts import definitions, tree
from coordina.accounts.rates import forget_rates
from coordina.core.derived import REBUILDS
from coordina.ledger.sealing.verifying import verify
from coordina.privacy.jobs import erase_again
from coordina.records.fields.jobs import settle_index
from coordina.records.models import CustomField, FieldIndex, IndexState
from coordina.transfer.coming_in import count_anew

type Say = Callable[[str], None]


def finish(say: Say) -> int:
    """Work out what follows from the records; gives how many people were erased again.

    Args:
        say: Told what is being done.
    """
    tree.forget()
    forget_rates()
    definitions.agree()
    for field in CustomField.objects.filter(indexed=True, archived=False).order_by("pk"):
        say(f"index of {field.slug}")
        FieldIndex.objects.update_or_create(
            pk=field.pk, defaults={"state": IndexState.BUILDING, "changed_at": timezone.now()}
        )
        settle_index.call(field.pk)
    for name, (rebuild, _compare) in REBUILDS.items():
        say(name)
        rebuild()
    count_anew()
    return erase_again()


def ledger_problems() -> int:
    """In how many places the ledger is not as it was sealed."""
    return verify().wrong
