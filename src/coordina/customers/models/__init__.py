"""Companies, people, positions, addresses, industries and interactions."""

from coordina.customers.models.company import Address, Company, Industry
from coordina.customers.models.interaction import Interaction
from coordina.customers.models.person import Person, Position

__all__ = ["Address", "Company", "Industry", "Interaction", "Person", "Position"]
