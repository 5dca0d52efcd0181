"""How files write what a person said to being written to."""

from collections.abc import Mapping

from coordina.customers.enums import Consent

CONSENTS: Mapping[str, tuple[str, ...]] = {
    Consent.GIVEN: (
        *("given", "sí", "si", "yes", "true", "verdadero", "1", "x", "concedido", "concedida", "dado", "otorgado"),
        *(
            "acepta",
            "aceptado",
            "accepted",
            "granted",
            "opt-in",
            "opted in",
            "subscribed",
            "suscrito",
            "autoriza",
            "ok",
        ),
    ),
    Consent.REFUSED: (
        *("refused", "no", "false", "falso", "0", "rechazado", "rechazada", "denegado", "denied", "no acepta"),
        *("never", "nunca", "declined", "do not contact", "no contactar"),
    ),
    Consent.WITHDRAWN: (
        *("withdrawn", "retirado", "retirada", "revocado", "revoked", "baja", "opt-out", "opted out", "unsubscribed"),
        *("dado de baja", "cancelado"),
    ),
}
"""By answer; case, accents and punctuation do not matter."""
