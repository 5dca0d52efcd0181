"""Webhooks as a door of the walk over everything that somebody may not see: planted texts, every type."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts import tree
from coordina.core.permissions import defaults_for
from coordina.hooks.models import Due
from coordina.hooks.names import QUIET
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet

from ..web.conftest import World, world  # the company whose records the walk plants
from ..web.test_leaks import planted, sees  # records of Ana and of Luis
from .conftest import Receiver, hook, person, work
from .test_sight import KEEPING

pytestmark = pytest.mark.django_db


def test_no_event_of_any_type_tells_of_records_out_of_sight(
    world: World, planted: dict[tuple[str, str], Any], receiver: Receiver
) -> None:
    """All guarded types: what is made and changed of Ana and Luis is told to Ana and to the manager."""
    for role in (world.ana.role, world.manager.role):
        with change_set(by=None, at=timezone.now(), via="system"):
            role.reach = {**defaults_for(role.slug), **KEEPING}
            role.save()
    tree.forget()
    hooks = {name: hook(getattr(world, name), f"{receiver.url}&who={name}") for name in ("ana", "manager")}
    _touch(planted)
    for row in ChangeSet.objects.all():
        Due.objects.get_or_create(change_set_id=row.pk)
    work(8)
    for name, made in hooks.items():
        owner = person(getattr(world, name))
        told = {
            (event["type"], event["record_id"])
            for got in receiver.got
            if got.said["webhook"] == made.pk
            for event in got.events
        }
        for (noun, _of), obj in planted.items():
            if noun in QUIET:
                assert not [pair for pair in told if pair[0] == noun]
                continue
            assert ((noun, obj.pk) in told) is (sees(owner, obj) and _text_of(type(obj)) is not None), (name, noun)
    assert len(receiver.got) > 8


def _touch(planted: dict[tuple[str, str], Any]) -> None:
    """Write every planted record once more."""
    later = timezone.now() + dt.timedelta(seconds=1)
    with change_set(by=None, at=later, via="system"):
        for obj in planted.values():
            fresh = type(obj)._base_manager.get(pk=obj.pk)
            column = _text_of(type(obj))
            if column is not None:
                setattr(fresh, column.name, f"más {getattr(fresh, column.name)}"[: column.max_length or 200])
                fresh.save()


def _text_of(model: Any) -> Any:
    """A column of a model in which something can be written; None where it has none."""
    texts = ("CharField", "TextField")
    columns = [c for c in model._meta.concrete_fields if c.get_internal_type() in texts and not c.choices]
    return next((c for c in columns if not c.unique), None)
