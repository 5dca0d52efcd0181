"""What may not be done, said in the user's language. Every door shows these; none of them is a bug."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise


class Refusal(Exception):
    """Something that may not be done; shown at a field or on top of a form.

    Args:
        code: Stable name for machines, such as `state` or `conflict`.
        message: Sentence for people; lazy translations are welcome.
        field: Name of the input it belongs to, None for the whole form.
        status: HTTP status a door answers with.
    """

    def __init__(self, code: str, message: Text, *, field: str | None = None, status: int = 422) -> None:
        super().__init__(code, message)
        self.code, self.message, self.field, self.status = code, message, field, status

    def __str__(self) -> str:
        return str(self.message)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field; the empty name is the whole form."""
        return {self.field or "": [str(self.message)]}


class Invalid(Refusal):
    """Several fields are wrong: `{"closed_on": ["…"], "": ["…"]}`."""

    def __init__(self, errors: Mapping[str, Sequence[Text]]) -> None:
        super().__init__("invalid", _("Some fields need another look."))
        self._errors = {name: [str(m) for m in messages] for name, messages in errors.items()}

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field; the empty name is the whole form."""
        return self._errors


class NotFound(Refusal):
    """There is no such record, or the person may not see it: both answer alike."""

    def __init__(self, *, field: str | None = None) -> None:
        super().__init__(
            "not_found", _("It does not exist or you cannot see it."), field=field, status=422 if field else 404
        )


class Forbidden(Refusal):
    """The person sees the record, but their role does not allow this."""

    def __init__(self, message: Text | None = None) -> None:
        super().__init__("forbidden", message or _("Your role does not allow this."), status=403)


class Conflict(Refusal):
    """Somebody else changed the record meanwhile."""

    def __init__(self, message: Text | None = None, *, fields: Sequence[str] = ()) -> None:
        super().__init__(
            "conflict", message or _("Somebody changed this at the same time. Look at the new values."), status=409
        )
        self.fields = tuple(fields)


class NotRecorded(RuntimeError):
    """A record was written outside a change set: a bug, never shown to people."""
