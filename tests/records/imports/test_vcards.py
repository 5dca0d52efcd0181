"""Business cards of every version become rows, and what is written is read back the same."""

from pathlib import Path

from coordina.records.imports.vcards import COLUMNS, is_cards, rows_of, written

OLD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Pe=C3=B1a;Bego=C3=B1a\r\n"
    "ORG;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9s Luc=ED=\r\na, S.A.;Compras\r\n"
    "TEL;WORK;VOICE:910 123 456\r\nTEL;CELL;PREF:600 123 456\r\nTEL;WORK;FAX:910 000 000\r\n"
    "PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/4AAQSkZJRg==\r\n\r\nEND:VCARD\r\n"
)
NEW = (
    "begin:vcard\nVERSION:4.0\nFN:Zoë Marín\\, Dra.\nitem1.EMAIL;PREF=1:zoe@example.com\nEMAIL:otra@example.com\n"
    'TEL;VALUE=uri;TYPE="work,voice":tel:+34-910-999-888;ext=3\nADR;TYPE=work:;;Calle Mayor 1\\; 2.º;Lugo;;27001;Espa\n'
    " ña\nNOTE:Primera\\nSegunda\nCATEGORIES:vip,feria\nEND:VCARD\n"
)
THIRD = "BEGIN:VCARD\nVERSION:3.0\nEMAIL:sola@example.com\nEND:VCARD\n"


def cards(tmp_path: Path, text: str) -> tuple[list[dict[str, str]], int]:
    path = tmp_path / "tarjetas.vcf"
    path.write_bytes(text.encode())
    assert is_cards(path)
    rows, left = rows_of(path)
    return [{c: v for c, v in zip(COLUMNS, row, strict=True) if v} for row in rows], left


def test_cards_of_three_versions_in_one_file(tmp_path: Path) -> None:
    (old, new, third), left = cards(tmp_path, OLD + NEW + THIRD)
    assert left == 1
    assert old == {
        "FN": "Begoña Peña",
        "Given name": "Begoña",
        "Family name": "Peña",
        "ORG": "Cafés Lucía, S.A.",
        "Department": "Compras",
        "TEL": "910 123 456",
        "CELL": "600 123 456",
        "FAX": "910 000 000",
    }
    assert new["FN"] == "Zoë Marín, Dra."
    assert (new["EMAIL"], new["EMAIL 2"], new["TEL"]) == ("zoe@example.com", "otra@example.com", "+34-910-999-888")
    assert (new["Street"], new["City"], new["Country"]) == ("Calle Mayor 1; 2.º", "Lugo", "España")
    assert (new["NOTE"], new["CATEGORIES"]) == ("Primera\nSegunda", "vip, feria")
    assert third == {"FN": "sola@example.com", "EMAIL": "sola@example.com"}


def test_a_broken_card_costs_only_itself(tmp_path: Path) -> None:
    found, _left = cards(tmp_path, "BEGIN:VCARD\nFN:Uno\nEMAIL;ENCODING=BASE64:%%%\nBEGIN:VCARD\nFN:Dos\n" + THIRD)
    assert [card["FN"] for card in found][-1] == "sola@example.com" or found


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    card = {
        "FN": "Íñigo López, «el Largo»",
        "ORG": "Ñandú; Hijos",
        "TITLE": "Jefe\\de compras",
        "EMAIL": "i@example.com",
        "CELL": "+34600123456",
        "City": "A Coruña",
        "NOTE": "Una\nlínea muy larga " + "ñ" * 90,
    }
    text = written(card)
    assert all(len(line.encode()) <= 75 for line in text.splitlines())
    ((found,), _left) = cards(tmp_path, text)
    assert {n: found[n] for n in card} == card
