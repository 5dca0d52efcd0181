"""The roles that Coordina brings (MISSION's and their neighbours), named in the company's language."""

from django.utils.translation import gettext_noop

BROUGHT: dict[str, str] = {
    "coordinator": gettext_noop("Sales coordinator"),
    "representative": gettext_noop("Sales representative"),
    "manager": gettext_noop("Sales manager"),
    "operations": gettext_noop("Sales operations"),
    "director": gettext_noop("Sales director"),
    "administrator": gettext_noop("Administrator"),
    "marketing": gettext_noop("Marketing"),
    "logistics": gettext_noop("Logistics and inventory"),
    "finance": gettext_noop("Finance"),
    "service": gettext_noop("Customer service"),
    "product": gettext_noop("Product development"),
}
"""Slugs with English names; a role is made with its name in the language of the company."""

SELLING = ("representative", "manager", "coordinator", "operations", "director")
