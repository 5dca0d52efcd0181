"""Declared actions: the only writes there are."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast, get_origin, get_type_hints

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from coordina.core import changes
from coordina.core.changes import Values
from coordina.core.records import Record
from coordina.core.refusals import Refusal, Text
from coordina.core.registry import Registry
from coordina.core.types import find_type

HIDDEN = frozenset({"by", "at"})
"""Parameters that the door supplies and nobody types."""


class New[M: Record](dict[str, Any]):
    """Values of a record to be made: the editable fields of its type, required ones present."""


class Changes[M: Record](dict[str, Any]):
    """A patch of a record: only the fields that were given. Absent is not empty."""


class Along[M: Record](dict[str, Any]):
    """Values of fields that people added, given along with an action that makes them necessary, such as a move."""


@dataclass(frozen=True, eq=False)
class Action:
    """What the doors know of an action.

    Attributes:
        fn: The function as declared; calling it checks the open change set and the lifecycle.
        model: Record class it belongs to.
        permission: What the caller must be allowed, and the reach within which.
        lifecycle: States it starts from, and the state it ends in (None where it stays).
        verb: `create`, `edit` or `delete` for the three that every noun has, else empty.
        undoable: Whether undo takes it back; if not, `warning` says so before.
        primary: Whether a page shows it as a button rather than in the menu.
        danger: Whether it takes something away.
        bulk: Whether it is offered for many records at once.
        plan: From the same parameters to the values that the type's writer is to write, refusing what cannot be. With
            it bulk work judges without writing, and writes a thousand rows in a few statements instead of one by one;
            it must be all that the function does.
        hidden: Whether pages know it only where one was made for it by hand; programs may call it.
        aside: Whether a panel leads to its page, and the menu does not.
        private: Whether no program may call it: what gives access, and what needs something that only pages know.
        writes: Names of fields it decides without being told, such as an amount that is taken from elsewhere.
        elsewhere: Names in its input that are of other records, though fields of its own have the same.
        carries: Whether what refers to its record moves along, also what the caller may not change; so it does back.
    """

    fn: Callable[..., Any]
    model: type[Record]
    permission: str
    label: Text
    lifecycle: tuple[tuple[str, ...], str | None] | None = None
    icon: str = ""
    verb: str = ""
    undoable: bool = True
    warning: Text = ""
    primary: bool = False
    danger: bool = False
    bulk: bool = False
    plan: Callable[..., Values] | None = None
    hidden: bool = False
    aside: bool = False
    private: bool = False
    writes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    carries: bool = False

    @property
    def name(self) -> str:
        """Stable name, such as `pipeline.win`."""
        return f"{self.model._meta.app_label}.{self.fn.__name__}"

    @property
    def slug(self) -> str:
        """Segment of its addresses."""
        return self.fn.__name__.replace("_", "-")

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Types of the parameters, with what rides in `Annotated`."""
        return get_type_hints(inspect.unwrap(self.fn), include_extras=True)

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function."""
        return inspect.signature(inspect.unwrap(self.fn)).parameters

    @cached_property
    def target(self) -> str | None:
        """Name of the parameter that takes the record; None for an action that makes one."""
        for name, parameter in self.parameters.items():
            if name not in HIDDEN and self.hints.get(name) is self.model and parameter.default is parameter.empty:
                return name
        return None

    @cached_property
    def along(self) -> str | None:
        """Name of the parameter that takes `Along`: fields that people added stand flat in the input."""
        return next((n for n in self.parameters if get_origin(self.hints.get(n)) is Along), None)

    @cached_property
    def patch(self) -> str | None:
        """Name of the parameter that takes `New` or `Changes`: its fields stand flat in the input."""
        return next((n for n in self.parameters if get_origin(self.hints.get(n)) in (New, Changes)), None)

    @property
    def input(self) -> type[BaseModel]:
        """Pydantic model of everything a caller supplies; built at first use, and anew when people added fields."""
        from coordina.core import growing

        now = growing.generation() if self.grows else 0
        kept: tuple[int, type[BaseModel]] | None = self.__dict__.get("_input")
        if kept is None or kept[0] != now:
            from coordina.core.inputs import build

            kept = self.__dict__["_input"] = (now, build(self))
        return kept[1]

    @cached_property
    def grows(self) -> bool:
        """Whether its input has fields that people may add."""
        return self.patch is not None or self.along is not None

    def arguments(self, given: BaseModel) -> Values:
        """Keyword arguments from validated input: what belongs to the patch is gathered into it."""
        names = [n for n in self.parameters if n not in HIDDEN and n not in (self.target, self.patch, self.along)]
        kwargs = {n: getattr(given, n) for n in names}
        if self.along:
            kwargs[self.along] = Along({n: getattr(given, n) for n in given.model_fields_set if n not in kwargs})
        if self.patch:
            kind: Any = get_origin(self.hints[self.patch])
            kwargs[self.patch] = kind({n: getattr(given, n) for n in given.model_fields_set if n not in kwargs})
        return kwargs

    def closed_to(self, actor: Any) -> frozenset[str]:
        """Names in its input that are fields of its record which somebody may not write: for them there are none."""
        known = find_type(self.model)
        closed = known.sight(actor).closed if known is not None else frozenset()
        if not closed:
            return closed
        return frozenset(n for n in closed - {*self.elsewhere} if n in self.input.model_fields or n in self.writes)

    def open_to(self, actor: Any) -> bool:
        """Whether somebody can take it at all: it is allowed, and needs no field that is closed to them."""
        if not actor.may(self.permission):
            return False
        closed = self.closed_to(actor)
        if not closed:
            return True
        given = self.input.model_fields
        return not any(n in self.writes or given[n].is_required() for n in closed)

    def allows(self, obj: Record) -> bool:
        """Whether the record's state lets the action start."""
        return self.lifecycle is None or getattr(obj, "status", None) in self.lifecycle[0]


