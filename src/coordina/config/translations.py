"""The texts of Coordina and their translations: `python -m coordina.config.translations COMMAND`.

English is the text in the code. Every other language has one `locale/<language>/LC_MESSAGES/django.po`, sorted by its
English and without line numbers, so that two people's additions merge. Commands:

- `extract` lists every English text of the sources;
- `merge` brings new texts into the catalogues, empty, and takes out those that are gone;
- `fill LANGUAGE FILE.po …` does the same and takes the translations of these files where there is none yet;
- `compile` makes the `.mo` files that run;
- `check` says everything that is wrong with the catalogues, and fails if anything is.

Nothing but Babel and Django's own template lexer is needed.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = PACKAGE / "locale"
REVIEWED: Final = LOCALE / "same_in_{language}.txt"
"""Texts that read the same in English and another language (`Total`), one a line: somebody has looked at each."""

KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_HEADER: Final = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[#0\- +]?\d*(?:\.\d+)?[a-zA-Z]|%%|(?<![{%])\{[a-z_][\w.]*\}")
_MARKUP: Final = re.compile(r"</?[a-z][a-z0-9]*\b[^>]*>")


def languages() -> list[str]:
    """Codes of the languages that have a catalogue, such as `es`."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def source_texts(package: Path = PACKAGE) -> Catalog:
    """Every translatable text of the Python files and Django templates of a package, with the files it is in."""
    catalog = Catalog()
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("templates/**/*.txt")]):
        if "migrations" in path.parts:
            continue
        place = path.relative_to(package.parent).as_posix()
        for function, text, comments in _texts(path):
            context, ids = _identity(function, text)
            if ids:
                catalog.add(ids, context=context, locations=[(place, 0)], auto_comments=comments)
    return catalog


def _texts(path: Path) -> Iterator[tuple[str, tuple[str | None, ...], list[str]]]:
    """Calls of translating functions in one file: the function, its texts, comments for translators."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of the template are function calls and blanks; indentation would upset Python's lexer.
        content = "\n".join(line.lstrip() for line in templatize(content, origin=str(path)).splitlines())
    source = io.BytesIO(content.encode())
    calls: Iterable[Any] = extract_python(source, KEYWORDS, ["Translators:"], {})
    for _line, function, text, comments in calls:
        yield function, (text,) if isinstance(text, str) or text is None else tuple(text), comments


def _identity(function: str, arguments: Sequence[str | None]) -> tuple[str | None, str | tuple[str, str] | None]:
    """Context and text of a call; no text where it is not written out in the code."""
    wanted = KEYWORDS[function] or (1,)
    context = None
    ids = []
    for place in wanted:
        position = place[0] if isinstance(place, tuple) else place
        value = arguments[position - 1] if position <= len(arguments) else None
        if not value:
            return None, None
        if isinstance(place, tuple):
            context = value
        else:
            ids.append(value)
    return context, (ids[0], ids[1]) if len(ids) == 2 else ids[0]


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def rendered(catalog: Catalog, language: str) -> str:
    """A catalogue in its one form: sorted, without line numbers, dates or what is gone."""
    written = Catalog(locale=language)
    for message in catalog:
        if message.id:
            places = sorted({(place, 0) for place, _line in message.locations})
            kept = written.add(message.id, message.string, context=message.context, locations=places)
            kept.flags = {flag for flag in message.flags if flag == "fuzzy"}
            kept.user_comments, kept.auto_comments = message.user_comments, message.auto_comments
    body = io.BytesIO()
    write_po(body, written, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True, width=110)
    text = re.sub(r"^#, python-format\n", "", body.getvalue().decode(), flags=re.MULTILINE)
    return _HEADER.format(language=language) + text.rstrip("\n") + "\n"


def save(catalog: Catalog, language: str) -> None:
    """Write a catalogue, as `rendered`."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rendered(catalog, language), encoding="utf-8")


def merge(language: str, package: Path = PACKAGE) -> Catalog:
    """Bring a catalogue up to the sources: new texts are empty, old ones leave, nothing is guessed."""
    kept = catalogue(language) if path_of(language).exists() else Catalog(locale=language)
    merged = Catalog(locale=language)
    for message in source_texts(package):
        if message.id:
            before = kept.get(_key(message), context=message.context)
            string = before.string if before is not None and _fits(before, message) else None
            entry = merged.add(message.id, string, context=message.context, locations=message.locations)
            entry.auto_comments = message.auto_comments
            if before is not None:
                entry.user_comments, entry.flags = before.user_comments, set(before.flags)
    save(merged, language)
    return merged


def fill(language: str, files: Iterable[Path], package: Path = PACKAGE) -> list[str]:
    """Bring a catalogue up to the sources, and translate what is empty as other catalogues do.

    Args:
        language: Code of the language.
        files: Catalogues to take translations from; the first that has one counts.
        package: Folder of the sources.

    Returns:
        One line for every text of these files that the sources lack, or that two of them translate differently.
    """
    merged, said = merge(language, package), []
    offered: dict[tuple[str | None, str], Message] = {}
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id and _done(message):
                    first = offered.setdefault((message.context, _key(message)), message)
                    if first.string != message.string:
                        said.append(f"two translations of {_key(message)!r}: {first.string!r}, {message.string!r}")
    for (context, key), message in offered.items():
        entry = merged.get(key, context=context)
        if entry is None:
            said.append(f"not in the sources: {key!r}")
        elif not _done(entry) and _fits(message, entry):
            entry.string = message.string
        elif not _done(entry):
            said.append(f"another number of forms: {key!r}")
    save(merged, language)
    return said


