"""Rows that tell by a code which record they mean, beside or instead of its name: the code decides, never a guess."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from coordina.records.importing.judged import Judged
from coordina.records.importing.plan import Plan
from coordina.records.importing.references import Resolver
from coordina.records.importing.resolvers import CodeResolver
from coordina.records.importing.troubles import Met, Way
from coordina.records.imports.reasons import quoted

type Promised = Callable[[str, Resolver, Sequence[str]], set[str]]
"""Which of some texts name records that an earlier file will make."""


def read_codes(judged: Sequence[Judged], plan: Plan, references: Mapping[str, Resolver], promised: Promised) -> None:
    """Put ids in the place of codes; what is to be made waits, what contradicts itself or may be several is refused."""
    for name, resolver in references.items():
        if isinstance(resolver, CodeResolver):
            _Column(name, resolver, references.get(resolver.fills), judged, plan).read(promised)


class _Column:
    """One column of codes, with the column of names beside it where there is one."""

    def __init__(
        self, name: str, resolver: CodeResolver, named: Resolver | None, judged: Sequence[Judged], plan: Plan
    ) -> None:
        self.name, self.resolver, self.fills = name, resolver, resolver.fills
        self.header = plan.filled[name].header
        self.lenient = plan.filled[name].lenient
        self.rows = [one for one in judged if name in one.values]
        self.found = resolver.find(one.values[name] for one in self.rows)
        self.named = named
        texts = [text for one in self.rows if (text := one.values.get(self.fills)) is not None]
        self.names = self.named.find(texts) if self.named is not None else {}
        self.promised: set[str] = set()
        self.uncoded = resolver.uncoded(key for key in self.names.values() if key is not None)

    def read(self, promised: Promised) -> None:
        """Decide row by row."""
        unknown = [text for text, key in self.found.items() if key is None]
        self.promised = promised(self.name, self.resolver, unknown)
        for one in self.rows:
            code: str = one.values.pop(self.name)
            called: str = one.values.get(self.fills, "")
            key = self.found[code]
            if key is None and code in self.resolver.several:
                key = self._narrowed(code, called)
            if key is not None:
                self._known(one, code, called, key)
            elif code in self.resolver.several:
                self._refuse(one, code, several(code, self.resolver))
            else:
                self._unknown(one, code, called)

    def _narrowed(self, code: str, called: str) -> int | None:
        """The one of several records with a code that has the name that stands beside it."""
        also = self.named.several.get(called, []) if self.named is not None else []
        fitting = {self.names.get(called), *also} & set(self.resolver.several[code])
        return fitting.pop() if len(fitting) == 1 else None

    def _known(self, one: Judged, code: str, called: str, key: int) -> None:
        other = self.names.get(called)
        if other is not None and other != key:
            sentence = _("The code “%(code)s” and the name “%(name)s” are of different records. Correct one of them.")
            self._refuse(one, code, sentence % {"code": quoted(code), "name": quoted(called)})
        else:
            one.values[self.fills] = key

    def _unknown(self, one: Judged, code: str, called: str) -> None:
        """A code that no record has: what the name beside it means is taken, if that has no code of its own."""
        other = self.names.get(called)
        if other is not None and other in self.uncoded:
            return
        if code in self.promised:
            one.promised[self.name] = code
            one.values.pop(self.fills, None)
        elif other is None and self.resolver.wants(code):
            one.pending[self.name] = code
            if called:
                self.resolver.names.setdefault(code, called)
            one.values.pop(self.fills, None)
        elif self.resolver.leaves(code):
            one.other[self.header] = code
        else:
            sentence = _("No record has the code “%(code)s”. Choose what it means, or have it made.")
            self._refuse(one, code, sentence % {"code": quoted(code)})

    def _refuse(self, one: Judged, code: str, sentence: str) -> None:
        one.met.append(Met(Way.REFERENCE, self.name, code, sentence, self.lenient))
        one.values.pop(self.fills, None)
        if self.lenient:
            one.other[self.header] = code
        else:
            one.errors.append((str(self.resolver.field.label), sentence))


def several(text: str, resolver: Resolver) -> str:
    """Says which records a text may mean."""
    names = " · ".join(resolver.titles(resolver.several[text][:5]))
    sentence = _("“%(text)s” may be several: %(names)s. Choose which one is meant.")
    return sentence % {"text": quoted(text), "names": names}
