"""Why two records may be one, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.formats import Formats
from coordina.core.refusals import Text
from coordina.records.duplicates.scoring import SURE, Trait

SAME: dict[Trait, Text] = {
    Trait.COMPANY_NAME: gettext_lazy("same name"),
    Trait.PERSON_NAME: gettext_lazy("same name"),
    Trait.TAX_ID: gettext_lazy("same tax id"),
    Trait.DOMAIN: gettext_lazy("same website"),
    Trait.EMAIL: gettext_lazy("same e-mail"),
    Trait.PHONE: gettext_lazy("same telephone"),
    Trait.STREET: gettext_lazy("same street"),
    Trait.PLACE: gettext_lazy("same city"),
    Trait.POSTAL_CODE: gettext_lazy("same postal code"),
    Trait.BIRTH: gettext_lazy("born on the same day"),
    Trait.SAME: gettext_lazy("same company"),
}
NEARLY: dict[Trait, Text] = {
    Trait.COMPANY_NAME: gettext_lazy("name %(alike)s alike"),
    Trait.PERSON_NAME: gettext_lazy("name %(alike)s alike"),
    Trait.TAX_ID: gettext_lazy("tax id nearly the same"),
    Trait.EMAIL: gettext_lazy("e-mail nearly the same"),
    Trait.PHONE: gettext_lazy("telephone nearly the same"),
    Trait.STREET: gettext_lazy("similar street"),
    Trait.PLACE: gettext_lazy("similar city"),
    Trait.POSTAL_CODE: gettext_lazy("similar postal code"),
    Trait.BIRTH: gettext_lazy("birthday nearly the same"),
}
OTHER: dict[Trait, Text] = {
    Trait.COMPANY_NAME: gettext_lazy("different name"),
    Trait.PERSON_NAME: gettext_lazy("different name"),
    Trait.TAX_ID: gettext_lazy("different tax id"),
    Trait.DOMAIN: gettext_lazy("different website"),
    Trait.EMAIL: gettext_lazy("different e-mail"),
    Trait.PHONE: gettext_lazy("different telephone"),
    Trait.STREET: gettext_lazy("different street"),
    Trait.PLACE: gettext_lazy("different city"),
    Trait.POSTAL_CODE: gettext_lazy("different postal code"),
    Trait.BIRTH: gettext_lazy("different birthday"),
    Trait.SAME: gettext_lazy("different company"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One reason.

    Attributes:
        good: Whether it speaks for one and the same.
    """

    text: str
    good: bool


def told(reasons: Iterable[Sequence[Any]], formats: Formats) -> list[Said]:
    """Reasons as `[trait, similarity, bits]`, in words; those that say nothing either way are left out."""
    found = []
    for name, alike, bits in reasons:
        trait = Trait(name)
        if abs(bits) < 0.5:
            continue
        words = OTHER[trait] if bits < 0 else SAME[trait] if alike >= 0.995 else NEARLY.get(trait, SAME[trait])
        share = formats.percent(min(99, round(100 * alike)), 0)
        found.append(Said(str(words) % {"alike": share} if "%(alike)s" in str(words) else str(words), bits > 0))
    return found


def confidence(score: float) -> str:
    """How sure it is, in words."""
    return _("almost certainly the same") if score >= SURE else _("possibly the same")
