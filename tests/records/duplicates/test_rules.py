"""Names, streets and telephones become plain; twins share a key; the score does not mind order."""

import random
import string
from itertools import combinations, permutations

import pytest

from coordina.records.duplicates import words
from coordina.records.duplicates.declared import READERS, plain
from coordina.records.duplicates.keys import MOST, keys_of, texts
from coordina.records.duplicates.scoring import POSSIBLE, SURE, Facts, Trait, compare, possible, similarity


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Distribuciones Álamo, S.L.", "distribuciones alamo"),
        ("DISTRIBUCIONES ALAMO SLU", "distribuciones alamo"),
        ("Distribuciones Alamo S. L. U.", "distribuciones alamo"),
        ("Álamo Sdad. Ltda.", "alamo"),
        ("Álamo, Sociedad Limitada Unipersonal", "alamo"),
        ("Frutas del Sur S.Coop.And.", "frutas sur"),
        ("Ñandú y Hermanos, C.B.", "nandu hermanos"),
        ("Bäcker Müller GmbH & Co. KG", "backer muller"),
        ("Spark Brothers Ltd.", "spark brothers"),
        ("L'Atelier du Sud S.A.S.", "latelier sud"),
        ("La Buena S.A. de C.V.", "buena"),
        ("S.L.", "sl"),
        ("Café São João, Lda", "cafe sao joao"),
        ("A.B.C. Suministros S.A.", "abc suministros"),
        ("  ", ""),
    ],
)
def test_company_names(written: str, meant: str) -> None:
    assert words.company_name(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("García Pérez, José", "jose garcia perez"),
        ("Sra. Mª José Gª", "maria jose ga"),
        ("Paco de la Torre", "francisco torre"),
        ("D. Juan Fdez. Núñez", "juan fernandez nunez"),
    ],
)
def test_names_of_people(written: str, meant: str) -> None:
    assert words.person_name(written) == meant


@pytest.mark.parametrize(
    ("read", "written", "meant"),
    [
        (words.street, "C/ Mayor, nº 12", "mayor 12"),
        (words.street, "Calle Mayor 12", "mayor 12"),
        (words.street, "Avda. de la Constitución 3, 2º B", "constitucion 3 2 b"),
        (words.street, "Avenida Constitución, 3 - 2 B", "constitucion 3 2 b"),
        (words.street, "Fifth Avenue 12", "5 12"),
        (words.telephone, "+34 954 11 12 22", "954111222"),
        (words.telephone, "954-111-222", "954111222"),
        (words.telephone, "123", ""),
        (words.mail, " Ana.Ruiz+boletin@Alamo.ES ", "ana.ruiz@alamo.es"),
        (words.mail, "sin arroba", ""),
        (words.domain, "https://www.Alamo.es/contacto?x=1", "alamo.es"),
        (words.domain, "ana@alamo.es", "alamo.es"),
        (words.domain, "ana@gmail.com", ""),
        (words.tax_id, "ES-B12345678", "b12345678"),
        (words.tax_id, "b-12.345.678", "b12345678"),
        (words.birth, "1980-02-01", "19800201"),
        (words.postal_code, "SW1A 1AA", "sw1a1aa"),
    ],
)
def test_other_values(read: object, written: str, meant: str) -> None:
    assert callable(read)
    assert read(written) == meant


def texts_at_random(count: int) -> list[str]:
    chance = random.Random(4)
    letters = string.ascii_letters + "ñáéíóúüçß .,-/&'@+0123456789ºª日😀"
    return ["".join(chance.choices(letters, k=chance.randrange(40))) for _ in range(count)]


def test_a_plain_form_stays_as_it_is() -> None:
    for text in texts_at_random(400):
        for trait, read in READERS.items():
            once = read(text)
            assert read(once) == once or trait in (Trait.COMPANY_NAME, Trait.PERSON_NAME, Trait.STREET), (trait, text)


def test_similarity_is_symmetric_and_bounded() -> None:
    values = texts_at_random(60)
    for trait in Trait:
        known = [v for v in (READERS[trait](text) for text in values) if v]
        for a, b in combinations(known, 2):
            one = similarity(trait, a, b)
            assert 0 <= one <= 1
            assert abs(one - similarity(trait, b, a)) < 0.03, (trait, a, b)


def record(**values: str) -> Facts:
    return plain((Trait(name), text) for name, text in values.items())


ALAMO = record(
    company_name="Distribuciones Álamo, S.L.", tax_id="B12345678", phone="954111222", email="info@alamo.es",
    domain="alamo.es", place="Sevilla", street="C/ Feria 12",
)  # fmt: skip


