"""Folded templates draw what plain ones do, in every language, with every kind of value."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.base import NodeList
from django.utils.safestring import SafeString
from django.utils.translation import override

from coordina.web.folding import Folded, Loader

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "ui": "coordina.web.templatetags.ui",
}


def engine(*loaders: Any) -> Engine:
    return Engine(loaders=list(loaders), libraries=LIBRARIES)


class Thing:
    """An object with everything a template may ask for."""

    name = "Ana & <José>"
    safe = SafeString("<b>x</b>")
    number = 1234567.5
    nothing = None

    def called(self) -> str:
        return "from a method <"


class Box(dict[str, str]):
    """A container with attributes, of which Django asks the key first."""

    size = "attribute"


VALUES: dict[str, Any] = {
    "thing": Thing(),
    "text": "a < b & 'c' \"d\"",
    "safe": SafeString("<i>y</i>"),
    "mapping": {"key": "<k>", "inner": {"deep": "d&d"}},
    "box": Box(size="key"),
    "items": ["<1>", "<2>"],
    "call": lambda: "from a function <",
    "number": 42,
    "nothing": None,
}
SNIPPETS = (
    "{% load i18n %}<b>{% translate 'Search' %}</b> {% translate 'Close' %}!",
    "{% load i18n %}{% translate 'Search' as word %}<b>{{ word }}</b>",
    "{% load i18n %}{% blocktranslate %}Search{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate with n=text %}To {{ n }}{% endblocktranslate %}",
    "{% load i18n %}{% translate text %}",
    "{% load ui %}a{% icon 'search' %}{% icon 'plus' 's' %}{% icon 'x' label=text %}",
    "{{ thing.name }}|{{ thing.safe }}|{{ thing.number }}|{{ thing.nothing }}|{{ thing.called }}",
    "{{ text }}|{{ safe }}|{{ number }}|{{ nothing }}|{{ missing }}|{{ missing.more }}|{{ thing.missing }}",
    "{{ mapping.key }}|{{ mapping.inner.deep }}|{{ mapping.other }}|{{ box.size }}",
    "{{ items.1 }}|{{ call }}|{{ text.upper }}",
    "{{ text|upper }}|{{ text|safe }}|{{ nothing|default:'—' }}",
    "{% autoescape off %}{{ text }}{{ thing.name }}{% load i18n %}<b>{% translate 'Search' %}</b>{% endautoescape %}",
    "{% load i18n %}{% for one in items %}{{ forloop.last }}{{ one }}{% translate 'Search' %}.{% empty %}-{% endfor %}",
    "{% if text %}{% load i18n %}<i>{% translate 'Search' %}</i>{% elif nothing %}b{% else %}c{% endif %}",
    "{% if thing.number > number and not nothing or missing %}a{% endif %}",
    "{% if thing.called == 'x' %}b{% else %}c{% endif %}",
    "{% if missing.more %}a{% elif mapping.key and box.size != 'x' %}{{ box.size }}{% endif %}",
    "{% if text|length > 3 %}d{% endif %}{% if missing is None %}e{% endif %}",
    "{% for key, value in mapping.items %}{{ key }}{% endfor %}{% for one in missing %}x{% empty %}none{% endfor %}",
    "{% with word=text %}{{ word }}{% comment %}no{% endcomment %}{# no #}{% endwith %}",
)


def drawn(made: Engine, name: str) -> str:
    return str(made.get_template(name).render(Context(dict(VALUES))))


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippets_come_out_the_same(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"snippet-{number}.html"
    (tmp_path / name).write_text(SNIPPETS[number])
    monkeypatch.setattr("django.template.loaders.app_directories.Loader.get_dirs", lambda _loader: [tmp_path])
    plain = engine("django.template.loaders.app_directories.Loader")
    folded = engine("coordina.web.folding.Loader")
    for language in ("en", "es", "en"):
        with override(language):
            assert drawn(folded, name) == drawn(plain, name)


def templates() -> list[str]:
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("coordina."):
            folder = Path(config.path) / "templates"
            found += [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.html"))]
    return found


def constants(nodes: NodeList) -> list[Folded]:
    return [node for node in nodes.get_nodes_by_type(Folded) if isinstance(node, Folded)]


def test_every_template_of_the_house_is_folded() -> None:
    from django.template import engines

    made = engines["django"].engine  # type: ignore[attr-defined]  # of Django's backend
    assert isinstance(made.template_loaders[0], Loader)
    names = templates()
    assert len(names) > 30
    assert sum(len(constants(made.get_template(name).nodelist)) for name in names) > 100


def test_what_is_constant_is_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text("{% load i18n %}<b>{% translate 'Search' %}</b>")
    monkeypatch.setattr("django.template.loaders.app_directories.Loader.get_dirs", lambda _loader: [tmp_path])
    template = engine("coordina.web.folding.Loader").get_template("a.html")
    [node] = constants(template.nodelist)
    with override("es"):
        template.render(Context())
    with override("en"):
        template.render(Context())
    assert set(node.by_language) == {"es", "en"}
    node.by_language["en"] = SafeString("kept")
    with override("en"):
        assert template.render(Context()) == "kept"


def test_a_missing_template_is_missing() -> None:
    with pytest.raises(TemplateDoesNotExist):
        engine("coordina.web.folding.Loader").get_template("web/no-such-page.html")
