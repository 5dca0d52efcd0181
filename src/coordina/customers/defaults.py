"""What a new company asks people to agree to."""

from datetime import datetime

from coordina.accounts.models import User
from coordina.core.founding import founds
from coordina.customers.consent_writers import usual_purposes


@founds("customers.purposes")
def begin(*, language: str, by: User, at: datetime) -> None:
    """A new company begins with purposes to ask people about."""
    usual_purposes()
