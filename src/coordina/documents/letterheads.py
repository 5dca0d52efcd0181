"""The letterhead as documents show it, in the language of whoever gets them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core.contact import countries
from coordina.core.storing.stores import FilesAway
from coordina.documents.models import Letterhead
from coordina.documents.rules import image_kind
from coordina.records.files import is_ours, place_of


@dataclass(frozen=True, slots=True)
class Head:
    """A letterhead ready to be drawn.

    Attributes:
        data: What the templates read.
        files: The logo, by the name under which `data` mentions it.
    """

    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def plain(self) -> "Head":
        """The same without the logo."""
        return Head({name: value for name, value in self.data.items() if name != "logo"})


def the_letterhead() -> Letterhead:
    """The letterhead; until it is written, one with the company's name that no table holds."""
    found: Letterhead | None = Letterhead.objects.order_by("pk").first()
    if found is not None:
        return found
    company = the_company()
    name, country = (company.name, company.country) if company is not None else ("", "")
    return Letterhead(legal_name=name, country=country)


def head_of(letterhead: Letterhead, logo: bytes | None = None) -> Head:
    """A letterhead in the language that is in force.

    Args:
        logo: Another picture than the kept one, for a preview.
    """
    town = " ".join(filter(None, (letterhead.postal_code, letterhead.city)))
    place = ", ".join(
        filter(None, (letterhead.street, town, countries(get_language() or "es").get(letterhead.country, "")))
    )
    tax = _("Tax id %(number)s") % {"number": letterhead.tax_id} if letterhead.tax_id else ""
    reach = " · ".join(filter(None, (letterhead.phone, letterhead.email)))
    lines = [line for line in (tax, place, reach, letterhead.website) if line]
    data: dict[str, Any] = {"name": letterhead.legal_name, "lines": lines, "foot": letterhead.register_text}
    picture = logo if logo is not None else logo_bytes(letterhead.logo)
    kind = image_kind(picture) if picture else ""
    if not kind:
        return Head(data)
    return Head({**data, "logo": f"logo.{kind}"}, {f"logo.{kind}": picture})


def logo_bytes(path: str) -> bytes:
    """The kept picture; nothing where there is none, or the store of files is away: documents go out without it."""
    if not is_ours(path):
        return b""
    try:
        return _read(path)
    except (FilesAway, OSError):
        return b""


@lru_cache(maxsize=4)
def _read(path: str) -> bytes:
    """The bytes under a name, which never change."""
    with place_of(path).open() as stream:
        return stream.read()
