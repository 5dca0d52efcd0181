"""The roles that Coordina brings (MISSION's and their neighbours), named in the company's language."""

from django.utils.translation import gettext_noop as noop

BROUGHT: dict[str, str] = {
    "coordinator": noop("Sales coordinator"),
    "representative": noop("Sales representative"),
    "manager": noop("Sales manager"),
    "operations": noop("Sales operations"),
    "director": noop("Sales director"),
    "administrator": noop("Administrator"),
    "marketing": noop("Marketing"),
    "logistics": noop("Logistics and inventory"),
    "finance": noop("Finance"),
    "service": noop("Customer service"),
    "product": noop("Product development"),
}
"""Slugs with English names; a role is made with its name in the language of the company."""

SELLING = ("representative", "manager", "coordinator", "operations", "director")
