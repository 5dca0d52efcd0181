"""Tax ids, checked by the rules of their country with python-stdnum; of other countries any text is taken."""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol, cast

from django.utils.translation import gettext as _

from coordina.core.refusals import Refusal

MAX_LENGTH: Final = 40
"""Characters of a tax id whose rules we do not know."""


class _Standard(Protocol):
    """What a module of python-stdnum offers."""

    def validate(self, number: str) -> str: ...


@dataclass(frozen=True, slots=True)
class TaxIdRule:
    """How a country identifies its companies.

    Args:
        name: What people call the number there; a name of its own, never translated.
        module: Module of python-stdnum that checks it.
        example: A number that would be right, for messages.
    """

    name: str
    module: str
    example: str


RULES: Final[dict[str, TaxIdRule]] = {
    "AD": TaxIdRule("NRT", "ad.nrt", "U132950X"),
    "AR": TaxIdRule("CUIT", "ar.cuit", "20267565393"),
    "BR": TaxIdRule("CNPJ", "br.cnpj", "16727230000197"),
    "CA": TaxIdRule("BN", "ca.bn", "123026635"),
    "CH": TaxIdRule("UID", "ch.uid", "CHE100155212"),
    "CL": TaxIdRule("RUT", "cl.rut", "125319092"),
    "CO": TaxIdRule("NIT", "co.nit", "2131234321"),
    "CR": TaxIdRule("CPJ", "cr.cpj", "3101999999"),
    "DO": TaxIdRule("RNC", "do.rnc", "101850043"),
    "EC": TaxIdRule("RUC", "ec.ruc", "1792060346001"),
    "ES": TaxIdRule("NIF", "es.nif", "B58378431"),
    "GB": TaxIdRule("VAT number", "gb.vat", "GB980780684"),
    "GT": TaxIdRule("NIT", "gt.nit", "576937K"),
    "MX": TaxIdRule("RFC", "mx.rfc", "XAXX010101000"),
    "NO": TaxIdRule("MVA", "no.mva", "NO995525828MVA"),
    "PE": TaxIdRule("RUC", "pe.ruc", "20512333797"),
    "PT": TaxIdRule("NIF", "pt.nif", "501964843"),
    "PY": TaxIdRule("RUC", "py.ruc", "800000358"),
    "SV": TaxIdRule("NIT", "sv.nit", "06140507071048"),
    "US": TaxIdRule("EIN", "us.ein", "91-1144442"),
    "UY": TaxIdRule("RUT", "uy.rut", "211003420017"),
    "VE": TaxIdRule("RIF", "ve.rif", "V114702834"),
}

_EUROPE: Final = {
    "AT": "ATU13585627", "BE": "BE0428759497", "BG": "BG175074752", "CY": "CY10259033P", "CZ": "CZ25123891",
    "DE": "DE136695976", "DK": "DK13585628", "EE": "EE100931558", "FI": "FI20774740", "FR": "FR40303265045",
    "GR": "EL094259216", "HR": "HR33392005961", "HU": "HU12892312", "IE": "IE6433435F", "IT": "IT00743110157",
    "LT": "LT119511515", "LU": "LU15027442", "LV": "LV40003521600", "MT": "MT11679112", "NL": "NL004495445B01",
    "PL": "PL8567346215", "RO": "RO18547290", "SE": "SE123456789701", "SI": "SI50223054", "SK": "SK2022749619",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax id as it is kept.

    Args:
        value: The number without separators if its rules are known, else as written.
        kind: What it is called, empty if unknown.
        checked: Whether its form and check digits were found right.
    """

    value: str
    kind: str
    checked: bool


def rule_of(country: str) -> TaxIdRule | None:
    """The rule of a country by ISO code, None where any text is taken."""
    code = country.upper()
    if code in RULES:
        return RULES[code]
    if code in _EUROPE:
        return TaxIdRule(_("VAT number"), "eu.vat", _EUROPE[code])
    return None


def parse_tax_id(text: str, country: str) -> TaxId:
    """Check a tax id.

    Args:
        text: What was written; spaces, dots and hyphens do not matter, nor the country code of a European number.
        country: ISO code; empty or unknown means that any text is taken.

    Raises:
        Refusal: `tax_id`: which of length, letters or check digit is wrong, and an example that is right.
    """
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

    written = " ".join(text.split())
    rule = rule_of(country)
    if rule is None:
        if not written or len(written) > MAX_LENGTH:
            raise Refusal("tax_id", _("Write a tax id of at most %(length)d characters.") % {"length": MAX_LENGTH})
        return TaxId(written, "", checked=False)
    number = _prefixed(written, country.upper(), rule)
    standard = cast(_Standard, import_module(f"stdnum.{rule.module}"))
    try:
        return TaxId(standard.validate(number), rule.name, checked=True)
    except InvalidChecksum:
        message = _("“%(text)s” is not a valid %(kind)s: its check digit does not fit. Look for a slip in it.")
    except InvalidLength:
        message = _("“%(text)s” is not a valid %(kind)s: it has too few or too many characters. Example: %(example)s.")
    except ValidationError:
        message = _("“%(text)s” is not a valid %(kind)s. Write it like %(example)s.")
    raise Refusal("tax_id", message % {"text": written[:40], "kind": rule.name, "example": rule.example})


def _prefixed(written: str, country: str, rule: TaxIdRule) -> str:
    """European numbers with their country; others without the code that people put before them."""
    compact = re.sub(r"[\s.\-/]", "", written).upper()
    if rule.module == "eu.vat":
        code = "EL" if country == "GR" else country
        return compact if compact.startswith((code, country)) else f"{code}{compact}"
    if country in {"ES", "PT"} and compact.startswith(country) and len(compact) == 11:
        return compact[2:]
    return written
