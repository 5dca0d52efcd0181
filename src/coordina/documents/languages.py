"""In which language a document is written: that of whoever gets it."""

from django.utils import timezone

from coordina.accounts.company import the_company
from coordina.accounts.locales import FIRST
from coordina.core.formats import Formats, formats_of
from coordina.core.locales import locale_code
from coordina.customers.models import Company, Person

SPANISH = frozenset(
    {
        *("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT"),
        *("HN", "MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE"),
    }
)
"""Countries whose documents are written in Spanish."""


def locale_for(company: Company | None, person: Person | None = None) -> str:
    """The locale in which somebody outside reads: the person's language, else that of the company's country.

    Where neither is known it is the language of one's own company; where the country speaks a language that Coordina
    does not, English.
    """
    ours = the_company()
    home = ours.country if ours is not None else ""
    country = (company.country if company is not None else "") or home
    if person is not None and person.language:
        return locale_code(person.language, country)
    if not country or country == home:
        return locale_code(ours.language if ours is not None else FIRST, country)
    return locale_code("es" if country in SPANISH else "en", country)


def formats_for(locale: str, currency: str) -> Formats:
    """Numbers and days of a document, on the clock of one's own company.

    Args:
        currency: ISO code of amounts that name none.
    """
    ours = the_company()
    return formats_of(locale, ours.time_zone if ours is not None else "UTC", currency, timezone.now())
