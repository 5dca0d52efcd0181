"""May one contact somebody? The one question that everything asks before it sends, calls or offers to.

```python
verdict = may_contact(person, Channel.EMAIL, newsletter)
if not verdict.allowed: …  # verdict.reason says why, in words
```
What somebody asked for counts before what they agreed to, and what their company asked for counts for them. Import,
merge and conversion never loosen it: the stricter of two always wins.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from coordina.core import changes
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Refusal, Text
from coordina.customers.enums import Channel, Consent
from coordina.customers.models import ConsentEntry, Contactable, Purpose, Suppression

FLAGS = ("no_contact", "no_email", "no_phone", "no_messages")
"""Columns that close ways to somebody."""
FLAG_OF: Mapping[str, str] = {
    Channel.EMAIL: "no_email",
    Channel.PHONE: "no_phone",
    Channel.WHATSAPP: "no_messages",
    Channel.SMS: "no_messages",
}
"""Which column closes which way, beside the one that closes all."""
STRICT = frozenset({*FLAGS, "no_contact_reason", "consent", "consent_source", "consent_on"})
"""Fields among which nobody chooses when records are merged: the stricter wins."""
ASKED = _("They asked not to be contacted.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may be contacted.

    Attributes:
        reason: Why not, in words; empty where they may.
    """

    allowed: bool
    reason: Text = ""


def may_contact(record: Contactable, channel: str, purpose: Purpose | None = None) -> Verdict:
    """Whether a person, lead or company may be contacted by a way.

    Args:
        record: Whom. The word of a person's company counts for the person.
        channel: One of `Channel`.
        purpose: What for, where they must have agreed to it: advertising, surveys. None for what answers them or
            serves a contract.
    """
    for each in filter(None, (record, getattr(record, "company", None))):
        if closed(each, channel):
            return Verdict(False, ASKED)
    if suppressed(record, channel):
        return Verdict(False, _("The address is on the list of those to which nothing is sent."))
    if purpose is not None:
        return _agreed(record, channel, purpose)
    return Verdict(True)


def closed(record: Any, channel: str) -> bool:
    """Whether a record itself says that its way is closed; reads no more than its columns."""
    return bool(record.no_contact or (channel in FLAG_OF and getattr(record, FLAG_OF[channel])))


def closed_ways(record: Any) -> list[Text]:
    """The ways that a record says are closed, in words; one word for all of them."""
    names = FLAGS[:1] if record.no_contact else [name for name in FLAGS[1:] if getattr(record, name)]
    return [record._meta.get_field(name).verbose_name for name in names]


def _agreed(record: Any, channel: str, purpose: Purpose) -> Verdict:
    """What somebody said last about a purpose, for this way or for all."""
    said = newest(record).filter(purpose=purpose, channel__in=("", channel)).first()
    if said is None:
        return Verdict(False, _("They have not agreed to it."))
    if said.answer != Consent.GIVEN:
        return Verdict(False, _("They refused it or took their consent back."))
    return Verdict(True)


def newest(record: Any) -> Any:
    """What somebody said about consent, what counts first; of the same day what was recorded later."""
    return ConsentEntry.of(record).order_by(F("said_on").desc(nulls_last=True), "-pk")


# Addresses ------------------------------------------------------------------------------------------------------------


@cache
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"coordina.suppression\0" + secret.encode()).digest()


def digest_of(address: str) -> str:
    """The keyed digest by which an e-mail address or telephone number is kept after it was erased."""
    text = address.strip().casefold()
    return hmac.new(_key(settings.SECRET_KEY), text.encode(), hashlib.sha256).hexdigest()


def addresses_of(record: Any, channel: str) -> list[str]:
    """The addresses or numbers of a record that a way uses."""
    names = {Channel.EMAIL: ("email",), Channel.POST: ()}.get(Channel(channel), ("phone", "mobile"))
    return [value for name in names if (value := getattr(record, name, ""))]


def suppressed(record: Any, channel: str) -> bool:
    """Whether one of the addresses that a way uses is on the list of those to which nothing is sent."""
    return any_suppressed(addresses_of(record, channel))


def any_suppressed(addresses: Iterable[str]) -> bool:
    """Whether one of some addresses or numbers, as fields keep them, is on the list of those to which nothing is sent.

    For what is sent to an address that is nobody's yet; whoever has a record asks `may_contact`.
    """
    found = [digest_of(each) for each in addresses]
    return bool(found) and Suppression.objects.filter(digest__in=found).exists()


# The stricter wins ----------------------------------------------------------------------------------------------------


def kept_strict(values: Values, obj: Any) -> Values:
    """Values of one row without what would open a way that somebody has closed, or unsay what they said.

    A form and a program are told; from files and bulk work it is left out, and the rest is written.

    Raises:
        Refusal: At the field.
    """
    if obj is None:
        return values
    opened = [name for name in FLAGS if getattr(obj, name) and name in values and not values[name]]
    if getattr(obj, "consent", "") and "consent" in values and not values["consent"]:
        opened.append("consent")
    if not opened:
        return values
    journal = changes.current()
    if journal is not None and journal.context.get("via") in ("web", "rest"):
        if opened[0] == "consent":
            text = _("What they said stays on record. Record that they took it back instead.")
        else:
            text = _("They asked for it. Use “Allow contact again” if they changed their mind.")
        raise Refusal("strict", text, field=opened[0])
    return {name: value for name, value in values.items() if name not in opened}


def stricter(stays: Any, other: Any) -> bool:
    """Close for one record what is closed for another; gives whether anything changed. Unsaved."""
    changed = False
    for name in FLAGS:
        if getattr(other, name) and not getattr(stays, name):
            setattr(stays, name, True)
            changed = True
    if changed and not stays.no_contact_reason:
        stays.no_contact_reason = other.no_contact_reason
    return changed


def later_consent(stays: Any, other: Any) -> bool:
    """Let one contact hold what was said last by either; of the same day, what is stricter. Unsaved."""
    mine, theirs = _weight(stays), _weight(other)
    if theirs <= mine:
        return False
    for name in ("consent", "consent_source", "consent_on"):
        setattr(stays, name, getattr(other, name))
    return True


def _weight(record: Any) -> tuple[bool, str, bool]:
    on = record.consent_on
    return bool(record.consent), on.isoformat() if on else "", record.consent != Consent.GIVEN


def record_of(subject_type: str, subject_id: int) -> Record | None:
    """The record of a consent; None where it is gone."""
    from django.apps import apps

    rows: Any = apps.get_model(subject_type)._base_manager
    found: Record | None = rows.filter(pk=subject_id).first()
    return found
