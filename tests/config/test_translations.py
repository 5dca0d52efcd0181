"""The translation tool finds every text, keeps what is translated and sees what is wrong."""

import gettext
from pathlib import Path

import pytest

from coordina.config import translations

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext

def f(n, text):
    # Translators: on the button
    _("Win")
    _(text)
    _("%(who)s has "
      "won.")
    pgettext("month", "May")
    return ngettext("%(n)d row", "%(n)d rows", n)
"""
TEMPLATE = """{% load i18n %}
<p>{% translate "Lose" %} {% if x %}
        {% blocktranslate count n=rows trimmed %}
            {{ n }} day in {{ stage }}
        {% plural %}
            {{ n }} days in {{ stage }}
        {% endblocktranslate %}
  {% endif %}{% translate "May" context "verb" %} it's "quoted" {{ y|default:_("None yet") }}</p>
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package with a few texts and no catalogue yet."""
    root = tmp_path / "shop"
    (root / "templates").mkdir(parents=True)
    (root / "actions.py").write_text(PYTHON)
    (root / "templates" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(translations, "LOCALE", root / "locale")
    monkeypatch.setattr(translations, "REVIEWED", root / "locale" / "same_in_{language}.txt")
    return root


def write(text: str) -> None:
    path = translations.path_of("es")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_texts_of_code_and_templates_are_found(package: Path) -> None:
    found = {(m.context, m.id): m for m in translations.source_texts(package) if m.id}
    assert set(found) == {
        (None, "Win"),
        (None, "%(who)s has won."),
        ("month", "May"),
        ("verb", "May"),
        (None, ("%(n)d row", "%(n)d rows")),
        (None, "Lose"),
        (None, ("%(n)s day in %(stage)s", "%(n)s days in %(stage)s")),
        (None, "None yet"),
    }
    assert found[None, "Win"].auto_comments == ["Translators: on the button"]
    assert found[None, "Lose"].locations == [("shop/templates/page.html", 0)]


def test_merging_keeps_translations_and_drops_what_is_gone(package: Path) -> None:
    write('msgid "Win"\nmsgstr "Ganar"\n\nmsgid "Gone"\nmsgstr "Ido"\n')
    merged = translations.merge("es", package)
    assert merged["Win"].string == "Ganar"
    kept = translations.path_of("es").read_text()
    assert "Gone" not in kept
    assert "POT-Creation-Date" not in kept
    translations.merge("es", package)
    assert translations.path_of("es").read_text() == kept, "merging twice changes nothing"
    assert translations.languages() == ["es"]


def test_a_text_that_became_plural_is_translated_anew(package: Path) -> None:
    write('msgid "%(n)d row"\nmsgstr "%(n)d fila"\n')
    assert translations.merge("es", package)["%(n)d row"].string == ("", "")


def test_other_catalogues_fill_what_is_empty(package: Path, tmp_path: Path) -> None:
    write('msgid "Win"\nmsgstr "Ganar"\n')
    one, two = tmp_path / "one.po", tmp_path / "two.po"
    one.write_text('msgid "Win"\nmsgstr "Vencer"\n\nmsgid "Lose"\nmsgstr "Perder"\n\nmsgid "Draw"\nmsgstr "Empatar"\n')
    two.write_text(
        'msgid "Lose"\nmsgstr "Fallar"\n\nmsgid "%(n)d row"\nmsgstr "%(n)d fila"\n\nmsgid "None yet"\nmsgstr ""\n'
    )
    assert sorted(translations.fill("es", [one, two], package)) == [
        "another number of forms: '%(n)d row'",
        "not in the sources: 'Draw'",
        "two translations of 'Lose': 'Perder', 'Fallar'",
    ]
    kept = translations.catalogue("es")
    assert [kept[key].string for key in ("Win", "Lose", "None yet")] == ["Ganar", "Perder", ""]


def test_a_text_that_is_not_english_is_said(package: Path) -> None:
    (package / "rules.py").write_text('_("Año nuevo")\n')
    write(COMPLETE)
    assert "not English: 'Año nuevo'" in translations.problems("es", package)


COMPLETE = """
msgid "Win"
msgstr "Ganar"

