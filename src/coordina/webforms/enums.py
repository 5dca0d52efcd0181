"""Choices of web forms and states of what they send."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(TextChoices):
    """What a form is written in."""

    ES = "es", _("Spanish")
    EN = "en", _("English")


class Assignment(TextChoices):
    """Who gets the leads of a form."""

    NOBODY = "nobody", _("Nobody yet: they wait for an owner")
    OWNER = "owner", _("One person")
    TEAM = "team", _("A team, in which somebody takes them")
    TURNS = "turns", _("The people of a team, in turn")


class State(TextChoices):
    """Where a submission stands."""

    WAITING = "waiting", _("Waiting for confirmation")
    DONE = "done", pgettext_lazy("a submission", "Became a lead")
    DISCARDED = "discarded", pgettext_lazy("a submission", "Discarded")


class Why(TextChoices):
    """Why a submission was discarded."""

    TRAP = "trap", _("A field that people do not see was filled in")
    FAST = "fast", _("Sent faster than anybody writes")
    LINKS = "links", _("Full of links")
    UNFIT = "unfit", _("A lead needs something that the form does not ask for")
    UNCONFIRMED = "unconfirmed", _("The e-mail address was never confirmed")
