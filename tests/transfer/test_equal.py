"""Out and in again is the same: every table, every column, every id to come, on whichever database the tests run."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from coordina.accounts.models import Credential, User
from coordina.accounts.passwords import store_password
from coordina.config.seed.verify import checks
from coordina.customers.models import Company, Person
from coordina.ledger.models import BatchEntry, Job, Seal
from coordina.ledger.sealing.making import seal_all
from coordina.ledger.sealing.verifying import verify
from coordina.records import files
from coordina.records.actions import add_note, attach_file
from coordina.records.importing import checking, running, steps
from coordina.records.importing import files as import_files
from coordina.records.models import Attachment, ImportRun
from coordina.transfer import coming_in, finishing
from coordina.transfer.going_out import write_everything
from coordina.transfer.numbers import next_ids
from coordina.transfer.opening import opened
from coordina.transfer.tables import every_model, left_out, tables
from tests.transfer.rows import empty, everything, fill
from tests.world import World

from .conftest import members_of

pytestmark = pytest.mark.django_db(transaction=True)


def read(path: Path) -> dict[str, int]:
    """Read an archive as the command does."""
    with opened(path) as source:
        coming_in.check_archive(source, other_key=False)
        source.check(lambda done: None)
        return coming_in.bring_in(source)


def test_every_table_comes_back_column_by_column(tmp_path: Path) -> None:
    fill()
    before, ids = everything(), next_ids(DEFAULT_DB_ALIAS)
    assert all(before.values()), [label for label, rows in before.items() if not rows]
    made = write_everything(tmp_path / "a.zip")
    empty()
    assert sum(read(tmp_path / "a.zip").values()) == made.rows
    after = everything()
    for label, rows in before.items():
        assert after[label] == rows, label
    write_everything(tmp_path / "b.zip")
    assert members_of(tmp_path / "b.zip") == members_of(tmp_path / "a.zip")
    assert {k: v for k, v in next_ids(DEFAULT_DB_ALIAS).items() if v < ids[k]} == {}


def test_each_table_goes_along_or_says_why_not() -> None:
    known = {table.label for table in tables()}
    behind = {model._meta.label for model, said in every_model() if said.left_out}
    assert known | behind == {model._meta.label for model in apps.get_models() if model._meta.managed}
    assert not known & behind
    assert all(reason for reason in left_out().values())


@pytest.fixture
def company() -> World:
    """A company that was worked in: an import in batches, a file, a note, somebody without access, sealed."""
    world = World()
    text = "Nombre,Correo\n" + "\n".join(f"Persona {n},p{n}@otros.example" for n in range(70))
    path, size = import_files.keep([text.encode()])
    run = steps.start(world.boss, "person", "gente.csv", path, size)
    steps.read(run, lambda rows: None)
    steps.decide(run, [{"target": {"Correo": "email"}.get(c["header"], c["target"])} for c in run.columns], {})
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    person = Person.objects.order_by("pk")[0]
    about = {"subject_type": person._meta.label, "subject_id": person.pk}
    world.act(add_note, **about, text="una nota con ñ")
    world.act(attach_file, **about, ticket=files.keep([b"\x00bytes\xff"]), name="plano.pdf")
    gone = world.create(Company, name="La que se va")
    world.delete(gone)
    store_password(world.boss, "a long password", at=timezone.now())
    seal_all()
    return world


def test_a_company_works_on_where_it_was(company: World, tmp_path: Path) -> None:
    before, entries = everything(), BatchEntry.objects.count()
    newest = Seal.objects.order_by("-number")[0].root
    write_everything(tmp_path / "a.zip")
    for path in (Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR) / "imports"):
        for each in path.rglob("*"):
            each.unlink() if each.is_file() else None
    empty()
    read(tmp_path / "a.zip")
    finishing.finish(lambda what: None)
    assert {name: found for name, count in checks() if (found := count())} == {}
    assert BatchEntry.objects.count() == entries >= 70
    report = verify(anchor=newest)
    assert not report.wrong and report.leaves
    assert everything() == before
    with files.opened(Attachment.objects.get()) as kept:
        assert kept.read() == b"\x00bytes\xff"
    assert import_files.place_of(ImportRun.objects.get().path).size()
    assert not Credential.objects.exists()
    company.boss = User.objects.for_request().get(pk=company.boss.pk)
    assert company.create(Company, name="La siguiente").pk > gone_id(before)


def gone_id(rows: dict[str, list[dict[str, Any]]]) -> int:
    """Id of the company that was deleted: it is given to no other."""
    return max(row["object_id"] for row in rows["ledger.Change"] if row["model"] == "customers.Company")


def test_what_is_under_way_comes_to_rest(company: World, tmp_path: Path) -> None:
    run = ImportRun.objects.get()
    ImportRun.objects.filter(pk=run.pk).update(state="running")
    write_everything(tmp_path / "a.zip")
    ids = next_ids(DEFAULT_DB_ALIAS)
    empty()
    read(tmp_path / "a.zip")
    assert ImportRun.objects.get().state == "stopped"
    assert not Job.objects.exists()
    assert next_ids(DEFAULT_DB_ALIAS)["ledger.Job"] == ids["ledger.Job"]


def test_no_secret_is_in_an_archive(company: World, tmp_path: Path) -> None:
    hashed = Credential.objects.get(user=company.boss).password
    write_everything(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        for name in packed.namelist():
            content = packed.read(name)
            assert hashed.encode() not in content, name
            assert settings.SECRET_KEY.encode() not in content, name
