"""Reading of environment variables, the only source of settings. Every fault names its variable."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


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
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise BadSetting(f"{name}={value!r}: write a whole number of {least} or more.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Give the parts of a comma-separated variable, without blanks and empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


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
    pool = {"min_size": 2, "max_size": number("COORDINA_DB_POOL", 8, least=2)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "coordina",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # connections live in the pool
        "OPTIONS": {"pool": pool, **dict(parse_qsl(parts.query))},
    }


def _sqlite(path: Path) -> dict[str, Any]:
    """SQLite for several writing processes: write-ahead log, the write lock taken at BEGIN, every commit on disk."""
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "mmap_size=268435456",
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
