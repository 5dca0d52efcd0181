"""Who may see the auditor's pages."""

from typing import Any

from coordina.core.refusals import Forbidden
from coordina.ledger.audit import AUDIT


def need(request: Any) -> None:
    """Refuse who may not see everything that happened.

    Raises:
        Forbidden: Then.
    """
    if not request.user.may(AUDIT):
        raise Forbidden
