"""What activity keeps of people: what was said about them, whom it was told to, and mails."""

from typing import Any

from django.db.models import Q, QuerySet

from coordina.activity.models import Alert, AlertMark, Comment, Follow, Mail, Notification, Reminder
from coordina.core.personal import Fate, Keeping, Subjects, holding, hung, keeps


def _mails(who: Subjects) -> QuerySet[Mail]:
    named = holding(Mail, "name", "address", "subject", "text", "html", "data", "error")(who)
    return _either(Mail, who, named)


def _told(who: Subjects) -> QuerySet[Notification]:
    return _either(Notification, who, holding(Notification, "text", "url", "key")(who))


def _either(model: Any, who: Subjects, named: QuerySet[Any]) -> QuerySet[Any]:
    keys = set(named.values_list("pk", flat=True)) | set(hung(model)(who).values_list("pk", flat=True))
    found: QuerySet[Any] = model._base_manager.filter(Q(pk__in=sorted(keys)))
    return found


for _model in (Comment, Reminder, AlertMark):
    keeps(Keeping(model=_model, fate=Fate.GONE, rows=hung(_model), told=_model is not AlertMark))
for _table in (Follow, Alert):
    keeps(Keeping(model=_table, fate=Fate.GONE, rows=hung(_table), told=False, tool=True))
keeps(Keeping(model=Mail, fate=Fate.GONE, rows=_mails, tells=("subject", "text", "state", "created_at", "sent_at")))
keeps(Keeping(model=Notification, fate=Fate.GONE, rows=_told, told=False, tool=True))
