"""What stock keeps of people: for whom something was reserved or moved, in words and as a link."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import Fate, Keeping, Rows, Subjects, holding, hung, keeps
from coordina.stock.models import Reservation, StockMove


def _of(model: type[models.Model], column: str) -> Rows:
    """Rows that hang on somebody, and those whose words name them."""

    def rows(who: Subjects) -> "models.QuerySet[Any]":
        keys = {pk for found in (hung(model), holding(model, column)) for pk in found(who).values_list("pk", flat=True)}
        return model._base_manager.filter(pk__in=sorted(keys))

    return rows


keeps(
    Keeping(
        model=Reservation,
        fate=Fate.EMPTIED,
        rows=_of(Reservation, "purpose"),
        empties={"purpose": ""},
        tells=("name", "quantity", "purpose", "needed_on"),
        why=_("That stock was promised, without for whom."),
    )
)
keeps(
    Keeping(
        model=StockMove,
        fate=Fate.EMPTIED,
        rows=_of(StockMove, "reason"),
        empties={"reason": ""},
        tells=("quantity", "reason", "moved_on"),
        why=_("That goods were moved, without the words that name somebody."),
    )
)
