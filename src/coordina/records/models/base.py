"""Abstract records: those that keep other data, and those that hang on any record."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor, Reach
from coordina.core.growing import PREFIX
from coordina.core.jsonvalues import loaded
from coordina.core.records import HANGERS, Record
from coordina.core.types import find_type


class Extensible(Record):
    """A record with room for what no field of its type holds.

    Attributes:
        other_data: Columns of imported files that found no field, by their header.
        custom: Values of fields that people added, by the field's name; see `core.jsonvalues`.
    """

    other_data = models.JSONField(_("other data"), default=dict, blank=True, editable=False)
    custom = models.JSONField(_("added fields"), default=dict, blank=True, editable=False)

    keyed: ClassVar[frozenset[str]] = frozenset({"custom", "other_data"})

    class Meta(Record.Meta):
        abstract = True

    def __getattr__(self, name: str) -> Any:
        """The value of an added field, such as `company.x_sector`; None where it has none."""
        if name.startswith(PREFIX) and "custom" in self.__dict__:
            known = find_type(type(self))
            field = known.fields.get(name) if known is not None else None
            if field is not None and field.json_key:
                return loaded(field, (self.custom or {}).get(field.json_key))
        raise AttributeError(f"{type(self).__name__} has no {name}")

    @property
    def tags(self) -> list[str]:
        """The words it carries, in alphabetical order; asks the database."""
        from coordina.records.tags import words_of

        return words_of(self)


class Hanger(Record):
    """Something that hangs on one record of any type, and is seen by whoever sees that record.

    Attributes:
        subject_type: Label of the record's model, such as `customers.Company`.
        subject_id: Its id. No foreign key: deleting, merging and undo ask the registry of hangers.
    """

    subject_type = models.CharField(max_length=60, editable=False)
    subject_id = models.BigIntegerField(editable=False)

    class Meta(Record.Meta):
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Register the class among the hangers."""
        super().__init_subclass__(**options)
        if not getattr(getattr(cls, "Meta", None), "abstract", False):
            HANGERS.append(cls)

    @classmethod
    def condition(cls, actor: Actor, permission: str) -> Q | None:
        """Rows whose record the actor may see; a permission of its own is asked too."""
        return Q(pk__in=()) if actor.scope(permission) is None else cls.hung_where_seen(actor)

    @classmethod
    def hung_where_seen(cls, actor: Actor) -> Q:
        """Rows whose record the actor may see."""
        seen = Q(pk__in=())
        for model in apps.get_models():
            if not issubclass(model, Record) or issubclass(model, Hanger) or model.scope_parent:
                continue
            scope = actor.scope(model.view_permission())
            if scope is None:
                continue
            here = Q(subject_type=model._meta.label)
            if scope.reach is not Reach.ALL:
                rows: Any = model.objects
                here &= Q(subject_id__in=rows.visible_to(actor).values("pk"))
            seen |= here
        return seen

    @classmethod
    def of(cls, obj: Record) -> Any:
        """The rows that hang on one record."""
        return cls.objects.filter(subject_type=obj._meta.label, subject_id=obj.pk)

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
