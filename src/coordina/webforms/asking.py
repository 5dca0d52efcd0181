"""What the public page of a form asks for."""

from dataclasses import dataclass

from coordina.core.types import Field, type_of
from coordina.leads.models import Lead
from coordina.webforms.askable import askable
from coordina.webforms.models import FormConsent, FormField, Submission, WebForm


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as a form asks for it."""

    field: Field
    label: str
    help: str
    required: bool


def open_form(slug: str) -> WebForm | None:
    """The form of a public address that takes submissions now."""
    found: WebForm | None = WebForm.objects.select_related("lead_owner", "lead_team").filter(
        slug=slug, active=True
    ).first()  # fmt: skip
    return found


def asked_by(form: WebForm) -> list[Asked]:
    """The fields of a form, in order; the e-mail address is asked for where it is to be confirmed."""
    known = askable()
    rows = FormField.objects.filter(form=form).order_by("position", "pk")
    asked = [
        Asked(known[row.field], row.label, row.help, row.required or (form.double_opt_in and row.field == "email"))
        for row in rows
        if row.field in known
    ]
    if form.double_opt_in and all(each.field.name != "email" for each in asked):
        asked.append(Asked(known["email"], "", "", required=True))
    return asked


def boxes_of(form: WebForm) -> list[FormConsent]:
    """The boxes of a form, in order."""
    return list(FormConsent.objects.filter(form=form).select_related("purpose").order_by("position", "pk"))


def missing_from(form: WebForm) -> list[Field]:
    """Fields that every lead needs and that a form does not ask for: nothing it is sent can become a lead."""
    asked = {each.field.name for each in asked_by(form)}
    return [f for n, f in type_of(Lead).editable.items() if f.required and n not in asked and f.json_key]


def form_of(sent: Submission) -> WebForm | None:
    """The form that was sent; None where it is gone since."""
    found: WebForm | None = WebForm.objects.filter(pk=sent.form_id).first()
    return found
