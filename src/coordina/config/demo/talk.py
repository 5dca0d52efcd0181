"""What people of the demo company say to each other about their larger opportunities, and what they want to recall."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.activity.actions import add_comment, add_reminder
from coordina.activity.models import Notification
from coordina.config.demo import house
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.pipeline.models import Opportunity
from coordina.pipeline.rules import OPEN

TALKS: tuple[tuple[str, ...], ...] = (
    ("@{lead} el cliente pide un 12 % de descuento. ¿Hasta dónde llego?", "Hasta el 8 %, si firman este mes. @{owner}"),
    ("Visita hecha: quieren sensores en el pasillo. Rehago la oferta y la paso el jueves.",),
    ("@{lead} necesito a alguien de producto en la reunión del martes.", "Hecho: va Desarrollo de producto contigo."),
    ("Compras ha cambiado de persona. La nueva decide en diciembre.", "Gracias. Muevo el cierre previsto."),
    ("El contrato está en su departamento legal desde el lunes.",),
    ("@{lead} compiten con un precio más bajo, pero sin instalación.", "Insiste en el plazo: ahí ganamos. @{owner}"),
    ("Piden referencias de obras parecidas. ¿Mandamos la del muelle?", "Sí, la del muelle y la de la escuela."),
    ("La muestra llegó rota. Ya va otra en camino.",),
)
REMINDERS = (
    ("Preguntar si firmaron", 3),
    ("Preparar la visita técnica", 20),
    ("Llamar antes de la feria", 74),
    ("Revisar el descuento con dirección", 170),
)
"""What of, and in how many hours from now."""


def talk(users: Mapping[str, User], now: datetime, draw: Random) -> None:
    """Write the comments of the last days, their notifications, and the coordinator's reminders."""
    lead = users[house.COORDINATOR.name]
    last = ChangeSet.objects.latest("pk").at

    def next_at() -> datetime:
        """Give a moment after what was written last: history goes forward."""
        nonlocal last
        last = min(now, last + timedelta(seconds=draw.randint(20, 90)))
        return last

    deals = (
        Opportunity.objects.filter(status=OPEN, owner__access=Access.ACTIVE)
        .select_related("owner__role", "owner__team")
        .order_by("-value", "pk")
    )
    for deal, said in zip(deals[: len(TALKS)], TALKS, strict=False):
        for turn, text in enumerate(said):
            by = deal.owner if turn == 0 else lead
            _say(deal, text.format(lead=lead.name, owner=deal.owner.name), by, next_at())
    for deal, (text, hours) in zip(deals[2:], REMINDERS, strict=False):
        when = (now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        with change_set(by=lead, at=next_at(), via="web", action="activity.add_reminder") as j:
            add_reminder(subject_type=deal._meta.label, subject_id=deal.pk, text=text, due_at=when, by=lead, at=j.at)
    old = Notification.objects.filter(at__lt=now - timedelta(days=2)).values("pk")
    Notification.objects.filter(pk__in=old).update(read_at=now)


def _say(deal: Opportunity, text: str, by: User, at: datetime) -> None:
    """Write one comment at its time."""
    with change_set(by=by, at=at, via="web", action="activity.add_comment"):
        add_comment(subject_type=deal._meta.label, subject_id=deal.pk, text=text, by=by, at=at)
