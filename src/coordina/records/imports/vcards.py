"""Read business cards (vCard 2.1, 3.0 and 4.0) as rows of a table, and write them (3.0).

Sources: the vCard 2.1 specification (versit), RFC 2426 (3.0), RFC 6350 (4.0). A card that is broken costs only itself.
"""

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from coordina.records.imports.encoding import detect, opened

COLUMNS = (
    *("UID", "FN", "Given name", "Family name", "ORG", "Department", "TITLE", "EMAIL", "EMAIL 2", "EMAIL 3", "TEL"),
    *("CELL", "TEL 2", "TEL 3", "FAX", "Street", "City", "Region", "Postal code", "Country", "URL", "BDAY"),
    *("CATEGORIES", "NOTE", "LANG"),
)
"""Columns of the table; names of the standard where it has one."""
LONGEST_LINE = 200_000
"""Characters of one property; what is longer, such as a photo, is not kept."""
PICTURES = frozenset(("PHOTO", "LOGO", "SOUND", "KEY"))
"""Properties that hold pictures, sounds and keys: they are counted and not imported."""
_PLACE = ("", "", "Street", "City", "Region", "Postal code", "Country")
_GROUP = re.compile(r"^[A-Za-z0-9-]+\.(?=[A-Za-z])")
_ESCAPED = re.compile(r"\\([\\,;:nN])")


class Property(NamedTuple):
    """One line of a card.

    Attributes:
        name: In capitals, without its group.
        types: Values of TYPE and bare parameters, in lower case.
        value: As text, still escaped.
    """

    name: str
    types: frozenset[str]
    value: str
    preferred: bool


def is_cards(source: Path) -> bool:
    """Whether a file begins like a vCard."""
    with source.open("rb") as stream:
        head = stream.read(400)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")
    return b"BEGIN:VCARD" in head.upper().replace(b" ", b"")[:120]


def rows_of(source: Path) -> tuple[list[list[str]], int]:
    """The cards of a file as rows under `COLUMNS`, and how many pictures and keys were left out."""
    encoding = detect(source)
    rows, left = [], 0
    with opened(source) as stream:
        for card in _cards(_lines(stream, encoding.name)):
            known = [found for line in card if (found := _property(line)) is not None]
            left += sum(each.name in PICTURES for each in known)
            if row := _row([each for each in known if each.name not in PICTURES]):
                rows.append(row)
    return rows, left


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with folded ones put together: those that begin with a blank, and quoted-printable ones that end with =."""
    whole, soft = "", False
    for raw in stream.read().decode(encoding, "replace").splitlines():
        if soft:
            whole += "\n" + raw
        elif raw[:1] in (" ", "\t") and whole:
            whole = whole + raw[1:] if len(whole) < LONGEST_LINE else whole
            continue
        else:
            if whole:
                yield whole
            whole = raw
        soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper()
    if whole:
        yield whole


def _cards(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of each card; cards inside cards belong to the outer one and are dropped."""
    card: list[str] | None = None
    depth = 0
    for line in lines:
        bare = line.strip().upper().replace(" ", "")
        if bare == "BEGIN:VCARD":
            depth += 1
            if depth == 1 or card is None:
                card = []
        elif bare == "END:VCARD":
            depth -= 1
            if depth <= 0 and card is not None:
                yield card
                card, depth = None, 0
        elif card is not None and depth <= 1:
            card.append(line)
    if card:
        yield card


def _property(line: str) -> Property | None:
    """A line as a property, decoded; None where it is none."""
    head, value = _parted(line)
    if not head:
        return None
    name, *parameters = head.split(";")
    name = _GROUP.sub("", name.strip()).upper()
    types: set[str] = set()
    coding = charset = ""
    preferred = False
    for parameter in parameters:
        key, sign, said = parameter.partition("=")
        key, said = (key.strip().upper(), said.strip('" ')) if sign else ("TYPE", key.strip())
        if key == "TYPE":
            words = {word.strip().lower() for word in said.split(",")}
            coding = coding or next((w.upper() for w in words if w in ("quoted-printable", "base64", "b")), "")
            types |= words
        elif key == "ENCODING":
            coding = said.upper()
        elif key == "CHARSET":
            charset = said
        elif key == "PREF":
            preferred = True
    if name in PICTURES:
        return Property(name, frozenset(), "", preferred=False)
    return Property(name, frozenset(types), _decoded(value, coding, charset), preferred or "pref" in types)


def _parted(line: str) -> tuple[str, str]:
    """What is before and behind the colon that no quote holds."""
    quoted = False
    for place, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return line[:place], line[place + 1 :]
    return "", ""


