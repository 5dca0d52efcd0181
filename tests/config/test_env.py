"""Settings come from the environment; what cannot be meant is refused by name."""

import stat
from pathlib import Path

import pytest

from coordina.config import env


def test_unset_means_sqlite_that_keeps_every_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    entry = env.database(tmp_path)
    assert entry["NAME"] == tmp_path / "coordina.sqlite3"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL;" in entry["OPTIONS"]["init_command"]
    assert "PRAGMA synchronous=FULL;" in entry["OPTIONS"]["init_command"]


def test_an_address_names_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ana:p%40ss@db.internal:6432/ventas?sslmode=require")
    entry = env.database(tmp_path)
    assert [entry[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "ventas",
        "ana",
        "p@ss",
        "db.internal",
        "6432",
    ]
    assert entry["OPTIONS"] == {
        "pool": {"min_size": 2, "max_size": 8, "timeout": 10},
        "sslmode": "require",
        "prepare_threshold": 2,
        "options": "-c plan_cache_mode=force_generic_plan",
    }


def test_plans_are_not_kept_behind_a_pooler_that_forgets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.internal/ventas?prepare_threshold=0")
    options = env.database(tmp_path)["OPTIONS"]
    assert (options["prepare_threshold"], "options" in options) == (None, False)
    monkeypatch.setenv("DATABASE_URL", "postgres://db.internal/ventas?prepare_threshold=often")
    with pytest.raises(env.BadSetting, match="prepare_threshold"):
        env.database(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("DATABASE_URL", "mysql://a/b", lambda: env.database(Path())),
        ("DATABASE_URL", "postgres://a:x/b", lambda: env.database(Path())),
        ("EMAIL_URL", "imap://a", env.mailers),
        ("BROKER_URL", "kafka://a:geheim@b", env.broker),
        ("BASE_URL", "crm.example.com", env.base_url),
        ("COORDINA_DEBUG", "perhaps", lambda: env.flag("COORDINA_DEBUG")),
        ("COORDINA_DB_POOL", "-1", lambda: env.number("COORDINA_DB_POOL", 8)),
        ("COORDINA_DB_POOL", "1", lambda: env.number("COORDINA_DB_POOL", 8, least=2)),
        ("COORDINA_DB_POOL", "²", lambda: env.number("COORDINA_DB_POOL", 8)),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    name: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(env.BadSetting, match=name):
        read()  # type: ignore[operator]


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = env.secret_key(tmp_path / "new")
    assert len(key) > 50
    assert env.secret_key(tmp_path / "new") == key
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600


def test_a_given_secret_key_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert env.secret_key(tmp_path) == "given"
    assert not list(tmp_path.iterdir())


def test_the_host_of_the_public_address_is_always_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "https://crm.example.com")
    monkeypatch.setenv("ALLOWED_HOSTS", "intranet, ")
    assert env.allowed_hosts() == ["intranet", "crm.example.com"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://ana:p%40@mail:587", {"port": 587, "username": "ana", "password": "p@", "use_tls": True}),
        ("smtps://mail", {"port": 465, "use_ssl": True, "use_tls": False}),
        ("smtp://mail", {"port": 25, "use_ssl": False, "use_tls": False}),
    ],
)
def test_mail_goes_where_the_address_says(url: str, expected: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    options = env.mailers()["default"]["OPTIONS"]
    assert expected.items() <= options.items()