ACTIONS: Registry[str, Action] = Registry("action")
_by_function: dict[Callable[..., Any], Action] = {}
_consequences: dict[str, list[Callable[..., None]]] = {}
_foretold: dict[str, list[Callable[[Any, Any], Text]]] = {}


def action[F: Callable[..., Any]](
    model: type[Record], *, permission: str, label: Text, **said: Any
) -> Callable[[F], F]:
    """Declare a write. The function keeps its exact type.

    Called inside another action it is a plain call: the state of the record and the open change set are checked, the
    permission is not. Doors use `perform` and `submit`, which check everything.

    Args:
        model: Record class it belongs to.
        permission: Such as `pipeline.close_opportunity`.
        label: Verb and object, for buttons.
        **said: The attributes of `Action`.
    """

    def register(fn: F) -> F:
        @functools.wraps(fn)
        def guarded(**kwargs: Any) -> Any:
            changes.required(declared.name)
            if declared.target:
                check_state(declared, kwargs[declared.target])
            result = fn(**kwargs)
            follow_up(declared, result, by=kwargs["by"], at=kwargs["at"])
            return result

        declared = Action(guarded, model, permission, label, **said)
        ACTIONS.add(declared.name, declared)
        _by_function[guarded] = declared
        return cast(F, guarded)

    return register


def follow_up(declared: Action, result: Any, *, by: Any, at: Any) -> None:
    """Do what upper rooms said follows from an action that was done."""
    for consequence in _consequences.get(declared.name, ()):
        consequence(result, by=by, at=at)


def consequence_of(
    fn: Callable[..., Any], says: Callable[[Any, Any], Text] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare what an upper room does in the same transaction when a lower action was done; one hop, undone with it.

    The function takes the action's result, `by` and `at`.

    Args:
        fn: The lower action.
        says: From its record and whoever looks to a sentence that its form says before; empty where nothing follows.
    """

    def register(consequence: Callable[..., None]) -> Callable[..., None]:
        _consequences.setdefault(of(fn).name, []).append(consequence)
        if says is not None:
            _foretold.setdefault(of(fn).name, []).append(says)
        return consequence

    return register


def foretold(declared: Action, obj: Record, actor: Any) -> str:
    """What will follow from an action on a record, in words; empty where nothing does."""
    found = (str(says(obj, actor)) for says in _foretold.get(declared.name, ()))
    return " ".join(text for text in found if text)


def of(fn: Callable[..., Any]) -> Action:
    """The declaration of an action function."""
    return _by_function[fn]


def actions_on(model: type[Record]) -> list[Action]:
    """The actions of a record class that take a record, in the order they were declared."""
    return [a for a in ACTIONS if a.model is model and a.target]


def standard(model: type[Record], verb: str) -> Action | None:
    """The action that creates, edits or deletes records of a class."""
    return next((a for a in ACTIONS if a.model is model and a.verb == verb), None)


def check_state(declared: Action, obj: Record) -> None:
    """Refuse where the record's state does not allow the action.

    Raises:
        Refusal: With code `state`.
    """
    if not declared.allows(obj):
        raise Refusal("state", _("This cannot be done in the state the record is in."), status=409)
