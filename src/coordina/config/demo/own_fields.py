"""Fields that the coordinator added on the first day: what a lighting firm asks that no product knows beforehand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from coordina.accounts.models import User
from coordina.config.demo.clients import Client
from coordina.config.demo.deals import Deal
from coordina.records.fields.actions import add_field
from coordina.records.models import CustomField, FieldKind

PAYMENT = ("Transferencia a 30 días", "Transferencia a 60 días", "Recibo domiciliado", "Al contado")
MODES = ("Solo suministro", "Suministro y montaje", "Llave en mano")
MOUNTED_IN = 45
"""Days at most from the expected close to the installation."""


@dataclass
class OwnFields:
    """The fields, once they are defined."""

    made: dict[str, CustomField] = field(default_factory=dict)

    def define(self, by: User, at: datetime) -> None:
        """Define them, inside a change set."""
        wanted: tuple[tuple[str, str, FieldKind, list[str]], ...] = (
            ("company", "Forma de pago", FieldKind.CHOICE, list(PAYMENT)),
            ("opportunity", "Modalidad", FieldKind.CHOICE, list(MODES)),
            ("opportunity", "Instalación prevista", FieldKind.DATE, []),
        )
        for noun, label, kind, choices in wanted:
            self.made[label] = add_field(
                noun=noun, label=label, kind=kind, choices=choices, indexed=bool(choices), by=by, at=at
            )

    def of_company(self, client: Client) -> dict[str, Any]:
        """What is known of a customer: of most, how they pay."""
        mark = crc32(str(client.values["name"]).encode())
        return {} if mark % 5 == 0 else self._values({"Forma de pago": self._one("Forma de pago", mark)})

    def of_sale(self, deal: Deal) -> dict[str, Any]:
        """What is known of an opportunity: what is sold with it, and of half of them when it is installed."""
        mark = crc32(deal.name.encode())
        values: dict[str, Any] = {"Modalidad": self._one("Modalidad", mark)}
        close = deal.plan[0][2]
        if mark % 2 and close is not None:
            values["Instalación prevista"] = (close + timedelta(days=7 + mark % MOUNTED_IN)).isoformat()
        return self._values(values)

    def _one(self, label: str, mark: int) -> str:
        choices = self.made[label].choices
        return str(choices[mark // 7 % len(choices)]["key"])

    def _values(self, by_label: dict[str, Any]) -> dict[str, Any]:
        return {"custom": {self.made[label].slug: value for label, value in by_label.items()}}
