"""Comments: for everybody who sees the record; a mention tells who sees it and nobody else."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity.actions import add_comment, delete_comment, edit_comment
from coordina.activity.following import follow, followers_of
from coordina.activity.mentions import Named, find, handle_of
from coordina.activity.models import Comment, Mail, Notification
from coordina.activity.panels import applies
from coordina.activity.shown import newest
from coordina.core.panels import PANELS
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import TYPES
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.models import Attachment, Note
from tests.world import World

pytestmark = pytest.mark.django_db
PEOPLE = [
    Named(1, "Bruno Encina", "bruno@example.com"),
    Named(2, "Bruna Mirlo", "bruna@example.com"),
    Named(3, "Ana", "ana@example.com"),
    Named(4, "Ana María Ñandú", "anama@example.com"),
    Named(5, "Teo Mirlo", "teo@example.com"),
    Named(6, "Teo Mirlo", "teo2@example.com"),
]


def comment(world: World, subject: Any, text: str, by: User | None = None) -> Comment:
    made: Comment = world.act(add_comment, by=by, subject_type=subject._meta.label, subject_id=subject.pk, text=text)
    return made


def texts(user: User) -> list[str]:
    return [each.text for each in newest(User.objects.for_request().get(pk=user.pk))]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@Bruno Encina, mira", [1]),
        ("hola @bruno encina.", [1]),
        ("@BRUNO", [1]),
        ("@Ana María Ñandú y @Ana", [4, 3]),
        ("@ana maria nandu", [4]),
        ("(@Bruna Mirlo)", [2]),
        ("@bruno@example.com dice", [1]),
        ("@Bruno @Bruno", [1]),
        ("bruno@Bruno.com", []),
        ("@Brunos", []),
        ("@Anabel", []),
        ("@Nadie", []),
        ("@", []),
        ("@ Bruno", []),
        ("@teo2@example.com", [6]),
    ],
)
def test_who_is_mentioned(text: str, ids: list[int]) -> None:
    found = find(text, PEOPLE)
    assert found.ids == ids
    assert all(text[start] == "@" for start, _end, _who in found.spans)


def test_a_name_of_two_is_doubtful_and_the_address_is_not() -> None:
    assert find("@Teo Mirlo", PEOPLE).doubtful == ["Teo Mirlo"]
    assert [handle_of(each, PEOPLE) for each in PEOPLE[4:]] == ["teo@example.com", "teo2@example.com"]
    assert handle_of(PEOPLE[0], PEOPLE) == "Bruno Encina"


def test_a_mention_tells_who_is_meant_and_followers_hear_of_the_comment(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    made = comment(world, company, "@Teo Mirlo, ¿llamas tú?", by=world.boss)
    assert made.mentions == [world.other.pk]
    assert texts(world.other) == ["Inés Alondra te menciona: @Teo Mirlo, ¿llamas tú?"]
    assert texts(world.rep) == ["Inés Alondra comenta: @Teo Mirlo, ¿llamas tú?"]
    assert texts(world.boss) == texts(world.service) == []
    assert followers_of(company) == {world.rep.pk, world.boss.pk, world.other.pk}
    comment(world, company, "Sí", by=world.other)
    assert texts(world.boss) == ["Teo Mirlo comenta: Sí"]


def test_a_mention_of_somebody_without_access_is_said_and_tells_nobody(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    client = world.client(world.rep)
    answer = client.post(
        f"/comments/of/interactions/{secret.pk}/",
        {"text": "@Teo Mirlo y @Inés Alondra, ¿qué tal?"},
        headers={"HX-Request": "true"},
    )
    assert "Teo Mirlo" in answer["HX-Trigger"].encode().decode("unicode_escape")
    assert "no puede ver este registro" in answer["HX-Trigger"]
    assert texts(world.other) == []
    assert len(texts(world.boss)) == 1
    assert not Mail.objects.filter(person_id=world.other.pk).exists()
    assert Comment.objects.get().mentions == [world.boss.pk]
    assert world.other.pk not in followers_of(secret)


def test_only_who_sees_the_record_is_offered(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    company = world.create(Company, name="Una")
    client = world.client(world.rep)

    def offered(url: str) -> list[str]:
        return [each["name"] for each in client.get(url).json()["people"]]

    assert offered(f"/comments/of/interactions/{secret.pk}/people/?q=") == ["Inés Alondra"]
    assert offered(f"/comments/of/companies/{company.pk}/people/?q=") == ["Inés Alondra", "Sol Amapola", "Teo Mirlo"]
    assert offered(f"/comments/of/companies/{company.pk}/people/?q=mir") == ["Teo Mirlo"]
    hidden = world.create(Interaction, by=world.other, summary="Otra")
    assert client.get(f"/comments/of/interactions/{hidden.pk}/people/").status_code == 404


def test_who_does_not_see_a_record_neither_comments_it_nor_reads_what_was_said(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    made = comment(world, secret, "CanarioComentario", by=world.rep)
    for user in (world.other, world.service):
        with pytest.raises((NotFound, Forbidden)):
            comment(world, secret, "x", by=user)
        assert not Comment.objects.visible_to(user).exists()
        client = world.client(user)
        urls = [f"/comments/{made.pk}/", f"/comments/{made.pk}/edit/", f"/comments/{made.pk}/delete/", "/comments/"]
        urls += [f"/timeline/interactions/{secret.pk}/", "/comments/lookup/", "/comments/export/"]
        for url in urls:
            answer = client.get(url)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"CanarioComentario" not in body, url
        assert client.post(f"/follow/interactions/{secret.pk}/").status_code == 404


def test_whoever_sees_may_comment_but_only_the_author_changes(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    made = comment(world, company, "  Hola  ", by=world.service)
    assert made.text == "Hola"
    for act, data in ((edit_comment, {"text": "x"}), (delete_comment, {})):
        with pytest.raises(Forbidden):
            world.act(act, by=world.boss, pk=made.pk, **data)
    for text in ("", "  "):
        with pytest.raises(Refusal):
            comment(world, company, text)


def test_a_changed_comment_tells_only_who_is_named_anew(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    made = comment(world, company, "@Teo Mirlo mira", by=world.boss)
    world.act(edit_comment, by=world.boss, pk=made.pk, text="@Teo Mirlo y @Sol Amapola, mirad")
    assert texts(world.other) == ["Inés Alondra te menciona: @Teo Mirlo y @Sol Amapola, mirad"]
    assert texts(world.service) == ["Inés Alondra te menciona: @Teo Mirlo y @Sol Amapola, mirad"]
    assert Notification.objects.count() == 3
    world.act(delete_comment, by=world.boss, pk=made.pk)
    assert texts(world.other) == texts(world.rep) == []


def test_undo_of_a_comment_takes_it_and_what_it_told(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    comment(world, company, "@Teo Mirlo mira", by=world.boss)
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert not Comment.objects.exists()
    assert texts(world.other) == texts(world.rep) == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled"}
    assert followers_of(company) == {world.rep.pk}


def test_a_comment_sent_twice_is_written_once(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    client = world.client(world.rep)
    for kind in ("comment", "note"):
        page = client.get(f"/companies/{company.pk}/").content.decode()
        once = re.findall(r'name="once" value="([^"]+)"', page)[0]
        data = {"kind": kind, "text": "@Teo Mirlo mira", "once": once}
        for _n in range(2):
            answer = client.post(f"/log/companies/{company.pk}/", data, headers={"HX-Request": "true"})
            assert answer.status_code == 200
    assert Comment.objects.count() == Note.objects.count() == 1
    assert len(texts(world.other)) == 1
    client.post(f"/log/companies/{company.pk}/", data | {"text": "Otra"}, headers={"HX-Request": "true"})
    assert Note.objects.count() == 2, "who types something else means something else"


def test_a_file_sent_twice_is_kept_once(world: World, settings: Any) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    client = world.client(world.rep)
    for _n in range(2):
        files = [SimpleUploadedFile("a.txt", b"uno"), SimpleUploadedFile("a.txt", b"dos")]
        client.post(f"/files/of/companies/{company.pk}/", {"once": "abc", "file": files})
    assert Attachment.objects.count() == 2
    assert len([p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]) == 2


def test_comments_stand_in_the_timeline_with_a_chip(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    made = comment(world, company, "Hola <b>@Teo Mirlo</b>\nsegunda", by=world.rep)
    client = world.client(world.rep)
    page = client.get(f"/timeline/companies/{company.pk}/?only=comments").content.decode()
    assert 'Hola &lt;b&gt;<b class="mention">@Teo Mirlo</b>&lt;/b&gt;<br>segunda' in page
    assert f"/comments/{made.pk}/edit/" in page
    other = world.client(world.other).get(f"/timeline/companies/{company.pk}/").content.decode()
    assert f"/comments/{made.pk}/edit/" not in other
    assert "segunda" in other


def test_pages_of_comments_work_without_scripts(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    client = world.client(world.rep)
    assert client.post(f"/comments/of/companies/{company.pk}/", {"text": "Hola"}).status_code == 302
    assert client.post(f"/comments/of/companies/{company.pk}/", {"text": " "}).status_code == 422
    made = Comment.objects.get()
    assert client.get(f"/comments/{made.pk}/edit/").status_code == 200
    assert client.post(f"/comments/{made.pk}/edit/", {"text": "Adiós"}).status_code == 302
    assert client.get(f"/comments/{made.pk}/delete/").status_code == 200
    assert client.post(f"/comments/{made.pk}/delete/").status_code == 302
    assert not Comment.objects.exists()


def test_every_record_with_a_page_can_be_commented() -> None:
    for known in TYPES:
        if not applies(known) or not known.model.__module__.startswith("coordina."):
            continue
        templates = {p.template for p in PANELS if p.slot.startswith(f"{known.name}.")}
        assert {"customers/composer.html", "activity/comment_form.html"} & templates, known.name
        assert "activity/around.html" in templates, known.name
        assert "records/timeline.html" in templates, known.name


def test_who_stays_out_stays_out(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    follow(world.rep, company, active=False)
    comment(world, company, "Hola", by=world.boss)
    assert texts(world.rep) == []
    comment(world, company, "@Bruno mira", by=world.boss)
    assert len(texts(world.rep)) == 1, "a mention is meant for him"
    assert world.rep.pk not in followers_of(company)
    with change_set(by=world.rep, at=timezone.now(), via="web"):
        company.refresh_from_db()
    client = world.client(world.rep)
    answer = client.post(f"/follow/companies/{company.pk}/", headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    assert world.rep.pk in followers_of(company)
    client.post(f"/follow/companies/{company.pk}/")
    assert world.rep.pk not in followers_of(company)
