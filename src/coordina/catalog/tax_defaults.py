"""The tax classes and regimes that a company in Spain begins with, with the law of each rate.

Value added tax (IVA): Ley 37/1992, art. 90 (21 %), 91.Uno (10 %), 91.Dos (4 %), 91.Cuatro (0 %, gifts to non-profit
organisations); the rates of 2012 by Real Decreto-ley 20/2012, art. 23, those of 2010 by Ley 26/2009, art. 79.
Equivalence surcharge: Ley 37/1992, art. 161 (5.2, 1.4, 0.5 %; 1.75 % for tobacco is left to whoever sells it). The
lowered rates for food ended on 31 December 2024 (Real Decreto-ley 4/2024).

Canary Islands (IGIC): Ley 4/2012, arts. 51 to 57, now gathered in Decreto Legislativo 1/2025 of the Canary Islands:
0, 3, 7, 9.5, 15 and 20 %; the general rate is 7 % since 1 January 2020.

Ceuta and Melilla (IPSI): Ley 8/1991, art. 18 as of Ley 13/1996, art. 68, leaves the rates, 0.5 to 10 %, to the
cities' own ordinances, by kind of product; only the highest is brought here, the others are the administrator's to
add.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import pgettext_lazy

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.catalog.models import TaxClass, TaxRate, TaxRegime
from coordina.core.founding import founds
from coordina.core.refusals import Text

GENERAL, REDUCED, SUPER, ZERO, RAISED, HIGH, TOP = range(7)
CLASSES: tuple[Text, ...] = (
    pgettext_lazy("tax class", "General"),
    pgettext_lazy("tax class", "Reduced"),
    pgettext_lazy("tax class", "Super-reduced"),
    pgettext_lazy("tax class", "Zero"),
    pgettext_lazy("tax class", "Raised"),
    pgettext_lazy("tax class", "Highly raised"),
    pgettext_lazy("tax class", "Special"),
)
"""Beyond IVA's four, IGIC knows three raised ones; IVA taxes them generally."""
SURCHARGE = "Recargo de equivalencia"
IN_2010, IN_2012 = date(2010, 7, 1), date(2012, 9, 1)
LAW_2010, LAW_2012 = "Ley 26/2009, art. 79", "RDL 20/2012, art. 23"

type Row = tuple[int, str, str, date | None, str]
IVA: tuple[Row, ...] = (
    *((each, "18", "4", IN_2010, LAW_2010) for each in (GENERAL, RAISED, HIGH, TOP)),
    *(
        (each, "21", "5.2", IN_2012, f"Ley 37/1992, arts. 90 y 161; {LAW_2012}")
        for each in (GENERAL, RAISED, HIGH, TOP)
    ),
    (REDUCED, "8", "1", IN_2010, LAW_2010),
    (REDUCED, "10", "1.4", IN_2012, f"Ley 37/1992, arts. 91.Uno y 161; {LAW_2012}"),
    (SUPER, "4", "0.5", IN_2010, "Ley 37/1992, arts. 91.Dos y 161"),
    (ZERO, "0", "0", date(2022, 4, 10), "Ley 37/1992, art. 91.Cuatro; Ley 7/2022"),
)
IGIC: tuple[Row, ...] = (
    (GENERAL, "7", "0", date(2020, 1, 1), "Ley 4/2012, art. 51; DLeg 1/2025"),
    (REDUCED, "3", "0", date(2012, 7, 1), "Ley 4/2012, art. 54; DLeg 1/2025"),
    (SUPER, "0", "0", date(2012, 7, 1), "Ley 4/2012, art. 52; DLeg 1/2025"),
    (ZERO, "0", "0", date(2012, 7, 1), "Ley 4/2012, art. 52; DLeg 1/2025"),
    (RAISED, "9.5", "0", date(2012, 7, 1), "Ley 4/2012, art. 55; DLeg 1/2025"),
    (HIGH, "15", "0", date(2020, 1, 1), "Ley 4/2012, art. 56; DLeg 1/2025"),
    (TOP, "20", "0", date(2012, 7, 1), "Ley 4/2012, art. 57; DLeg 1/2025"),
)
IPSI: tuple[Row, ...] = ((GENERAL, "10", "0", None, "Ley 8/1991, art. 18; mira la ordenanza de la ciudad"),)
REGIMES: tuple[tuple[dict[str, str], tuple[Row, ...]], ...] = (
    ({"name": "Península y Baleares", "postal_codes": "", "tax": "IVA", "surcharge": SURCHARGE}, IVA),
    ({"name": "Canarias", "postal_codes": "35, 38", "tax": "IGIC"}, IGIC),
    ({"name": "Ceuta", "postal_codes": "51", "tax": "IPSI"}, IPSI),
    ({"name": "Melilla", "postal_codes": "52", "tax": "IPSI"}, IPSI),
)


def usual_taxes(language: str, country: str) -> None:
    """Tax classes, and for a company in Spain its regimes with their rates; nothing where there are classes already.

    Runs inside an open change set. Companies elsewhere write the table of their own country; the mainland of Spain is
    taken as the place one sells from until somebody says otherwise.
    """
    if TaxClass.objects.exists():
        return
    with translation.override(language):
        names = [str(name) for name in CLASSES]
    if country != "ES":
        names = names[: ZERO + 1]
    classes = [TaxClass.objects.create(name=name, usual=place == GENERAL) for place, name in enumerate(names)]
    for said, rows in REGIMES if country == "ES" else ():
        values: dict[str, Any] = {**said, "country": "ES", "ours": not said["postal_codes"]}
        regime = TaxRegime.objects.create(**values)
        for place, percent, surcharge, since, law in rows:
            TaxRate.objects.create(
                regime=regime,
                tax_class=classes[place],
                percent=Decimal(percent),
                surcharge=Decimal(surcharge),
                since=since,
                law=law,
            )


@founds("catalog.taxes")
def begin(*, language: str, by: User, at: datetime) -> None:
    """A new company begins with the taxes of its country, as far as they are known."""
    company = the_company()
    usual_taxes(language, company.country if company is not None else "")
