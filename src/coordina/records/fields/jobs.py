"""Work on added fields that takes its time: indexes, conversions, counting other data."""

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts import definitions
from coordina.ledger.queue import Kind, task
from coordina.records.fields import indexing
from coordina.records.models import CustomField, FieldIndex, IndexState


@task(kind=Kind.LONG, label=_("Preparing filters"))
def settle_index(field_id: int) -> None:
    """Make, renew or drop the indexes of a field, and say so."""
    row = CustomField.objects.filter(pk=field_id).first()
    if row is None:
        return
    state, built, problem = IndexState.READY, [], ""
    try:
        built = indexing.make(row)
    except DatabaseError as error:
        state, problem = IndexState.FAILED, str(error)[:500]
    with transaction.atomic():
        if built or problem:
            FieldIndex.objects.filter(pk=field_id).update(
                state=state, built=built, problem=problem, changed_at=timezone.now()
            )
        else:
            FieldIndex.objects.filter(pk=field_id).delete()
        definitions.move()
