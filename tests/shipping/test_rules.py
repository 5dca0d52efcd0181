"""Days, ways and signatures on plain values."""

import datetime as dt
import hmac
from decimal import Decimal

import pytest

from coordina.shipping import rules
from coordina.shipping.enums import News, State

FRIDAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("left", "days", "more", "arrives"),
    [
        (FRIDAY, 0, {}, FRIDAY),
        (FRIDAY, 1, {}, dt.date(2026, 11, 23)),
        (FRIDAY, 1, {"saturdays": True}, dt.date(2026, 11, 21)),
        (FRIDAY, 2, {"saturdays": True}, dt.date(2026, 11, 23)),
        (FRIDAY, 2, {"saturdays": True, "sundays": True}, dt.date(2026, 11, 22)),
        (dt.date(2026, 11, 21), 1, {}, dt.date(2026, 11, 24)),
        (dt.date(2026, 11, 16), 5, {}, dt.date(2026, 11, 23)),
    ],
)
def test_arrival(left: dt.date, days: int, more: dict[str, bool], arrives: dt.date) -> None:
    assert rules.arrival(left, days, **more) == arrives


def test_tracking_addresses() -> None:
    assert rules.tracking_url("https://x.example/{number}", "A/1 &") == "https://x.example/A%2F1%20%26"
    assert rules.tracking_url("", "A") == rules.tracking_url("https://x/{number}", "") == ""


def test_what_is_shared_among_warehouses() -> None:
    five, two = Decimal(5), Decimal(2)
    assert rules.shared({1: five}, [(1, 7, two), (1, 8, five), (2, 7, two)]) == {7: {1: two}, 8: {1: Decimal(3)}}
    assert rules.shared({}, [(1, 7, two)]) == {}


def test_states_after_news() -> None:
    assert rules.state_after(State.SHIPPED, News.OUT) == State.TRANSIT
    assert rules.state_after(State.FAILED, News.TRANSIT) == State.TRANSIT
    assert rules.state_after(State.TRANSIT, News.RETURNED) == State.FAILED
    assert rules.state_after(State.TRANSIT, News.NOTE) == State.TRANSIT
    for stays in (State.PACKING, State.DELIVERED, State.RETURNED, State.CANCELLED):
        assert all(rules.state_after(stays, news) == stays for news in News)


def test_signatures() -> None:
    body, now = b'{"a": 1}', 1_800_000_000

    def signed(key: str = "geheim", at: int = now, text: bytes = body) -> str:
        return f"t={at},v1={hmac.new(key.encode(), b'%d.' % at + text, 'sha256').hexdigest()}"

    assert rules.signed_by("geheim", signed(), body, now)
    assert rules.signed_by("geheim", signed("alt") + "," + signed().split(",")[1], body, now)
    for bad in (
        signed("other"),
        signed(at=now - 301),
        signed(at=now + 301),
        signed(text=b"x"),
        "",
        "t=,v1=",
        "t=١,v1=ñ",
    ):
        assert not rules.signed_by("geheim", bad, body, now)
