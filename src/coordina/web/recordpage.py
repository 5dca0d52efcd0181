"""A record as its page shows it: facts, sections, parts, panels and the actions allowed now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any

from django.db.models import F
from django.template import Context
from django.template.loader import get_template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import Action, standard
from coordina.core.added import COLUMN
from coordina.core.added import shown as shown_for
from coordina.core.addresses import address
from coordina.core.cells import CELLS, Cell, CellContext, Path
from coordina.core.formats import Formats
from coordina.core.panels import Panel, panels_in
from coordina.core.prepared import Shapes
from coordina.core.records import Record
from coordina.core.refusals import NotFound, Text
from coordina.core.sight import kept, veiled
from coordina.core.types import TYPES, Field, Kind, RecordType, find_type, type_of
from coordina.core.visibility import covers
from coordina.web import html
from coordina.web.access import actions_for, reaches
from coordina.web.listpage import capital
from coordina.web.recordbits import facts_html, panel_html, sections_html
from coordina.web.rows import columns_of
from coordina.web.tokens import token_of
from coordina.web.values import RIGHT, Draw, alike, drawer, paths_of

PARTS = 50
"""Rows of a part that the page shows."""
FEW = 1
"""So many fields that no section names join the last section; more have one of their own."""
_LOADED = Shapes()
LATE = 50
"""Side panels of this order and above stand under the fields."""


@dataclass(frozen=True, slots=True)
class Value:
    """One field of the record.

    Attributes:
        html: Escaped.
        url: The record a reference opens; empty where one may not see its kind.
        edit_url: Where it is edited in place; empty where it is not.
    """

    name: str
    label: str
    html: str
    url: str = ""
    edit_url: str = ""
    right: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class ValueSection:
    """A titled group of values; those that are still empty stand behind a fold."""

    label: Text
    values: list[Value]

    @property
    def filled(self) -> list[Value]:
        """What there is to read."""
        return [value for value in self.values if value.html]

    @property
    def empty(self) -> list[Value]:
        """What can be filled in."""
        return [value for value in self.values if not value.html and value.edit_url]


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row of a part: its cells and where it is changed."""

    cells: Sequence[str]
    edit_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class Part:
    """Records that belong to this one, as a small table."""

    label: str
    headers: list[str]
    rows: list[PartRow]
    add_url: str
    add_label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel: drawn, or the place it is fetched into."""

    title: Text
    html: SafeString


@dataclass(frozen=True, slots=True)
class Offered:
    """An action as a button: `bare` ones ask nothing and are done at once."""

    label: str
    icon: str
    url: str
    bare: bool
    danger: bool


@dataclass
class RecordPage:
    """Everything the template of a record's page is given."""

    known: RecordType
    obj: Any
    title: str
    facts: list[Value]
    sections: list[ValueSection]
    other_data: list[tuple[str, str]]
    parts: list[Part]
    head: list[Shown] = field(default_factory=list)
    main: list[Shown] = field(default_factory=list)
    side: list[Shown] = field(default_factory=list)
    late: list[Shown] = field(default_factory=list)
    acts: list[Shown] = field(default_factory=list)
    buttons: list[Offered] = field(default_factory=list)
    menu: list[Offered] = field(default_factory=list)
    may_edit: bool = False
    badges: list[str] = field(default_factory=list)
    adopt_url: str = ""

    @property
    def three(self) -> bool:
        """Whether the fields stand in a column of their own, before the centre."""
        return bool(self.known.extra.get("fields_first"))

    @property
    def facts_html(self) -> SafeString:
        """The facts, drawn."""
        return facts_html(self.facts)

    @property
    def sections_html(self) -> SafeString:
        """The sections, drawn."""
        return sections_html(self.sections)

    @property
    def avatar(self) -> str:
        """The square of a company or the round of a person, before the title; empty for other things."""
        draw = {"company": html.company_avatar, "person": html.avatar}.get(self.known.extra.get("avatar", ""))
        return draw(self.title, self.obj.pk, "m") if draw else ""

    @property
    def beside(self) -> bool:
        """Whether the fields stand at the side, because what happened fills the centre."""
        return bool(self.main) and not self.three

    @property
    def primary(self) -> Offered | None:
        """The one filled button among the actions."""
        return next((button for button in self.buttons if not button.danger), None)

    @property
    def others(self) -> list[Offered]:
        """The buttons that stand before the filled one."""
        return [button for button in self.buttons if button is not self.primary]


def load(user: User, known: RecordType, pk: int) -> Any:
    """The record with the titles of what it refers to: one query.

    Raises:
        NotFound: Missing and invisible alike.
    """
    own = _own(known.model)
    far: dict[str, Any] = {}
    for about in known.known_to(user).values():
        for index, path in enumerate(_paths(known, about)):
            if path not in own:
                far[_alias(about, index)] = F(path) if isinstance(path, str) else path
    model = known.model

    def build(key: Any) -> Any:
        return model.objects.annotate(**far).filter(pk=key).order_by()

    found = _LOADED.ask((model, tuple(far.items())), build, pk)
    if not found or not covers(found[0], user, model.view_permission()):
        raise NotFound
    return found[0]


