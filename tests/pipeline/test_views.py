"""The board in a browser's hands: page, filters, more cards, moves, conflicts."""

import json
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from coordina.accounts.models import User
from coordina.ledger.change_sets import change_set
from coordina.pipeline.actions import move, win
from coordina.pipeline.models import Opportunity, Pipeline, Stage
from tests.pipeline.ground import AT, TODAY, Ground, check
from tests.pipeline.signing import client_of

BOARD = "/opportunities/board/"
NOW = datetime.now(ZoneInfo("Europe/Madrid")).date()
SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def full(ground: Ground) -> Ground:
    ground.write(
        [
            {
                "name": f"Trato {i:03}",
                "amount": 100,
                "stage": ground.stages[i % 2],
                "owner": ground.seller if i % 3 else ground.other,
                "closes_on": NOW + timedelta(days=i),
            }
            for i in range(60)
        ]
    )
    return ground


def post(client: Client, obj: Opportunity, **values: Any) -> Any:
    return client.post(f"/opportunities/{obj.pk}/move/", values, headers=SCRIPT)


def test_the_board_shows_columns_sums_and_first_cards(full: Ground) -> None:
    page = client_of(full.director).get(BOARD).content.decode()
    assert page.count('class="column"') == 5
    assert page.count("data-card=") == 40
    assert "3000" in page.replace(".", "").replace("\u00a0", "")
    assert page.count('hx-swap="outerHTML"') >= 2
    assert "Trato 000" in page
    assert "Trato 059" not in page


@pytest.mark.parametrize(("who", "seen"), [("seller", 40), ("other", 20), ("manager", 40), ("director", 60)])
def test_everyone_sees_their_own_board(full: Ground, who: str, seen: int) -> None:
    client = client_of(getattr(full, who))
    page = client.get(BOARD)
    assert sum(int(c.count) for c in page.context["columns"]) == seen
    names = ("Trato 000" in page.content.decode(), "Trato 001" in page.content.decode())
    assert names == {"seller": (False, True), "manager": (False, True), "other": (True, False)}.get(who, (True, True))


def test_filters_of_the_sentence(full: Ground) -> None:
    client = client_of(full.director)

    def total(query: str) -> int:
        return sum(int(c.count) for c in client.get(f"{BOARD}?{query}").context["columns"])

    assert total("who=me") == 0
    assert total(f"user={full.other.pk}") == 20
    assert total(f"who=team-{full.other.team_id}") == 20
    assert total("when=late") == 0
    assert total("when=this_month") == monthrange(NOW.year, NOW.month)[1] - NOW.day + 1
    assert total("q=amount+%3E+100") == 0
    assert total(f"q=owner+%3D+{full.other.pk}") == 20
    said = client.get(f"{BOARD}?q=owner+%3D+{full.other.pk}").context["asked"].words
    assert "other" in said
    wrong = client.get(f"{BOARD}?q=nada+%3D+1")
    assert wrong.status_code == 200
    assert wrong.context["asked"].error
    assert client.get(f"{BOARD}?pipeline=999&who=x-y&when=zzz").status_code == 200


def test_more_cards_of_a_column(full: Ground) -> None:
    client = client_of(full.director)
    url = client.get(BOARD).context["columns"][0].more_url
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.count("data-card=") == 10
    assert "<html" not in part
    assert client.get(url).content.decode().count("data-card=") == 10
    assert client.get(f"{BOARD}?stage={full.won.pk}&after=x").status_code == 404
    assert client.get(f"{BOARD}?stage={full.stages[0].pk}&after=x").status_code in (400, 422)


