"""Registration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, teams, roles and the company."""

    name = "coordina.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Declare the record types and what follows their writes."""
        from coordina.accounts import actions, cells, follow, key_writers, panels, quarantine, records, words
        from coordina.accounts.factors import actions as _factors
        from coordina.accounts.provider import actions as _provider
