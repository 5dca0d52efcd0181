"""How forms, their fields and boxes come into being and change."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from coordina.core.changes import Values
from coordina.core.contact import parse_url
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.webforms import rules
from coordina.webforms.askable import USUAL, askable
from coordina.webforms.enums import Assignment
from coordina.webforms.models import FormConsent, FormField, WebForm

MOST = 40
"""Fields of one form, and boxes."""


class FormWriter(Writer[WebForm]):
    """Forms have an address of their own, sites that exist, and somebody for their leads."""

    def clean(self, values: Values, *, obj: WebForm | None = None) -> Values:
        """Check address, sites, where people go afterwards, and who gets the leads."""
        values = dict(values)
        if values.get("slug"):
            values["slug"] = rules.checked_slug(values["slug"])
        elif "slug" in values:
            del values["slug"]
        if "sites" in values:
            values["sites"] = rules.checked_sites(values["sites"] or "")
        for name in ("notice_url", "redirect_url"):
            if values.get(name):
                values[name] = _https(values[name], name)
        if {"sites", "redirect_url"} & values.keys():
            sites = values.get("sites", obj.sites if obj else "").split()
            url = values.get("redirect_url", obj.redirect_url if obj else "")
            rules.check_redirect(url, (*sites, rules.origin_of(settings.BASE_URL)))
        if {"assignment", "lead_owner", "lead_team"} & values.keys():
            _check_assignment(values, obj)
        return super().clean(values, obj=obj)

    def prepare(self, made: Sequence[WebForm], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give a form an address that nobody guesses, where none was chosen."""
        for form in made:
            form.slug = form.slug or secrets.token_hex(16)

    def created(self, made: Sequence[WebForm], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Let a new form ask for what most ask for."""
        for form in made:
            with override(form.language):
                fields = [
                    FormField(form=form, field=name, label=str(label), required=required, position=10 * number)
                    for number, (name, label, required) in enumerate(USUAL, 1)
                ]
            FormField.objects.bulk_create(fields)


def _https(text: str, name: str) -> str:
    try:
        url = parse_url(text) if rules.origin_of(text).startswith("https://") else text
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, field=name) from None
    if not rules.origin_of(url) or urlsplit(url).username:
        message = _("“%(text)s” must begin with https://.") % {"text": text[:80]}
        raise Refusal("url", message, field=name)
    return url


def _check_assignment(values: Values, obj: WebForm | None) -> None:
    """Refuse leads for somebody who is not named."""

    def now(name: str) -> Any:
        return values[name] if name in values else getattr(obj, name, None)

    how = now("assignment")
    if how == Assignment.OWNER and now("lead_owner") is None:
        raise Refusal("required", _("Say who gets the leads."), field="lead_owner")
    if how in (Assignment.TEAM, Assignment.TURNS) and now("lead_team") is None:
        raise Refusal("required", _("Say which team gets the leads."), field="lead_team")


class FieldWriter(Writer[FormField]):
    """A form asks for a field once, and only for such as people outside may say."""

    def clean(self, values: Values, *, obj: FormField | None = None) -> Values:
        """Refuse what no public form may ask for."""
        if values.get("field") is not None and values["field"] not in askable():
            raise Refusal("choice", _("A form cannot ask for this."), field="field")
        return super().clean({n: v for n, v in values.items() if n != "position" or v is not None}, obj=obj)

    def prepare(self, made: Sequence[FormField], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put new fields after the others."""
        for field in made:
            _append(FormField, field)


class ConsentWriter(Writer[FormConsent]):
    """Boxes stand one below the other."""

    def clean(self, values: Values, *, obj: FormConsent | None = None) -> Values:
        """Take no position for none."""
        return super().clean({n: v for n, v in values.items() if n != "position" or v is not None}, obj=obj)

    def prepare(self, made: Sequence[FormConsent], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put new boxes after the others."""
        for box in made:
            _append(FormConsent, box)


def _append(model: type[FormField] | type[FormConsent], row: Any) -> None:
    others = list(model.objects.filter(form_id=row.form_id).order_by("-position").values_list("position", flat=True))
    if len(others) >= MOST:
        raise Refusal("many", _("A form has at most %(count)d of them.") % {"count": MOST})
    row.position = row.position or 10 + (others[0] if others else 0)
