"""What an administrator does about the factors of somebody else."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from coordina.accounts import trail
from coordina.accounts.actions import MANAGE_ACCESS
from coordina.accounts.devices import end_devices
from coordina.accounts.enums import Access
from coordina.accounts.factors.held import move_mark, take_all
from coordina.accounts.models import Happening, User
from coordina.accounts.standing import need_standing
from coordina.accounts.throttle import forgive_factor
from coordina.core.actions import action
from coordina.core.refusals import Refusal


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Reset second factors"),
    icon="shield-half",
    lifecycle=((Access.ACTIVE,), None),
    danger=True,
    private=True,
    undoable=False,
    warning=_(
        "Their app, passkeys and recovery codes stop working, and their sessions end; this cannot be undone. "
        "Make sure that it is really they who ask: call them."
    ),
)
def reset_factors(*, user: User, by: User | None, at: datetime) -> User:
    """Take app, passkeys and recovery codes of a person away, and end their sessions; the password stays.

    Raises:
        Refusal: For oneself: one's own are looked after in the profile.
        Forbidden: When the person may do more than whoever resets them.
    """
    if by is not None and by.pk == user.pk:
        raise Refusal("self", _("Your own factors are looked after in your profile, under “Security”."), status=409)
    need_standing(by, user)
    take_all(user)
    move_mark(user)
    end_devices(user)
    forgive_factor(user.pk)
    trail.note(Happening.RESET, user, by=by, at=at)
    return user
