"""From a tree to a condition of the ORM: only allowed fields, only what the asker may know.

`!=` is the exact opposite of `=`, `not` of what it negates: rows without a value are in one of the two, never in none.
A condition across a reference holds for rows whose target the asker sees and that meets it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol, cast

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Expression, F, Model, Q, QuerySet
from django.db.models import lookups as orm
from django.utils.translation import gettext_lazy as _

from coordina.core.actors import Actor
from coordina.core.filters.ast import Joiner, Node, Operator, Test, check
from coordina.core.filters.fields import Asker, Family, Filterable, Vocabulary, family_of, operators_of
from coordina.core.filters.refusals import BadFilter
from coordina.core.filters.values import Span, days, moments, plain, references, text
from coordina.core.jsonpath import JsonHas, JsonValue
from coordina.core.jsonvalues import class_of, moment
from coordina.core.refusals import Text

_LOOKUPS: Mapping[str, Callable[..., Expression]] = {
    "exact": orm.Exact,
    "lt": orm.LessThan,
    "gte": orm.GreaterThanOrEqual,
    "gt": orm.GreaterThan,
    "lte": orm.LessThanOrEqual,
    "in": orm.In,
    "icontains": orm.IContains,
}
_COMPARE = {Operator.LESS: "lt", Operator.AT_MOST: "lte", Operator.MORE: "gt", Operator.AT_LEAST: "gte"}
_NEGATIVE = {Operator.UNEQUAL: Operator.EQUAL}
_LIKE_EQUAL = {Operator.EQUAL, Operator.HAS, Operator.IN}


class _Visible(Protocol):
    def visible_to(self, actor: Actor) -> QuerySet[Model]: ...


def compile_filter(node: Node | None, vocabulary: Vocabulary, asker: Asker) -> Q:
    """The condition that a filter asks for.

    Args:
        node: A tree; None for everything.
        vocabulary: What may be said about the model.
        asker: Who asks, and when.

    Returns:
        A condition on rows of the model. It does not narrow to what the asker sees: that is `visible_to`.

    Raises:
        BadFilter: An unknown or hidden field, an operator or a value that does not fit, beyond the caps.
    """
    if node is None:
        return Q()
    check(node)
    return _node(node, vocabulary, asker)


def find_field(test: Test, vocabulary: Vocabulary, asker: Asker) -> Filterable:
    """The field a test speaks about, where it is allowed and the asker may know it.

    Raises:
        BadFilter: Names the fields that come close; a hidden field is as unknown as one that does not exist.
    """
    return _found(test.field, test, vocabulary, asker)[1]


def _node(node: Node, vocabulary: Vocabulary, asker: Asker) -> Q:
    if isinstance(node, Test):
        return _test(node, node.field, vocabulary, asker)
    parts = [_node(part, vocabulary, asker) for part in node.parts]
    if node.joiner is Joiner.NOT:
        return ~parts[0]
    return reduce(and_ if node.joiner is Joiner.AND else or_, parts)


def _test(test: Test, name: str, vocabulary: Vocabulary, asker: Asker) -> Q:
    if test.operator in _NEGATIVE:
        same = Test(test.field, _NEGATIVE[test.operator], test.values, test.at)
        return ~_test(same, name, vocabulary, asker)
    rest, field = _found(name, test, vocabulary, asker)
    if not rest:
        return _own(test, field, vocabulary, asker)
    step = vocabulary.known_to(asker.user)[name.removesuffix(f".{rest}")]
    assert step.to is not None
    beyond = vocabulary.beyond(step.to)
    assert beyond is not None
    condition = _across(_path(step), _test(test, rest, beyond, asker), step.to, asker)
    return Q(step.many(condition)) if step.many else condition


def _found(name: str, test: Test, vocabulary: Vocabulary, asker: Asker) -> tuple[str, Filterable]:
    """What of the name is left for the next model (empty: it is a field of this one), and the field in the end."""
    known = vocabulary.known_to(asker.user)
    head, _dot, rest = name.partition(".")
    if name in known and not (rest and _hidden(head, rest, vocabulary, asker)):
        return "", known[name]
    if name in vocabulary.unlisted and name not in vocabulary.fields:
        return "", vocabulary.unlisted_to(asker.user)[name]
    if rest and head in known:
        step = known[head]
        beyond = vocabulary.beyond(step.to) if step.to and not step.json_key else None
        if beyond is not None:
            return rest, _found(rest, test, beyond, asker)[1]
    unready: Text = getattr(vocabulary.seen_by(asker.user).get(name), "unready", "")
    if unready:
        raise BadFilter(unready, test.at)
    close = get_close_matches(name, list(known), n=3)
    if close:
        message = _("There is no field “%(name)s”. Did you mean: %(fields)s?")
        raise BadFilter(message % {"name": test.field, "fields": ", ".join(close)}, test.at)
    raise BadFilter(_("There is no field “%(name)s”.") % {"name": test.field}, test.at)


def _hidden(head: str, rest: str, vocabulary: Vocabulary, asker: Asker) -> bool:
    """Whether a declared far field is hidden by the reference or by the far model's own declaration."""
    step = vocabulary.fields.get(head)
    if step is None:
        return False
    if head not in vocabulary.seen_by(asker.user):
        return True
    beyond = vocabulary.beyond(step.to) if step.to else None
    return beyond is not None and rest in beyond.fields and rest not in beyond.seen_by(asker.user)


