"""How definitions present themselves, and what has to be imported for all of it to work."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import f
from coordina.records.fields import actions, building, follow, jobs  # noqa: F401  # registration by import
from coordina.records.models import CustomField

FIELD = declare(
    CustomField,
    name="custom_field",
    url="custom-fields",
    icon="forms",
    fields=(f("label", sortable=True), f("noun"), f("kind"), f("archived")),
    columns=("label", "noun", "kind"),
    order="label",
    grants=GRANTS["setting"],
    setting=True,
    importable=False,
    empty=_("Fields of your own, for what Coordina does not know."),
)
