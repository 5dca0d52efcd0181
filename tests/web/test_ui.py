"""Template tags and partials: what they tie together for people who do not see the page."""

import re

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template


def render(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


class Deal(forms.Form):
    name = forms.CharField(label="Name")
    email = forms.EmailField(label="E-mail", required=False, help_text="For notices.")
    key = forms.BooleanField(label="Key account", required=False)
    stage = forms.ChoiceField(label="Stage", choices=[("1", "One")], widget=forms.RadioSelect)


def bound() -> Deal:
    form = Deal({"email": "olga@", "name": "<b>", "stage": "1"})
    form.is_valid()
    return form


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    shown = render("{% field form.email %}", form=bound())
    assert 'for="id_email"' in shown
    assert 'class="input"' in shown
    assert 'aria-invalid="true"' in shown
    described = re.search(r'aria-describedby="([^"]*)"', shown)
    assert described
    for target in described[1].split():
        assert f'id="{target}"' in shown
    assert 'class="optional"' in shown


def test_a_required_field_does_not_say_optional_and_escapes_what_was_typed() -> None:
    shown = render("{% field form.name %}", form=bound())
    assert "optional" not in shown
    assert "&lt;b&gt;" in shown


def test_a_checkbox_has_its_label_after_it_and_radios_have_a_legend() -> None:
    form = bound()
    assert re.search(
        r"<input[^>]*class=\"check\"[^>]*><span>Key account</span></label>", render("{% field form.key %}", form=form)
    )
    assert "<legend" in render("{% field form.stage %}", form=form)


def test_a_message_may_be_undone() -> None:
    message = Message(constants.SUCCESS, "4 moved", extra_tags="undo:/changes/9/undo/")
    shown = render("{% toast_of message %}", message=message)
    assert 'action="/changes/9/undo/"' in shown
    assert "4 moved" in shown


def test_a_message_without_undo_has_no_form_and_a_warning_another_icon() -> None:
    shown = render("{% toast_of message %}", message=Message(constants.WARNING, "Not all"))
    assert "<form" not in shown
    assert "#alert-triangle" in shown


def test_crumbs_are_links_from_the_top_down() -> None:
    assert re.findall(r'href="(\w+)"', render('{% crumbs "A" "a" "B" "b" %}')) == ["a", "b"]


@pytest.mark.parametrize("state", ["now", "late"])
def test_a_path_says_which_step_is_current(state: str) -> None:
    steps = [
        {"name": "One", "state": "done", "note": "6 d"},
        {"name": "Two", "state": state},
        {"name": "Three", "state": ""},
    ]
    shown = render("{% stage_path steps %}", steps=steps)
    assert shown.count('aria-current="step"') == 1
    assert shown.count("#check") == 1


def test_a_step_with_an_action_is_a_form_with_a_button() -> None:
    shown = render(
        "{% stage_path steps %}", steps=[{"name": "Two", "state": "", "action": "/move/", "fields": {"stage": 2}}]
    )
    assert 'action="/move/"' in shown
    assert '<input type="hidden" name="stage" value="2">' in shown
    assert '<button class="path-label"' in shown


def test_blocks_keep_what_stands_between_their_tags() -> None:
    shown = render(
        '{% sheet title="Products" count=3 %}<i>in</i>{% endsheet %}{% empty title="Nothing" %}<a>go</a>{% endempty %}'
        '{% callout "bad" "clock" %}<b>late</b>{% endcallout %}{% menu "More" %}<a class="option">x</a>{% endmenu %}'
        '{% dialog title="New" %}<p>d</p>{% enddialog %}{% say value="open" changed=True %}<u>o</u>{% endsay %}'
    )
    for inside in ("<i>in</i>", "<a>go</a>", "<b>late</b>", '<a class="option">x</a>', "<p>d</p>", "<u>o</u>"):
        assert inside in shown
    assert 'aria-label="More"' in shown
    assert 'aria-labelledby="dialog-title"' in shown


def test_a_count_of_zero_is_shown() -> None:
    assert '<span class="count">0</span>' in render('{% sheet title="Deals" count=0 %}{% endsheet %}')
