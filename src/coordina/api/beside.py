"""Addresses of this door that belong to no record type: a package above brings them, with what the document says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from coordina.api.visitors import Visitor
from coordina.core.refusals import Text
from coordina.core.registry import Registry

type Json = dict[str, Any]
type Answer = Callable[[], HttpResponse]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a package answers below `/api/v1/<name>`.

    Attributes:
        answers: From request, caller and the parts of the address behind the name to answers by method; raises
            `NotFound` where the address leads nowhere.
        paths: Path, method and operation of each, as the document has them.
        schemas: Schemas by name.
        label: What people call it.
    """

    answers: Callable[[HttpRequest, Visitor, tuple[str, ...]], dict[str, Answer]]
    paths: Callable[[], list[tuple[str, str, Json]]]
    schemas: Callable[[], Json]
    label: Text = ""


BESIDE: Registry[str, Beside] = Registry("addresses beside the operations")
"""By first part of the address."""
