"""What is sent becomes a lead, once, with its origin and proof; or is refused at the field, and nothing is lost."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity.delivery import contents_of
from coordina.activity.models import Mail
from coordina.customers.models import ConsentEntry
from coordina.leads.models import Lead
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.webforms.actions import take_up
from coordina.webforms.jobs import forget
from coordina.webforms.models import ConsentGiven, FormField, LeadOrigin, Submission, Tally
from coordina.webforms.publicform import TRAP
from tests.webforms.ground import Forms


def test_sending_makes_a_lead_with_source_owner_and_door(forms: Forms) -> None:
    form = forms.form(source="Web", campaign="Otoño", assignment="owner", lead_owner=forms.rep)
    answer = forms.send(form)
    assert (answer.status_code, answer["Location"]) == (303, "/f/contacto/?sent")
    lead = Lead.objects.get()
    assert (lead.name, lead.email, lead.phone) == ("Berta Boxer", "berta@example.com", "+34910123456")
    assert (lead.source, lead.campaign, lead.owner, lead.team) == ("Web", "Otoño", forms.rep, forms.north)
    assert lead.status == "new"
    made = ChangeSet.objects.order_by("-pk")[0]
    assert (made.via, made.by, made.action) == ("form", None, "webforms.receive")
    kept = LeadOrigin.objects.get()
    assert (kept.form, kept.lead, kept.given_to) == (form, lead, forms.rep)
    assert "127.0.0.1" not in kept.address_digest and len(kept.address_digest) == 40
    sent = Submission.objects.get()
    assert (sent.answers, sent.address_digest, sent.lead_id) == ({}, "", lead.pk)


def test_where_they_came_from_is_kept(forms: Forms) -> None:
    form = forms.form(campaign="Nuestra")
    forms.send(
        form, utm_source="boletín", utm_campaign="Verano", referrer="https://x.example/", page="https://y.example/"
    )
    lead = Lead.objects.get()
    assert lead.campaign == "Verano"
    assert "utm_source=bolet%C3%ADn" in lead.tracking
    assert "referrer=https%3A%2F%2Fx.example%2F" in lead.tracking
    assert LeadOrigin.objects.get().page == "https://y.example/"


def test_the_page_hands_on_what_its_address_says(forms: Forms) -> None:
    forms.form()
    page = forms.outside.get("/f/contacto/?utm_source=a%22b&gclid=no&referrer=https://x.example/").content.decode()
    assert '<input type="hidden" name="utm_source" value="a&quot;b">' in page
    assert 'name="referrer" value="https://x.example/"' in page
    assert "gclid" not in page


def test_consent_is_kept_word_for_word(forms: Forms) -> None:
    form = forms.form(notice="Responsable: Lumbrera")
    box = forms.box(form, "Boletín", text="Quiero el boletín.")
    other = forms.box(form, "Teléfono", text="Podéis llamarme.")
    assert "checked" not in forms.outside.get("/f/contacto/").content.decode()
    forms.send(form, **{f"consent_{box.pk}": "on"})
    forms.edit(box, text="Otra cosa.")
    given = ConsentGiven.objects.get()
    assert (given.purpose, given.text, given.confirmed_at) == ("Boletín", "Quiero el boletín.", None)
    told = ConsentEntry.of(Lead.objects.get()).get()
    assert (told.pk, told.answer, told.purpose.name, told.owner) == (given.entry_id, "given", "Boletín", None)
    assert told.text_shown == "Quiero el boletín." and told.source == "Formulario web: Contacto"
    assert given.text_version in told.proof
    assert given.lead == Lead.objects.get() and len(given.text_version) == 12
    assert LeadOrigin.objects.get().notice == "Responsable: Lumbrera"
    assert other.pk


def test_required_fields_and_boxes_are_asked_for_at_their_place(forms: Forms) -> None:
    form = forms.form()
    box = forms.box(form, "Datos", text="He leído el aviso.", required=True)
    answer = forms.send(form, name="", email="no-es-correo", description="Escribí <b>mucho</b>")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 3
    assert "Rellena este campo" in page and "no es una dirección" in page and "consentimiento" in page
    assert "Escribí &lt;b&gt;mucho&lt;/b&gt;" in page
    assert not Lead.objects.exists() and not Submission.objects.exists()
    assert forms.send(form, **{f"consent_{box.pk}": "on"}).status_code == 303


def test_a_form_speaks_its_own_language(forms: Forms) -> None:
    form = forms.form(language="en")
    answer = forms.send(form, name="")
    assert 'lang="en"' in answer.content.decode()
    assert "Please fill this in." in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_sending_twice_makes_one_lead(forms: Forms) -> None:
    form = forms.form()
    mark = forms.mark(form)
    assert [forms.send(form, mark=mark).status_code for _ in range(3)] == [303] * 3
    assert Lead.objects.count() == 1
    other = forms.send(form, mark=mark, name="Otra Persona")
    assert other.status_code == 200 and "Otra Persona" in other.content.decode()
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("mark", ["", "x", "AAAA:bbbb:cccc"])
def test_without_a_mark_of_ours_it_is_asked_once_more(forms: Forms, mark: str) -> None:
    form = forms.form()
    answer = forms.send(form, mark=mark)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Lead.objects.exists()
    assert 'value="Berta Boxer"' in page and "envíalo" in page
    fresh = re.search(r'name="form_mark" value="([^"]+)"', page)
    assert fresh and "aria-invalid" not in page


def test_a_mark_of_another_form_or_of_yesterday_counts_for_nothing(forms: Forms) -> None:
    form, other = forms.form(), forms.form(name="Otro", slug="otro")
    from django.core import signing

    real = signing.TimestampSigner.timestamp
    assert forms.send(form, mark=forms.mark(other)).status_code == 200
    signing.TimestampSigner.timestamp = lambda self: signing.b62_encode(int(timezone.now().timestamp()) - 90_000)  # type: ignore[method-assign]  # a mark that was made yesterday
    try:
        old = forms.mark(form)
    finally:
        signing.TimestampSigner.timestamp = real  # type: ignore[method-assign]  # as it was
    assert forms.send(form, mark=old).status_code == 200
    assert not Lead.objects.exists()


def test_spam_is_put_aside_with_the_reason_and_gets_the_same_answer(forms: Forms) -> None:
    form = forms.form()
    good = forms.send(form)
    spam = [
        forms.send(form, **{TRAP: "http://spam.example"}),
        forms.send(form, mark=forms.mark(form, 1)),
        forms.send(form, description="http://a.b http://c.d http://e.f www.g.h"),
    ]
    assert {(a.status_code, a["Location"], a.content) for a in (good, *spam)} == {(303, "/f/contacto/?sent", b"")}
    assert Lead.objects.count() == 1
    kept = Submission.objects.filter(state="discarded").order_by("pk")
    assert [s.why for s in kept] == ["trap", "fast", "links"]
    assert kept[0].answers["name"] == "Berta Boxer"
    tally = Tally.objects.get()
    assert (tally.sent, tally.discarded, tally.confirmed) == (4, 3, 0)


def test_a_click_makes_a_lead_of_what_was_put_aside_and_undo_brings_it_back(forms: Forms) -> None:
    form = forms.form()
    forms.send(form, **{TRAP: "x"})
    sent = Submission.objects.get()
    desk = forms.client(forms.boss)
    assert "Berta Boxer" in desk.get("/web-forms/discarded/").content.decode()
    answer = desk.post(f"/web-forms/discarded/{sent.pk}/take/")
    lead = Lead.objects.get()
    assert answer["Location"] == f"/leads/{lead.pk}/"
    assert lead.source == "Formulario web"
    assert "/take/" not in desk.get("/web-forms/discarded/").content.decode()
    undo(ChangeSet.objects.filter(action="webforms.take_up").get(), by=forms.boss, at=timezone.now())
    assert not Lead.objects.exists()
    assert "Berta Boxer" in desk.get("/web-forms/discarded/").content.decode()
    assert desk.post(f"/web-forms/discarded/{sent.pk}/take/").status_code == 302
    assert Lead.objects.count() == 1


def test_only_who_sorts_them_sees_what_was_put_aside(forms: Forms) -> None:
    form = forms.form()
    forms.send(form, **{TRAP: "x"})
    pk = Submission.objects.get().pk
    for user in (forms.rep, forms.service):
        client = forms.client(user)
        assert client.get("/web-forms/discarded/").status_code == 403
        assert client.post(f"/web-forms/discarded/{pk}/take/").status_code == 404
    assert not Lead.objects.exists()


def test_known_and_unknown_addresses_get_one_answer(forms: Forms, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    form = forms.form()
    forms.lead(email="berta@example.com", phone="+34910123456")
    counts, bodies = [], []
    for email in ("berta@example.com", "otra@example.com", "berta@example.com"):
        with CaptureQueriesContext(connection) as asked:
            answer = forms.send(form, email=email)
        counts.append(len(asked))
        bodies.append((answer.status_code, answer["Location"], answer.content))
    assert len(set(bodies)) == 1
    assert len(set(counts[:2])) == 1
    assert Lead.objects.filter(email="berta@example.com").count() == 3


def test_turns_go_round_a_team_and_pass_over_who_left(forms: Forms) -> None:
    form = forms.form(assignment="turns", lead_team=forms.north)
    got = []
    for number in range(6):
        forms.send(form, email=f"a{number}@example.com")
        got.append(Lead.objects.order_by("-pk")[0].owner)
    turn = [forms.boss, forms.rep, forms.manager]
    assert got == turn + turn
    forms.edit(forms.form(name="Cola", slug="cola"), active=True)
    queue = forms.form(name="Equipo", slug="equipo", assignment="team", lead_team=forms.south)
    forms.send(queue, email="z@example.com")
    last = Lead.objects.order_by("-pk")[0]
    assert (last.owner, last.team) == (None, forms.south)


def test_a_lead_of_somebody_who_left_waits_in_their_team(forms: Forms) -> None:
    from coordina.accounts.actions import deactivate

    form = forms.form(assignment="owner", lead_owner=forms.other)
    forms.act(deactivate, pk=forms.other.pk)
    forms.send(form)
    lead = Lead.objects.get()
    assert (lead.owner, lead.team) == (None, forms.south)


# Confirmation -----------------------------------------------------------------------------------------------------


def link_of(mail: Mail) -> str:
    found = re.search(r"/f/confirm/\?k=\S+", mail.text)
    assert found
    return found[0]


def test_a_lead_waits_until_the_button_behind_the_link_is_pressed(forms: Forms) -> None:
    form = forms.form(double_opt_in=True)
    box = forms.box(form, "Boletín", text="Quiero el boletín.")
    forms.send(form, **{f"consent_{box.pk}": "on"})
    assert not Lead.objects.exists()
    mail = Mail.objects.get()
    assert (mail.address, mail.secret) == ("berta@example.com", True)
    link = link_of(mail)
    token = link.partition("k=")[2]
    for _ in range(3):  # programs that look at links confirm nothing
        page = forms.outside.get(link)
        forms.outside.head(link)
        assert page.status_code == 200 and not Lead.objects.exists()
    assert forms.outside.post("/f/confirm/", {"k": token}).status_code == 200
    lead = Lead.objects.get()
    given = ConsentGiven.objects.get()
    assert given.confirmed_at is not None and given.given_at < given.confirmed_at
    assert LeadOrigin.objects.get().confirmed_at is not None
    again = forms.outside.post("/f/confirm/", {"k": token})
    assert again.status_code == 200 and "Gracias" in again.content.decode()
    assert Lead.objects.get() == lead
    assert Tally.objects.get().confirmed == 1


@pytest.mark.parametrize("token", ["", "x", "0", "None", "shared", "%00"])
def test_links_that_are_none_are_answered_politely(forms: Forms, token: str) -> None:
    form = forms.form()
    forms.send(form)  # a submission without a token: nothing finds it
    for answer in (forms.outside.get(f"/f/confirm/?k={token}"), forms.outside.post("/f/confirm/", {"k": token})):
        assert answer.status_code in (400, 410)
    assert Lead.objects.count() == 1


def test_an_old_link_confirms_nothing_and_nothing_is_lost(forms: Forms) -> None:
    form = forms.form(double_opt_in=True)
    forms.send(form)
    link = link_of(Mail.objects.get())
    Submission.objects.update(at=timezone.now() - dt.timedelta(days=8))
    assert forms.outside.get(link).status_code == 410
    assert forms.outside.post("/f/confirm/", {"k": link.partition("k=")[2]}).status_code == 410
    assert not Lead.objects.exists()
    forget.call()
    sent = Submission.objects.get()
    assert (sent.state, sent.why) == ("discarded", "unconfirmed")
    lead = forms.act(take_up, pk=form.pk, submission=sent.pk)
    assert LeadOrigin.objects.get(lead=lead).confirmed_at is None
    Submission.objects.update(at=timezone.now() - dt.timedelta(days=31))
    assert forget.call() == 1


def test_nobody_is_flooded_with_confirmations(forms: Forms) -> None:
    form = forms.form(double_opt_in=True)
    answers = [forms.send(form, name=f"N{n}") for n in range(6)]
    assert {(a.status_code, a.content) for a in answers} == {(303, b"")}
    assert Mail.objects.count() == 3


def test_a_suppressed_address_gets_no_confirmation_and_the_page_does_not_tell(forms: Forms) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from coordina.customers.actions import suppress_address

    form = forms.form(double_opt_in=True)
    forms.act(suppress_address, address="Berta@example.com", reason="Lo pidió")
    asked, answers = [], []
    for email in (" BERTA@example.com", "otra@example.com"):
        with CaptureQueriesContext(connection) as queries:
            answer = forms.send(form, email=email)
        asked.append(
            [query["sql"].removeprefix("QUERY = '").split()[0] for query in queries]
        )  # as a kept plan is shown
        answers.append((answer.status_code, answer["Location"].partition("?")[0], answer.content))
    assert answers[0] == answers[1]
    assert asked[0] == asked[1]
    to = {mail.address: contents_of(mail) for mail in Mail.objects.all()}
    assert to["berta@example.com"] is None
    other = to["otra@example.com"]
    assert other is not None and "/f/confirm/?k=" in other.text


def test_confirmation_asks_for_an_address_even_where_the_form_does_not(forms: Forms) -> None:
    form = forms.form(double_opt_in=True)
    forms.delete(FormField.objects.get(form=form, field="email"))
    assert forms.send(form, email=None).status_code == 422
    assert forms.send(form).status_code == 303


# Limits -----------------------------------------------------------------------------------------------------------


def test_one_address_sends_so_often_and_others_go_on(forms: Forms, monkeypatch: Any) -> None:
    monkeypatch.setattr("coordina.webforms.marks.PER_ADDRESS", 3)
    form = forms.form()
    answers = [forms.send(form, name=f"N{n}") for n in range(4)]
    assert [a.status_code for a in answers] == [303, 303, 303, 429]
    assert 'value="N3"' in answers[-1].content.decode()
    from django.test import Client

    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert forms.send(form, client=elsewhere).status_code == 303


def test_bodies_have_an_end(forms: Forms) -> None:
    form = forms.form()
    answer = forms.send(form, description="x" * 200_000)
    assert answer.status_code == 413
    json = forms.outside.post(f"/f/{form.slug}/", '{"name": "x"}', content_type="application/json")
    assert json.status_code == 413
    body = "&".join(f"a{n}=" for n in range(6000))
    many = forms.outside.post("/f/contacto/", body, content_type="application/x-www-form-urlencoded")
    assert many.status_code in (400, 413)
    assert not Submission.objects.exists()


def test_unknown_names_change_nothing(forms: Forms) -> None:
    form = forms.form()
    extra = {"status": "converted", "owner": str(forms.boss.pk), "stage": "1", "reference": "LEA-1", "id": "7",
             "amount": "99", "source": "mía", "tracking": "x", "version": "9", "via": "web"}  # fmt: skip
    forms.send(form, **extra)
    lead = Lead.objects.get()
    assert (lead.status, lead.owner, lead.amount, lead.source) == ("new", None, None, "Formulario web")
    assert lead.reference != "LEA-1" and "mía" not in lead.tracking


def test_what_a_lead_needs_and_a_form_does_not_ask_for_is_put_aside(forms: Forms) -> None:
    form = forms.form()
    for field in FormField.objects.filter(form=form).exclude(field="description"):
        forms.delete(field)
    forms.send(form)
    assert Submission.objects.get().why == "unfit"


def test_forgetting_is_scheduled(db: None) -> None:
    from coordina.ledger.queue.schedules import SCHEDULES

    assert SCHEDULES.get("webforms.forget") is not None
