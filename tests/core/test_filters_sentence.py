"""A filter as people read it: one phrase a condition, places for editing, nothing one may not know."""

import datetime as dt
from collections.abc import Collection, Mapping

import pytest
from django.db.models import Model
from django.utils import translation

from coordina.core.filters import (
    REFERENCE_WORDS,
    BadFilter,
    Labels,
    Part,
    PartKind,
    Vocabulary,
    parse,
    sentence,
    unparse,
)
from coordina.core.filters.edit import at_place, replaced
from coordina.core.filters.sentence import either, lowered
from coordina.core.formats import Formats
from coordina.core.types import Kind
from tests.core.deals import COMPANY_FIELDS, FIELDS, STATUSES, VOCABULARY, Company, Deal, Seller, asker, field


def titles(model: type[Model], ids: Collection[int]) -> Mapping[int, str]:
    """Only the first company may be seen."""
    return {1: "Azor"} if model is Company else {}


def parts(text: str, language: str = "en", vocabulary: Vocabulary = VOCABULARY) -> list[Part]:
    formats = Formats(language, "America/Guayaquil", "EUR", dt.date(2026, 11, 22))
    with translation.override(language):
        return sentence(parse(text), vocabulary, asker(Seller(pk=1)), Labels(formats, titles))


def said(text: str, language: str = "en", vocabulary: Vocabulary = VOCABULARY) -> str:
    edges = {PartKind.OPEN: "[", PartKind.CLOSE: "]"}
    return " ".join(edges.get(part.kind, part.text) for part in parts(text, language, vocabulary))


PHRASES = {
    "status = open": "status: Open",
    "status in (open, won, lost)": "status: Open, Won or Lost",
    "status != won": "status: except Won",
    "status not in (won, lost)": "status: except Won or Lost",
    "amount > 5000": "amount greater than €5,000",
    "amount <= 1234.50": "amount up to €1,234.50",
    "amount = 0": "amount of €0",
    "not amount = 0": "amount other than €0",
    "not amount > 5000": "not amount greater than €5,000",
    "seats >= 1000": "seats of at least 1,000",
    "close_date in this_quarter": "close date this quarter",
    "close_date != this_quarter": "close date not this quarter",
    "close_date = today": "close date today",
    "close_date < today+30d": "close date before today + 30 days",
    "close_date >= -1w": "close date from today − 1 week",
    "close_date < 2026-11-24": "close date before Nov 24",
    "close_date = 2027-01-05": "close date on Jan 5, 2027",
    "close_date in 2026-12": "close date in December 2026",
    "close_date in 2026-q4": "close date in quarter 4 of 2026",
    "close_date in 2027": "close date in 2027",
    "close_date in (last_7_days, tomorrow)": "close date in the last 7 days or tomorrow",
    "close_date in next_30_days": "close date in the next 30 days",
    "created_at > 2026-11-20t10:30": "created at after Nov 20, 10:30\u202fAM",
    "created_at > now-2h": "created at after now − 2 hours",
    "company is empty": "without company",
    "company is set": "with company",
    "not company is empty": "with company",
    "company = 1": "company: Azor",
    "company in (1, 2)": "company: Azor or no. 2",
    "owner = me": "owner: me",
    "owner != me": "owner: except me",
    "tags has 3": "with tags: no. 3",
    "not tags has 3": "without tags: no. 3",
    "key = true": "key",
    "key = false": "not key",
    "key != false": "key",
    'name ~ "azor"': "name contains “azor”",
    'not name ~ "100%"': "name does not contain “100%”",
    'name = "Azor"': "name is Azor",
    'company.city in ("Quito", "Lima")': "city of company is Quito or Lima",
    "key = true and (amount > 1 or not (company is empty or key = true))": (
        "key and [ amount greater than €1 or not [ without company or key ] ]"
    ),
    "": "",
}


@pytest.mark.parametrize("text", PHRASES)
def test_phrases(text: str) -> None:
    assert said(text).replace("\u00a0", " ") == PHRASES[text]


SPANISH = Vocabulary(
    model=Deal,
    fields={
        f.name: f
        for f in (
            field("amount", Kind.MONEY, label="Importe"),
            field("close_date", Kind.DATE, label="Cierre"),
            field("company", Kind.REF, label="Empresa", to=Company),
            field("owner", Kind.REF, label="Responsable", to=Seller),
            field("status", Kind.CHOICE, label="Estado", choices=STATUSES),
            field("key", Kind.BOOL, label="Cuenta clave"),
        )
    },
    far=lambda model: Vocabulary(model=Company, fields=COMPANY_FIELDS),
)
EN_ESPANOL = {
    "amount > 5000": "importe mayor que 5.000 €",
    "close_date in this_quarter": "cierre este trimestre",
    "close_date < today+30d": "cierre antes de hoy + 30 días",
    "close_date >= 2026-11-24": "cierre desde el 24 nov",
    "company is empty": "sin empresa",
    "owner = me": "responsable: yo",
    "amount > 5000 and (key = true or key = false)": "importe mayor que 5.000 € y [ cuenta clave o no cuenta clave ]",
}


@pytest.mark.parametrize("text", EN_ESPANOL)
def test_phrases_in_spanish(text: str) -> None:
    assert said(text, "es", SPANISH).replace("\u00a0", " ") == EN_ESPANOL[text]


def test_every_part_knows_its_place() -> None:
    tree = parse("status = open and (amount > 1 or not company is empty)")
    assert tree is not None
    read = parts(unparse(tree))
    assert [(p.kind, p.place) for p in read] == [
        ("test", (0,)),
        ("joiner", ()),
        ("open", (1,)),
        ("test", (1, 0)),
        ("joiner", (1,)),
        ("test", (1, 1)),
        ("close", (1,)),
    ]
    last = read[5]
    assert (last.field, last.label, last.operator, last.negated, last.value) == (
        "company",
        "company",
        "is empty",
        True,
        "",
    )
    assert unparse(at_place(tree, last.place)) == "not company is empty"
    assert unparse(replaced(tree, last.place, None)) == "status = open and amount > 1"


@pytest.mark.parametrize("text", ["cost > 1", "company.margin = 1", "amount > abc", "status = ajar", "owner = you"])
def test_a_sentence_tells_no_more_than_the_filter(text: str) -> None:
    with pytest.raises(BadFilter):
        said(text)


def test_words_of_other_rooms_for_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REFERENCE_WORDS._items, "my_team", lambda user, model: (1, 2) if model is Seller else None)
    assert said("owner = my_team") == "owner: my team"
    with pytest.raises(BadFilter):
        said("company = my_team")


def test_small_things() -> None:
    with translation.override("en"):
        assert [either(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a or b", "a, b or c"]
    assert [lowered(label) for label in ("Importe", "NIF", "", "É")] == ["importe", "NIF", "", "é"]
    assert "cost" in FIELDS
