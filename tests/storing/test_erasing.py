"""Whoever is erased is erased from the bucket, too, at once or when it is back."""

from pathlib import Path

import pytest
from django.utils import timezone

from coordina.core.storing.address import Bucket
from coordina.core.storing.areas import FILES, data_folder
from coordina.core.storing.stores import FilesAway
from coordina.customers.models import Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.queue import run_until_idle
from coordina.privacy import jobs
from coordina.privacy.enums import Because
from coordina.privacy.writers import order_erasure
from coordina.records.actions import attach_file
from coordina.records.files import keep
from coordina.records.models import Attachment
from tests.privacy.test_erasing import in_bytes, run
from tests.storing.conftest import address_of
from tests.storing.s3_server import S3Server
from tests.world import World


def test_nothing_is_left_in_the_bucket(tmp_path: Path, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COORDINA_FILES", address_of(server))
    told = run(tmp_path / "data")
    assert told["states"] == ["done"] and told["after"] == []
    there = {name: in_bytes(each.content, told["words"]) for name, each in server.buckets["files"].items()}
    assert not {name: words for name, words in there.items() if words}
    put = {asked.split("/of/us/")[1].partition("/")[0] for asked in server.asked if asked.startswith("PUT ")}
    assert {"files", "imports"} <= put  # they had been there


@pytest.mark.django_db(transaction=True)
def test_a_bucket_that_goes_away_in_between_loses_no_erasure(
    bucket: Bucket, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are gone and the bytes are not: a job that was written with the erasure takes them later."""
    world = World()
    person = world.create(Person, name="Abril Sauce", owner=world.rep)
    about = {"subject_type": Person._meta.label, "subject_id": person.pk}
    data_folder().mkdir(parents=True, exist_ok=True)
    world.act(attach_file, **about, ticket=keep([b"hers"]), name="a.txt")
    with change_set(by=None, at=timezone.now(), via="system", action="test.order", undoable=False):
        order = order_erasure(person, Because.ASKED, world.boss)

    server.failing = 10**6
    with pytest.raises(FilesAway):
        jobs.erase_now.call(order.pk)
    assert Person._base_manager.filter(pk=person.pk).exists()  # not begun, so that nothing is forgotten

    server.failing = 0
    finish = jobs.finish

    def then_away(*given: object) -> None:
        finish(*given)  # type: ignore[arg-type]  # what it is given goes on
        server.failing = 10**6

    monkeypatch.setattr(jobs, "finish", then_away)
    with pytest.raises(FilesAway):
        jobs.erase_now.call(order.pk)
    assert not Attachment._base_manager.exists()
    server.failing = 0
    assert [entry.size for entry in FILES.entries()] == [4]
    run_until_idle()
    assert not list(FILES.entries())
