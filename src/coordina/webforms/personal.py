"""What web forms keep of people: what was sent, how a lead came, and the boxes that were ticked."""

from django.db.models import Q, QuerySet

from coordina.core.personal import Fate, Keeping, Subjects, by_key, holding, keeps
from coordina.leads.models import Lead
from coordina.webforms.models import ConsentGiven, LeadOrigin, Submission

LABEL = Lead._meta.label


def _sent(who: Subjects) -> QuerySet[Submission]:
    named = holding(Submission, "answers", "origin")(who).values_list("pk", flat=True)
    return Submission._base_manager.filter(Q(pk__in=list(named)) | Q(lead_id__in=who.of(LABEL)))


for _model in (LeadOrigin, ConsentGiven):
    keeps(Keeping(model=_model, fate=Fate.GONE, rows=by_key(_model, "lead", LABEL), links=("lead_id",)))
keeps(Keeping(model=Submission, fate=Fate.GONE, rows=_sent, tells=("answers", "boxes", "origin")))
