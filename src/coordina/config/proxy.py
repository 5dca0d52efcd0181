"""Whom to believe about where a request came from: ``X-Forwarded-*`` counts from a trusted proxy only."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from coordina.config.env import BadSetting

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def networks(names: list[str]) -> list[IPv4Network | IPv6Network]:
    """Read addresses and networks (``10.0.0.5``, ``10.0.0.0/8``). Raises BadSetting for anything else."""
    try:
        return [ip_network(name) for name in names]
    except ValueError as fault:
        raise BadSetting(f"COORDINA_TRUSTED_PROXY: {fault}.") from None


class TrustedProxy:
    """A WSGI program in front of another: a trusted proxy's headers become facts, anybody else's are dropped."""

    def __init__(self, application: Application, trusted: list[IPv4Network | IPv6Network]) -> None:
        self.application = application
        self.trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        said = {name: environ.pop(f"HTTP_X_FORWARDED_{name}", "") for name in ("FOR", "PROTO", "HOST", "PORT")}
        environ.pop("HTTP_FORWARDED", None)
        if self.trusted and self._trusts(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self._origin(said["FOR"]) or environ["REMOTE_ADDR"]
            if said["PROTO"] in {"http", "https"}:
                environ["wsgi.url_scheme"] = said["PROTO"]
            if said["HOST"]:
                environ["HTTP_HOST"] = said["HOST"]
        return self.application(environ, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.trusted)
        except ValueError:
            return False

    def _origin(self, chain: str) -> str:
        """Give the last address of the chain that is no trusted proxy's: anybody may have written what precedes it."""
        for part in reversed([part.strip() for part in chain.split(",") if part.strip()]):
            try:
                ip_address(part)
            except ValueError:
                return ""
            if not self._trusts(part):
                return part
        return ""
