"""A company with a web form, and people outside who fill it in."""

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from coordina.customers.models import Purpose
from coordina.webforms import marks
from coordina.webforms.models import FormConsent, WebForm
from coordina.webforms.publicform import MARK
from tests.leads.ground import Leads

BERTA = {"name": "Berta Boxer", "email": "berta@example.com", "phone": "+34 910 123 456", "description": "Quiero luz"}


class Forms(Leads):
    """A company with a form; `outside` is a browser of somebody without an account."""

    def __init__(self) -> None:
        super().__init__()
        self.outside = Client()

    def form(self, **values: Any) -> WebForm:
        """A form that asks for what a new one asks for."""
        made: WebForm = self.create(WebForm, **({"name": "Contacto", "slug": "contacto"} | values))
        return made

    def box(self, form: WebForm, purpose: str, **values: Any) -> FormConsent:
        """A box for a purpose of its own."""
        made: FormConsent = self.create(
            FormConsent, form=form, purpose=self.create(Purpose, name=purpose[:80]), **values
        )
        return made

    def mark(self, form: WebForm, seconds: int = 60) -> str:
        """The mark of a page that was asked for a while ago."""
        return marks.made(form.pk, timezone.now() - dt.timedelta(seconds=seconds))

    def send(self, form: WebForm, *, mark: str | None = None, client: Client | None = None, **answers: Any) -> Any:
        """Fill the form in and send it."""
        given = {n: v for n, v in ({**BERTA, **answers}).items() if v is not None}
        given[MARK] = self.mark(form) if mark is None else mark
        return (client or self.outside).post(f"/f/{form.slug}/", given)
