"""How the letterhead comes into being: once, from what the company says of itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.places import checked_country
from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.documents.models import Letterhead
from coordina.records.writers import normalised


class LetterheadWriter(Writer[Letterhead]):
    """There is one letterhead, and its country exists."""

    def clean(self, values: Values, *, obj: Letterhead | None = None) -> Values:
        """Check the country; take spaces away from the ends of texts."""
        texts = ("legal_name", "tax_id", "street", "postal_code", "city", "phone", "website", "register_text")
        values = normalised(values, dict.fromkeys(texts, str.strip), obj)
        if values.get("country"):
            values = {**values, "country": checked_country(values["country"])}
        if "legal_name" in values and not values["legal_name"]:
            raise Refusal("required", _("Write the legal name."), field="legal_name")
        return super().clean(values, obj=obj)

    def prepare(self, made: Sequence[Letterhead], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Refuse a second one."""
        if len(made) > 1 or Letterhead.objects.exists():
            raise Refusal("taken", _("There is a letterhead already. Edit that one."), status=409)
        super().prepare(made, rows, by=by, at=at)
