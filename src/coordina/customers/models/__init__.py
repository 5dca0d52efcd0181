"""Companies, people, positions, addresses, industries, interactions, and what people said to being contacted."""

from coordina.customers.models.company import Address, Company, Industry
from coordina.customers.models.consent import ConsentEntry, Purpose, Suppression
from coordina.customers.models.contactable import Contactable
from coordina.customers.models.group import CustomerGroup
from coordina.customers.models.interaction import Interaction
from coordina.customers.models.person import Person, Position

__all__ = [
    "Address",
    "Company",
    "ConsentEntry",
    "Contactable",
    "CustomerGroup",
    "Industry",
    "Interaction",
    "Person",
    "Position",
    "Purpose",
    "Suppression",
]