msgid "%(who)s has won."
msgstr "Ha ganado %(who)s."

msgctxt "month"
msgid "May"
msgstr "mayo"

msgctxt "verb"
msgid "May"
msgstr "Puede"

msgid "%(n)d row"
msgid_plural "%(n)d rows"
msgstr[0] "%(n)d fila"
msgstr[1] "%(n)d filas"

msgid "Lose"
msgstr "Perder"

msgid "%(n)s day in %(stage)s"
msgid_plural "%(n)s days in %(stage)s"
msgstr[0] "%(n)s día en %(stage)s"
msgstr[1] "%(n)s días en %(stage)s"

msgid "None yet"
msgstr "Ninguno"
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgid "Win"\nmsgstr "Ganar"\n', "", "missing: 'Win' (shop/actions.py)"),
        ('msgid "Win"\n', 'msgid "Draw"\nmsgstr "Empatar"\n\nmsgid "Win"\n', "no longer used: 'Draw'"),
        ('msgstr "Ganar"', 'msgstr ""', "empty: 'Win'"),
        ('"%(n)d filas"', '""', "empty: '%(n)d row'"),
        ('msgid "Win"', '#, fuzzy\nmsgid "Win"', "fuzzy: 'Win'"),
        ('msgstr "Ganar"', 'msgstr "Win"', "same as English, look at it: 'Win'"),
        ("Ha ganado %(who)s.", "Ha ganado.", "placeholders of '%(who)s has won.' differ: 'Ha ganado.'"),
        ("Ha ganado %(who)s.", "%(who)s y %(who)s.", "placeholders of '%(who)s has won.' differ: '%(who)s y %(who)s.'"),
        ("%(n)s días", "%(m)s días", "placeholders of '%(n)s day in %(stage)s' differ: '%(m)s días en %(stage)s'"),
        ('msgstr "Perder"', 'msgstr "<b>Perder</b>"', "markup of 'Lose' differs: '<b>Perder</b>'"),
        ('msgstr "Perder"', 'msgstr "Perder\\n"', "line ends of 'Lose' differ: 'Perder\\n'"),
    ],
)
def test_what_is_wrong_is_said(package: Path, old: str, new: str, problem: str) -> None:
    assert old in COMPLETE
    write(COMPLETE.replace(old, new, 1))
    found = translations.problems("es", package)
    assert problem in found


def test_a_complete_catalogue_has_no_problems_once_looked_at(package: Path) -> None:
    write(COMPLETE.replace('msgstr "Ninguno"', 'msgstr "None yet"'))
    assert translations.problems("es", package) == ["same as English, look at it: 'None yet'"]
    (package / "locale" / "same_in_spanish.txt").write_text("# A comment\nNone yet\n")
    assert translations.problems("es", package) == []
    (package / "locale" / "same_in_spanish.txt").write_text("None yet\nLose\n")
    assert translations.problems("es", package) == ["reviewed as same, but is not: 'Lose'"]


def test_compiled_catalogues_speak(package: Path) -> None:
    write(COMPLETE)
    translations.merge("es", package)
    with translations.compile_catalogue("es").open("rb") as file:
        spanish = gettext.GNUTranslations(file)
    assert spanish.gettext("Win") == "Ganar"
    assert spanish.pgettext("month", "May") == "mayo"
    assert [spanish.ngettext("%(n)d row", "%(n)d rows", n) for n in (0, 1, 2)] == [
        "%(n)d filas",
        "%(n)d fila",
        "%(n)d filas",
    ]


def test_commands(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["extract"], package) == 0
    assert "Lose" in capsys.readouterr().out.splitlines()
    assert translations.main(["fill", "es"], package) == translations.main(["merge"], package) == 0
    assert translations.main(["check"], package) == 1
    assert "es: empty: 'Lose'" in capsys.readouterr().out
    assert translations.main(["compile"], package) == 0
    assert translations.path_of("es").with_suffix(".mo").exists()
    assert translations.main([]) == translations.main(["nonsense"]) == 2
    assert "extract" in capsys.readouterr().out
