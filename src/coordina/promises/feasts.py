"""Public holidays by country and region, as the library `holidays` knows them; it is loaded at first use."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

YEARS = range(1950, 2150)
"""Years whose holidays are asked for: of those far away nobody knows them."""


class UnknownRegion(Exception):
    """There is no such country, or it has no such region.

    Attributes:
        regions: Codes of the regions there are.
    """

    def __init__(self, regions: Sequence[str] = ()) -> None:
        super().__init__(regions)
        self.regions = tuple(regions)


@lru_cache(maxsize=256)
def feasts_in(country: str, region: str, year: int) -> Mapping[dt.date, str]:
    """The public holidays of one year, named as people there name them; never changed once they are made.

    Raises:
        UnknownRegion: With the regions that the country has.
    """
    import holidays

    try:
        return dict(holidays.country_holidays(country, subdiv=region or None, years=year, expand=False))
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False).get(country, ())
        raise UnknownRegion(known) from None


@dataclass(frozen=True, slots=True)
class Feasts:
    """The public holidays of a country or one of its regions; none where no country is named."""

    country: str = ""
    region: str = ""

    def get(self, day: dt.date) -> str:
        """The holiday of a day; empty for none."""
        if not self.country or day.year not in YEARS:
            return ""
        return feasts_in(self.country, self.region, day.year).get(day, "")


def feasts_of(country: str, region: str = "") -> Feasts:
    """The public holidays of a country or one of its regions.

    Args:
        country: ISO code; empty for none.
        region: Code or name of a part, such as `MD` or `Madrid`.

    Raises:
        UnknownRegion: With the regions that the country has.
    """
    if country:
        feasts_in(country, region, YEARS[len(YEARS) // 2])
    return Feasts(country, region)


class Closed:
    """The days on which nobody works: public holidays, and spans of days of one's own.

    Args:
        feasts: Public holidays.
        spans: First and last days.
    """

    def __init__(self, feasts: Feasts, spans: Iterable[tuple[dt.date, dt.date]] = ()) -> None:
        self.feasts, self.spans = feasts, tuple(spans)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, dt.date) and (
            bool(self.feasts.get(day)) or any(first <= day <= last for first, last in self.spans)
        )
