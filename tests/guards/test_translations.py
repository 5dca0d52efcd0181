"""Spanish is complete and speaks as the product does. The commands are in `coordina.config.translations`."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from coordina.config import translations

FORBIDDEN = {
    r"\bleads?\b": "prospecto",
    r"\bdeals?\b": "oportunidad",
    r"\bpipelines?\b": "embudo de ventas",
    r"\b[Ee]rror al\b": "say what happened",
    r"por favor": "leave it out",
    r"\baceptar\b": "the verb of what will be done",
    r"\bok\b": "the verb of what will be done",
    r"[¡!](?!=)": "a calm sentence",
    r"\b(usted|ustedes)\b": "tú",
    r"con éxito|exitosamente": "the fact",
    r"está seguro": "¿Borrar para siempre …?",
    r"campo obligatorio|campo requerido": "Falta …",
    r"no hay datos|sin datos disponibles": "what will be seen here",
    r"no autorizado|no está autorizado": "who can",
    r"bienvenid[oa]": "Te damos la bienvenida",
    r"procesando": "what is being done, and how far it is",
    r"inválid[oa]s?\b": "what would be right",
    r"[“”\"](?![^<]*>)": "«»",
    r"\.\.\.": "…",
    r"\b(clic|click|pulse|haga|seleccione|introduzca|ingrese)\b": "tú, and a verb that fits keyboard and finger",
    r"\b(computadora|ordenador)\b": "a word for both shores",
}
"""Words that Spanish texts do without, and what stands there instead."""

TERMS = {
    r"\bopportunit(y|ies)\b": "oportunidad",
    r"\bstages?\b": "etapa",
    r"\bpipelines?\b": "embudo",
    r"\bcompan(y|ies)\b": "empresa",
    r"\binteractions?\b": "interacci",
    r"\bprospects?\b": "prospecto",
    r"\bproposals?\b": "propuesta",
    r"\bforecasts?\b": "pronóstico",
    r"\bterritor(y|ies)\b": "territorio",
    r"\bundo\b": "deshacer|deshaz|deshice",
}
"""Nouns of the glossary: where the English says one, the Spanish says its own."""


@cache
def spanish() -> tuple[tuple[str, str], ...]:
    """English and Spanish of every text, each plural form by itself."""
    pairs = []
    for message in translations.catalogue("es"):
        if message.id:
            ids = message.id if isinstance(message.id, list | tuple) else [message.id]
            forms = message.string if isinstance(message.string, list | tuple) else [message.string]
            pairs += [(str(one), str(other)) for one, other in zip(ids, forms, strict=True) if other]
    return tuple(pairs)


def sentences(pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """Texts without their placeholders, whose names are English."""
    for english, text in pairs:
        yield english, re.sub(r"%\(\w+\)[a-z]|\{\w+\}|https?://\S+|\bwww\.\S+", "", text)


def test_spanish_is_complete() -> None:
    found = translations.problems("es")
    assert not found, f"{len(found)} problems; run `python -m coordina.config.translations merge`:\n" + "\n".join(found)


def test_the_catalogue_is_in_its_one_form() -> None:
    kept = translations.path_of("es").read_text(encoding="utf-8")
    assert translations.rendered(translations.catalogue("es"), "es") == kept


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_words(pattern: str) -> None:
    found = [text for _english, text in sentences(spanish()) if re.search(pattern, text, re.IGNORECASE)]
    assert not found, f"say «{FORBIDDEN[pattern]}» instead"


@pytest.mark.parametrize("pattern", TERMS)
def test_terms_of_the_glossary(pattern: str) -> None:
    found = [
        (english, text)
        for english, text in spanish()
        if re.search(pattern, re.sub(r"%\(\w+\)[a-z]|\{\w+\}", "", english), re.IGNORECASE)
        and not re.search(TERMS[pattern], text, re.IGNORECASE)
    ]
    assert not found, f"the glossary says «{TERMS[pattern]}»"


def test_questions_open_as_they_close() -> None:
    assert not [text for _english, text in spanish() if text.count("¿") != text.count("?")]


def test_sentences_end_where_the_english_ones_do() -> None:
    ends = re.compile(r"([.:…?])[»”]?$")

    def end(text: str) -> str:
        found = ends.search(text.strip().removesuffix("»").removesuffix("”"))
        return found[1] if found else ""

    assert not [(english, text) for english, text in spanish() if end(english) != end(text)]


def test_no_space_before_marks_and_none_doubled() -> None:
    assert not [text for _english, text in spanish() if re.search(r" [,.;:?»](?!\.)|« |  ", text)]


def test_forbidden_words_would_be_found() -> None:
    for text in ("Error al procesar la solicitud", "¡Listo!", "Nuevo lead", "Aceptar", "OK", "Espere, por favor"):
        assert any(re.search(pattern, text, re.IGNORECASE) for pattern in FORBIDDEN), text
