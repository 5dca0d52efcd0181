"""What ``COORDINA_FILES`` says: a folder, or ``s3://bucket/prefix?endpoint=https://…&region=…``. Never a secret."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

SCHEME = "s3"
FOLDER = "folder"
REGION = "us-east-1"
KNOWN = {"endpoint", "region", "style"}
STYLES = ("path", "virtual")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_PREFIX = re.compile(r"[A-Za-z0-9!_.()-]+(/[A-Za-z0-9!_.()-]+)*")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is.

    Attributes:
        name: Of the bucket.
        prefix: Before every name in it, without slashes around; empty for none.
        endpoint: Address of the service; empty for that of Amazon in the region.
        region: As the service calls it; many that are not Amazon take any.
        virtual: Whether the bucket is part of the host name, not of the path.
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = REGION
    virtual: bool = False

    def __str__(self) -> str:
        place = f"{SCHEME}://{self.name}" + (f"/{self.prefix}" if self.prefix else "")
        return f"{place} · {self.endpoint or self.region}"


def read_address(text: str) -> Bucket | None:
    """A bucket by its address; None for a folder.

    Raises:
        ValueError: What is wrong with it, and how it is written; the text itself is not repeated, it may hold a secret.
    """
    if not text or text == FOLDER:
        return None
    parts = urlsplit(text)
    if parts.scheme != SCHEME:
        raise ValueError(f"write {FOLDER}, or s3://bucket/prefix?endpoint=https://…&region=….")
    if "@" in parts.netloc:
        raise ValueError("it holds a key: keys belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    if strange := sorted(said.keys() - KNOWN):
        raise ValueError(f"{strange[0]!r} means nothing here: it takes {', '.join(sorted(KNOWN))}.")
    prefix = parts.path.strip("/")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError("the name of the bucket is missing or wrong: s3://bucket/prefix.")
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        raise ValueError("the prefix may hold letters, digits and -_.!() between slashes.")
    style = said.get("style", STYLES[0] if said.get("endpoint") else STYLES[1])
    if style not in STYLES:
        raise ValueError(f"style is {' or '.join(STYLES)}.")
    endpoint = _endpoint(said.get("endpoint", ""))
    return Bucket(parts.netloc, prefix, endpoint, said.get("region") or REGION, style == STYLES[1])


def _endpoint(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ValueError("endpoint is the address of the service, such as https://s3.example.com, without a key.")
    return text.rstrip("/")
