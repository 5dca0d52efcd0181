"""What the machinery below keeps of people: arguments and faults of jobs that are over, and events."""

from django.db.models import QuerySet

from coordina.core.personal import Fate, Keeping, Subjects, holding, keeps
from coordina.ledger.models.changes import ChangeSet
from coordina.ledger.models.jobs import OVER, Event, Job


def _jobs(who: Subjects) -> QuerySet[Job]:
    named = holding(Job, "key", "order_key", "args", "result", "note_raw", "note_params", "error")(who)
    return named.filter(state__in=OVER)


def _written(who: Subjects) -> QuerySet[ChangeSet]:
    return ChangeSet.objects.filter(pk__in=sorted(who.changes))


keeps(Keeping(model=Job, fate=Fate.GONE, rows=_jobs, told=False, tool=True))
keeps(Keeping(model=Event, fate=Fate.GONE, rows=holding(Event, "payload", "subject"), told=False, tool=True))
keeps(Keeping(model=ChangeSet, fate=Fate.STAYS, rows=_written, told=False, tool=True))
