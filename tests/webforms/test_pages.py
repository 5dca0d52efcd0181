"""Who may show a form inside a page, what it draws, what texts may do, and how it is looked after."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.core.refusals import Refusal
from coordina.leads.models import Lead
from coordina.webforms import rules
from coordina.webforms.models import FormField, WebForm
from coordina.webforms.publicform import PublicForm
from tests.webforms.ground import Forms

CANARY = '"><img src=x onerror=alert(1)><script>x</script>{{7*7}}${7*7}'


def policy_of(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


def test_only_the_sites_of_a_form_may_show_it_and_all_else_stays_strict(forms: Forms) -> None:
    forms.form(sites="https://www.granja.example/contacto, tienda.example")
    own = policy_of(forms.outside.get("/f/contacto/"))
    assert own["frame-ancestors"] == "'self' https://www.granja.example https://tienda.example"
    assert "X-Frame-Options" not in forms.outside.get("/f/contacto/")
    usual = policy_of(forms.outside.get("/sign-in/"))
    assert usual["frame-ancestors"] == "'none'"
    assert {n: v for n, v in own.items() if n != "frame-ancestors"} == {
        n: v for n, v in usual.items() if n != "frame-ancestors"
    }
    assert forms.outside.get("/sign-in/")["X-Frame-Options"] == "DENY"


def test_nothing_is_kept_on_the_visitors_side(forms: Forms) -> None:
    form = forms.form()
    for answer in (forms.outside.get("/f/contacto/"), forms.send(form), forms.outside.get("/f/contacto/?sent")):
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
    assert "csrf" not in forms.outside.get("/f/contacto/").content.decode()


def test_no_other_page_takes_a_post_without_the_cookie(forms: Forms) -> None:
    strict = Client(enforce_csrf_checks=True)
    form = forms.form()
    assert forms.send(form, client=strict).status_code == 303
    inside = forms.client(forms.boss)
    inside.handler.enforce_csrf_checks = True
    assert inside.post("/web-forms/discarded/1/take/").status_code == 403
    assert inside.post("/leads/new/", {"name": "x"}).status_code == 403


def test_texts_are_texts_on_every_page(forms: Forms) -> None:
    """V23, V25, V30: what an administrator or a stranger writes never becomes markup or code."""
    form = forms.form(
        name=CANARY[:120], title=CANARY, intro=CANARY, button=CANARY[:60], thanks=CANARY, notice=CANARY, source=CANARY
    )
    box = forms.box(form, CANARY[:120], text=CANARY)
    field = FormField.objects.get(form=form, field="name")
    forms.edit(field, label=CANARY, help=CANARY)
    origin = {"utm_source": CANARY, "utm_campaign": CANARY, "referrer": CANARY, "page": CANARY}
    typed = {"name": CANARY, "company_name": CANARY, "description": CANARY, f"consent_{box.pk}": CANARY}
    pages = [
        forms.outside.get("/f/contacto/", origin),
        forms.outside.get("/f/contacto/?sent"),
        forms.send(form, **origin, **typed, email=CANARY, phone=CANARY, form_mark="x", your_homepage_again=CANARY),
        forms.send(form, **origin, **typed, email="no"),
    ]
    stranger = Client(headers={"User-Agent": CANARY, "Referer": CANARY})
    forms.send(form, **origin, **typed, unknown=CANARY, client=stranger)
    forms.send(form, **origin, **typed, your_homepage_again=CANARY)
    lead = Lead.objects.get()
    boss = forms.client(forms.boss)
    urls = [f"/web-forms/{form.pk}/", "/web-forms/", "/web-forms/discarded/", f"/leads/{lead.pk}/", "/leads/", "/"]
    urls += [f"/leads/{lead.pk}/history/", f"/web-forms/{form.pk}/history/", f"/leads/{lead.pk}/panels/lead-timeline/"]
    pages += [boss.get(url) for url in urls]
    for answer in pages:
        page = answer.content.decode()
        assert answer.status_code in (200, 422), answer.request["PATH_INFO"]
        assert "<img src=x" not in page, answer.request["PATH_INFO"]
        assert "<script>x" not in page
        assert "49" not in re.findall(r">49<|}49\$", page)


def test_a_message_from_outside_is_no_formula_in_an_export(forms: Forms) -> None:
    """V33."""
    forms.send(forms.form(), name="=HYPERLINK(1)", company_name="@SUM(1)")
    answer = forms.client(forms.boss).get("/leads/export/?format=csv")
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert "'=HYPERLINK" in text
    assert "\n=HYPERLINK" not in text and ",=HYPERLINK" not in text


@pytest.mark.parametrize(
    "url",
    ["//evil.example/", "https://evil.example/", "https://granja.example.evil.example/", "javascript:alert(1)",
     "https://granja.example@evil.example/", "/\\evil.example", "http://granja.example/", "https:evil.example",
     "https://granja.example\\@evil.example/"],
)  # fmt: skip
def test_afterwards_people_go_to_the_forms_own_sites_alone(forms: Forms, url: str) -> None:
    """V61."""
    with pytest.raises(Refusal):
        forms.form(sites="https://granja.example", redirect_url=url)
    assert not WebForm.objects.exists()


def test_afterwards_people_go_where_the_form_says_as_long_as_that_is_its_site(forms: Forms) -> None:
    form = forms.form(sites="https://granja.example", redirect_url="https://granja.example/gracias?a=1")
    assert forms.send(form)["Location"] == "https://granja.example/gracias?a=1"
    assert policy_of(forms.outside.get("/f/contacto/"))["form-action"] == "'self' https://granja.example"
    inside = forms.send(form, embedded="1")
    assert inside["Location"] == "/f/contacto/?sent&embedded"
    assert 'data-onward="https://granja.example/gracias?a=1"' in forms.outside.get(inside["Location"]).content.decode()
    with pytest.raises(Refusal):
        forms.edit(form, sites="")


@pytest.mark.parametrize("slug", ["a", "á-b", "Con Espacio", "confirm", "embed", "x" * 61, "../x", "-a-", "a/b"])
def test_addresses_are_of_one_shape(forms: Forms, slug: str) -> None:
    with pytest.raises(Refusal):
        forms.form(slug=slug)


def test_an_address_nobody_chose_is_not_guessed(forms: Forms) -> None:
    slugs = {forms.form(name=f"F{n}", slug="").slug for n in range(20)}
    assert len(slugs) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", slug) for slug in slugs)
    assert len({slug[:4] for slug in slugs}) > 15


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.Company.com/page?x", "https://www.company.com"),
        ("company.com", "https://company.com"),
        ("https://company.com:8443", "https://company.com:8443"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://company.com", ""),
        ("https://*.company.com", ""),
        ("https://a;script-src *", ""),
        ("ftp://company.com", ""),
        ("*", ""),
        ("https://ñandú.es", "https://xn--and-6ma2c.es"),
    ],
)
def test_sites_are_origins(text: str, origin: str) -> None:
    assert rules.origin_of(text) == origin


def test_a_form_asks_for_nothing_that_is_ours_to_say(forms: Forms) -> None:
    form = forms.form()
    for name in ("owner", "stage", "status", "source", "tracking", "industry", "reference", "x"):
        with pytest.raises(Refusal):
            forms.create(FormField, form=form, field=name)
    asked = forms.create(FormField, form=form, field="country", label="País", required=True)
    assert asked.position == 60
    page = forms.outside.get("/f/contacto/").content.decode()
    assert "País" in page and page.index("Mensaje") < page.index("País")


def test_who_looks_after_forms_and_who_only_reads(forms: Forms) -> None:
    form = forms.form()
    with pytest.raises(Refusal):
        forms.create(WebForm, forms.rep, name="Otro")
    with pytest.raises(Refusal):
        forms.edit(form, forms.rep, name="Mío")
    desk = forms.client(forms.boss)
    page = desk.get(f"/web-forms/{form.pk}/").content.decode()
    assert "/f/contacto/" in page and "data-form=" in page and "Nombre" in page
    assert "Formularios web" in desk.get("/settings/").content.decode()


def test_a_lead_tells_of_its_form_and_proof(forms: Forms) -> None:
    form = forms.form(assignment="owner", lead_owner=forms.rep)
    box = forms.box(form, "Boletín", text="Quiero el boletín.")
    forms.send(form, **{f"consent_{box.pk}": "on"})
    lead = Lead.objects.get()
    page = forms.client(forms.rep).get(f"/leads/{lead.pk}/").content.decode()
    assert "Llegó por un formulario" in page and "Quiero el boletín." in page
    assert forms.client(forms.other).get(f"/leads/{lead.pk}/").status_code == 404
    with pytest.raises(Refusal):
        forms.delete(form)


def test_a_new_lead_of_a_form_is_told_to_its_owner(forms: Forms) -> None:
    from coordina.activity.hearing import tell_due
    from coordina.activity.models import Notification

    form = forms.form(assignment="owner", lead_owner=forms.rep)
    forms.send(form)
    tell_due.call()
    assert [n.person_id for n in Notification.objects.all()] == [forms.rep.pk]


def test_the_plain_variant_lets_choose_what_is_chosen(forms: Forms) -> None:
    from coordina.webforms.embedding import plain

    form = forms.form()
    forms.create(FormField, form=form, field="country", label="País <donde>")
    lines = plain(form, PublicForm(form, at=timezone.now()))
    assert '<label>País &lt;donde&gt; <select name="country"><option value="">—</option>' in lines
    assert '<option value="ES">España</option>' in lines
    assert lines.count("<textarea") == 1  # the message


def test_the_plain_variant_is_sent_from_our_page(forms: Forms) -> None:
    from coordina.webforms.embedding import plain

    form = forms.form()
    lines = plain(form, PublicForm(form, at=timezone.now()))
    assert 'action="http' in lines and 'name="email"' in lines and "form_mark" not in lines
    first = forms.send(form, mark="")
    mark = re.search(r'name="form_mark" value="([^"]+)"', first.content.decode())
    assert first.status_code == 200 and mark and not Lead.objects.exists()


def test_the_settings_know_where_one_is_among_what_was_put_aside(forms: Forms) -> None:
    page = forms.client(forms.boss).get("/web-forms/discarded/").content.decode()
    here = re.findall(r'<a[^>]*href="([^"]+)"[^>]*aria-current="page"', page)
    assert "/web-forms/discarded/" in here
    assert "/web-forms/" not in here
    assert "webforms/desk" in page


def test_a_closed_form_takes_nothing(forms: Forms) -> None:
    form = forms.form()
    forms.edit(form, active=False)
    assert forms.send(form).status_code == 404
    assert forms.outside.get("/f/contacto/").status_code == 404
    assert not Lead.objects.exists()