def _key(message: Message) -> str:
    """The English of a text, the singular of a plural one: what gettext looks up."""
    return str(message.id[0]) if isinstance(message.id, list | tuple) else str(message.id)


def _fits(before: Message, now: Message) -> bool:
    """Whether a translation still has as many forms as the text."""
    return bool(before.pluralizable) == bool(now.pluralizable)


def compile_catalogue(language: str) -> Path:
    """Make the `.mo` file of a language, at once so that a reader never finds half of it.

    Returns:
        The file written.
    """
    target = path_of(language).with_suffix(".mo")
    draft = target.with_suffix(".new")
    with draft.open("wb") as file:
        write_mo(file, catalogue(language))
    return draft.replace(target)


def problems(language: str, package: Path = PACKAGE) -> list[str]:
    """Everything that is wrong with a catalogue, one line each; an empty list is a complete catalogue."""
    found = []
    wanted = {(m.context, _key(m)): m for m in source_texts(package) if m.id}
    kept = {(m.context, _key(m)): m for m in catalogue(language) if m.id}
    found += [f"missing: {key!r} ({wanted[context, key].locations[0][0]})" for context, key in wanted.keys() - kept]
    found += [f"not English: {key!r}" for _context, key in wanted if re.search("[áéíóúñ¿¡]", key, re.IGNORECASE)]
    found += [f"no longer used: {key!r}" for _context, key in kept.keys() - wanted]
    same, reviewed = set(), reviewed_same(language)
    for place in kept.keys() & wanted:
        message = kept[place]
        found += message_problems(message, wanted[place])
        if message.string == message.id and re.search(r"[^\W\d_]{2}", _PLACEHOLDER.sub("", _key(message))):
            same.add(_key(message))
    found += [f"same as English, look at it: {key!r}" for key in same - reviewed]
    found += [f"reviewed as same, but is not: {key!r}" for key in reviewed - same]
    return sorted(found)


def reviewed_same(language: str) -> set[str]:
    """Texts that somebody found right as they are in English."""
    path = Path(str(REVIEWED).format(language={"es": "spanish"}.get(language, language)))
    if not path.exists():
        return set()
    return {line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")}


def message_problems(message: Message, source: Message) -> list[str]:
    """What is wrong with one translation: empty, fuzzy, another number of forms, other placeholders or markup."""
    key = _key(message)
    forms = list(message.string) if isinstance(message.string, list | tuple) else [message.string]
    ids = list(source.id) if isinstance(source.id, list | tuple) else [source.id]
    if message.fuzzy:
        return [f"fuzzy: {key!r}"]
    if not all(forms):
        return [f"empty: {key!r}"]
    if len(forms) != len(ids):
        return [f"{len(forms)} forms, not {len(ids)}: {key!r}"]
    found = []
    for position, form in enumerate(forms):
        text, english = str(form), str(ids[position])
        other = {str(i) for i in ids}
        wordy = position == 0 and len(ids) > 1 and not _signs(text)  # «el último día» needs no number
        if not wordy and _signs(text) not in [_signs(english), *(_signs(i) for i in other if position == 0)]:
            found.append(f"placeholders of {key!r} differ: {text!r}")
        if Counter(_MARKUP.findall(text)) != Counter(_MARKUP.findall(english)):
            found.append(f"markup of {key!r} differs: {text!r}")
        if english.startswith("\n") != text.startswith("\n") or english.endswith("\n") != text.endswith("\n"):
            found.append(f"line ends of {key!r} differ: {text!r}")
    return found


def _signs(text: str) -> Counter[str]:
    """Placeholders of a text with how often each stands in it."""
    return Counter(_PLACEHOLDER.findall(text))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: Sequence[str], package: Path = PACKAGE) -> int:
    """Run a command.

    Args:
        arguments: The command's name and what it takes.
        package: Folder of the sources.

    Returns:
        Exit status: 0 done, 1 something is wrong, 2 no such command.
    """
    command = arguments[0] if arguments else ""
    if command == "extract":
        for message in source_texts(package):
            if message.id:
                _say(_key(message))
    elif command == "merge":
        for language in languages():
            merge(language, package)
    elif command == "fill" and len(arguments) > 1:
        for line in fill(arguments[1], [Path(name) for name in arguments[2:]], package):
            _say(line)
    elif command == "compile":
        for language in languages():
            compile_catalogue(language)
    elif command == "check":
        wrong = [f"{language}: {line}" for language in languages() for line in problems(language, package)]
        for line in wrong:
            _say(line)
        return 1 if wrong else 0
    else:
        _say((__doc__ or "").strip())
        return 2
    return 0


def _done(message: Message) -> bool:
    """Whether every form of a text is translated."""
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