def _decoded(value: str, coding: str, charset: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    try:
        if coding == "QUOTED-PRINTABLE":
            raw = quopri.decodestring(raw)
        elif coding in ("BASE64", "B"):
            raw = binascii.a2b_base64(raw)
        else:
            return value[:LONGEST_LINE]
        return raw.decode(charset or "utf-8", "replace").replace("\r\n", "\n")[:LONGEST_LINE]
    except (binascii.Error, LookupError, ValueError):
        return value[:LONGEST_LINE]


def _text(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).replace("\0", "").strip()


def _parts(value: str, sign: str = ";") -> list[str]:
    """The components of a value, parted where the sign is not escaped."""
    return [_text(part) for part in re.split(rf"(?<!\\){sign}", value)]


def _row(known: Sequence[Property]) -> list[str]:
    """One card as a row; empty when it says nothing."""
    cells: dict[str, str] = {}
    by_name: dict[str, list[Property]] = {}
    for each in known:
        by_name.setdefault(each.name, []).append(each)
    for name in ("UID", "FN", "TITLE", "BDAY", "NOTE", "LANG", "URL"):
        if name in by_name:
            cells[name] = _text(_first(by_name[name]).value)
    cells["TITLE"] = cells.get("TITLE") or _text(by_name["ROLE"][0].value if "ROLE" in by_name else "")
    if "CATEGORIES" in by_name:
        cells["CATEGORIES"] = ", ".join(w for each in by_name["CATEGORIES"] for w in _parts(each.value, ",") if w)
    if "N" in by_name:
        family, given, middle, *_others = [*_parts(by_name["N"][0].value), "", "", ""]
        cells["Family name"], cells["Given name"] = family, " ".join(word for word in (given, middle) if word)
    if "ORG" in by_name:
        company, *units = _parts(by_name["ORG"][0].value)
        cells["ORG"], cells["Department"] = company, " · ".join(unit for unit in units if unit)
    if "ADR" in by_name:
        for column, part in zip(_PLACE, _parts(_first(by_name["ADR"]).value), strict=False):
            if column:
                cells[column] = part
    _numbers(cells, by_name.get("TEL", ()))
    mails = [_text(each.value).removeprefix("mailto:") for each in _preferred_first(by_name.get("EMAIL", ()))]
    cells |= dict(zip(("EMAIL", "EMAIL 2", "EMAIL 3"), [mail for mail in mails if mail], strict=False))
    if not cells.get("FN"):
        whole = " ".join(cells.get(n, "") for n in ("Given name", "Family name")).strip()
        cells["FN"] = whole or cells.get("ORG", "") or cells.get("EMAIL", "")
    return [cells.get(column, "") for column in COLUMNS] if any(cells.values()) else []


def _numbers(cells: dict[str, str], phones: Sequence[Property]) -> None:
    """Mobile, fax and the other telephones, preferred ones first."""
    others = []
    for each in _preferred_first(phones):
        number = _text(each.value).removeprefix("tel:").partition(";ext=")[0]
        if not number or "pager" in each.types:
            continue
        if "fax" in each.types:
            cells.setdefault("FAX", number)
        elif {"cell", "iphone", "mobile"} & each.types and "CELL" not in cells:
            cells["CELL"] = number
        else:
            others.append(number)
    cells |= dict(zip(("TEL", "TEL 2", "TEL 3"), dict.fromkeys(others), strict=False))


def _preferred_first(found: Sequence[Property]) -> list[Property]:
    return sorted(found, key=lambda each: not each.preferred)


def _first(found: Sequence[Property]) -> Property:
    return _preferred_first(found)[0]


def written(card: Mapping[str, str]) -> str:
    """One card as vCard 3.0, its lines folded at 75 bytes.

    Args:
        card: Values under names of `COLUMNS`; empty ones are left out. `FN` is needed.
    """
    lines = ["BEGIN:VCARD", "VERSION:3.0"]
    given, family = card.get("Given name", ""), card.get("Family name", "")
    if not (given or family):
        given, _sign, family = card.get("FN", "").partition(" ")
    lines.append(f"N:{_escaped(family)};{_escaped(given)};;;")
    for name, head in _HEADS.items():
        if text := card.get(name, ""):
            lines.append(f"{head}:{_escaped(text)}")
    place = [card.get(name, "") for name in _PLACE if name]
    if any(place):
        lines.append("ADR;TYPE=WORK:;;" + ";".join(_escaped(part) for part in place))
    lines.append("END:VCARD")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


_HEADS = {
    "FN": "FN",
    "UID": "UID",
    "ORG": "ORG",
    "TITLE": "TITLE",
    "EMAIL": "EMAIL;TYPE=INTERNET",
    "TEL": "TEL;TYPE=WORK,VOICE",
    "CELL": "TEL;TYPE=CELL",
    "URL": "URL",
    "NOTE": "NOTE",
}


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return plain.replace(",", "\\,").replace(";", "\\;").replace("\0", "")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes, the later ones behind a blank; no character is cut."""
    found, piece, size = [], "", 0
    for char in line:
        width = len(char.encode("utf-8", "replace"))
        if size + width > 75:
            found.append(piece)
            piece, size = " ", 1
        piece, size = piece + char, size + width
    return [*found, piece]
