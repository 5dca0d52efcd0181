"""Who looks after the installation."""

SYSTEM = "accounts.change_organization"
"""By default that of administrators alone."""
