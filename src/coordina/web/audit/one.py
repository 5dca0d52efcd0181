"""One change set with everything it wrote, a hundred rows at a time however many there are."""

from dataclasses import dataclass, field
from itertools import islice

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.ledger.entries import read
from coordina.ledger.models import ChangeSet
from coordina.web.audit.showing import Piece, known_of, pieces_of
from coordina.web.listpage import capital
from coordina.web.undoing import size_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a change set.

    Attributes:
        kind: What happened to the first of them.
        first, last, size: Their numbers, and how many there are.
    """

    pieces: list[Piece]
    kind: str
    first: str
    last: str
    size: str
    next_url: str = ""
    previous_url: str = ""
    nouns: list[str] = field(default_factory=list)


def page_of(change: ChangeSet, after: str, user: User, formats: Formats) -> Page:
    """The rows behind the first `after` of them; text that is no number begins at the first."""
    begin = parse_id(after) or 0
    entries = (entry for chunk in read(change) for entry in chunk)
    some = list(islice(entries, begin, begin + PAGE))
    size = size_of(change)
    kinds = {known_of(entry.model) for entry in some} - {None}
    return Page(
        pieces_of([(change, entry) for entry in some], user, formats),
        some[0].kind if some else "u",
        formats.integer(begin + 1 if some else 0),
        formats.integer(begin + len(some)),
        formats.integer(size),
        f"?after={begin + PAGE}" if begin + len(some) < size and some else "",
        f"?after={max(0, begin - PAGE)}" if begin else "",
        [capital(known.plural) for known in kinds if known is not None],
    )
