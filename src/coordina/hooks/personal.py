"""What webhooks keep of people: what was sent of them, and what receivers answered."""

import zlib

from django.db.models import Q, QuerySet

from coordina.core.personal import Fate, Keeping, Subjects, keeps, spellings
from coordina.hooks.models import Delivery


def _sent(who: Subjects) -> QuerySet[Delivery]:
    """Deliveries caused by a change of somebody, and those in whose bodies or answers they are named."""
    words = [word.encode() for word in spellings(who.words)]
    named = []
    rows = Delivery.objects.exclude(body=None, answer="")
    for pk, body, answer in rows.order_by("pk").values_list("pk", "body", "answer").iterator(500):
        text = (zlib.decompress(bytes(body)) if body else b"") + answer.encode()
        if any(word in text for word in words):
            named.append(pk)
    return Delivery.objects.filter(Q(pk__in=named) | Q(change_set_id__in=sorted(who.changes)))


keeps(
    Keeping(
        model=Delivery,
        fate=Fate.EMPTIED,
        rows=_sent,
        empties={"body": None, "answer": "", "note": ""},
        told=False,
        tool=True,
    )
)