def _own(test: Test, field: Filterable, vocabulary: Vocabulary, asker: Asker) -> Q:
    """A test on a field of this model, over to-many rows or along the declared path where it has one."""
    if test.operator not in operators_of(field):
        message = _("“%(field)s” cannot be compared with “%(operator)s”. It takes: %(operators)s.")
        known = ", ".join(operators_of(field))
        values = {"field": field.label, "operator": str(test.operator), "operators": known}
        raise BadFilter(message % values, test.at)
    if family_of(field) is Family.NUMBERED:
        return _numbered(test, field, vocabulary, asker)
    if field.many:
        if "__" in _path(field):
            raise ImproperlyConfigured(f"{field.name}: a to-many path may not leave the rows it is about")
        if test.operator in (Operator.EMPTY, Operator.SET):
            some = Q(field.many(Q()))
            return some if test.operator is Operator.SET else ~some
        return Q(field.many(_Side(field, _path(field)).condition(test, vocabulary, asker)))
    steps = [] if field.json_key else _path(field).split("__")[:-1]
    if test.operator is Operator.MATCHES and vocabulary.search and field.searchable and not steps:
        return vocabulary.search(field, text(field, test.values[0]), asker)
    condition = _Side(field, _path(field).split("__")[-1]).condition(test, vocabulary, asker)
    return _along(steps, condition, vocabulary.model, asker)


def _numbered(test: Test, field: Filterable, vocabulary: Vocabulary, asker: Asker) -> Q:
    """Rows that have to do with a number; one that the asker may not know and one that does not exist are alike."""
    number = next(iter(references(field, test.values[0], asker)))
    condition = vocabulary.numbered(field, number, asker) if vocabulary.numbered else None
    if condition is None:
        raise BadFilter(_("There is no such change, or it is not for you."), test.at)
    return condition


def _along(steps: list[str], condition: Q, model: type[Model], asker: Asker) -> Q:
    """Wrap a condition of a far model in the references that lead there, each through what the asker sees."""
    if not steps:
        return condition
    try:
        target = model._meta.get_field(steps[0]).related_model
    except FieldDoesNotExist:
        target = None
    if not isinstance(target, type):
        raise ImproperlyConfigured(f"{model.__name__}: {steps[0]} is no reference")
    return _across(steps[0], _along(steps[1:], condition, target, asker), target, asker)


