"""Reading of environment variables, the only source of settings. Every fault names its variable."""

import os
import secrets
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from coordina.core.storing.address import Bucket, read_address


class BadSetting(ValueError):
    """An environment variable holds what cannot be meant. The message names it and says what would be right."""


def text(name: str, default: str = "") -> str:
    """Give the stripped value of a variable, or ``default`` when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Give a yes/no variable. Raises BadSetting for anything but 1/0, true/false, yes/no, on/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r}: write 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """Give a whole number not below ``least``. Raises BadSetting otherwise."""
    return _whole(name, text(name) or str(default), least)


def _whole(name: str, value: str, least: int) -> int:
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise BadSetting(f"{name}={value!r}: write a whole number of {least} or more.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Give the parts of a comma-separated variable, without blanks and empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Give the networks of a comma-separated list, such as ``10.0.0.0/8``. Raises BadSetting for anything else."""
    try:
        return [ip_network(each) for each in words(name)]
    except ValueError as fault:
        raise BadSetting(f"{name}: {fault}.") from None


def data_dir() -> Path:
    """Give the folder that holds everything a company has: ``COORDINA_DATA``, else ``data`` where one stands."""
    return Path(text("COORDINA_DATA", "data")).expanduser().resolve()


def secret_key(folder: Path) -> str:
    """Give ``SECRET_KEY``, or the key kept in ``folder``, made at first use and readable by its owner only."""
    given = text("SECRET_KEY")
    if given:
        return given
    path = folder / "secret.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # of two processes that start at once, one wins and both read its key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _split(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as fault:
        raise BadSetting(f"{name}: {fault}.") from None
    if parts.scheme not in schemes:
        raise BadSetting(f"{name} begins with {parts.scheme!r}: it should be one of {', '.join(schemes)}.")
    return parts


def database(folder: Path) -> dict[str, Any]:
    """Give Django's entry for ``DATABASE_URL``; unset means SQLite in ``folder``.

    ``postgres://user:password@host:port/name?sslmode=require`` is understood.
    """
    url = text("DATABASE_URL")
    if not url:
        return _sqlite(folder / "coordina.sqlite3")
    parts = _split("DATABASE_URL", url, ("postgres", "postgresql"))
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options["prepare_threshold"] = _whole("prepare_threshold", options.get("prepare_threshold", "2"), 0) or None
    if options["prepare_threshold"]:  # what is kept is written so that one plan suits all values
        options.setdefault("options", "-c plan_cache_mode=force_generic_plan")
    pool = {"min_size": 2, "max_size": number("COORDINA_DB_POOL", 8, least=2), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "coordina",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # connections live in the pool
        "OPTIONS": {"pool": pool, **options},
    }


def _sqlite(path: Path) -> dict[str, Any]:
    """SQLite for several writing processes: write-ahead log, the write lock taken at BEGIN, every commit on disk."""
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "mmap_size=67108864",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
        },
    }


def files() -> Bucket | None:
    """Give the bucket of ``COORDINA_FILES``; None for the data folder. Raises BadSetting, which repeats no secret."""
    try:
        found = read_address(text("COORDINA_FILES"))
    except ValueError as fault:
        raise BadSetting(f"COORDINA_FILES: {fault}") from None
    given = [bool(text(name)) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    if found is not None and given != [True, True] and (any(given) or found.endpoint):
        raise BadSetting("COORDINA_FILES: its keys are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    return found


def broker() -> str:
    """Give ``BROKER_URL``: RabbitMQ (amqp, amqps) or Redis (redis, rediss). Raises BadSetting for anything else."""
    url = text("BROKER_URL")
    if url:
        _split("BROKER_URL", url, ("amqp", "amqps", "redis", "rediss"))
    return url


def mailers() -> dict[str, Any]:
    """Give Django's mailers for ``EMAIL_URL``; unset means none: mails are kept in the database.

    ``smtp://user:password@host:587`` (STARTTLS) and ``smtps://…:465`` (TLS) are understood.
    """
    url = text("EMAIL_URL")
    backends = "django.core.mail.backends"
    if not url:
        return {"default": {"BACKEND": f"{backends}.dummy.EmailBackend"}}
    parts = _split("EMAIL_URL", url, ("smtp", "smtps"))
    secure = parts.scheme == "smtps"
    options = {
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if secure else 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": not secure and bool(parts.username),
        "timeout": 20,
    }
    return {"default": {"BACKEND": f"{backends}.smtp.EmailBackend", "OPTIONS": options}}


def base_url() -> SplitResult:
    """Give the public address of the site, ``BASE_URL``. Raises BadSetting unless it is http:// or https://."""
    return _split("BASE_URL", text("BASE_URL", "http://127.0.0.1:8000"), ("http", "https"))


def allowed_hosts() -> list[str]:
    """Give the host names that are answered: ``ALLOWED_HOSTS`` or this machine, and always that of ``BASE_URL``."""

    def names() -> Iterator[str]:
        yield from words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
        if host := base_url().hostname:
            yield f"[{host}]" if ":" in host else host

    return list(dict.fromkeys(names()))


def oidc() -> dict[str, Any]:
    """Give what is said of the company's provider: every ``COORDINA_OIDC_…``. Raises BadSetting for what is no pair."""
    pairs = words("COORDINA_OIDC_ROLES")
    if any(not all(pair.partition("=")[::2]) for pair in pairs):
        raise BadSetting("COORDINA_OIDC_ROLES: write value=role, comma-separated, such as sales=representative.")
    issuer = text("COORDINA_OIDC_ISSUER")
    if issuer:
        _split("COORDINA_OIDC_ISSUER", issuer, ("https", "http"))
    return {
        "issuer": issuer,
        "client_id": text("COORDINA_OIDC_CLIENT_ID"),
        "client_secret": text("COORDINA_OIDC_CLIENT_SECRET"),
        "label": text("COORDINA_OIDC_LABEL", "OpenID Connect"),
        "domains": tuple(domain.lower() for domain in words("COORDINA_OIDC_DOMAINS")),
        "new_role": text("COORDINA_OIDC_NEW_ROLE"),
        "role_claim": text("COORDINA_OIDC_ROLE_CLAIM"),
        "roles": dict(pair.split("=", 1) for pair in pairs),
        "team_claim": text("COORDINA_OIDC_TEAM_CLAIM"),
        "trusted": flag("COORDINA_OIDC_TRUSTED"),
    }
