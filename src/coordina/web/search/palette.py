"""The palette: one field that finds records and takes orders. Its answer is one escaped string."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.refusals import NotFound
from coordina.core.types import TYPES, RecordType
from coordina.records.search import Answer, Hit, search
from coordina.records.search.words import plain, terms
from coordina.web import html
from coordina.web.listpage import capital
from coordina.web.search.commands import Command, about, creating, fitting, on_screen, places
from coordina.web.search.facts import facts_of

RECORDS = 9
"""Records that the palette shows."""
FEWEST = 2
"""Letters from which on records are looked for: one letter says nothing."""
COMMANDS = 6
"""Commands of a group."""
PEOPLE, NUMBERS, ORDERS = "@", "#", ">"
"""First letters that narrow what is looked for: people, what has a reference, commands."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, taken apart.

    Attributes:
        kind: One of the first letters, or empty.
        text: The rest.
    """

    kind: str
    text: str

    @property
    def types(self) -> list[RecordType] | None:
        """The record types to look in; None for all."""
        if self.kind == PEOPLE:
            return [t for t in TYPES if t.extra.get("avatar")]
        return [t for t in TYPES if "reference" in t.fields] if self.kind == NUMBERS else None


def asked(typed: str) -> Asked:
    """Take apart what was typed."""
    text = typed.strip()[:200]
    return Asked(text[0], text[1:].strip()) if text[:1] in (PEOPLE, NUMBERS, ORDERS) else Asked("", text)


def palette_html(user: User, typed: str, path: str) -> SafeString:
    """The list under the field.

    Args:
        user: Who asks.
        typed: What is in the field.
        path: Address of the page it was opened on: its record's actions are offered.
    """
    query = asked(typed)
    answer = Answer([])
    if len(query.text) >= FEWEST and query.kind != ORDERS:
        answer = search(query.text, user, only=query.types, limit=RECORDS)
    groups = [*_records(answer, user, query.text)] if answer.hits else []
    if query.kind in ("", ORDERS):
        groups += _commands(user, query, answer, path)
    drawn, place = [], 0
    for label, lines in groups:
        drawn.append(_group(label, lines, place))
        place += len(lines)
    if not drawn:
        said = _("Nothing found for «%(query)s»") % {"query": query.text}
        return SafeString(f'<p class="palette-none">{escape(said)}</p>')
    note = f'<p class="palette-none">{escape(_("Nothing is spelled like that. This is nearly so:"))}</p>'
    return SafeString((note if answer.near else "") + "".join(drawn))


def _group(label: str, lines: Sequence[str], place: int) -> str:
    ident = f"palette-group-{place}"
    options = "".join(line.replace("{n}", str(place + n), 1) for n, line in enumerate(lines))
    head = f'<div class="palette-group" id="{ident}">{escape(label)}</div>'
    return f'<div role="group" aria-labelledby="{ident}">{head}{options}</div>'


def _records(answer: Answer, user: User, query: str) -> Iterable[tuple[str, list[str]]]:
    """The hits by type, in the order in which the types were first met."""
    facts = facts_of(answer.hits, user)
    found: dict[RecordType, list[str]] = {}
    for hit in answer.hits:
        found.setdefault(hit.type, []).append(_hit(hit, facts.get((hit.type.name, hit.pk), ""), query))
    return [(capital(known.plural), lines) for known, lines in found.items()]


def _hit(hit: Hit, fact: str, query: str) -> str:
    url = address("web:detail", hit.type.url, hit.pk)
    preview = address("web:search_preview", hit.type.url, hit.pk)
    draw = {"company": html.company_avatar, "person": html.avatar}.get(hit.type.extra.get("avatar", ""))
    sign = draw(hit.title, hit.pk) if draw else html.icon(hit.type.icon, "s")
    aside = f'<span class="tiny quiet cut">{escape(fact)}</span>' if fact else ""
    return _option(url, sign, marked(hit.title, query), aside, f' data-preview="{escape(preview)}"')


def _option(url: str, sign: str, label: str, aside: str, more: str = "") -> str:
    inner = f'{sign}<span class="grow cut">{label}</span>{aside}'
    return (
        f'<a class="option" role="option" id="palette-{{n}}" aria-selected="false" tabindex="-1"'
        f' href="{escape(url)}"{more}>{inner}</a>'
    )


def _commands(user: User, query: Asked, answer: Answer, path: str) -> Iterable[tuple[str, list[str]]]:
    """Commands that fit, by where they come from."""
    top = next((h for h in answer.hits if not answer.near and h.type.extra.get("logs")), None)
    groups = [
        (_("On this page"), fitting(on_screen(user, path), query.text)),
        (_("Do"), [*(about(user, top) if top and query.text else ()), *fitting(creating(user), query.text)]),
        (_("Places"), fitting(places(user), query.text)),
    ]
    for label, commands in groups:
        if commands:
            most = len(commands) if query.kind == ORDERS or not query.text else COMMANDS
            yield label, [_command(c, query.text) for c in commands[:most]]


def _command(command: Command, query: str) -> str:
    aside = f'<kbd class="k" aria-hidden="true">{escape(command.key)}</kbd>' if command.key else ""
    return _option(command.url, html.icon(command.icon, "s"), marked(command.label, query), aside)


def marked(text: str, query: str) -> str:
    """Text with the beginnings of words that were asked for marked; accents and case do not matter. Escaped."""
    asked_for = terms(query)
    out = []
    for word in text.split(" "):
        bare = plain(word).split(" ")[0] if word else ""
        hit = max((a for a in asked_for if bare.startswith(a)), key=len, default="")
        start = next((i for i, c in enumerate(word) if c.isalnum()), 0)
        end = start + len(hit)
        whole = bool(hit) and len(plain(word[start:end])) == len(hit)
        head, shown, rest = (word[:start], word[start:end], word[end:]) if whole else (word, "", "")
        out.append(escape(head) + (f"<mark>{escape(shown)}</mark>" if shown else "") + escape(rest))
    return " ".join(out)


def preview_values(request: Any, known: RecordType, pk: int) -> dict[str, Any]:
    """What the preview of a record shows: its key facts, and what is done with it most.

    Raises:
        NotFound: Missing and invisible alike.
    """
    from coordina.web.recordpage import load, values_of

    if known.within:
        raise NotFound
    obj = load(request.user, known, pk)
    drawn = {v.name: v for v in values_of(known, obj, request.user, request.formats, may_edit=False)}
    wanted = known.facts or known.columns
    shown = [drawn[n] for n in wanted if n in drawn and drawn[n].html and n != known.title]
    title = str(getattr(obj, known.title, "") or obj)
    hit = Hit(known, pk, title)
    return {
        "known": known,
        "title": title,
        "reference": getattr(obj, "reference", "") if "reference" in known.known_to(request.user) else "",
        "facts": shown[:7],
        "url": address("web:detail", known.url, pk),
        "commands": list(about(request.user, hit))[:3],
    }
