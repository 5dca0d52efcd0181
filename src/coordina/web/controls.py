"""Controls drawn as strings: a form of twenty fields would else spend most of its time in the templates of widgets.

They are Django's widgets in everything but drawing, so forms, errors and accessible names work as everywhere.
"""

from collections.abc import Collection, Iterable
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

type Options = Iterable[tuple[Any, Any]]


class Box(forms.TextInput):
    """A field of one line."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """`<input>`."""
        text = self.format_value(value)
        own: dict[str, Any] = {"type": self.input_type, "name": name}
        if text not in (None, ""):
            own["value"] = text
        return SafeString(f"<input{flatatt(own | self.build_attrs(self.attrs, attrs))}>")


class Area(forms.Textarea):
    """A field of several lines."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """`<textarea>`."""
        look = flatatt({"name": name} | self.build_attrs(self.attrs, attrs))
        return SafeString(f"<textarea{look}>\n{escape(self.format_value(value) or '')}</textarea>")


class Boxes(forms.CheckboxSelectMultiple):
    """A box for each of several options; sends and takes the chosen keys as one text with commas."""

    def __init__(self, options: Options) -> None:
        super().__init__({}, options)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """The chosen keys."""
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, ())
        return given if isinstance(given, str) else ",".join(given)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """One `<label>` with its box for each option."""
        chosen = set(str(value or "").split(","))
        own = {k: v for k, v in self.build_attrs(self.attrs, attrs).items() if k not in ("id", "class", "required")}
        out = [f'<div class="boxes" role="group"{flatatt(own)}>']
        for number, (key, label) in enumerate(self.choices):
            mark = " checked" if str(key) in chosen else ""
            first = f' id="{escape(str(attrs["id"]))}"' if attrs and attrs.get("id") and not number else ""
            out.append(
                f'<label class="row"><input type="checkbox" class="check" name="{escape(name)}"{first}'
                f' value="{escape(str(key))}"{mark}> {escape(str(label))}</label>'
            )
        return SafeString("".join([*out, "</div>"]))


class Choose(forms.Select):
    """A list of options.

    Attributes:
        gone: Values that are offered only where they are chosen already.
    """

    gone: Collection[str] = ()

    def listed(self, chosen: str) -> Options:
        """Values with labels; a heading with a list stands for a group of them.

        Args:
            chosen: The value that is chosen now, as text.
        """
        return self.choices

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """`<select>` with its options."""
        chosen = "" if value is None else str(value)
        out = [f"<select{flatatt({'name': name} | self.build_attrs(self.attrs, attrs))}>"]
        for key, label in self.listed(chosen):
            if isinstance(label, list):
                out += [f'<optgroup label="{escape(str(key))}">', *self._drawn(label, chosen), "</optgroup>"]
            else:
                out += self._drawn([(key, label)], chosen)
        return SafeString("".join([*out, "</select>"]))

    def _drawn(self, options: Options, chosen: str) -> list[str]:
        out = []
        for key, label in options:
            if str(key) in self.gone and str(key) != chosen:
                continue
            mark = " selected" if str(key) == chosen else ""
            out.append(f'<option value="{escape(str(key))}"{mark}>{escape(str(label))}</option>')
        return out
