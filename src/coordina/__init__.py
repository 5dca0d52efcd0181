"""Coordina: self-hosted sales coordination, from the first contact with a customer to the next sale."""

__version__ = "0.1.0"
