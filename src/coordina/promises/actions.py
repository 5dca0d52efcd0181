"""What is done about promises by people: links for customers."""

from datetime import datetime, timedelta
from typing import Annotated

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.company import company_day, the_company
from coordina.accounts.enums import Language
from coordina.accounts.models import User
from coordina.activity import mail
from coordina.core.actions import action
from coordina.core.refusals import Refusal
from coordina.orders.enums import State
from coordina.orders.models import Order
from coordina.promises import links
from coordina.promises.models import StatusLink
from coordina.promises.writing import Reader, reader_of

CHANGE = Order.permission("change")
SHOWABLE = (
    *(State.CONFIRMED, State.RESERVED, State.PICKED, State.PARTLY, State.SHIPPED, State.DELIVERED),
    State.ACKNOWLEDGED,
)
"""States of orders of which a customer is shown something."""
LASTS = 90
LONGEST = 730
Days = Annotated[int, Field(ge=1, le=LONGEST, json_schema_extra={"label": _("works for how many days")})]
Tongue = Annotated[Language | None, Field(json_schema_extra={"label": _("language")})]
Sent = Annotated[bool, Field(json_schema_extra={"label": _("send it to the customer by e-mail")})]


@action(
    Order, permission=CHANGE, label=_("Make a link for the customer"), icon="link", lifecycle=(SHOWABLE, None),
    private=True,
)  # fmt: skip
def make_status_link(
    *, order: Order, days: Days = LASTS, language: Tongue = None, send: Sent = False, by: User, at: datetime
) -> Order:
    """Give the customer a page of their own that says how far the order is. A link made before stops working.

    Args:
        days: After these it works no more.
        language: The customer's when left empty.
        send: Mailed to the contact of the order, else to the company.
    """
    reader = reader_of(order)
    if send and reader.closed:
        raise Refusal("closed", reader.closed, field="send")
    _withdraw(order, at)
    seed = links.new_seed()
    token = links.token_of(seed)
    link = StatusLink(
        order=order,
        seed=seed,
        digest=links.digest_of(token),
        language=language or reader.language,
        expires_on=company_day(at) + timedelta(days=days),
    )
    link.save()
    if send:
        _mail(order, link, reader, token, by)
    return order


@action(Order, permission=CHANGE, label=_("Withdraw the link"), icon="link", danger=True, aside=True, private=True)
def revoke_status_link(*, order: Order, by: User, at: datetime) -> Order:
    """Let the link for the customer work no more."""
    if not _withdraw(order, at):
        raise Refusal("nothing", _("There is no link that works."), status=409)
    return order


def _withdraw(order: Order, at: datetime) -> bool:
    open_links = list(StatusLink.objects.filter(order=order.pk, revoked_at=None).locked().order_by("pk"))
    for link in open_links:
        link.revoked_at = at
        link.save()
    return any(link.expires_on >= company_day(at) for link in open_links)


def _mail(order: Order, link: StatusLink, reader: Reader, token: str, by: User) -> None:
    ours = the_company()
    with translation.override(link.language):
        said = {"order": order.customer_reference or order.reference, "company": ours.name if ours else "Coordina"}
        page = mail.page(
            gettext("Here you see how far your order %(order)s is and when it arrives.") % said,
            gettext("When everything is with you, you can confirm it on the same page."),
            button=(gettext("See the order"), mail.link(reverse("promises:status", args=(token,)))),
        )
        mail.send(
            to=reader.address,
            subject=gettext("Your order %(order)s with %(company)s") % said,
            text=page["text"],
            html=page["html"],
            language=link.language,
            about=order,
            key=f"promises.link:{link.pk}",
            secret=True,
            by=by,
        )
