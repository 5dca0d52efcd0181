"""What `COORDINA_FILES` may say."""

import pytest

from coordina.config import env
from coordina.core.storing.address import Bucket, read_address


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("", None),
        ("folder", None),
        ("s3://ours", Bucket("ours", virtual=True)),
        ("s3://ours/a/b/?region=eu-south-2", Bucket("ours", "a/b", region="eu-south-2", virtual=True)),
        (
            "s3://ours?endpoint=http://10.0.0.5:9000/&region=x",
            Bucket("ours", endpoint="http://10.0.0.5:9000", region="x"),
        ),
        (
            "s3://ours?endpoint=https%3A%2F%2Fs3.example.com&style=virtual",
            Bucket("ours", endpoint="https://s3.example.com", virtual=True),
        ),
    ],
)
def test_addresses_are_read(text: str, bucket: Bucket | None) -> None:
    assert read_address(text) == bucket


@pytest.mark.parametrize(
    "text",
    [
        "https://s3.example.com/ours",
        "/var/files",
        "s3://",
        "s3://a",
        "s3://KEY:hush@ours/x",
        "s3://ours/../x",
        "s3://ours/a b",
        "s3://ours?endpiont=https://x",
        "s3://ours?endpoint=s3.example.com",
        "s3://ours?endpoint=https://KEY:hush@s3.example.com",
        "s3://ours?style=odd",
    ],
)
def test_what_cannot_be_meant_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("COORDINA_FILES", text)
    with pytest.raises(env.BadSetting) as told:
        env.files()
    assert str(told.value).startswith("COORDINA_FILES: ") and "hush" not in str(told.value)


def test_keys_come_both_or_from_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.setenv("COORDINA_FILES", "s3://ours")
    assert env.files() == Bucket("ours", virtual=True)  # a machine of Amazon has a role
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    with pytest.raises(env.BadSetting, match="AWS_SECRET_ACCESS_KEY"):
        env.files()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("COORDINA_FILES", "s3://ours?endpoint=https://s3.example.com")
    with pytest.raises(env.BadSetting, match="AWS_SECRET_ACCESS_KEY"):
        env.files()


def test_what_is_shown_says_where_and_nothing_else() -> None:
    assert str(Bucket("ours", "a", "https://s3.example.com")) == "s3://ours/a · https://s3.example.com"
    assert str(Bucket("ours", region="eu-south-2")) == "s3://ours · eu-south-2"
