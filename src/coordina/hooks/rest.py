"""REST hooks, as no-code tools expect them: subscribe, unsubscribe, list, events, sample, below `/api/v1/hooks`.

A hook made here is a webhook of the token's person, in plain shape, and ends with the token. Tokens for some kinds of
records only make none: what is sent has the sight of the person, not of the token.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import to_json

from coordina.api.beside import BESIDE, Answer, Beside, Json
from coordina.api.inputs import object_of
from coordina.api.problems import Problem
from coordina.api.visitors import Visitor
from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Invalid, NotFound, Refusal
from coordina.core.types import TYPES
from coordina.hooks.actions import ADD, end_webhook, make_webhook
from coordina.hooks.composing import samples
from coordina.hooks.models import Shape, Status, Webhook
from coordina.hooks.names import all_happenings
from coordina.hooks.signing import line_of, reveal
from coordina.ledger.doors import submit

TARGETS = ("target_url", "hookUrl", "address")
"""What programs call the address that is told."""
TAKEN = frozenset({*TARGETS, "event", "events", "filter", "name"})
NEWEST = 3


def answers(request: HttpRequest, visitor: Visitor, parts: tuple[str, ...]) -> dict[str, Answer]:
    """What these addresses answer.

    Raises:
        NotFound: For an address that leads nowhere.
        Problem, Forbidden: For a token, or a person, that may keep no webhooks.
    """
    _need(visitor)
    if not parts:
        return {"GET": partial(_listed, visitor), "POST": partial(_subscribed, request, visitor)}
    if parts == ("events",):
        return {"GET": partial(_events, visitor)}
    if parts == ("sample",):
        return {"GET": partial(_sample, request, visitor)}
    pk = parse_id(parts[0]) if len(parts) == 1 else None
    if pk is None:
        raise NotFound
    return {"GET": partial(_one, visitor, pk), "DELETE": partial(_unsubscribed, visitor, pk)}


def _need(visitor: Visitor) -> None:
    visitor.need(TYPES["webhook"], writes=True)
    if visitor.bearer.types:
        raise Problem("scope", _("This token is for some kinds of records only."), status=403)
    if not visitor.user.may(ADD):
        raise Forbidden


def _json(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(value), status=status, content_type="application/json")


def shown(hook: Webhook) -> Json:
    """A hook as programs see it."""
    return {
        "id": hook.pk,
        "name": hook.name,
        "target_url": hook.address,
        "events": hook.events,
        "filter": hook.filter,
        "active": hook.status == Status.ACTIVE,
        "created_at": hook.created_at,
    }


def _own(visitor: Visitor) -> Any:
    return Webhook.objects.visible_to(visitor.user).filter(owner_id=visitor.user.pk)


def _found(visitor: Visitor, pk: int) -> Webhook:
    hook: Webhook | None = _own(visitor).filter(pk=pk).first()
    if hook is None:
        raise NotFound
    return hook


def _listed(visitor: Visitor) -> HttpResponse:
    return _json({"data": [shown(hook) for hook in _own(visitor).order_by("pk")]})


def _one(visitor: Visitor, pk: int) -> HttpResponse:
    return _json(shown(_found(visitor, pk)))


def _subscribed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a hook; its secret is in this answer and never again."""
    given = object_of(request)
    data, called = _input(given)
    data |= {"shape": Shape.PLAIN, "token_ref": visitor.bearer.pk}
    try:
        made: Webhook = submit(of(make_webhook), data, by=visitor.user, via="rest")
    except Invalid as wrong:
        raise Invalid({called.get(name.partition(".")[0], name): said for name, said in wrong.errors.items()}) from None
    except Refusal as refusal:
        field = called.get(refusal.field or "", refusal.field)
        raise Refusal(refusal.code, refusal.message, field=field, status=refusal.status) from None
    return _json(shown(made) | {"secret": reveal(line_of(made.pk))}, 201)


def _input(given: Json) -> tuple[Json, dict[str, str]]:
    """What the action takes of what a program sent, and what the program calls its fields.

    Raises:
        Invalid: For members that there are not, or that are missing.
    """
    unknown = sorted(given.keys() - TAKEN)
    target = next((name for name in TARGETS if name in given), "")
    single = "events" not in given
    events = [given["event"]] if single and "event" in given else given.get("events", [])
    errors = {name: [_("There is no such field.")] for name in unknown}
    if not target:
        errors["target_url"] = [_("Write where to send.")]
    if errors:
        raise Invalid(errors)
    data = {"address": given[target], "events": events, "filter": given.get("filter", "")}
    data["name"] = given.get("name") or _("From a program")
    return data, {"address": target, "events": "event" if single else "events"}


