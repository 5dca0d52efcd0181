"""How files of other programs name the states of a lead."""

from collections.abc import Mapping

from coordina.leads.enums import Status

MEANINGS: Mapping[str, tuple[str, ...]] = {
    Status.NEW: (
        *("open - not contacted", "open", "not contacted", "new", "nuevo", "sin contactar", "no contactado", "abierto"),
        *("subscriber", "lead", "suscriptor", "unread", "raw", "assigned", "asignado", "abierto - sin contactar"),
    ),
    Status.CONTACTED: (
        *(
            "working - contacted",
            "working",
            "contacted",
            "contactado",
            "attempted to contact",
            "attempted",
            "nurturing",
        ),
        *("in progress", "en curso", "connected", "conectado", "intento de contacto", "contact in future"),
        *("contactar en el futuro", "marketing qualified lead", "mql", "bad timing", "engaged", "trabajando"),
        *("intentado contactar", "en proceso", "attempting"),
    ),
    Status.QUALIFIED: (
        *("qualified", "calificado", "cualificado", "pre-qualified", "prequalified", "precalificado", "open deal"),
        *("sales qualified lead", "sql", "hot", "precualificado", "oportunidad", "opportunity"),
    ),
    Status.CONVERTED: (
        *("closed - converted", "converted", "convertido", "customer", "cliente", "won", "ganado"),
        *("cerrado - convertido", "cerrada - convertida"),
    ),
    Status.DISQUALIFIED: (
        *("closed - not converted", "disqualified", "descartado", "descalificado", "unqualified", "not qualified"),
        *("junk lead", "lost lead", "junk", "lost", "perdido", "no calificado", "no cualificado", "dead", "recycled"),
        *("cerrado - no convertido", "basura", "prospecto no deseado", "prospecto perdido", "other", "rejected"),
    ),
}
"""By state; case, accents and punctuation do not matter."""
