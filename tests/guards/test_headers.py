"""What the browser is told about the site, over http and over https."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Organization
from coordina.ledger.change_sets import change_set

SRC = Path(__file__).resolve().parents[2] / "src"
READ = """
import json
from coordina.config import settings as s
cookies = [f"{n}_COOKIE_SECURE" for n in ("SESSION", "CSRF", "LANGUAGE")]
names = [*cookies, "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS"]
print(json.dumps({n: getattr(s, n) for n in names}))
"""


def settings_under(url: str, data: Path) -> dict[str, Any]:
    """Settings as a process with this public address has them."""
    chosen = {"BASE_URL": url, "COORDINA_DATA": str(data), "PYTHONPATH": str(SRC), "ALLOWED_HOSTS": ""}
    done = subprocess.run(
        [sys.executable, "-c", READ], env={**os.environ, **chosen}, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_https_address_switches_on_secure_cookies_and_hsts(tmp_path: Path) -> None:
    found = settings_under("https://crm.example.com", tmp_path)
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["LANGUAGE_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert "crm.example.com" in found["ALLOWED_HOSTS"]


def test_plain_http_on_this_machine_does_without(tmp_path: Path) -> None:
    found = settings_under("http://127.0.0.1:8000", tmp_path)
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 0


@pytest.mark.django_db
def test_pages_carry_the_policies() -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        Organization.objects.create(name="Lumbrera", currency="EUR", language="es", time_zone="Europe/Madrid")
    answer = Client().get("/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
