"""Registration of the ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Change sets, undo, history, jobs."""

    name = "coordina.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Declare who may undo what others did."""
        from coordina.core.permissions import LEADERS, permission
        from coordina.ledger.undo import UNDO_ANY

        permission(
            UNDO_ANY, noun=_("Changes"), verb="undo", grants=LEADERS, label=_("Undo what others did, imports included")
        )
