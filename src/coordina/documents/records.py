"""How the letterhead presents itself."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.documents import actions as _declared_first
from coordina.documents.models import Letterhead
from coordina.documents.writers import LetterheadWriter

LETTERHEAD = declare(
    Letterhead,
    url="letterhead",
    icon="file-text",
    fields=(
        f("legal_name"),
        f("tax_id"),
        f("street"),
        f("postal_code"),
        f("city"),
        f("country", kind=Kind.COUNTRY),
        f("phone"),
        f("email"),
        f("website"),
        f(
            "register_text",
            help=_("At the foot of every page: what the law asks for, such as the entry in the commercial register."),
        ),
        f("logo_name"),
    ),
    sections=(
        Section(_("Company"), ("legal_name", "tax_id", "street", "postal_code", "city", "country")),
        Section(_("Contact"), ("phone", "email", "website")),
        Section(_("Foot"), ("register_text", "logo_name")),
    ),
    writer=LetterheadWriter,
    grants=GRANTS["setting"],
    setting=True,
    importable=False,
    empty=_("What stands on top and at the foot of your documents."),
)
