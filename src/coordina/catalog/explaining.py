"""Why something costs what it costs, in the words of whoever asks."""

from django.utils.translation import gettext as _

from coordina.catalog.pricing import About, How, Price, Tier
from coordina.catalog.worth import Source
from coordina.core.formats import Formats
from coordina.core.money import Money


def reasons_of(price: Price, formats: Formats, *, named: bool = True) -> list[str]:
    """Why a price is what it is: sentences in the language in force, the most important first.

    Args:
        price: The price.
        formats: How numbers and days are written.
        named: Whether the reader may see price lists; else they are not called by their names.
    """
    found: list[str] = []
    if price.listed is not None and price.tier is not None:
        found.append(_of_list(price, named=named))
        found.append(_of_line(price, formats))
    elif price.how is How.BASE:
        found.append(_("No price list says anything of it: the product's own price holds."))
    if price.how is How.DISCOUNT and price.line is not None and price.line.discount is not None:
        words = {"percent": formats.percent(price.line.discount)}
        found.append(_("%(percent)s off the product's own price.") % words)
    if price.source is Source.PARENT:
        found.append(_("It is a variant without a price of its own: that of its product holds."))
    elif price.source is Source.PARTS:
        found.append(_("It is a bundle without a price of its own: its parts are added up."))
    if price.converted is not None and price.base is not None:
        words = {"base": _money(price.base, formats), "day": formats.date_full(price.day)}
        found.append(_("The price of %(base)s was converted at the rate of %(day)s.") % words)
    if price.refused is not None:
        found.append(str(price.refused.message))
    elif price.money is None:
        found.append(_("Nobody has said a price."))
    if price.with_tax:
        found.append(_("The price contains tax."))
    return found


def _of_list(price: Price, *, named: bool) -> str:
    """Which list, and why it is for this customer."""
    assert price.listed is not None
    words = {"list": price.listed.name}
    match price.tier:
        case Tier.COMPANY:
            text = _("Price list “%(list)s”, for this very company.") if named else _("Prices of this very company.")
        case Tier.GROUP:
            text = _("Price list “%(list)s”, for its customer group.") if named else _("Prices of its customer group.")
        case _tier:
            text = _("Price list “%(list)s”, for everybody.") if named else _("Prices for everybody.")
    return text % words if named else text


def _of_line(price: Price, formats: Formats) -> str:
    """Which line of the list."""
    assert price.line is not None
    words = {"minimum": formats.decimal(price.line.minimum)}
    if not price.line.minimum:
        return {
            About.PRODUCT: _("Its line is about this very product."),
            About.PARENT: _("Its line is about the product that this is a variant of."),
            About.SERIES: _("Its line is about the series of the product."),
        }.get(price.about or About.PRODUCT, _("Its line is about every product."))
    return {
        About.PRODUCT: _("Its line is about this very product, from %(minimum)s on."),
        About.PARENT: _("Its line is about the product that this is a variant of, from %(minimum)s on."),
        About.SERIES: _("Its line is about the series of the product, from %(minimum)s on."),
    }.get(price.about or About.PRODUCT, _("Its line is about every product, from %(minimum)s on.")) % words


def _money(money: Money, formats: Formats) -> str:
    return formats.money(money.amount, money.currency, cents=True)
