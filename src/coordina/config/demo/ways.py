"""Pipelines of the demo company, with the reasons for winning and losing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """An open stage.

    Attributes:
        ageing: Days after which an opportunity counts as stalled.
        pace: Days that most stay.
        next_steps: What one means to do in it.
    """

    name: str
    probability: int
    ageing: int
    pace: float
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A pipeline: open stages in order, then what it is called to have won and lost."""

    name: str
    steps: tuple[Step, ...]
    won: str = "Ganada"
    lost: str = "Perdida"


WAYS = (
    Way(
        "Venta de equipos",
        (
            Step("Contacto inicial", 10, 14, 6, ("Llamar para conocer la necesidad", "Enviar presentación",
                                                 "Confirmar quién decide")),
            Step("Cualificada", 25, 21, 9, ("Acordar visita técnica", "Pedir planos", "Preguntar por el presupuesto")),
            Step("Visita técnica", 40, 21, 10, ("Hacer mediciones", "Enviar informe de la visita",
                                                "Preparar estudio de luz")),
            Step("Propuesta", 60, 30, 12, ("Presentar la propuesta", "Resolver dudas técnicas",
                                           "Llamar tras la propuesta")),
            Step("Negociación", 80, 21, 9, ("Revisar condiciones de pago", "Cerrar plazo de entrega",
                                            "Enviar contrato")),
        ),
    ),
    Way(
        "Mantenimiento",
        (
            Step("Solicitud", 20, 10, 5, ("Revisar la instalación por teléfono", "Pedir inventario de equipos")),
            Step("Inspección", 50, 20, 9, ("Inspeccionar los equipos", "Enviar informe de estado")),
            Step("Oferta", 70, 25, 11, ("Presentar la oferta anual", "Aclarar tiempos de respuesta")),
        ),
        "Contratada",
        "Descartada",
    ),
)  # fmt: skip
WON_REASONS = ("Precio", "Plazo de entrega", "Calidad de luz", "Servicio cercano", "Relación de confianza")
LOST_REASONS = (
    "Precio",
    "Plazo de entrega",
    "Sin presupuesto",
    "Eligió a la competencia",
    "Proyecto aplazado",
    "Sin respuesta",
)

SAID_WON = (
    "Valoraron la visita y el estudio de luz.",
    "Llegamos antes que nadie con una propuesta completa.",
    "El ahorro de consumo convenció a gerencia.",
    "",
    "",
)
SAID_LOST = (
    "El otro proveedor bajó el precio al final.",
    "Lo retoman el año que viene.",
    "No conseguimos hablar con quien decide.",
    "",
    "",
)
TALKS: dict[str, tuple[tuple[str, str], ...]] = {
    "call": (
        ("Primera llamada", "Buscan reducir el consumo y el ruido de los generadores."),
        ("Dudas sobre la garantía", "Preguntan por los cinco años y por las baterías."),
        ("Seguimiento de la propuesta", "La tiene gerencia; decide este mes."),
        ("Plazos de entrega", "Necesitan los equipos antes de fin de mes."),
    ),
    "email": (
        ("Envío de fichas técnicas", "Con mediciones y certificados."),
        ("Propuesta enviada", "Dos opciones, con y sin instalación."),
        ("Recordatorio", ""),
    ),
    "meeting": (
        ("Reunión en su oficina", "Estuvieron compras y mantenimiento. Quieren una prueba."),
        ("Presentación de la propuesta", "Bien recibida; piden revisar el pago."),
        ("Videollamada con dirección técnica", "Repasamos el estudio de luz."),
    ),
    "visit": (
        ("Visita a las instalaciones", "Techos de ocho metros, humedad alta. Medimos 140 lux."),
        ("Prueba en el lugar", "La torre aguantó el viento; quedaron contentos."),
    ),
    "message": (("Mensaje breve", "Confirma que lo tiene en agenda."), ("Fotos de la obra", "")),
}
MINUTES = {"call": (3, 25), "email": (2, 10), "meeting": (30, 90), "visit": (45, 180), "message": (1, 4)}
NOTES = (
    "Compran por lotes, dos veces al año.",
    "Ojo: el año pasado tuvieron una incidencia con una entrega.",
    "Quien decide de verdad es la directora de operaciones.",
    "Tienen equipos de la competencia con contrato hasta junio.",
    "Piden siempre muestra antes de comprar.",
    "Interesados en alquiler con opción a compra.",
    "Revisar si cabe juntar este pedido con el de su filial.",
    "Se puede visitar sin cita los viernes.",
)
