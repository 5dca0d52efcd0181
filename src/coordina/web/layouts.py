"""Which frame a generic page stands in: that of the settings for what is looked after there."""

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from coordina.core.types import RecordType

SETTINGS = "web/settings_base.html"
PLAIN = "web/base.html"
_found: dict[str, bool] = {}


def layout_of(known: RecordType) -> str:
    """The template a page about this type extends."""
    if not known.setting:
        return PLAIN
    if SETTINGS not in _found:
        try:
            get_template(SETTINGS)
            _found[SETTINGS] = True
        except TemplateDoesNotExist:
            _found[SETTINGS] = False
    return SETTINGS if _found[SETTINGS] else PLAIN
