"""What the pipeline keeps of people: whom an opportunity is with."""

from django.utils.translation import gettext_lazy as _

from coordina.core.personal import Fate, Keeping, by_key, keeps
from coordina.customers.models import Person
from coordina.pipeline.models import Opportunity, Stakeholder

LABEL = Person._meta.label

keeps(
    Keeping(
        model=Stakeholder,
        fate=Fate.GONE,
        rows=by_key(Stakeholder, "person", LABEL),
        links=("person_id",),
        tells=("opportunity", "role", "attitude"),
    )
)
keeps(
    Keeping(
        model=Opportunity,
        fate=Fate.EMPTIED,
        rows=by_key(Opportunity, "person", LABEL),
        empties={"person_id": None},
        tells=("reference", "name", "status"),
        why=_("The sale itself: it is the company's. Only the contact is taken out."),
    )
)
