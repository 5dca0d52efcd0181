"""Start-up of the last app: when it is ready, every room has registered what it declares."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings

from coordina.core.registry import Registry

FILLED_BY_ROOMS = {
    "coordina.accounts.quarantine": ["QUEUES"],
    "coordina.core.actions": ["ACTIONS"],
    "coordina.core.founding": ["FOUNDING"],
    "coordina.core.permissions": ["PERMISSIONS"],
    "coordina.core.types": ["TYPES"],
    "coordina.core.watchers": ["WATCHERS"],
    "coordina.ledger.outbox": ["EVENTS", "HANDLERS"],
    "coordina.ledger.queue.schedules": ["SCHEDULES"],
}


class ConfigConfig(AppConfig):
    """The top floor."""

    name = "coordina.config"
    label = "config"

    def ready(self) -> None:
        """Freeze the registries: what would be declared later would exist in some processes only."""
        if settings.FREEZE_REGISTRIES:
            for registry in registries():
                registry.freeze()


def registries() -> Iterator[Registry[Any, Any]]:
    """Give every registry that rooms fill."""
    for module, names in FILLED_BY_ROOMS.items():
        for name in names:
            yield getattr(import_module(module), name)