def _unsubscribed(visitor: Visitor, pk: int) -> HttpResponse:
    submit(of(end_webhook), {}, by=visitor.user, via="rest", pk=_found(visitor, pk).pk)
    return HttpResponse(status=204)


def _events(visitor: Visitor) -> HttpResponse:
    """The events that the person may be told of, for lists of choices."""
    may = [each for each in all_happenings().values() if visitor.user.may(TYPES[each.noun].model.view_permission())]
    said = [{"id": e.name, "type": e.noun, "label": f"{_capital(TYPES[e.noun].label)}: {e.label}"} for e in may]
    return _json({"data": said})


def _capital(text: Any) -> str:
    return f"{text}"[:1].upper() + f"{text}"[1:]


def _sample(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The newest three records as the hook would send them, for programs that are being set up.

    Raises:
        Problem: For what is no event.
    """
    known = all_happenings().get(request.GET.get("event", ""))
    if known is None:
        raise Problem("parameter", _("Say with “event” which one: a name from the list of events."))
    trial = Webhook(owner=visitor.user, filter=request.GET.get("filter", "")[:2000])
    return _json(samples(trial, visitor.user, TYPES[known.noun], known.name, NEWEST))


# The document ---------------------------------------------------------------------------------------------------------


def _content(text: str, schema: Json) -> Json:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _paths() -> list[tuple[str, str, Json]]:
    problem = {"default": {"$ref": "#/components/responses/Problem"}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    text = {"type": "string"}
    event = {"name": "event", "in": "query", "required": True, "schema": text}
    only = {"name": "filter", "in": "query", "schema": text}

    def said(name: str, summary: str, **rest: Any) -> Json:
        return {"operationId": f"hooks.{name}", "summary": summary, "tags": ["hooks"], **rest}

    many = {"type": "object", "properties": {"data": {"type": "array", "items": _ref("Hook")}}}
    offered = {"type": "object", "properties": {"data": {"type": "array", "items": _ref("HookEvent")}}}
    body = {"required": True, "content": {"application/json": {"schema": _ref("HookInput")}}}
    gone = {"204": {"description": _("Done.")}, **problem}
    told = {"type": "array", "items": _ref("HookItem")}
    return [
        ("/hooks", "get", said("list", _("Your hooks"), responses={"200": _content(_("Hooks."), many), **problem})),
        ("/hooks", "post", said(
            "subscribe", _("Be told of events at an address"), requestBody=body,
            responses={"201": _content(_("The hook, with its secret this once."), _ref("Hook")), **problem},
        )),
        ("/hooks/events", "get", said(
            "events", _("The events there are"), responses={"200": _content(_("Events."), offered), **problem},
        )),
        ("/hooks/sample", "get", said(
            "sample", _("What a hook would send: the newest three records"), parameters=[event, only],
            responses={"200": _content(_("Events."), told), **problem},
        )),
        ("/hooks/{id}", "get", said(
            "read", _("One of your hooks"), parameters=[number],
            responses={"200": _content(_("The hook."), _ref("Hook")), **problem},
        )),
        ("/hooks/{id}", "delete", said("unsubscribe", _("Be told no more"), parameters=[number], responses=gone)),
    ]  # fmt: skip


def _schemas() -> Json:
    text: Json = {"type": "string"}
    number: Json = {"type": "integer"}
    names: Json = {"type": "array", "items": text}
    own = {"name": text, "events": names, "filter": text}
    moment = {"type": "string", "format": "date-time"}
    kept = {"id": number, "target_url": text, "active": {"type": "boolean"}, "created_at": moment, "secret": text}
    item = {
        "id": text, "event": text, "at": moment, "who": {"type": ["object", "null"]}, "via": text, "action": text,
        "type": text, "record_id": number, "reference": text, "record": {"type": ["object", "null"]},
        "previous": {"type": "object"},
    }  # fmt: skip
    return {
        "Hook": {"type": "object", "required": ["id", "target_url", "events"], "properties": own | kept},
        "HookInput": {
            "type": "object",
            "required": ["target_url", "event"],
            "properties": {"target_url": text, "event": text} | own,
        },
        "HookEvent": {"type": "object", "properties": {"id": text, "type": text, "label": text}},
        "HookItem": {"type": "object", "required": ["id", "event", "record_id"], "properties": item},
    }


BESIDE.add("hooks", Beside(answers, _paths, _schemas, gettext_lazy("Webhooks of programs")))
