"""Controls drawn as strings: a form of twenty fields would else spend most of its time in the templates of widgets.

They are Django's widgets in everything but drawing, so forms, errors and accessible names work as everywhere.
"""

from collections.abc import Iterable
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


class Choose(forms.Select):
    """A list of options."""

    def listed(self, chosen: str) -> Options:
        """Values with labels.

        Args:
            chosen: The value that is chosen now, as text.
        """
        return self.choices

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """`<select>` with its options."""
        chosen = "" if value is None else str(value)
        out = [f"<select{flatatt({'name': name} | self.build_attrs(self.attrs, attrs))}>"]
        for key, label in self.listed(chosen):
            mark = " selected" if str(key) == chosen else ""
            out.append(f'<option value="{escape(str(key))}"{mark}>{escape(str(label))}</option>')
        return SafeString("".join([*out, "</select>"]))
