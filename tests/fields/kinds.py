"""Every kind of added field, with values that all tests go through."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Sample:
    """A kind with two values.

    Attributes:
        typed: What a person types, twice. held: The same as JSON holds it. python: As Python has it.
        shown: A piece of what a page shows of the second.
        filters: Filter texts with whether each finds (the first, the second, the empty record).
        extra: Further arguments of the definition.
        wrong: Something that is no such value.
    """

    kind: str
    typed: tuple[Any, Any]
    held: tuple[Any, Any]
    python: tuple[Any, Any]
    shown: str
    filters: dict[str, tuple[bool, bool, bool]]
    extra: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""
    sortable: bool = True
    exported: str = ""


STATES = {"{} is empty": (False, False, True), "{} is set": (True, True, False)}
ORDERED = {
    "{} = {a}": (True, False, False), "{} != {a}": (False, True, True), "{} < {b}": (True, False, False),
    "{} <= {a}": (True, False, False), "{} > {a}": (False, True, False), "{} >= {a}": (True, True, False),
    "{} in ({a}, {b})": (True, True, False), **STATES,
}  # fmt: skip
SAME = {
    "{} = {a}": (True, False, False), "{} != {a}": (False, True, True), "{} in ({a}, {b})": (True, True, False),
    **STATES,
}  # fmt: skip


def of(template: dict[str, tuple[bool, bool, bool]], a: str, b: str) -> dict[str, tuple[bool, bool, bool]]:
    """Filter texts about two values; the field's name stays open."""
    return {text.replace("{a}", a).replace("{b}", b): hit for text, hit in template.items()}


SAMPLES = {
    s.kind: s
    for s in (
        Sample("text", ("Roble", "Pino"), ("Roble", "Pino"), ("Roble", "Pino"), "Pino",
               of(SAME, '"Roble"', '"Pino"')),
        Sample("long_text", ("Primera línea", "Otra línea"), ("Primera línea", "Otra línea"),
               ("Primera línea", "Otra línea"), "Otra línea", {}, sortable=False),
        Sample("integer", ("12", "1.500"), (12, 1500), (12, 1500), "1500", of(ORDERED, "12", "1500"), wrong="doce"),
        Sample("decimal", ("2,5", "1.234,75"), (2.5, 1234.75), (Decimal("2.50"), Decimal("1234.75")), "1.234,75",
               of(ORDERED, "2.5", "1234.75"), wrong="dos", exported="1234,75"),
        Sample("money", ("100", "2.500"), (100, 2500), (Decimal("100.00"), Decimal("2500.00")), "2.500 €",
               of(ORDERED, "100", "2500"), wrong="mucho", exported="2500,00"),
        Sample("percent", ("10", "37,5"), (10, 37.5), (Decimal("10.00"), Decimal("37.50")), "37,5",
               of(ORDERED, "10", "37.5"), wrong="casi", exported="37,50"),
        Sample("date", ("01/03/2026", "15/10/2026"), ("2026-03-01", "2026-10-15"),
               (dt.date(2026, 3, 1), dt.date(2026, 10, 15)), "15 oct", of(ORDERED, "2026-03-01", "2026-10-15"),
               wrong="32/13/2026", exported="2026-10-15"),
        Sample("datetime", ("01/03/2026 09:30", "15/10/2026 18:00"), ("2026-03-01T08:30:00Z", "2026-10-15T16:00:00Z"),
               (dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC), dt.datetime(2026, 10, 15, 16, tzinfo=dt.UTC)), "18:00",
               of(ORDERED, "2026-03-01t09:30", "2026-10-15t18:00") | {"{} in (2026-03-01)": (True, False, False)},
               wrong="luego", exported="2026-10-15T16:00:00+00:00"),
        Sample("bool", ("true", "false"), (True, False), (True, False), "No",
               {"{} = true": (True, False, False), "{} = false": (False, True, False), **STATES}, sortable=False),
        Sample("choice", ("alto", "bajo"), ("alto", "bajo"), ("alto", "bajo"), "Bajo", of(SAME, "alto", "bajo"),
               {"choices": ["Alto", "Medio", "Bajo"]}, wrong="enorme", sortable=False, exported="Bajo"),
        Sample("choices", (["iso"], ["iso_2", "ce"]), (["iso"], ["ce", "iso_2"]), (["iso"], ["ce", "iso_2"]),
               "CE, ISO 2",
               {"{} has iso": (True, False, False), "{} has ce": (False, True, False),
                "{} in (iso, ce)": (True, True, False), "not {} has iso": (False, True, True), **STATES},
               {"choices": ["ISO", "CE", "ISO 2"]}, wrong="nada", sortable=False, exported="CE; ISO 2"),
        Sample("email", ("Ana@Example.com", "luz@example.com"), ("ana@example.com", "luz@example.com"),
               ("ana@example.com", "luz@example.com"), "luz@example.com",
               of(SAME, '"ana@example.com"', '"luz@example.com"'), wrong="ana arroba"),
        Sample("phone", ("910 123 456", "+34 600 123 456"), ("+34910123456", "+34600123456"),
               ("+34910123456", "+34600123456"), "600 12 34 56", of(SAME, '"+34910123456"', '"+34600123456"'),
               wrong="123"),
        Sample("url", ("example.com/a", "https://example.com/b"), ("https://example.com/a", "https://example.com/b"),
               ("https://example.com/a", "https://example.com/b"), "example.com/b",
               of(SAME, '"https://example.com/a"', '"https://example.com/b"'), wrong="no es web"),
        Sample("ref", ("{0}", "{1}"), ("{0}", "{1}"), ("{0}", "{1}"), "Destino B", of(SAME, "{r0}", "{r1}"),
               {"to": "company"}, wrong="999999", sortable=False, exported="Destino B"),
    )
}  # fmt: skip
