"""What the demo company sells: five series of lighting, forty products."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random


@dataclass(frozen=True, slots=True)
class Line:
    """A series of products.

    Attributes:
        name: Of the series.
        models: Names of its products.
        low, high: List prices of the simplest and of the best one, euros.
        most: Pieces that one customer buys at most.
        subjects: What an opportunity for it is called.
    """

    name: str
    code: str
    models: tuple[str, ...]
    low: int
    high: int
    most: int
    subjects: tuple[str, ...]
    about: str


_GRADES = ("100", "200", "300 Plus", "400", "500 Plus", "600 Duo", "800", "900 Max")
LINES = (
    Line("Torres Faro", "FAR", tuple(f"Torre Faro {g}" for g in _GRADES), 3_900, 21_500, 6,
         ("Torres de luz para {}", "Iluminación de obra en {}", "Faro para turnos de noche en {}"),
         "Torre de iluminación móvil con mástil telescópico."),
    Line("Luminarias Taller", "TAL", tuple(f"Campana Taller {g}" for g in _GRADES), 140, 690, 120,
         ("Renovación de luz en {}", "Campanas LED para {}", "Mejor luz de trabajo en {}"),
         "Luminaria industrial para techos altos, IP65."),
    Line("Paneles Alba", "ALB", tuple(f"Panel Alba {g}" for g in _GRADES), 60, 240, 260,
         ("Paneles para {}", "Oficinas sin deslumbramiento en {}", "Cambio a LED en {}"),
         "Panel de luz uniforme con regulación por presencia."),
    Line("Emergencia Norte", "NOR", tuple(f"Equipo Norte {g}" for g in _GRADES), 85, 1_150, 90,
         ("Luz de emergencia para {}", "Adecuación de evacuación en {}", "Baterías de respaldo en {}"),
         "Equipo autónomo de emergencia con batería de litio."),
    Line("Alumbrado Senda", "SEN", tuple(f"Farola Senda {g}" for g in _GRADES), 620, 3_300, 45,
         ("Farolas solares en {}", "Alumbrado del aparcamiento de {}", "Camino iluminado en {}"),
         "Farola solar con sensor crepuscular y telegestión."),
)  # fmt: skip
PLACES = (
    *(
        "la nave principal",
        "el almacén nuevo",
        "las oficinas centrales",
        "la planta 2",
        "el patio de carga",
        "el taller",
    ),
    *("la ampliación este", "los muelles", "el recinto exterior", "la sala de máquinas", "el centro de distribución"),
    *("la obra del acceso sur", "el comedor", "los laboratorios", "la zona de montaje", "el hangar", "la recepción"),
)


@dataclass(slots=True)
class Good:
    """A product with its list price."""

    line: Line
    name: str
    code: str
    price: Decimal
    row: object = None


def goods(draw: Random) -> list[Good]:
    """All products, from the simplest of each series to the best."""
    made = []
    for line in LINES:
        for place, name in enumerate(line.models):
            price = line.low + (line.high - line.low) * (place / 7) ** 1.4
            price = round(price * draw.uniform(0.97, 1.03) / 5) * 5
            made.append(Good(line, name, f"{line.code}-{place + 1:02d}0", Decimal(price)))
    return made
