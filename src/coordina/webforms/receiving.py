"""Taking what a form was sent: once, put aside where it looks like spam, and the same answer whoever is known."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.activity import mail
from coordina.activity.models import Mail
from coordina.core.contact import parse_email
from coordina.core.refusals import Invalid
from coordina.customers.contacting import any_suppressed
from coordina.ledger.change_sets import AlreadyDone, change_set
from coordina.webforms import rules
from coordina.webforms.actions import RECEIVE, receive, values_of
from coordina.webforms.asking import asked_by, boxes_of, form_of
from coordina.webforms.enums import State, Why
from coordina.webforms.marks import MAILS, Mark, digest_of
from coordina.webforms.models import Submission, Tally, WebForm

CONFIRMATION = "webforms.confirmation"
"""Under this name confirmations are looked at once more as they leave."""


class Sent(Exception):
    """The same page was sent before, with something else in it: it is shown again, to be sent as a new one."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came with one sending.

    Attributes:
        answers: What was written, by field of the lead.
        ticked: Ids of the boxes.
        trap: What stands in the field that people do not see.
        origin: Parameters of the address, referring page and page, by name.
        address: Network address.
    """

    answers: Mapping[str, str]
    ticked: frozenset[int]
    trap: str
    origin: Mapping[str, str]
    address: str


def check(form: WebForm, given: Given, at: datetime) -> bool:
    """Refuse what a person can mend.

    Returns:
        Whether a lead can be made of it; not, where a lead needs what the form does not ask for.

    Raises:
        Invalid: By field of the form, in the language in force.
    """
    wrong: dict[str, list[str]] = {}
    asked = {each.field.name: each for each in asked_by(form)}
    for name, each in asked.items():
        if each.required and not given.answers.get(name, "").strip():
            wrong[name] = [_("Please fill this in.")]
    for box in boxes_of(form):
        if box.required and box.pk not in given.ticked:
            wrong[f"consent_{box.pk}"] = [_("We need your consent for this.")]
    try:
        values = values_of(form, given.answers, at)
    except Invalid as refused:
        wrong |= {n: texts for n, texts in refused.errors.items() if n in asked and n not in wrong}
        values = None
    if wrong:
        raise Invalid(wrong)
    return values is not None and bool({"name", "company_name", "email", "phone", "mobile", "website"} & values.keys())


def take(form: WebForm, given: Given, mark: Mark, at: datetime) -> None:
    """Keep what was sent: as a lead, waiting for confirmation, or put aside.

    Raises:
        Invalid: What a person can mend.
        Sent: When this page was sent before with something else.
    """
    digest = _digest(given)
    before = Submission.objects.filter(nonce=mark.nonce).first()
    if before is not None:
        return _same(before, digest)
    fits = check(form, given, at)
    why = rules.looks_like_spam(given.answers, given.trap, at.timestamp() - mark.asked_at) or (
        None if fits else Why.UNFIT
    )
    sent = _submission(form, given, mark, digest, at)
    try:
        if why is not None:
            _keep(sent, State.DISCARDED, why)
        elif form.double_opt_in:
            _ask(form, sent)
        else:
            _become(form, sent, at)
    except (AlreadyDone, IntegrityError):  # the same page, sent twice at the same moment
        return _same(Submission.objects.get(nonce=mark.nonce), digest)
    return None


def _same(before: Submission, digest: str) -> None:
    if before.digest != digest:
        raise Sent


def _digest(given: Given) -> str:
    said = json.dumps([sorted(given.answers.items()), sorted(given.ticked)], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _submission(form: WebForm, given: Given, mark: Mark, digest: str, at: datetime) -> Submission:
    boxes = [
        {
            "purpose": box.purpose_id,
            "channel": box.channel,
            "text": box.shown,
            "version": rules.version_of(box.shown),
        }
        for box in boxes_of(form)
        if box.pk in given.ticked
    ]
    origin = {
        "tracking": rules.tracking_of(given.origin),
        "campaign": given.origin.get("utm_campaign", "")[:200],
        "page": rules.page_url(given.origin.get("page", "")),
        "notice": "\n".join(text for text in (form.notice, form.notice_url) if text),
    }
    return Submission(
        form_id=form.pk,
        nonce=mark.nonce,
        digest=digest,
        at=at,
        answers=dict(given.answers),
        boxes=boxes,
        origin=origin,
        address_digest=digest_of("address", given.address),
        email_digest=digest_of("email", _email_of(given.answers)),
    )


def _email_of(answers: Mapping[str, str]) -> str:
    """The address, in the form in which it is kept; `check` has read it before."""
    text = answers.get("email", "")
    return parse_email(text) if text.strip() else ""


def _keep(sent: Submission, state: State, why: Why | None = None) -> None:
    sent.state, sent.why = state, why or ""
    with transaction.atomic():
        sent.save(force_insert=True)
        tally(sent.form_id, sent=1, discarded=int(why is not None))


def _become(form: WebForm, sent: Submission, at: datetime) -> None:
    with change_set(by=None, at=at, via="form", action=RECEIVE, key=f"{RECEIVE}:{sent.nonce}"):
        sent.state = State.DONE
        sent.lead_id = receive(form, sent, at=at).pk
        _forget(sent)
        sent.save(force_insert=True)
        tally(form.pk, sent=1)


def _forget(sent: Submission) -> None:
    """The lead holds it now: nothing of the person is kept twice."""
    sent.answers, sent.boxes, sent.origin, sent.address_digest = {}, [], {}, ""


def _ask(form: WebForm, sent: Submission) -> None:
    """Let it wait, and mail a link that confirms it; an address that was mailed to often enough today gets none."""
    token = secrets.token_urlsafe(32)
    sent.token_digest = token_digest(token)
    recent = Submission.objects.filter(email_digest=sent.email_digest, at__gt=sent.at - timedelta(days=1))
    with transaction.atomic():
        often = recent.filter(token_digest__isnull=False).count() >= MAILS
        _keep(sent, State.WAITING)
        if not often:
            _mail(form, sent, token)


def _mail(form: WebForm, sent: Submission, token: str) -> None:
    company = the_company()
    with translation.override(form.language):
        said = {"company": company.name if company else "Coordina", "days": rules.CONFIRM_WITHIN.days}
        page = mail.page(
            _("Somebody, hopefully you, wrote to %(company)s with this e-mail address.") % said,
            _("Please confirm that it was you. The link works for %(days)d days.") % said,
            _("If it was not you, you need not do anything: without your confirmation it is forgotten."),
            button=(_("Confirm"), mail.link(f"{reverse('webforms:confirm')}?k={token}")),
        )
        mail.send(
            to=_email_of(sent.answers),
            subject=_("Please confirm your message to %(company)s") % said,
            text=page["text"],
            html=page["html"],
            language=form.language,
            secret=True,
            composer=CONFIRMATION,
        )


def _unless_suppressed(sent: Mail) -> mail.Contents | None:
    """A confirmation as it was written; none to an address to which nothing is sent.

    It is asked as the mail leaves, so that whoever fills in the form notices nothing, not even by the clock.
    """
    return None if any_suppressed([sent.address]) else mail.Contents(sent.subject, sent.text, sent.html)


mail.COMPOSERS.add(CONFIRMATION, _unless_suppressed)


def token_digest(token: str) -> str:
    """By which the link of a mail is found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def found_by(token: str) -> Submission | None:
    """The submission that a link confirms; also one that was confirmed already."""
    return Submission.objects.filter(token_digest=token_digest(token)).first() if token else None


