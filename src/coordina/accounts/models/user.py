"""Users: people who work in Coordina or own records in it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access, Language
from coordina.accounts.models.factor import Authenticator, Passkey
from coordina.accounts.models.role import Role
from coordina.accounts.models.signin import Credential, Stamp
from coordina.accounts.models.team import Team
from coordina.accounts.tree import team_ids_of
from coordina.core.actors import Reach, Scope
from coordina.core.querysets import RecordQuerySet
from coordina.core.records import Record

_NOTHING: Mapping[str, str] = {}


class UserQuerySet(RecordQuerySet["User"]):
    """Users, with what a request needs of them."""

    def for_request(self) -> Self:
        """Join role and team, and read password, mark, stamp and whether there is a factor along: one query."""
        credential = Credential.objects.filter(user_id=OuterRef("pk"))
        app = Authenticator.objects.filter(user_id=OuterRef("pk"), confirmed_at__isnull=False)
        return self.select_related("role", "team").annotate(
            hashed=Subquery(credential.values("password")[:1]),
            mark=Subquery(credential.values("mark")[:1]),
            stamp=Subquery(Stamp.objects.order_by("pk").values("count")[:1]),
            has_factor=Exists(app) | Exists(Passkey.objects.filter(user_id=OuterRef("pk"))),
        )


class User(Record):
    """A person. Without an e-mail or with the access `no_access` they own records but cannot sign in."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = "team"
    is_authenticated = True
    is_anonymous = False

    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), max_length=254, null=True, blank=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team")
    )
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("role")
    )
    access = models.CharField(_("access"), max_length=12, choices=Access.choices, default=Access.NO_ACCESS)
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    country = models.CharField(_("numbers and dates as in"), max_length=2, blank=True, default="")

    hashed: str | None
    """Hash of the password, where `for_request` read it along."""
    mark: str | None
    """Mark of the sessions, where `for_request` read it along."""
    has_factor: bool
    """Whether there is an app or a passkey, where `for_request` read it along."""

    objects: ClassVar[Any] = UserQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(fields=["email"], name="user_email_once")]
        indexes = [models.Index(fields=["name"], name="user_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in."""
        return self.access == Access.ACTIVE

    @property
    def status(self) -> str:
        """The access, as the lifecycle of actions asks for it."""
        return self.access

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()[:2]

    @property
    def lacks_factor(self) -> bool:
        """Whether the role asks for a second factor and there is none; as `for_request` read it."""
        return self.role is not None and self.role.second_factor and not self.has_factor

    @cached_property
    def reach(self) -> dict[str, str]:
        """Permissions of the role with their reach; none without a role or access."""
        return dict(self.role.reach) if self.role is not None and self.is_active else {}

    @cached_property
    def team_ids(self) -> tuple[int, ...]:
        """The teams this person sees: the own one and those managed, each with all below."""
        return team_ids_of(self.pk, self.team_id, getattr(self, "stamp", None))

    def may(self, permission: str) -> bool:
        """Whether the role grants the permission, for whichever records."""
        return permission in self.reach

    def scope(self, permission: str) -> Scope | None:
        """The records the permission covers; None without the permission."""
        reach = self.reach.get(permission)
        if reach is None:
            return None
        return Scope(Reach(reach), self.pk, self.team_ids if reach == Reach.TEAM else ())

    def shut(self, noun: str) -> Mapping[str, str]:
        """The fields of a record type that the role closes, by name."""
        return self.role.fields.get(noun, _NOTHING) if self.role is not None else _NOTHING

    @cached_property
    def sights(self) -> dict[str, Any]:
        """What `core.sight` worked out for this person; as old as what was read of the role."""
        return {}

    def get_username(self) -> str:
        """The name one signs in with."""
        return self.email or ""

    def get_session_auth_hash(self) -> str:
        """Changes with the password, the access and the factors, so that old sessions die at once."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Any:
        """Hashes under earlier secret keys."""
        return (self._session_hash(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes) -> str:
        hashed, mark = getattr(self, "hashed", None), getattr(self, "mark", None)
        if hashed is None:
            kept = Credential.objects.filter(user_id=self.pk).values_list("password", "mark").first()
            hashed, mark = kept or (None, None)
        said = f"{hashed}:{self.access}:{mark or ''}"
        return salted_hmac("coordina.session", said, secret=secret, algorithm="sha256").hexdigest()
