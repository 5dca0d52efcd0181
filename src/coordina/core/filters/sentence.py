"""A filter as people say it: «importe mayor que 5.000 €» y «sin empresa».

Every condition is one translated phrase with named places, so a language may put its words where it likes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Model
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext, pgettext_lazy

from coordina.core.filters.ast import Group, Joiner, Literal, Node, Operator, Test
from coordina.core.filters.compile import find_field
from coordina.core.filters.edit import Place
from coordina.core.filters.fields import Asker, Family, Filterable, Vocabulary, family_of
from coordina.core.filters.periods import is_day, period_label, shift_of
from coordina.core.filters.values import choice, days, moments, number, plain, references
from coordina.core.formats import Formats
from coordina.core.refusals import Text

_is = gettext_lazy("%(field)s is %(value)s")
_is_not = gettext_lazy("%(field)s is not %(value)s")
_colon = gettext_lazy("%(field)s: %(value)s")
_except = gettext_lazy("%(field)s: except %(value)s")
_on_day = gettext_lazy("%(field)s on %(value)s")
_when = pgettext_lazy("a period", "%(field)s %(value)s")
_not_when = pgettext_lazy("a period", "%(field)s not %(value)s")

_STATES: Mapping[Operator, Text] = {
    Operator.EMPTY: gettext_lazy("without %(field)s"),
    Operator.SET: gettext_lazy("with %(field)s"),
}
_HAS: tuple[Text, Text] = (gettext_lazy("with %(field)s: %(value)s"), gettext_lazy("without %(field)s: %(value)s"))
_TEXTS: Mapping[Operator, tuple[Text, Text]] = {
    Operator.EQUAL: (_is, _is_not),
    Operator.MATCHES: (
        gettext_lazy("%(field)s contains “%(value)s”"),
        gettext_lazy("%(field)s does not contain “%(value)s”"),
    ),
}
_NUMBERS: Mapping[Operator, Text] = {
    Operator.LESS: gettext_lazy("%(field)s less than %(value)s"),
    Operator.AT_MOST: gettext_lazy("%(field)s up to %(value)s"),
    Operator.MORE: gettext_lazy("%(field)s greater than %(value)s"),
    Operator.AT_LEAST: gettext_lazy("%(field)s of at least %(value)s"),
}
_DAYS: Mapping[Operator, Text] = {
    Operator.LESS: pgettext_lazy("a day", "%(field)s before %(value)s"),
    Operator.AT_MOST: pgettext_lazy("a day", "%(field)s up to %(value)s"),
    Operator.MORE: pgettext_lazy("a day", "%(field)s after %(value)s"),
    Operator.AT_LEAST: pgettext_lazy("a day", "%(field)s from %(value)s"),
}
_PERIODS: Mapping[Operator, Text] = {
    Operator.LESS: pgettext_lazy("a period", "%(field)s before %(value)s"),
    Operator.AT_MOST: pgettext_lazy("a period", "%(field)s up to %(value)s"),
    Operator.MORE: pgettext_lazy("a period", "%(field)s after %(value)s"),
    Operator.AT_LEAST: pgettext_lazy("a period", "%(field)s from %(value)s"),
}
_OPPOSITE = {Operator.EMPTY: Operator.SET, Operator.SET: Operator.EMPTY}
_TURNABLE = {Operator.EQUAL, Operator.IN, Operator.MATCHES, Operator.HAS, Operator.EMPTY, Operator.SET}


class PartKind(StrEnum):
    """What a part of a sentence is."""

    TEST = "test"
    JOINER = "joiner"
    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sentence, in reading order.

    Attributes:
        kind: A condition, a word between conditions, or an edge of a group.
        text: What is read; empty for the edges of a group.
        place: Where its node is in the tree, for `edit.replaced`; a joiner has the place of its group.
        field: Public name of the field of a condition.
        label: What the field is called.
        operator: How the condition compares, as written.
        negated: Whether a `not` before it was taken into the words; `place` is then that of the `not`.
        value: The values as people read them, joined by “or”.
    """

    kind: PartKind
    text: str
    place: Place = ()
    field: str = ""
    label: str = ""
    operator: Operator | None = None
    negated: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """How values are written for the reader.

    Attributes:
        formats: Numbers, money and dates.
        titles: Titles of records by id, only those the reader may see; without it records show their number.
        numbers: What the number of a field of the family `numbered` stands for, where the reader may know it.
    """

    formats: Formats
    titles: Callable[[type[Model], Collection[int]], Mapping[int, str]] | None = None
    numbers: Callable[[str, int], str] | None = None


