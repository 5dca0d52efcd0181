"""Files with records: bytes under generated names, names that are only names, a limit that is said."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.utils import timezone

from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.customers.models import Company, Interaction
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.actions import attach_file, delete_file, rename_file
from coordina.records.files import clean_name, discard, keep, opened
from coordina.records.models import Attachment
from tests.world import World


def attach(world: World, subject: Any, name: str = "plano.pdf", data: bytes = b"%PDF", by: Any = None) -> Attachment:
    ticket = keep([data[:2], data[2:]])
    where = {"subject_type": subject._meta.label, "subject_id": subject.pk}
    made: Attachment = world.act(attach_file, by=by, name=name, ticket=ticket, **where)
    return made


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_of_ours(world: World) -> None:
    company = world.create(Company, name="Una")
    made = attach(world, company, name="../../etc/passwd", data=b"hola")
    assert (made.name, made.size, made.digest) == ("passwd", 4, hashlib.sha256(b"hola").hexdigest())
    [path] = files()
    assert "passwd" not in str(path.relative_to(Path(settings.MEDIA_ROOT)))
    assert path.stat().st_mode & 0o077 == 0
    assert opened(made).read() == b"hola"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('in"forme.pdf', 'in"forme.pdf'),
        ("<script>alert(1)</script>.html", "script>.html"),
        ("C:\\Users\\ada\\plan.xlsx", "plan.xlsx"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("..", "file"),
        ("", "file"),
        ("año 😀.png", "año 😀.png"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(english: None, name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_too_much_is_refused_and_leaves_nothing(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(Refusal) as caught:
        keep([b"x" * 6, b"x" * 6])
    assert caught.value.status == 413
    assert set(caught.value.errors) == {"file"}
    with pytest.raises(Refusal) as caught:
        keep([])
    assert set(caught.value.errors) == {"file"}
    assert not files()


def test_nobody_says_where_bytes_are(world: World) -> None:
    company = world.create(Company, name="Una")
    where = {"subject_type": "customers.Company", "subject_id": company.pk, "name": "x"}
    for ticket in ("", "../../secret.key", signing.dumps(["../../secret.key", 1, "x"]), keep([b"x"])[:-1] + "~"):
        with pytest.raises(Refusal):
            world.act(attach_file, ticket=ticket, **where)
    with pytest.raises(NotFound):
        opened(Attachment(path="../../secret.key"))


def test_bytes_that_are_not_attached_go(world: World) -> None:
    ticket = keep([b"x"])
    discard(ticket)
    assert not files()


def test_a_file_is_renamed_removed_and_brought_back(world: World) -> None:
    made = attach(world, world.create(Company, name="Una"))
    world.act(rename_file, pk=made.pk, name="a/b.xlsx")
    assert Attachment.objects.get().name == "b.xlsx"
    world.act(delete_file, pk=made.pk)
    assert not Attachment.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert opened(Attachment.objects.get()).read() == b"%PDF"


def test_undo_of_an_upload_removes_the_row_and_leaves_the_bytes(world: World) -> None:
    attach(world, world.create(Company, name="Una"))
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert not Attachment.objects.exists()
    assert len(files()) == 1


def test_a_file_is_as_visible_as_its_record(world: World) -> None:
    hidden = world.create(Interaction, by=world.other, summary="Secreta")
    made = attach(world, hidden, by=world.other)
    assert not Attachment.objects.visible_to(world.rep).exists()
    for act, data in ((rename_file, {"name": "x"}), (delete_file, {})):
        with pytest.raises(NotFound):
            world.act(act, by=world.rep, pk=made.pk, **data)
    company = world.create(Company, name="Una")
    attach(world, company)
    assert Attachment.objects.visible_to(world.service).count() == 1
    with pytest.raises(Forbidden):
        attach(world, company, by=world.service)
