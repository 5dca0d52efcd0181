"""What customers keep of people."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import KINDS, Fate, Keeping, Kind, Subjects, by_key, hung, keeps, same_as
from coordina.customers.models import ConsentEntry, Interaction, Person, Position
from coordina.records.models import Merged

LABEL = Person._meta.label


def merged_into(model_label: str, ids: Sequence[int]) -> Iterable[int]:
    """Ids of records that were merged into some."""
    rows = Merged.objects.filter(subject_type=model_label, subject_id__in=ids)
    return rows.values_list("gone_id", flat=True)


@same_as(LABEL)
def merged_people(ids: Sequence[int]) -> Mapping[str, Iterable[int]]:
    """Contacts that were merged into some."""
    return {LABEL: merged_into(LABEL, ids)}


KINDS.add(LABEL, Kind(model=Person, naming=("name", "email", "phone", "mobile", "profile_url")))


def _talks(who: Subjects) -> QuerySet[Interaction]:
    return by_key(Interaction, "person", LABEL)(who) | hung(Interaction)(who)


keeps(Keeping(model=Position, fate=Fate.GONE, rows=by_key(Position, "person", LABEL), links=("person_id",)))
keeps(Keeping(model=ConsentEntry, fate=Fate.GONE, rows=hung(ConsentEntry)))
keeps(
    Keeping(
        model=Interaction,
        fate=Fate.EMPTIED,
        rows=_talks,
        links=("person_id",),
        empties={"summary": "—", "body": "", "person_id": None, "subject_type": "", "subject_id": None},
        why=_("That there was contact, when and by whom: figures of activity count it."),
    )
)
