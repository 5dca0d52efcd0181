"""The tools: ten that work for every record type there is, instead of hundreds that would fill a model's memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coordina.api.problems import Problem
from coordina.api.visitors import Visitor
from coordina.mcp_door import doing, looking

type Json = dict[str, Any]
_TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool.

    Attributes:
        takes: Schemas of its arguments by name. needs: Names of those that must be there.
        writes: Whether it changes anything: a token that only reads is not offered it.
    """

    name: str
    title: str
    description: str
    call: Callable[[Visitor, Json], Json]
    takes: dict[str, Json] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    writes: bool = False
    destroys: bool = False

    def told(self) -> Json:
        """As the protocol has it."""
        schema: Json = {"type": "object", "properties": self.takes, "required": list(self.needs)}
        schema["additionalProperties"] = False
        hints = {"readOnlyHint": not self.writes, "destructiveHint": self.destroys, "openWorldHint": False}
        return {"name": self.name, "title": self.title, "description": self.description, "inputSchema": schema,
                "annotations": hints}  # fmt: skip

    def checked(self, given: Json) -> Json:
        """Arguments of the right kinds.

        Raises:
            Problem: Naming the first that is wrong.
        """
        for name in self.needs:
            if given.get(name) in (None, ""):
                raise Problem("argument", f"{name} is missing.")
        for name, value in given.items():
            if name not in self.takes:
                raise Problem("argument", f"There is no argument {name[:40]}.")
            wanted = _TYPES.get(self.takes[name].get("type", ""), object)
            if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
                raise Problem("argument", f"{name} has to be of type {self.takes[name]['type']}.")
            if isinstance(value, int) and wanted is int and not 0 < value < 2**62:
                raise Problem("argument", f"{name} is out of range.")
            if isinstance(value, list) and not all(isinstance(part, str) for part in value):
                raise Problem("argument", f"{name} has to be a list of texts.")
        return given


def _text(says: str) -> Json:
    return {"type": "string", "description": says}


TYPE = _text("A type, from list_types, such as companies or opportunities.")
REF = {"description": "The record: its id, its reference such as OPP-000123, or system:id of another program.",
       "type": "string"}  # fmt: skip
FILTER = _text(
    'A condition, such as: status = open and amount >= 1000 and owner = me and close_date < today+30d. Texts in "…",'
    " lists as (a, b), empty values as: field is empty."
)
LIMIT = {"type": "integer", "description": "Records of the answer, 20 unless said, at most 100."}

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Search",
            "Find records of any type by words: names, e-mail addresses, telephones, references.",
            looking.search_records,
            {"query": _text("Words."), "type": TYPE, "limit": LIMIT},
            ("query",),
        ),
        Tool("list_types", "Types", "Name the types of records there are for you.", looking.list_types),
        Tool(
            "describe_type",
            "Describe a type",
            "Fields of a type, and the operations on it with what each takes. Call it before filtering or writing.",
            looking.describe_type,
            {"type": TYPE},
            ("type",),
        ),
        Tool(
            "list_records",
            "List records",
            "Records of a type that meet a condition, in an order, a page at a time; and how many if asked.",
            looking.list_records,
            {
                "type": TYPE,
                "filter": FILTER,
                "view": _text("Id of a saved view to begin with."),
                "order": _text("A field, with - before it for descending: -amount."),
                "fields": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Names of fields; all unless said.",
                },
                "part_of": {"type": "integer", "description": "For parts: id of the record that they belong to."},
                "limit": LIMIT,
                "after": _text("What the last answer gave as next."),
                "count": {"type": "boolean", "description": "Also say how many there are."},
            },
            ("type",),
        ),
        Tool(
            "get_record",
            "Read a record",
            "One record with its fields and the address of its page.",
            looking.get_record,
            {"type": TYPE, "ref": REF, "fields": {"type": "array", "items": {"type": "string"}}},
            ("type", "ref"),
        ),
        Tool(
            "list_figures",
            "Figures",
            "Name the figures (sums, rates, times) there are, with their formulas.",
            looking.list_figures,
        ),
        Tool(
            "get_figure",
            "A figure",
            "Work a figure out over the records you may see, whole or broken down.",
            looking.get_figure,
            {
                "figure": _text("Its name, from list_figures."),
                "by": _text("What to break it down by."),
                "from": _text("First day, 2026-01-01."),
                "until": _text("The day after the last."),
                "filter": FILTER,
            },
            ("figure",),
        ),
        Tool(
            "run_operation",
            "Change something",
            "Create, edit, delete or act on one record. What can be undone is done at once and answers with its"
            " change; for what cannot, nothing is done yet and the answer carries a confirmation: show the person"
            " what will happen and call confirm only if they agree.",
            doing.run_operation,
            {
                "operation": _text("Its name, from describe_type, such as opportunities.win."),
                "ref": REF,
                "data": {"type": "object", "description": "What the operation takes."},
                "version": {"type": "integer", "description": "Version of the record that you saw."},
                "key": _text("Your own key: the same key does its work once."),
            },
            ("operation",),
            writes=True,
            destroys=True,
        ),
        Tool(
            "confirm",
            "Confirm",
            "Do what run_operation said that it would do. Only after the person agreed.",
            doing.confirm,
            {"confirmation": _text("From run_operation.")},
            ("confirmation",),
            writes=True,
            destroys=True,
        ),
        Tool(
            "undo",
            "Undo",
            "Take a change back, by the number that run_operation gave.",
            doing.undo,
            {"change": {"type": "integer", "description": "Number of the change."}},
            ("change",),
            writes=True,
        ),
    )
}
"""By name."""


def listed_for(visitor: Visitor) -> list[Json]:
    """The tools of a visitor: a token that only reads has none that write."""
    return [tool.told() for tool in TOOLS.values() if visitor.bearer.writes or not tool.writes]
