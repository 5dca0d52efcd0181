"""What companies, people and leads say about being contacted: columns of the row, so that no page asks twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contactable(models.Model):
    """Somebody who may have asked not to be contacted: at all, or by some ways.

    Attributes:
        no_contact: By no way at all. no_messages: Neither WhatsApp nor SMS.
        no_contact_reason: Who asked for it and how, in a few words.
    """

    no_contact = models.BooleanField(_("do not contact"), default=False)
    no_email = models.BooleanField(_("no e-mails"), default=False)
    no_phone = models.BooleanField(_("no calls"), default=False)
    no_messages = models.BooleanField(_("no messages"), default=False)
    no_contact_reason = models.CharField(_("why not"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True
