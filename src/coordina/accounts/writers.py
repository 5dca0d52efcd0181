"""How users and teams come into being and change."""

from coordina.accounts.models import Team, User
from coordina.accounts.tree import below, nodes
from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from django.utils.translation import gettext_lazy as _


class TeamWriter(Writer[Team]):
    """Teams form a tree: none is part of itself."""

    def clean(self, values: Values, *, obj: Team | None = None) -> Values:
        """Refuse a parent that is the team itself or below it."""
        parent = values.get("parent")
        if obj is not None and parent is not None and parent.pk in below([obj.pk], nodes()):
            raise Refusal("circle", _("A team cannot be part of itself."), field="parent")
        return values


class UserWriter(Writer[User]):
    """Users keep their e-mail in lower case, None where they have none."""

    def clean(self, values: Values, *, obj: User | None = None) -> Values:
        """Normalise the e-mail and refuse one that somebody else has."""
        if "email" in values:
            email = (values["email"] or "").strip().lower() or None
            taken = User.objects.filter(email=email).exclude(pk=obj.pk if obj else None) if email else None
            if taken is not None and taken.exists():
                raise Refusal("taken", _("Another user has this e-mail."), field="email")
            values = values | {"email": email}
        return values