def test_a_verdict_does_not_mind_the_order() -> None:
    other = record(
        company_name="Alamo Distribuciones SLU", phone="+34 954 111 222", place="Sevilla", street="Feria, 12"
    )
    assert compare(ALAMO, other) == compare(other, ALAMO)
    for order in list(permutations(ALAMO.items()))[::700]:
        assert compare(dict(order), other) == compare(ALAMO, other)


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (record(company_name="DISTRIBUCIONES ALAMO SLU", tax_id="ESB12345678"), SURE, 1),
        (record(company_name="Alamo Distribuciones", phone="+34954111222"), SURE, 1),
        (record(company_name="Distribuciones Álamo"), POSSIBLE, SURE),
        (record(company_name="Distribuciones Álamos", place="Sevilla"), POSSIBLE, SURE),
        (record(company_name="Distribuciones Álamo", tax_id="A87654321", place="Cádiz"), 0, POSSIBLE),
        (record(company_name="Distribuciones Roble", place="Sevilla"), 0, POSSIBLE),
        (record(company_name="Distribuciones del Sur"), 0, POSSIBLE),
        (record(company_name="Talleres Brezo", phone="954111222"), 0, POSSIBLE),
    ],
)  # fmt: skip
def test_what_is_thought_of_pairs(other: Facts, least: float, most: float) -> None:
    score = compare(ALAMO, other).score
    assert least <= score <= most, compare(ALAMO, other)


def test_frequent_names_say_little() -> None:
    frequent = compare(record(person_name="María García"), record(person_name="Maria Garcia"))
    rare = compare(record(person_name="Iria Quintáns"), record(person_name="Iria Quintans"))
    assert frequent.score < POSSIBLE <= rare.score


def test_colleagues_are_not_one() -> None:
    """A telephone, an employer and a town that are shared say nothing where the names differ."""
    shared = {"phone": "954111222", "same": "7", "place": "Sevilla"}
    one, other = record(person_name="Ana Ruiz", **shared), record(person_name="Luis Mora", **shared)
    assert compare(one, other).score < 0.1
    assert compare(one, record(person_name="Ruiz, Ana", **shared)).score > SURE


def test_numbers_in_names_are_compared_as_numbers() -> None:
    verdict = compare(record(company_name="Garaje 24 Horas"), record(company_name="Garaje 25 Horas"))
    assert verdict.score < POSSIBLE


def test_the_reasons_say_what_was_compared() -> None:
    verdict = compare(ALAMO, record(company_name="Alamo Distribuciones", tax_id="B12345678", place="Cádiz"))
    said = {r.trait: r.bits > 0 for r in verdict.reasons}
    assert said == {Trait.TAX_ID: True, Trait.COMPANY_NAME: True, Trait.PLACE: False}
    assert verdict.reasons[0].trait is Trait.TAX_ID


def spoilt(facts: dict[str, str], chance: random.Random) -> dict[str, str]:
    """A record as somebody else would have typed it: another form, a slip in the name, values left out."""
    name = facts["company_name"].split()
    if chance.random() < 0.3:
        chance.shuffle(name)
    if chance.random() < 0.3:
        at = chance.randrange(len(name))
        cut = chance.randrange(1, len(name[at]))
        name[at] = name[at][:cut] + name[at][cut + 1 :] or name[at]
    form = chance.choice(["", " S.L.", " SLU", ", Sdad. Ltda.", " S.A."])
    kept = {n: v for n, v in facts.items() if chance.random() < 0.6}
    return kept | {"company_name": " ".join(name).upper() + form}


def test_twins_share_a_key() -> None:
    """Of a thousand spoilt copies, blocking loses at most one in fifty."""
    chance = random.Random(11)
    parts = ["almo", "breza", "cedri", "duna", "enebro", "fresno", "granat", "hayal", "lirio", "monte", "nogal", "olmo"]
    met = 0
    for number in range(1000):
        facts = {
            "company_name": " ".join(chance.sample(parts, 2)).title() + str(number)[:1] * 0,
            "phone": str(900_000_000 + number * 7), "email": f"info@{chance.choice(parts)}{number}.es",
            "place": chance.choice(["Sevilla", "Bilbao", "León"]), "street": f"Calle Sol {number}",
        }  # fmt: skip
        one, other = record(**facts), record(**spoilt(facts, chance))
        met += not set(keys_of("company", one)).isdisjoint(keys_of("company", other))
    assert met >= 980


def test_keys_are_few_and_of_their_type() -> None:
    assert 5 <= len(keys_of("company", ALAMO)) <= MOST
    assert set(keys_of("company", ALAMO)).isdisjoint(keys_of("lead", ALAMO))
    assert all(0 <= key < 2**63 for key in keys_of("company", ALAMO))
    assert "tb12345678" in list(texts(ALAMO))


def test_what_is_judged_in_short_is_judged_alike() -> None:
    draw = random.Random(23)
    values = {
        Trait.COMPANY_NAME: ("brezo talleres", "talleres brezo", "alamo 3", "alamo 4", "distribuciones alamo"),
        Trait.PERSON_NAME: ("jose garcia", "maria jose garcia perez", "jose g", "ana ruiz"),
        Trait.TAX_ID: ("b12345674", "b12345675"),
        Trait.DOMAIN: ("alamo.es", "brezo.es"),
        Trait.EMAIL: ("info@alamo.es", "ana@alamo.es", "ana@brezo.es"),
        Trait.PHONE: ("954111222", "954111223", "600000000"),
        Trait.PLACE: ("sevilla", "cadiz"),
        Trait.POSTAL_CODE: ("41001", "41002"),
    }
    shown = 0
    for _turn in range(4000):
        one, other = (
            {t: tuple(draw.sample(v, 1)) for t, v in values.items() if draw.random() < 0.6} for _side in range(2)
        )
        whole = compare(one, other)
        assert possible(one, other) == (whole if whole.possible else None)
        shown += whole.possible
    assert 200 < shown < 3800
