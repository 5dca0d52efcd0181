"""Registration of the ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Change sets, undo, history, jobs."""

    name = "coordina.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Declare who may undo what others did and who looks after background work, and its housekeeping."""
        from coordina.core.permissions import LEADERS, permission
        from coordina.ledger import personal
        from coordina.ledger.audit import AUDIT
        from coordina.ledger.queue import status, upkeep
        from coordina.ledger.sealing import jobs
        from coordina.ledger.undo import UNDO_ANY

        permission(
            UNDO_ANY, noun=_("Changes"), verb="undo", grants=LEADERS, label=_("Undo what others did, imports included")
        )
        permission(
            AUDIT,
            noun=_("Changes"),
            verb="audit",
            grants={"administrator": "all"},
            label=_("Audit: see everything that happened, whoever did it"),
        )
        keepers = {"operations": "all", "administrator": "all"}
        permission(status.VIEW, noun=_("Background work"), verb="view", grants=keepers)
        permission(status.CHANGE, noun=_("Background work"), verb="change", grants=keepers)
        upkeep.declare()
        jobs.declare()