def sentence(node: Node | None, vocabulary: Vocabulary, asker: Asker, labels: Labels) -> list[Part]:
    """The filter as parts of a sentence in the language that is active.

    Raises:
        BadFilter: For fields or values that `compile_filter` would refuse as well.
    """
    return list(_Reader(vocabulary, asker, labels).read(node, ())) if node is not None else []


def either(words: Collection[str]) -> str:
    """Words joined as alternatives: `Quito, Lima or Madrid`."""
    *first, last = words or [""]
    if not first:
        return last
    return gettext("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last}


def lowered(label: Text) -> str:
    """A label inside a sentence: `Importe` becomes `importe`, `NIF` stays."""
    text = str(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


class _Reader:
    def __init__(self, vocabulary: Vocabulary, asker: Asker, labels: Labels) -> None:
        self.vocabulary, self.asker, self.labels = vocabulary, asker, labels

    def read(self, node: Node, place: Place) -> Iterator[Part]:
        if isinstance(node, Test):
            yield self.test(node, place)
        elif node.joiner is Joiner.NOT:
            yield from self.negation(node, place)
        else:
            word = pgettext("between conditions", "and") if node.joiner is Joiner.AND else None
            word = word or pgettext("between conditions", "or")
            for index, part in enumerate(node.parts):
                if index:
                    yield Part(PartKind.JOINER, word, place)
                yield from self.inner(part, (*place, index))

    def inner(self, node: Node, place: Place) -> Iterator[Part]:
        """A part of a group: groups other than `not` get edges."""
        if isinstance(node, Test) or node.joiner is Joiner.NOT:
            yield from self.read(node, place)
        else:
            yield Part(PartKind.OPEN, "", place)
            yield from self.read(node, place)
            yield Part(PartKind.CLOSE, "", place)

    def negation(self, node: Group, place: Place) -> Iterator[Part]:
        part = node.parts[0]
        if isinstance(part, Test) and part.operator in _TURNABLE:
            yield self.test(part, place, negated=True)
        else:
            yield Part(PartKind.JOINER, pgettext("before a condition", "not"), place)
            yield from self.inner(part, (*place, 0))

    def test(self, test: Test, place: Place, *, negated: bool = False) -> Part:
        field = find_field(test, self.vocabulary, self.asker)
        label = self.label(test, field)
        value = either([self.value(field, literal) for literal in test.values])
        text = str(self.phrase(test, field, negated)) % {"field": label, "value": value}
        return Part(PartKind.TEST, text, place, test.field, label, test.operator, negated, value)

    def label(self, test: Test, field: Filterable) -> str:
        """The name of the field; over a reference with the name of the reference."""
        head, dot, _rest = test.field.rpartition(".")
        step = self.vocabulary.known_to(self.asker.user).get(head) if dot else None
        if step is None:
            return lowered(field.label)
        return gettext("%(field)s of %(of)s") % {"field": lowered(field.label), "of": lowered(step.label)}

    def phrase(self, test: Test, field: Filterable, negated: bool) -> Text:
        operator = test.operator
        if operator in _STATES:
            return _STATES[_OPPOSITE[operator] if negated else operator]
        if operator is Operator.HAS:
            return _HAS[negated]
        if operator is Operator.UNEQUAL:
            operator, negated = Operator.EQUAL, not negated
        operator = Operator.EQUAL if operator is Operator.IN else operator
        family = family_of(field)
        if family in (Family.DATE, Family.DATETIME):
            return self.dated(test, operator, negated)
        if operator in _NUMBERS:
            return _NUMBERS[operator]
        if family is Family.BOOL:
            true = (test.values[0].text.lower() == "true") is not negated
            return "%(field)s" if true else gettext_lazy("not %(field)s")
        if family in (Family.CHOICE, Family.CHOICES, Family.REF, Family.NUMBERED):
            return _except if negated else _colon
        if family is Family.NUMBER:
            return gettext_lazy("%(field)s other than %(value)s") if negated else gettext_lazy("%(field)s of %(value)s")
        return _TEXTS[operator][negated]

    def dated(self, test: Test, operator: Operator, negated: bool) -> Text:
        absolute = all(is_day(value.text) for value in test.values)
        if operator in _DAYS:
            return _DAYS[operator] if absolute else _PERIODS[operator]
        if negated:
            return _not_when
        return _on_day if absolute else _when

    def value(self, field: Filterable, literal: Literal) -> str:
        formats = self.labels.formats
        match family_of(field):
            case Family.NUMBER:
                amount = number(field, literal)
                if field.kind == "money":
                    return formats.money(amount, cents=amount % 1 != 0)
                return formats.percent(amount) if field.kind == "percent" else formats.decimal(amount)
            case Family.CHOICE | Family.CHOICES:
                return str(dict(field.choices)[choice(field, literal)])
            case Family.REF:
                return self.reference(field, literal)
            case Family.NUMBERED:
                number_ = next(iter(references(field, literal, self.asker)))
                name = self.labels.numbers(field.name, number_) if self.labels.numbers else ""
                return name or gettext("no. %(number)s") % {"number": literal.text}
            case Family.DATE | Family.DATETIME:
                return self.date(field, literal)
            case _:
                return str(plain(field, literal))

    def reference(self, field: Filterable, literal: Literal) -> str:
        word = literal.text.lower()
        ids = references(field, literal, self.asker)
        if word == "me":
            return pgettext("the reader", "me")
        if word == "my_team":
            return gettext("my team")
        titles = self.labels.titles(field.to, ids) if self.labels.titles and field.to else {}
        return titles.get(next(iter(ids), 0)) or gettext("no. %(number)s") % {"number": literal.text}

    def date(self, field: Filterable, literal: Literal) -> str:
        formats = self.labels.formats
        span = days(field, literal, self.asker) if family_of(field) is Family.DATE else None
        moment = moments(field, literal, self.asker).start if span is None else None
        if label := period_label(literal.text.lower(), span.start if span else moment, formats):
            return label
        if shift := shift_of(literal.text.lower()):
            return _shift_label(*shift)
        return formats.date_short(span.start) if span else formats.datetime(moment)


def _shift_label(base: str, count: int, unit: str) -> str:
    """`today + 30 days`, `now − 2 hours`."""
    amount = abs(count)
    distance = {
        "h": ngettext("%(n)s hour", "%(n)s hours", amount),
        "d": ngettext("%(n)s day", "%(n)s days", amount),
        "w": ngettext("%(n)s week", "%(n)s weeks", amount),
        "m": ngettext("%(n)s month", "%(n)s months", amount),
        "q": ngettext("%(n)s quarter", "%(n)s quarters", amount),
        "y": ngettext("%(n)s year", "%(n)s years", amount),
    }[unit] % {"n": amount}
    start = gettext("now") if base == "now" or unit == "h" else gettext("today")
    phrase = gettext("%(start)s + %(distance)s") if count >= 0 else gettext("%(start)s − %(distance)s")
    return phrase % {"start": start, "distance": distance}
