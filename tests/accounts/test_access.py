"""Who may raise whom, the throttle, the last administrator, and the session's end, without pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.utils import timezone

from coordina.accounts import passwords
from coordina.accounts.actions import (
    change_password,
    change_profile,
    deactivate,
    give_access,
    reactivate,
    set_password,
    set_reach,
)
from coordina.accounts.models import Attempt, Credential, Role, Team, User
from coordina.accounts.ownership import owned_by
from coordina.accounts.places import checked_country, checked_time_zone, currency_choices, time_zone_choices
from coordina.accounts.reach import differences
from coordina.accounts.signin import SignInBackend, sign_in
from coordina.accounts.standing import exceeds
from coordina.accounts.throttle import KEPT, PER_PAIR, WINDOW, forgive, limits_of, release, reserve, sweep
from coordina.core.actions import of, standard
from coordina.core.founding import FOUNDING
from coordina.core.permissions import defaults_for
from coordina.core.refusals import Forbidden, Refusal
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import perform, submit
from coordina.ledger.models import Change, ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline.models import Opportunity
from tests.accounts.people import PASSWORD, Staff, founded, fresh, signed_in, staffed

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def staff() -> Staff:
    return staffed()


def edit(by: User, obj: Any, **changes: Any) -> Any:
    return submit(standard(type(obj), "edit"), changes, by=by, via="web", pk=obj.pk)


# Throttle


def test_the_window_begins_anew_and_a_right_password_gives_its_try_back() -> None:
    limits = limits_of("ada@faro.example", "203.0.113.5")
    for _ in range(PER_PAIR):
        reserve(limits, NOW)
    with pytest.raises(Refusal) as caught:
        reserve(limits, NOW + timedelta(minutes=14))
    assert (caught.value.code, caught.value.status) == ("throttled", 429)
    assert "1 min" in str(caught.value)
    with pytest.raises(Refusal):  # who waits is not counted, so that the wait ends
        reserve(limits, NOW + timedelta(minutes=14, seconds=50))
    reserve(limits, NOW + WINDOW + timedelta(seconds=1))
    counts = dict(Attempt.objects.values_list("key", "count"))
    assert set(counts.values()) == {1}
    release(limits)
    assert set(Attempt.objects.values_list("count", flat=True)) == {0}


def test_a_colleague_may_forgive_and_old_counters_go() -> None:
    limits = limits_of("ada@faro.example", "203.0.113.5")
    for _ in range(PER_PAIR):
        reserve(limits, NOW)
    forgive("ADA@faro.example")
    reserve(limits, NOW)
    assert sweep(NOW) == 0
    assert sweep(NOW + KEPT + WINDOW) == Attempt.objects.count() + 3


def test_the_clock_does_not_tell_who_exists(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many hashes are worked out for a stranger as for somebody with a wrong password."""
    worked: list[str] = []

    original = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        worked.append(password)
        return original(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    counts = {}
    with change_set(by=None, at=NOW, via="system"):
        User.objects.filter(pk=staff.other.pk).update(access="deactivated")
    for email in (staff.rep.email, staff.other.email, "nadie@faro.example", ""):
        worked.clear()
        assert SignInBackend().authenticate(None, email=email, password="no es esta") is None
        counts[email] = len(worked)
    assert set(counts.values()) == {1}


# Passwords


@pytest.mark.parametrize("weak", ["corta", "1234567890123", "password123", "ritaprueba", "rita@faro.example"])
def test_weak_passwords_are_refused_at_the_field(staff: Staff, weak: str) -> None:
    with pytest.raises(Refusal) as caught:
        perform(set_password, via="web")(user=staff.rep, password=weak, by=staff.admin, at=NOW)
    assert caught.value.field == "password"
    assert SignInBackend().authenticate(None, email="rita@faro.example", password=PASSWORD) is not None


def test_blanks_and_accents_of_a_password_count() -> None:
    admin = founded(password=" áéí puerta azul ")
    assert SignInBackend().authenticate(None, email=admin.email or "", password="áéí puerta azul") is None
    composed = " \u0061\u0301\u0065\u0301\u0069\u0301 puerta azul "
    assert SignInBackend().authenticate(None, email=admin.email or "", password=composed) is not None


def test_a_hash_of_an_older_kind_is_renewed_and_the_session_begun_with_it_lives(settings: Any) -> None:
    admin = founded()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    user = SignInBackend().authenticate(None, email="ada@faro.example", password=PASSWORD)
    assert user is not None
    assert Credential.objects.get(user_id=admin.pk).password.startswith("pbkdf2")
    assert user.get_session_auth_hash() == fresh(admin).get_session_auth_hash()


def test_passwords_are_not_history(staff: Staff) -> None:
    perform(set_password, via="web")(user=staff.rep, password="otra-puerta-verde", by=staff.admin, at=NOW)
    kept = " ".join(Change.objects.values_list("delta", flat=True))
    for hashed in Credential.objects.values_list("password", flat=True):
        assert hashed not in kept
    assert "puerta" not in kept


def test_proposed_passwords_are_good(staff: Staff) -> None:
    proposed = {passwords.suggestion() for _ in range(20)}
    assert len(proposed) == 20
    for each in proposed:
        passwords.check_rules(each, staff.rep)


# Access


def test_deactivated_people_come_back_with_their_password(staff: Staff) -> None:
    perform(deactivate, via="web")(user=staff.rep, by=staff.admin, at=NOW)
    assert SignInBackend().get_user(staff.rep.pk) is None
    with pytest.raises(Refusal):
        sign_in(None, email="rita@faro.example", password=PASSWORD, address="203.0.113.9")
    now = fresh(staff.rep)
    assert (now.reach, now.may("customers.view_company")) == ({}, False)
    perform(reactivate, via="web")(user=now, by=staff.admin, at=NOW)
    assert sign_in(None, email="rita@faro.example", password=PASSWORD, address="203.0.113.9").pk == staff.rep.pk
    change = ChangeSet.objects.filter(action="accounts.reactivate").get()
    undo(change, by=staff.admin, at=NOW)
    assert not fresh(staff.rep).is_active


def test_who_never_had_a_password_cannot_come_back_without_one(staff: Staff) -> None:
    user = submit(standard(User, "create"), {"name": "Nadia"}, by=staff.admin, via="web")
    with change_set(by=None, at=NOW, via="system"):
        User.objects.filter(pk=user.pk).update(access="deactivated")
    with pytest.raises(Refusal):
        perform(reactivate, via="web")(user=fresh(user), by=staff.admin, at=NOW)


def test_nobody_takes_the_last_key(staff: Staff) -> None:
    representative = Role.objects.get(slug="representative")
    administrator = Role.objects.get(slug="administrator")
    with pytest.raises(Refusal) as caught:
        edit(staff.admin, staff.admin, role=representative.pk)
    assert caught.value.code == "last_administrator"
    with pytest.raises(Refusal):
        perform(set_reach, via="web")(role=administrator, reach={}, by=staff.admin, at=NOW)
    with pytest.raises(Refusal):
        edit(staff.admin, staff.admin, email="")
    assert fresh(staff.admin).may("accounts.change_role")
    # with a second one the first may go, but undoing the second's promotion afterwards is refused
    edit(staff.admin, staff.manager, role=administrator.pk)
    promoted = ChangeSet.objects.latest("pk")
    second = fresh(staff.manager)
    perform(deactivate, via="web")(user=fresh(staff.admin), by=second, at=NOW)
    with pytest.raises(Refusal):
        undo(promoted, by=second, at=NOW)
    assert fresh(staff.manager).role.slug == "administrator"


def test_who_may_edit_users_raises_nobody_above_themselves(staff: Staff) -> None:
    administrator = Role.objects.get(slug="administrator")
    with change_set(by=None, at=NOW, via="system"):
        keeper = Role.objects.create(
            name="Alta de personal",
            reach=defaults_for("representative")
            | {"accounts.change_user": "all", "accounts.add_user": "all", "accounts.view_user": "all"},
        )
        User.objects.filter(pk=staff.other.pk).update(role=keeper)
    omar = fresh(staff.other)
    for target in (omar, staff.rep):
        with pytest.raises(Refusal):
            edit(omar, target, role=administrator.pk)
    with pytest.raises(Forbidden):
        edit(omar, omar, team=staff.north.pk)
    with pytest.raises(Forbidden):
        edit(omar, staff.admin, email="omar2@faro.example")
    with pytest.raises(Forbidden):
        perform(set_password, via="web")(user=staff.admin, password="otra-puerta-verde", by=omar, at=NOW)
    with pytest.raises(Forbidden):
        perform(deactivate, via="web")(user=staff.admin, by=omar, at=NOW)
    with pytest.raises(Refusal):
        submit(standard(User, "create"), {"name": "Topo", "role": administrator.pk}, by=omar, via="web")
    made = submit(standard(User, "create"), {"name": "Nuevo"}, by=omar, via="web")
    assert made.role.slug == "representative"
    perform(give_access, via="web")(
        user=made, email="nuevo@faro.example", password="otra-puerta-verde", by=omar, at=NOW
    )
    assert edit(omar, staff.rep, team=staff.south.pk).team_id == staff.south.pk


def test_what_somebody_owns_is_counted_as_far_as_the_reader_sees_it(staff: Staff) -> None:
    make = standard(Company, "create")
    company = submit(make, {"name": "Canario Ocho"}, by=staff.other, via="web")
    deal = submit(standard(Opportunity, "create"), {"name": "Canario Nueve"}, by=staff.other, via="web")
    assert (company.owner_id, deal.owner_id) == (staff.other.pk, staff.other.pk)
    for reader, seen in ((staff.admin, {"company", "opportunity"}), (staff.rep, {"company"})):
        assert {each.known.name for each in owned_by(staff.other, reader)} == seen
        page = signed_in(reader).get(f"/users/{staff.other.pk}/").content.decode()
        assert "/companies/?q=owner" in page
        assert ("/opportunities/?q=owner" in page) == ("opportunity" in seen)
        assert "Canario" not in page


def test_reach_is_compared_by_permission_and_width() -> None:
    assert not exceeds({"a": "own"}, {"a": "team", "b": "all"})
    assert exceeds({"a": "all"}, {"a": "team"})
    assert exceeds({"c": "own"}, {"a": "all"})


def test_roles_that_come_with_coordina_stay(staff: Staff) -> None:
    role = Role.objects.get(slug="finance")
    with pytest.raises(Refusal):
        submit(standard(Role, "delete"), {}, by=staff.admin, via="web", pk=role.pk)
    with pytest.raises(Refusal):
        submit(standard(Team, "delete"), {}, by=staff.admin, via="web", pk=staff.north.pk)


def test_changes_of_a_role_are_told_in_words() -> None:
    told = differences({"pipeline.view_opportunity": "own"}, {"pipeline.view_opportunity": "all", "gone.x_y": "all"})
    assert len(told) == 2
    assert told[0][1] != told[0][2]
    assert told[1][0] == "gone.x_y"


def test_rooms_make_their_defaults_when_a_company_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def defaults(*, language: str, by: User, at: Any) -> None:
        seen.update(language=language, by=by.name)
        Team.objects.create(name="De serie")

    monkeypatch.setitem(FOUNDING._items, "tests.defaults", defaults)
    founded(language="en")
    assert seen == {"language": "en", "by": "Ada Prueba"}
    assert Role.objects.get(slug="representative").name == "Sales representative"
    assert Team.objects.filter(name="De serie").exists()
    assert ChangeSet.objects.count() == 1


def test_a_second_company_cannot_be_founded() -> None:
    founded()
    with pytest.raises(Refusal) as caught:
        founded(company="Otra", email="b@faro.example")
    assert caught.value.code == "founded"
    assert User.objects.count() == 1


def test_places_have_names_in_the_language_of_the_page() -> None:
    assert ("EUR", "Euro (EUR)") in currency_choices("es")
    assert ("Europe/Madrid", "España, Madrid") in time_zone_choices("es")
    assert ("Europe/Madrid", "Spain, Madrid") in time_zone_choices("en")
    assert checked_country(" mx ") == "MX"
    for wrong, check in (("XX", checked_country), ("Luna/Mar", checked_time_zone)):
        with pytest.raises(Refusal):
            check(wrong)


def test_actions_on_oneself_have_no_target() -> None:
    assert of(change_profile).target is None
    assert set(of(change_profile).input.model_fields) == {"name", "language", "time_zone", "country"}
    assert set(of(change_password).input.model_fields) == {"current", "password"}


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_do_not_slip_through() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory database has one connection")
    limits = limits_of("ada@faro.example", "203.0.113.5")

    def attempt(_number: int) -> bool:
        try:
            reserve(limits, NOW)
            return True
        except Refusal:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == PER_PAIR