@cache
def _own(model: type[Record]) -> frozenset[str]:
    """What paths may be called that are columns of the record itself."""
    columns = model._meta.concrete_fields
    return frozenset({c.attname for c in columns} | {c.name for c in columns})


def _paths(known: RecordType, about: Field) -> tuple[Path, ...]:
    cell = CELLS.get((known.name, about.name))
    if about.json_key and cell is None:  # the value is in the record's own column; only what it refers to is elsewhere
        return (COLUMN, *paths_of(about)[1:])
    return cell.paths if cell else paths_of(about)


def _alias(about: Field, index: int) -> str:
    return f"at_{about.name.replace('.', '_of_')}_{index}"


@dataclass(frozen=True, slots=True)
class _Place:
    """How a field of the page is read and drawn, as far as that is the same for every record.

    Attributes:
        names: Attribute of each of its values; none for the JSON column.
        key: Attribute that holds the id of what it refers to; empty for others.
        far: The type of that, where the person may open such records.
        draw: From the values to HTML; None where that depends on the reader's way of writing.
    """

    about: Field
    label: str
    names: tuple[str | None, ...]
    cell: Cell | None
    draw: Draw | None
    key: str
    far: RecordType | None
    editable: bool


def _places(known: RecordType, user: User, formats: Formats) -> tuple[_Place, ...]:
    """The fields of a page in their order, for one person in one language."""
    return kept(known, user, ("page", get_language()), lambda: tuple(_made_places(known, user, formats)))


def _made_places(known: RecordType, user: User, formats: Formats) -> Iterable[_Place]:
    own, editable = _own(known.model), known.sight(user).editable
    for about in known.known_to(user).values():
        paths = _paths(known, about)
        names = tuple(
            None if path == COLUMN and about.json_key else str(path) if path in own else _alias(about, index)
            for index, path in enumerate(paths)
        )
        if not names:
            continue
        cell = CELLS.get((known.name, about.name))
        draw = drawer(about, formats, whole=True) if cell is None and alike(about) else None
        key = (about.name if about.json_key else f"{about.path}_id") if about.kind is Kind.REF and not about.far else ""
        far = _opened(about, user) if key else None
        yield _Place(about, capital(about.label), names, cell, draw, key, far, about.name in editable)


def page_of_record(request: Any, known: RecordType, pk: int) -> RecordPage:
    """Collect a record's page."""
    user, formats = request.user, request.formats
    obj = load(user, known, pk)
    edit = standard(known.model, "edit")
    may_edit = edit is not None and not edit.hidden and edit.allows(obj) and reaches(user, edit.permission, obj)
    values = {v.name: v for v in values_of(known, obj, user, formats, may_edit=may_edit)}
    facts = [values[n] for n in known.facts if n in values and values[n].html]
    page = RecordPage(
        known,
        obj,
        str(getattr(obj, known.title, "") or obj),
        facts,
        sections_of_record(known, values),
        other_data_of(obj),
        parts_of(known, obj, user, formats, may_edit=may_edit),
        may_edit=may_edit,
    )
    if page.other_data and user.may("records.add_customfield"):
        page.adopt_url = address("web:field_adopt", known.name)
    page.badges = [values[n].html for n in known.extra.get("badges", ("status",)) if n in values and values[n].html]
    for action in actions_for(user, known, obj):
        if action.verb != "edit":
            (page.buttons if action.primary else page.menu).append(offered(known, obj, action))
    for slot in ("head", "acts", "main", "side"):
        for name, panel in panels_in(f"{known.name}.{slot}", user):
            place = "late" if slot == "side" and panel.order >= LATE else slot
            getattr(page, place).append(shown(request, known, obj, name, panel))
    return page


def offered(known: RecordType, obj: Record, action: Action) -> Offered:
    """The button of an action."""
    url = address("web:do", known.url, obj.pk, action.slug)
    bare = not action.input.model_fields and action.undoable and not action.danger
    return Offered(capital(action.label), action.icon, url, bare, action.danger)


def values_of(known: RecordType, obj: Any, user: User, formats: Formats, *, may_edit: bool) -> Iterable[Value]:
    """The fields of the record that the person may see, drawn."""
    context = CellContext(formats, user, html)
    base = address("web:detail", known.url, obj.pk)
    for place in _places(known, user, formats):
        about = place.about
        if about.visible_if is not None and not shown_for(about, {}, obj):
            continue
        given = tuple(
            (obj.__dict__[COLUMN] or {}).get(about.json_key) if name is None else getattr(obj, name)
            for name in place.names
        )
        drawn = place.cell.draw(given, context) if place.cell is not None else ""
        if not drawn and (place.cell is None or about.kind is Kind.BOOL):  # a flag that is off says so here
            drawn = (place.draw or drawer(about, formats, whole=True))(given)
        key = getattr(obj, place.key) if place.far is not None else None
        yield Value(
            about.name,
            place.label,
            SafeString(drawn),
            address("web:detail", place.far.url, key) if place.far is not None and key is not None else "",
            f"{base}edit/{about.name}/?on=record" if may_edit and place.editable else "",
            about.kind in RIGHT,
            about.kind is Kind.LONG_TEXT,
        )


