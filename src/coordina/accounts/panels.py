"""What accounts shows on the pages of its records."""

from django.utils.translation import gettext_lazy as _

from coordina.accounts.ownership import owned_by
from coordina.core.panels import PANELS, Panel

PANELS.add(
    "user-owns",
    Panel(
        "user.side",
        _("What this person owns"),
        "accounts.view_user",
        "accounts/owns.html",
        lambda record, reader: {"owned": owned_by(record, reader)},
    ),
)