def test_a_card_moves(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    client = client_of(full.seller)
    answer = post(client, obj, stage=full.stages[3].pk, version=obj.version)
    body = json.loads(answer.content)
    assert answer.status_code == 200
    assert body["version"] == 2
    assert body["columns"][str(full.stages[3].pk)]["count"] == "1"
    assert "Trato 001" in body["toast"]["text"]
    check(obj)
    undone = client.post(body["toast"]["undo"])
    assert undone.status_code in (200, 204, 302)
    assert Opportunity.objects.get(pk=obj.pk).stage_id == full.stages[1].pk


def test_a_plain_form_moves_and_comes_back(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    answer = client_of(full.seller).post(
        f"/opportunities/{obj.pk}/move/", {"stage": full.stages[2].pk, "version": 1, "next": BOARD + "?who=me"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, BOARD + "?who=me")
    assert Opportunity.objects.get(pk=obj.pk).stage_id == full.stages[2].pk
    away = client_of(full.seller).post(
        f"/opportunities/{obj.pk}/move/", {"stage": full.stages[1].pk, "next": "https://example.org/"}
    )
    assert away.headers["Location"] == BOARD


def test_who_moved_it_first(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    full.do(move, obj, by=full.manager, stage=full.stages[4].pk)
    answer = post(client_of(full.seller), obj, stage=full.stages[2].pk, version=1)
    assert answer.status_code == 409
    message = json.loads(answer.content)["message"]
    assert "manager" in message
    assert "Cierre" in message
    assert Opportunity.objects.get(pk=obj.pk).stage_id == full.stages[4].pk


def test_another_kind_of_change_does_not_hold_a_move_up(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    full.edit(obj, name="Otro nombre")
    assert post(client_of(full.seller), obj, stage=full.stages[2].pk, version=1).status_code == 200
    assert Opportunity.objects.get(pk=obj.pk).name == "Otro nombre"


def test_what_cannot_be_moved(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    assert post(client_of(full.other), obj, stage=full.stages[2].pk, version=1).status_code == 404
    assert post(client_of(full.seller), obj, stage="x", version=1).status_code == 422
    assert post(client_of(full.seller), obj, stage=full.won.pk, version=1).status_code == 422
    full.do(win, obj, closed_on=TODAY.isoformat())
    assert post(client_of(full.seller), obj, stage=full.stages[2].pk).status_code == 409
    assert client_of(full.seller).get(f"/opportunities/{obj.pk}/move/").status_code == 405


def test_names_are_escaped(full: Ground) -> None:
    bad = '"><script>alert(1)</script>'
    full.new(name=bad, next_step=bad)
    page = client_of(full.director).get(BOARD).content.decode()
    assert "<script>alert" not in page


def test_a_board_without_a_pipeline_teaches(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        Stage.objects.all().delete()
        Pipeline.objects.all().delete()
    assert client_of(ground.director).get(BOARD).status_code == 200


def test_an_empty_board_teaches(ground: Ground) -> None:
    page = client_of(ground.director).get(BOARD)
    assert "/opportunities/new/" in page.content.decode()


def test_without_permission_there_is_no_board(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        user = User.objects.create(name="x", email="x@example.com", access="active")
    assert client_of(user).get(BOARD).status_code == 403


def test_the_page_of_an_opportunity(full: Ground) -> None:
    obj = Opportunity.objects.get(name="Trato 001")
    page = client_of(full.seller).get(f"/opportunities/{obj.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Negociación" in text
    assert f"/opportunities/{obj.pk}/move/" in text
    assert f"/opportunities/{obj.pk}/do/set-next-step/" in text
    listed = client_of(full.seller).get("/opportunities/").content.decode()
    assert "Trato 001" in listed


def test_the_board_opens_where_most_open_opportunities_are_then_the_one_used_last(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        second = Pipeline.objects.create(name="Mantenimiento", position=2)
        stage = Stage.objects.create(pipeline=second, name="Pedido", position=1, probability=10)
        Stage.objects.create(pipeline=second, name="Hecho", position=2, kind="won", probability=100)
    for number in range(2):
        ground.new(name=f"Revisión {number}", stage=stage.pk)
    ground.new(name="Nave sola")
    client = client_of(ground.director)
    assert "Revisión 1" in client.get("/opportunities/board/").content.decode()
    assert "Nave sola" in client.get(f"/opportunities/board/?pipeline={ground.pipeline.pk}").content.decode()
    assert "Nave sola" in client.get("/opportunities/board/").content.decode()
