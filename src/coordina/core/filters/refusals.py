"""The one refusal of the filter language."""

from coordina.core.refusals import Refusal, Text


class BadFilter(Refusal):
    """A filter, an order or a page mark that cannot be followed.

    Args:
        message: Says what is wrong and what would be right.
        at: Where in the text the trouble starts, counted in characters from 0; None where there is no such place.
    """

    def __init__(self, message: Text, at: int | None = None) -> None:
        super().__init__("filter", message, field="filter", status=400)
        self.at = at
