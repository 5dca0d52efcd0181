"""What of a table goes along when a company takes everything out and into another system: all of it, unless said.

```python
class Session(models.Model):
    carried: ClassVar[Carried] = Carried(left_out="sessions end with the system they began in")
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a table gives away, said by its model as `carried`.

    Attributes:
        left_out: Why the table stays behind; empty for one that goes along. English, for whoever runs the system.
        but: Rows that stay behind, as `exclude` of a QuerySet takes it; `why` says the reason.
        settled: By column, what a value becomes outside: what is under way here is not under way there.
    """

    left_out: str = ""
    but: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    settled: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)


WHOLE = Carried()
"""What a model means that says nothing."""
SECRET = Carried(left_out="it proves who somebody is, here and nowhere else")
WORKED_OUT = Carried(left_out="it follows from the records and is worked out anew")
UNDER_WAY = Carried(left_out="it says what is under way here, which is not under way there")


def carried(model: type[models.Model]) -> Carried:
    """What a model says of itself."""
    found: Carried = getattr(model, "carried", WHOLE)
    return found
