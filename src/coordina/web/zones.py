"""Choosing a time zone: by country and city in the reader's language, with what its clocks show now."""

from django.utils import timezone
from django.utils.translation import get_language

from coordina.accounts.company import the_company
from coordina.accounts.places import time_zone_choices, time_zone_groups
from coordina.web.controls import Choose, Options


class ZoneSelect(Choose):
    """Time zones in groups, those of the company's country first; they filter while one types.

    Args:
        empty: What stands for choosing none; without it one has to be chosen.
        value: What choosing none sends.
        country: Whose zones come first; that of the company where it is not said.
    """

    def __init__(self, empty: str | None = None, value: str = "", country: str | None = None) -> None:
        super().__init__({"data-combobox": ""})
        self.country = country
        self.none = [] if empty is None else [(value, empty)]

    def listed(self, chosen: str) -> Options:
        """Groups of zones; a name that the list does not have stays choosable where it is the present one."""
        company, language = the_company() if self.country is None else None, get_language() or "es"
        first = self.country or (company.country if company is not None else "")
        groups = time_zone_groups(language, first, timezone.now())
        known = dict(time_zone_choices(language)).keys() | {value for value, _label in self.none} | {""}
        return [*self.none, *([] if chosen in known else [(chosen, chosen)]), *groups]
