"""Decisions about addresses of forms, the sites that embed them, and what looks like spam. Plain values only."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Refusal
from coordina.webforms.enums import Why

LEAST = 3
"""Seconds within which nobody fills in a form."""
LINKS = 4
"""Web addresses in one submission from which on it is discarded."""
RESERVED = frozenset({"confirm", "embed", "new"})
LONGEST_SITES = 20
CONFIRM_WITHIN = timedelta(days=7)
KEPT = timedelta(days=30)
"""How long discarded submissions stay."""
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_ORIGIN = 300
"""Characters of one parameter of the address that is kept."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,58}[a-z0-9])")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_LINK = re.compile(r"https?://|\bwww\.|\[url", re.IGNORECASE)


def checked_slug(text: str) -> str:
    """The last part of a public address.

    Raises:
        Refusal: At `slug`, where it has other letters than small ones, figures and hyphens, or means something else.
    """
    slug = text.strip().lower()
    if not _SLUG.fullmatch(slug) or slug in RESERVED:
        message = _("Use three to sixty small letters without accents, figures and hyphens, such as free-trial.")
        raise Refusal("slug", message, field="slug")
    return slug


def origin_of(text: str) -> str:
    """The origin of a web address: scheme, host and port; empty where it has none that a browser would know.

    Plain http is taken for this machine only, where somebody builds a site.
    """
    written = text.strip().lower()
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return ""
    local = host in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        return ""
    if parts.username or parts.password or not _HOST.fullmatch(host) or ("." not in host and not local):
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def checked_sites(text: str) -> str:
    """Origins, one a line, each once.

    Raises:
        Refusal: At `sites`, naming the first that is none.
    """
    found: list[str] = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        origin = origin_of(word)
        if not origin:
            message = _("“%(text)s” is not the address of a site. Write it like https://www.company.com, one a line.")
            raise Refusal("sites", message % {"text": word[:80]}, field="sites")
        if origin not in found:
            found.append(origin)
    if len(found) > LONGEST_SITES:
        message = _("At most %(count)d sites may embed a form.")
        raise Refusal("sites", message % {"count": LONGEST_SITES}, field="sites")
    return "\n".join(found)


def check_redirect(url: str, allowed: Iterable[str]) -> None:
    """Refuse to send people to a page that is on none of the form's own sites.

    Raises:
        Refusal: At `redirect_url`.
    """
    if url and (origin_of(url) not in set(allowed) or "\\" in url):
        message = _("It has to be on one of the sites that may embed the form: write that site there first.")
        raise Refusal("redirect", message, field="redirect_url")


def version_of(text: str) -> str:
    """By which a text is known: the same words, the same version."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


def looks_like_spam(answers: Mapping[str, str], trap: str, seconds: float) -> Why | None:
    """Why a submission is put aside; None where nothing speaks against it.

    Args:
        answers: What was written, by field.
        trap: What stands in the field that people do not see.
        seconds: Since the page was asked for.
    """
    if trap.strip():
        return Why.TRAP
    if seconds < LEAST:
        return Why.FAST
    links = sum(len(_LINK.findall(text)) for name, text in answers.items() if name != "website")
    return Why.LINKS if links >= LINKS else None


def tracking_of(given: Mapping[str, str]) -> str:
    """Where somebody came from, as a lead keeps it: parameters and referring page, at most 500 characters."""
    kept = {n: given[n] for n in (*UTM, "referrer") if given.get(n)}
    while kept and len(urlencode(kept)) > 500:
        kept.popitem()
    return urlencode(kept)


def page_url(text: str) -> str:
    """An address of the web that a page said of itself; nothing where it is none."""
    return text[:500] if text.startswith(("https://", "http://")) else ""
