"""What privacy itself keeps of people."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import Fate, Keeping, Subjects, hung, keeps
from coordina.privacy.models import Erasure, Hold, PrivacyRequest


def _requests(who: Subjects) -> QuerySet[PrivacyRequest]:
    people, leads = who.of("customers.Person"), who.of("leads.Lead")
    return PrivacyRequest._base_manager.filter(Q(person__in=people) | Q(lead__in=leads))


keeps(
    Keeping(
        model=PrivacyRequest,
        fate=Fate.EMPTIED,
        rows=_requests,
        links=("person_id", "lead_id"),
        empties={"name": "—", "reply_to": "", "note": "", "person_id": None, "lead_id": None},
        why=_("That there was a request, and when it was answered: it proves that the law was kept."),
    )
)
keeps(Keeping(model=Hold, fate=Fate.GONE, rows=hung(Hold)))
keeps(
    Keeping(
        model=Erasure,
        fate=Fate.STAYS,
        rows=hung(Erasure),
        why=_("That they were erased, by the number of the record alone."),
        told=False,
    )
)