def expired(sent: Submission, at: datetime) -> bool:
    """Whether it cannot be confirmed any more."""
    return sent.state == State.DISCARDED or (sent.state == State.WAITING and sent.at < at - rules.CONFIRM_WITHIN)


def confirm(sent: Submission, at: datetime) -> None:
    """Make a lead of what waited for it; nothing where that was done before."""
    form = form_of(sent)
    if sent.state != State.WAITING or form is None:
        return
    try:
        with change_set(by=None, at=at, via="form", action=RECEIVE, key=f"{RECEIVE}:{sent.nonce}"):
            sent.lead_id = receive(form, sent, at=at).pk
            sent.state = State.DONE
            _forget(sent)
            sent.save()
            tally(form.pk, confirmed=1)
    except AlreadyDone:
        return
    except Invalid:  # the form or the lead's fields have changed since: somebody looks at it
        Submission.objects.filter(pk=sent.pk).update(state=State.DISCARDED, why=Why.UNFIT)
        tally(form.pk, discarded=1)


def tally(form_id: int, **more: int) -> None:
    """Count."""
    Tally.objects.bulk_create([Tally(form_id=form_id)], ignore_conflicts=True)
    Tally.objects.filter(pk=form_id).update(**{name: F(name) + count for name, count in more.items()})
