"""The form of a webhook. It reads what was typed; whether it is right is decided by the actions."""

from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.core.refusals import Refusal
from coordina.core.types import RecordType
from coordina.hooks.actions import MOST_EVENTS
from coordina.hooks.addresses import LONGEST
from coordina.hooks.names import EVERYTHING, happenings, told_types
from coordina.web.accounts.forms import Refusable
from coordina.web.controls import Boxes


class EventBoxes(Boxes):
    """A box for each event, in a part for each kind of record; sends and takes the names as one text with commas."""

    def __init__(self, user: User) -> None:
        super().__init__([])
        self.user = user

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """A box for everything, then the kinds of records: those that people work with, then the settings."""
        chosen = set(str(value or "").split(","))
        seen = [known for known in told_types() if self.user.may(known.model.view_permission())]
        first = f' id="{escape(str(attrs["id"]))}"' if attrs and attrs.get("id") else ""
        out = ['<div class="hook-events" role="group">', _box(name, EVERYTHING, _("Everything"), chosen, first)]
        for known in sorted(seen, key=_rank):
            options = [(f"{known.name}.*", _("everything of it"))]
            options += [(each.name, each.label) for each in happenings(known)]
            mark = " open" if any(key in chosen for key, _label in options) else ""
            label = str(known.plural)
            out.append(f'<details class="hook-kind"{mark}><summary>{escape(label[:1].upper() + label[1:])}</summary>')
            boxes = "".join(_box(name, key, label, chosen) for key, label in options)
            out.append(f'<div class="hook-options">{boxes}</div></details>')
        return SafeString("".join([*out, "</div>"]))


def _rank(known: RecordType) -> int:
    """Where a kind stands: what people work with, then what hangs on it or is a part of it, then the settings."""
    return 2 if known.setting else 1 if known.within or hasattr(known.model, "condition") else 0


def _box(name: str, key: str, label: str, chosen: set[str], first: str = "") -> str:
    mark = " checked" if key in chosen else ""
    return (
        f'<label class="row"><input type="checkbox" class="check" name="{escape(name)}"{first} value="{escape(key)}"'
        f"{mark}> {escape(label[:1].upper() + label[1:])}</label>"
    )


class WebhookForm(Refusable):
    """What a webhook is called, where it sends, of what."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write what the webhook is for.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        help_text=gettext_lazy("Where to send, with https://. Private networks are not reached."),
        error_messages={"required": gettext_lazy("Write where to send.")},
    )
    events = forms.CharField(
        label=gettext_lazy("Of what to tell"),
        max_length=MOST_EVENTS * 130,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )
    filter = forms.CharField(
        label=gettext_lazy("Only where"),
        required=False,
        max_length=2000,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A filter as in lists, such as amount >= 10000. It needs events of one kind of record, and deletions are "
            "then not told."
        ),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["events"].widget = EventBoxes(user)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        typed = {name: self.cleaned_data[name] for name in ("name", "address", "filter")}
        return typed | {"events": [name for name in self.cleaned_data["events"].split(",") if name]}

    def told(self, refusal: Refusal) -> None:
        """Put the messages of a refusal at their fields; input that is a list speaks of its items."""
        for name, messages in refusal.errors.items():
            shown = name.partition(".")[0]
            for message in messages:
                self.add_error(shown if shown in self.fields else None, message)


def initial_of(hook: Any) -> dict[str, Any]:
    """What the form of a webhook holds at first."""
    return {"name": hook.name, "address": hook.address, "events": ",".join(hook.events), "filter": hook.filter}
