"""Addresses of services as an administrator may read them: where, never with whom or by which password."""

from urllib.parse import unquote, urlsplit


def shown(url: str) -> str:
    """Scheme, host, port and name of a service; no user, password, or option. Empty for what is no address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    place = f"[{host}]" if ":" in host else host
    name = unquote(parts.path).strip("/")
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{f'/{name}' if name else ''}"


def database_shown(entry: dict[str, object]) -> str:
    """Where a database of `DATABASES` is: host, port and name, or the file."""
    host, port = entry.get("HOST") or "localhost", entry.get("PORT")
    if not str(entry.get("ENGINE")).endswith("postgresql"):
        return str(entry.get("NAME"))
    return f"{host}{f':{port}' if port else ''}/{entry.get('NAME')}"