def crumbs_of(page: RecordPage) -> list[tuple[str, str]]:
    """The way to a record: its list, then what it belongs to where its type names that."""
    known = page.known
    found = [(capital(known.plural), address("web:list", known.url))]
    values = (v for section in page.sections for v in section.values)
    above = next((v for v in values if v.name == known.subtitle and v.url and v.html), None)
    return [*found, (unescape(strip_tags(above.html)), above.url)] if above else found


def _opened(about: Field, user: User) -> RecordType | None:
    """The type of what a reference names, where the person may see the pages of such records."""
    far = find_type(about.to) if about.to is not None else None
    if far is None or far.within or far.setting or not user.may(far.model.view_permission()):
        return None
    return far


def sections_of_record(known: RecordType, values: dict[str, Value]) -> list[ValueSection]:
    """The values in the sections of the type; what no section names and is not empty comes last."""
    left = dict(values)
    for name in (known.title, "changed_at"):
        left.pop(name, None)
    found: list[ValueSection] = []
    for section in known.sections:
        here = [left.pop(n) for n in section.names if n in left]
        if here:
            found.append(ValueSection(capital(section.label), here))
    rest = [v for v in left.values() if v.html or v.edit_url]
    if rest and found and len(rest) <= FEW:
        found[-1].values.extend(rest)
    elif rest:
        found.append(ValueSection(_("More data") if found else _("Data"), rest))
    return found


def other_data_of(obj: Any) -> list[tuple[str, str]]:
    """Columns of imported files that found no field."""
    data = getattr(obj, "other_data", None)
    return [(str(name), str(value)) for name, value in data.items() if value not in (None, "")] if data else []


def parts_of(known: RecordType, obj: Any, user: User, formats: Formats, *, may_edit: bool) -> list[Part]:
    """Small tables of the types whose records belong to this one, but for those that a panel of their room shows."""
    found = []
    for child in TYPES:
        if not child.within or child.extra.get("panel"):
            continue
        if child.model._meta.get_field(child.within).related_model is known.model:
            found.append(_part(known, child, obj, user, formats, may_edit=may_edit))
    return found


def _part(known: RecordType, child: RecordType, obj: Any, user: User, formats: Formats, *, may_edit: bool) -> Part:
    columns = columns_of(child, child.columns or tuple(child.fields), user, formats)
    paths = [path for column in columns for path in column.paths]
    query = child.model.objects.filter(**{child.within: obj.pk}).order_by(*child.extra.get("sorted", ()), "pk")
    back = address("web:detail", known.url, obj.pk)
    remove = standard(child.model, "delete")
    rows = []
    for pk, *values in query.values_list("pk", *paths)[:PARTS]:
        cells, start = [], 0
        for column in columns:
            end = start + len(column.paths)
            cells.append(SafeString(f'<td class="{column.cls}">{column.draw(tuple(values[start:end]))}</td>'))
            start = end
        edit = f"{address('web:edit', child.url, pk)}?next={back}" if may_edit else ""
        gone = address("web:do", child.url, pk, remove.slug) + f"?next={back}" if remove and may_edit else ""
        rows.append(PartRow(cells, edit, gone))
    add = f"{address('web:new', child.url)}?{child.within}={obj.pk}&next={back}" if may_edit else ""
    label = capital(child.extra.get("part") or child.plural)
    return Part(label, [capital(c.field.label) for c in columns], rows, add, _("Add: %(noun)s") % {"noun": child.label})


def shown(request: Any, known: RecordType, obj: Record, name: str, panel: Panel) -> Shown:
    """A panel, or the address it is fetched from."""
    if panel.lazy:
        return Shown(panel.title, panel_html(panel.title, address("web:panel", known.url, obj.pk, name)))
    return Shown(panel.title, drawn_panel(request, obj, panel))


def drawn_panel(request: Any, obj: Record, panel: Panel) -> SafeString:
    """The partial of a panel with what it is given; the processors of whole pages do not run for it."""
    record = veiled(obj, type_of(obj), request.user)
    context = {
        "record": record,
        "panel": panel,
        "request": request,
        "formats": request.formats,
        "organization": request.organization,
        "csrf_token": token_of(request),
        **panel.context(record, request.user),
    }
    template: Any = get_template(panel.template)
    return SafeString(template.template.render(Context(context)))
