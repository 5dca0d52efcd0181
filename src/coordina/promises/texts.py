"""The e-mail about a late order: the company's own words where it has written some, else ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core.formats import formats_of
from coordina.orders.models import Order
from coordina.promises.models import Delay, DelayText

NAMES = frozenset({"order", "company", "before", "day"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer reads."""

    subject: str
    body: str


def unknown_names(text: str) -> list[str]:
    """Names in braces that stand for nothing; a brace that is not closed counts as one."""
    try:
        found = [name for _text, name, _spec, _how in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["{"]
    return sorted({name for name in found if name not in NAMES})


def letter_of(delay: Delay, language: str) -> Letter:
    """The e-mail about a delay in a language."""
    with translation.override(language):
        said = values_of(delay, delay.order, language)
        own = DelayText.objects.filter(language__in=(language, language.split("-")[0])).order_by("-language").first()
        if own is not None:
            return Letter(_filled(own.subject, said), _filled(own.body, said))
        return Letter(
            _("Your order %(order)s arrives later") % said,
            "\n\n".join(
                (
                    _("We are sorry: your order %(order)s does not arrive on %(before)s, as we had told you.") % said,
                    _("It arrives on %(day)s now.") % said,
                    _("If this day does not suit you, answer this e-mail and we look for another way."),
                    said["company"],
                )
            ),
        )


def values_of(delay: Delay, order: Order, language: str) -> dict[str, str]:
    """What stands in place of the names."""
    ours = the_company()
    formats = formats_of(language, ours.time_zone if ours else "UTC", "EUR", timezone.now())
    return {
        "order": order.customer_reference or order.reference,
        "company": ours.name if ours else "",
        "before": formats.date_long(delay.old_on),
        "day": formats.date_long(delay.new_on),
    }


def _filled(text: str, said: Mapping[str, str]) -> str:
    """A text with its names filled in; nothing else of it is read as anything but text."""
    for name, value in said.items():
        text = text.replace("{" + name + "}", value)
    return text
