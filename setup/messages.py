"""The texts of the code and what the catalogues say: ``./run messages`` collects, ``--check`` compares.

English stands in the code; every other language is a catalogue under ``src/coordina/locale``. Nothing of gettext has to
be installed: Python files are read as syntax trees, templates through Django's own preparation for gettext.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

PACKAGE = Path("src/coordina")
LANGUAGES = ("es",)
#: Name of a call -> places of msgid, msgid_plural and context among its arguments (None: it has none).
CALLS: dict[str, tuple[int, int | None, int | None]] = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
Text = tuple[str | tuple[str, str], str | None, str, int]


def _of_call(call: ast.Call) -> tuple[str | tuple[str, str], str | None] | None:
    """Give msgid (a pair when it has a plural) and context of a call, None when it marks no text."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    places = CALLS.get(name)
    if places is None:
        return None

    def word(place: int | None) -> str | None:
        if place is None or place >= len(call.args):
            return None
        value = call.args[place]
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    single, plural, context = (word(place) for place in places)
    if single is None:
        return None
    return ((single, plural) if plural is not None else single), context


def of_python(path: Path) -> Iterator[Text]:
    """Give every marked text of a Python file with its line."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and (found := _of_call(node)):
            yield *found, str(path), node.lineno


def of_template(path: Path) -> Iterator[Text]:
    """Give every marked text of a template with its line."""
    import django
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
        django.setup()
    source = templatize(path.read_text(), origin=str(path))
    for match in re.finditer(r"\b(?:_|n?p?gettext)\(", source):
        for end in (at.end() for at in re.finditer(r"\)", source[match.start() :])):
            try:
                node = ast.parse(source[match.start() : match.start() + end].replace("\n", " "), mode="eval").body
            except (SyntaxError, ValueError):
                continue  # not yet the bracket that closes it
            if isinstance(node, ast.Call) and (found := _of_call(node)):
                yield *found, str(path), source.count("\n", 0, match.start()) + 1
            break


def collect() -> Catalog:
    """Give a catalogue of everything marked in the package."""
    catalogue = Catalog(project="coordina", charset="utf-8", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            _add(catalogue, of_python(path))
    for path in sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        _add(catalogue, of_template(path))
    return catalogue


def _add(catalogue: Catalog, texts: Iterator[Text]) -> None:
    for text, context, path, _line in texts:
        flags = ["python-format"] if "%(" in str(text) else []
        catalogue.add(text, None, locations=[(path.removeprefix("src/"), None)], flags=flags, context=context)


def _path(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Give the catalogue of a language, an empty one when there is none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="coordina", charset="utf-8", fuzzy=False)
    with path.open("rb") as handle:
        return read_po(handle, locale=language)


def update(language: str, fragments: list[Path]) -> list[str]:
    """Bring a catalogue up to the code, with translations from other catalogues; give what is still untranslated."""
    known = read(language)
    for path in fragments:
        with path.open("rb") as handle:
            for message in read_po(handle, locale=language):
                if message.id and message.string and any(_strings(message.string)):
                    known[message.id] = message
    texts = collect()
    kept = Catalog(locale=language, project="coordina", charset="utf-8", fuzzy=False, header_comment=f"# {language}")
    for message in texts:
        if not message.id:
            continue
        old = known.get(message.id, message.context) or known.get(message.id)
        string = old.string if old else ""
        kept.add(message.id, string, message.locations, message.flags - {"fuzzy"}, context=message.context)
    _path(language).parent.mkdir(parents=True, exist_ok=True)
    with _path(language).open("wb") as handle:
        write_po(handle, kept, width=110, sort_output=True, include_lineno=False)
    return faults(language)


def _strings(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def faults(language: str) -> list[str]:
    """Give one line for every text that a catalogue lacks, has for nothing, or translates with other placeholders."""
    texts, found = collect(), read(language)
    lines = []
    for message in texts:
        if not message.id:
            continue
        mine = found.get(message.id, message.context)
        where = message.locations[0][0] if message.locations else ""
        label = f"{_strings(message.id)[0][:80]!r} ({where})"
        strings = _strings(mine.string) if mine else []
        if not strings or not all(strings):
            lines.append(f"{language}: not translated: {label}")
        elif mine is not None and mine.fuzzy:
            lines.append(f"{language}: marked fuzzy: {label}")
        elif _places(_strings(message.id)[-1]) != _places(strings[-1]):
            lines.append(f"{language}: other placeholders: {label}")
        if re.search(r"[áéíóúñ¿¡]", "".join(_strings(message.id)), re.IGNORECASE):
            lines.append(f"not English: {label}")
    used = {(message.context, str(message.id)) for message in texts}
    lines += [
        f"{language}: not in the code any more: {_strings(message.id)[0][:80]!r}"
        for message in found
        if message.id and (message.context, str(message.id)) not in used
    ]
    return lines


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}", text))


def main(arguments: list[str]) -> None:
    """Update every catalogue, or with ``--check`` only compare; other arguments are catalogues to take texts from."""
    check = "--check" in arguments
    fragments = [Path(name) for name in arguments if not name.startswith("-")]
    lines = [line for language in LANGUAGES for line in (faults(language) if check else update(language, fragments))]
    if lines:
        print("\n".join(lines[:60]))
        print(f"{len(lines)} texts to look at" + (": ./run messages collects them" if check else ""))
    sys.exit(bool(lines) and check)


if __name__ == "__main__":
    main(sys.argv[1:])
