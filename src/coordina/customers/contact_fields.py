"""The fields that companies, people and leads share: by which ways they may be contacted, and what they agreed to."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.core.types import Draft, Kind, Section, f
from coordina.customers.contacting import FLAGS
from coordina.customers.enums import Consent
from coordina.customers.models import ConsentEntry, Purpose

WAYS = Section(_("Contacting"), (*FLAGS, "no_contact_reason"))
"""The section of the pages."""
FIXED = (*FLAGS, "no_contact_reason")
"""No role is spared them: whoever sees somebody sees that they do not want to be contacted."""


def agreed_rows(label: str) -> object:
    """Builds the EXISTS of a condition on the purposes that rows of a model agree to now: by their newest answer."""

    def many(condition: Q) -> Exists:
        said = ConsentEntry.objects.filter(subject_type=label, subject_id=OuterRef("pk"))
        own = ConsentEntry.objects.filter(
            subject_type=label,
            subject_id=OuterRef("subject_id"),
            purpose=OuterRef("purpose"),
            channel=OuterRef("channel"),
        )
        day = Coalesce(F("said_on"), F("created_at__date"))
        newer = own.annotate(day=day).filter(Q(day__gt=OuterRef("day")) | Q(day=OuterRef("day"), pk__gt=OuterRef("pk")))
        given = said.annotate(day=day).filter(condition, answer=Consent.GIVEN)
        return Exists(given.filter(~Exists(newer)))

    return many


def contact_fields(model: type[Record]) -> tuple[Draft, ...]:
    """The fields of a record type whose records are `Contactable`."""
    purposes = f(
        "agreed_to", virtual=True, label=_("agreed to"), kind=Kind.REF, to=Purpose, path="purpose",
        many=agreed_rows(model._meta.label), editable=False, importable=False,
    )  # fmt: skip
    said = (
        f("no_contact", aliases=("do not contact", "no contactar", "lista robinson", "robinson", "suppressed")),
        f(
            "no_email",
            aliases=("do not email", "has opted out of email", "email opt out", "unsubscribed from all email",
                     "no enviar correos", "baja de correo"),
        ),
        f("no_phone", aliases=("do not call", "donotcall", "no llamar", "stop publicidad")),
        f("no_messages", aliases=("no sms", "no whatsapp", "do not text", "no enviar mensajes")),
        f("no_contact_reason", help=_("Who asked for it, and how."), aliases=("motivo de no contactar",)),
    )  # fmt: skip
    return said if model._meta.label == "customers.Company" else (*said, purposes)
