"""The people of the demo company: regions, teams, roles, and who can be played."""

from dataclasses import dataclass

from coordina.accounts.enums import Language

COMPANY = "Lumbrera Equipos"
CURRENCY, LANGUAGE, TIME_ZONE, COUNTRY = "EUR", Language.ES, "Europe/Madrid", "ES"

REGIONS = {"Región Norte": ("Bilbao", "Zaragoza"), "Región Centro": ("Madrid",), "Región Sur": ("Sevilla",)}
"""Regions with the teams inside them."""
HEADQUARTERS = "Sede central"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at the demo company.

    Attributes:
        team: A team of `REGIONS`, or the headquarters.
        role: Slug of the role.
        email: Local part of the address; whoever has one can be played by a visitor.
        skill: How well they sell: factor on the chance to win.
    """

    name: str
    team: str
    role: str
    email: str = ""
    skill: float = 1.0


COLLEAGUES = (
    Colleague("Lucía Peralta Olmedo", HEADQUARTERS, "coordinator", "coordinadora"),
    Colleague("Héctor Salcedo Bravo", HEADQUARTERS, "director", "director"),
    Colleague("Noelia Arce Quintana", HEADQUARTERS, "operations", "operaciones"),
    Colleague("Saúl Benavides Luque", HEADQUARTERS, "administrator", "administrador"),
    Colleague("Ximena Godoy Pardo", HEADQUARTERS, "marketing", "marketing"),
    Colleague("Fermín Toledo Casado", HEADQUARTERS, "logistics", "logistica"),
    Colleague("Estela Robles Cervera", HEADQUARTERS, "finance", "finanzas"),
    Colleague("Gael Manzano Solís", HEADQUARTERS, "service", "atencion"),
    Colleague("Berta Cifuentes Lobato", HEADQUARTERS, "product", "producto"),
    Colleague("Nadia Urrutia Merino", "Bilbao", "manager", "jefa"),
    Colleague("Leandro Soriano Mesa", "Zaragoza", "manager"),
    Colleague("Amparo Dávila Rueda", "Madrid", "manager"),
    Colleague("Cristóbal Yáñez Carmona", "Sevilla", "manager"),
    Colleague("Julián Zabala Nieto", "Bilbao", "representative", "vendedor", 1.15),
    Colleague("Irene Echeverri Pastor", "Bilbao", "representative", skill=1.3),
    Colleague("Óscar Ledesma Pineda", "Bilbao", "representative", skill=0.8),
    Colleague("Pilar Almansa Ponce", "Zaragoza", "representative", skill=1.0),
    Colleague("Ramiro Escudero Vidal", "Zaragoza", "representative", skill=0.7),
    Colleague("Valeria Montero Sierra", "Madrid", "representative", skill=1.25),
    Colleague("Bruno Ocaña Herrero", "Madrid", "representative", skill=0.9),
    Colleague("Celia Fajardo Galán", "Madrid", "representative", skill=1.1),
    Colleague("Damián Roldán Campos", "Sevilla", "representative", skill=0.95),
    Colleague("Rocío Maldonado Vera", "Sevilla", "representative", skill=1.2),
    Colleague("Esteban Cordero Lara", "Sevilla", "representative", skill=0.75),
)
COORDINATOR = COLLEAGUES[0]
OPERATIONS = next(c for c in COLLEAGUES if c.role == "operations")
SELLERS = tuple(c for c in COLLEAGUES if c.role == "representative")
MANAGERS = {c.team: c for c in COLLEAGUES if c.role == "manager"}
