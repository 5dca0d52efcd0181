"""Why a sale is taxed as it is, and what an invoice has to say, in the words of whoever asks."""

from django.utils.translation import gettext as _

from coordina.catalog.taxation import Mention, Regime, Taxation, Why
from coordina.core.formats import Formats


def tax_reasons(taxation: Taxation, ours: Regime, formats: Formats) -> list[str]:
    """Why these taxes and no others, the most important first."""
    words = {"regime": ours.name}
    found = [
        {
            Why.SAID: _("Taxed as somebody has said of this company."),
            Why.HERE: _("The customer is in %(regime)s, from where you sell."),
            Why.NOWHERE: _("Nobody has said where the customer is: taxed as in %(regime)s."),
            Why.UNION_NUMBER: _("The customer is in another country of the European Union and has a tax id: no tax."),
            Why.UNION_CONSUMER: _("In another country of the European Union without a tax id: taxed as in %(regime)s."),
            Why.ABROAD: _("The customer is outside the tax territory of %(regime)s: no tax."),
        }[taxation.position.why]
        % words
    ]
    if taxation.missing:
        found.append(_("%(regime)s has no rate for the tax class of the product on this day.") % words)
    for share in taxation.shares:
        if share.surcharge:
            text = _("The customer is under the surcharge: %(percent)s on top.")
            found.append(text % {"percent": formats.percent(share.percent)})
    return found


def mention_of(taxation: Taxation, ours: Regime) -> str:
    """What the invoice has to say (Real Decreto 1619/2012, art. 6.1.j and m); empty where tax is charged.

    Spanish law is named where one sells from Spain; elsewhere the directive alone.
    """
    spain, iva = ours.country == "ES", ours.tax == "IVA"
    match taxation.mention:
        case Mention.NONE:
            return ""
        case Mention.INTRA_GOODS:
            law = _("article 25 of Ley 37/1992") if spain else _("article 138 of Directive 2006/112/EC")
            return _("Exempt intra-Community supply: %(law)s.") % {"law": law}
        case Mention.REVERSE_CHARGE:
            law = _("article 69.Uno.1.º of Ley 37/1992") if spain else _("article 44 of Directive 2006/112/EC")
            return _("Reverse charge: not subject here, %(law)s.") % {"law": law}
        case Mention.EXPORT_GOODS if spain and ours.tax in ("IVA", "IGIC"):
            law = _("article 21 of Ley 37/1992") if iva else _("article 11 of Ley 20/1991")
            return _("Exempt export: %(law)s.") % {"law": law}
        case Mention.EXPORT_GOODS:
            return _("Exempt export.")
        case Mention.EXPORT_SERVICE if spain and iva:
            return _("Service not subject here: %(law)s.") % {"law": _("article 69.Uno.1.º of Ley 37/1992")}
        case Mention.EXPORT_SERVICE:
            return _("Service not subject here.")
        case _mention:
            return _("Exempt sale.")