def _across(path: str, condition: Q, target: type[Model], asker: Asker) -> Q:
    visible = cast(_Visible, target._default_manager).visible_to(asker.user)
    return Q(**{f"{path}__in": visible.filter(condition).order_by().values("pk")})


def _path(field: Filterable) -> str:
    return field.path or field.name


class _Side:
    """The left side of a comparison: a column, or a value inside a JSON column."""

    def __init__(self, field: Filterable, path: str) -> None:
        self.field, self.path, self.family = field, path, family_of(field)
        self.expression: JsonValue | None = None
        if field.json_key:
            self.expression = class_of(field.kind)(F(path), field.json_key)

    def condition(self, test: Test, vocabulary: Vocabulary, asker: Asker) -> Q:
        """The whole condition of a test; never true or false by way of NULL."""
        if test.operator in (Operator.EMPTY, Operator.SET):
            return self.empty() if test.operator is Operator.EMPTY else ~self.empty()
        if test.operator is Operator.MATCHES:
            return self.matches(test)
        if self.family in (Family.DATE, Family.DATETIME):
            return self.dated(test, asker)
        if self.family is Family.REF:
            ids = {pk for value in test.values for pk in references(self.field, value, asker)}
            return self.look("exact", ids.pop()) if len(ids) == 1 else self.look("in", sorted(ids))
        found = [self.settled(plain(self.field, value)) for value in test.values]
        if self.family is Family.CHOICES:
            has = reduce(or_, (Q(JsonHas(F(self.path), self.field.json_key, key)) for key in found))
            return has & Q(orm.IsNull(self.expression, False))
        if test.operator in _LIKE_EQUAL:
            return self.look("exact", found[0]) if len(found) == 1 else self.look("in", found)
        return self.look(_COMPARE[test.operator], found[0])

    def settled(self, value: Any) -> Any:
        """A number inside JSON is a double; columns take what was written."""
        return float(value) if self.expression is not None and self.family is Family.NUMBER else value

    def look(self, lookup: str, value: Any) -> Q:
        if self.expression is None:
            return Q(**{f"{self.path}__{lookup}": value})
        return Q(_LOOKUPS[lookup](self.expression, value)) & Q(orm.IsNull(self.expression, False))

    def empty(self) -> Q:
        """No value; for texts also the empty one."""
        none = (
            Q(orm.IsNull(self.expression, True)) if self.expression is not None else Q(**{f"{self.path}__isnull": True})
        )
        if self.family in (Family.TEXT, Family.LONG, Family.CHOICE) and self.holds_text():
            return none | self.look("exact", "")
        return none

    def holds_text(self) -> bool:
        """Whether the empty text is a value here: choices may be numbers."""
        return self.family is not Family.CHOICE or all(isinstance(value, str) for value, _label in self.field.choices)

    def matches(self, test: Test) -> Q:
        if not self.field.contains_ok:
            message = _("“%(field)s” cannot be searched for a part of its text. Compare with = or use the search box.")
            raise BadFilter(message % {"field": self.field.label}, test.at)
        return self.look("icontains", text(self.field, test.values[0]))

    def dated(self, test: Test, asker: Asker) -> Q:
        read: Callable[..., Span[Any]] = days if self.family is Family.DATE else moments
        spans = [read(self.field, value, asker) for value in test.values]
        if test.operator in _LIKE_EQUAL:
            return reduce(or_, (self.bound("gte", s.start) & self.bound("lt", s.end) for s in spans))
        span = spans[0]
        ends = {
            Operator.LESS: ("lt", span.start),
            Operator.AT_MOST: ("lt", span.end),
            Operator.MORE: ("gte", span.end),
            Operator.AT_LEAST: ("gte", span.start),
        }
        return self.bound(*ends[test.operator])

    def bound(self, lookup: str, value: Any) -> Q:
        """One end of a span; dates inside JSON are ISO texts."""
        if self.expression is not None:
            value = moment(value) if isinstance(value, datetime) else value.isoformat()
        return self.look(lookup, value)
