"""Choices of customers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Relation(TextChoices):
    """What a company is to us."""

    PROSPECT = "prospect", _("Prospect")
    CUSTOMER = "customer", _("Customer")
    PARTNER = "partner", _("Partner")
    FORMER = "former", _("Former customer")
    OTHER = "other", _("Other")


class InteractionKind(TextChoices):
    """How one was in touch."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Visit")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Note")


class Direction(TextChoices):
    """Who began."""

    OUT = "out", _("Outgoing")
    IN = "in", _("Incoming")


class Outcome(TextChoices):
    """What came of being in touch."""

    DONE = "done", _("We talked")
    NO_ANSWER = "no_answer", _("No answer")
    MESSAGE_LEFT = "left", _("Left a message")
    POSTPONED = "postponed", _("Put off")


class AddressKind(TextChoices):
    """What an address is for."""

    MAIN = "main", _("Main")
    BILLING = "billing", _("Billing")
    DELIVERY = "delivery", _("Delivery")
    OTHER = "other", _("Other")


class PurchaseRole(TextChoices):
    """A person's part in a purchase."""

    DECIDES = "decides", _("Decides")
    INFLUENCES = "influences", _("Influences")
    USES = "uses", _("Uses")
    BUYS = "buys", _("Buys")
    BLOCKS = "blocks", _("Against")
    UNKNOWN = "unknown", _("Unknown")


class Consent(TextChoices):
    """What a person said to being written to; none of these means that nothing is on record."""

    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Channel(TextChoices):
    """By which way somebody is reached."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone call")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")
    POST = "post", _("Post")


class TaxTreatment(TextChoices):
    """How sales to a company are taxed where its place does not say."""

    DOMESTIC = "domestic", _("As at home")
    INTRA = "intra", _("Intra-Community, no tax")
    EXPORT = "export", _("Export, no tax")
    EXEMPT = "exempt", _("Exempt")
