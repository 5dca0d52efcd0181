"""Templates drawn faster: what is the same on every page of one language is worked out once.

The loader goes over each template when it is first loaded. Neighbouring pieces that depend on nothing but the language
(text, `{% translate "…" %}`, `{% static "…" %}`, `{% icon "…" %}`, `{% url "…" %}` without arguments) become one node
that keeps its text by language; a plain `{{ name.attribute }}` finds its value with fewer detours. Pages come out the
same, as a test of every template shows.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.template import Context, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Template,
    TextNode,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, TemplateLiteral, URLNode
from django.template.library import SimpleBlockNode, SimpleNode
from django.template.loaders.app_directories import Loader as AppLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from coordina.core.addresses import address
from coordina.web import html

PURE = frozenset({html.icon})
"""Simple tags whose outcome follows from their arguments alone."""
DEEP = ("nodelist", "nodelist_loop", "nodelist_empty", "nodelist_true", "nodelist_false")
"""Attributes of nodes that hold further nodes."""


class Folded(Node):
    """Pieces that come out the same for everybody who reads one language."""

    child_nodelists = ()

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = list(nodes)
        self.by_language: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The text in the language in force."""
        if not context.autoescape:
            return SafeString("".join(str(node.render_annotated(context)) for node in self.nodes))
        language = get_language()
        known = self.by_language.get(language)
        if known is None:
            known = SafeString("".join(str(node.render_annotated(context)) for node in self.nodes))
            self.by_language[language] = known
        return known

    render_annotated = render


class Plain(VariableNode):
    """A variable without filters; whatever is unusual goes the usual way."""

    def __init__(self, node: VariableNode, names: tuple[str, ...]) -> None:
        super().__init__(node.filter_expression)
        self.token, self.origin = node.token, node.origin  # type: ignore[attr-defined]  # set by the parser
        self.first, self.rest = names[0], names[1:]

    def render(self, context: Context) -> str:
        """The value, escaped."""
        value = _found(context, self.first, self.rest)
        if value is _UNUSUAL:
            return super().render(context)
        if isinstance(value, SafeString):
            return value
        if value.__class__ is str and context.autoescape:
            return SafeString(escape(value))
        return SafeString(render_value_in_context(value, context))


class Addressed(URLNode):
    """`{% url %}` with arguments by their place: what stands around them is known after the first time."""

    def __init__(self, node: URLNode) -> None:
        super().__init__(node.view_name, node.args, node.kwargs, node.asvar)
        self.token, self.origin = node.token, node.origin  # type: ignore[attr-defined]  # set by the parser
        _quicken_all(self.args)

    def render(self, context: Context) -> str:
        """The address, escaped."""
        given = [arg.resolve(context) for arg in self.args]
        if not context.autoescape or not all(arg.__class__ in (int, str, SafeString) for arg in given):
            return super().render(context)
        return SafeString(escape(address(self.view_name.resolve(context), *given)))


class Asked:
    """The expression of a condition or a loop: a value without filters, found with fewer detours."""

    def __init__(self, expression: FilterExpression, names: tuple[str, ...]) -> None:
        self.expression, self.first, self.rest = expression, names[0], names[1:]

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        """The value; whatever is unusual goes the usual way."""
        value = _found(context, self.first, self.rest)
        return self.expression.resolve(context, ignore_failures) if value is _UNUSUAL else value


_UNUSUAL: Any = object()
"""Stands for what is missing, called, or found by a key of something that is no plain mapping."""


def _found(context: Context, first: str, rest: tuple[str, ...]) -> Any:
    """The value at the end of a way of names, as Django's own search finds it."""
    for layer in reversed(context.dicts):
        if first in layer:
            value = layer[first]
            break
    else:
        return _UNUSUAL
    for name in rest:
        if callable(value):
            return _UNUSUAL
        try:
            value = value[name] if value.__class__ is dict else _attribute(value, name)
        except (KeyError, AttributeError):
            return _UNUSUAL
    return _UNUSUAL if callable(value) else value


def _attribute(value: Any, name: str) -> Any:
    """An attribute of something that is no container: of others Django asks for a key first."""
    if hasattr(value.__class__, "__getitem__"):
        raise KeyError(name)
    return getattr(value, name)


def fold(nodes: NodeList) -> NodeList:
    """The same nodes, with neighbours that are constant made one."""
    done = NodeList()
    run: list[Node] = []
    done.contains_nontext = nodes.contains_nontext

    def close() -> None:
        if len(run) > 1 or (run and not isinstance(run[0], TextNode)):
            done.append(Folded(run))
        else:
            done.extend(run)
        run.clear()

    for node in nodes:
        if constant(node):
            run.append(node)
            continue
        close()
        done.append(_inside(node))
    close()
    return done


def _inside(node: Node) -> Node:
    """The node with what it holds folded."""
    if node.__class__ is VariableNode and (names := _names(node.filter_expression)):  # type: ignore[attr-defined]  # just asked
        return Plain(node, names)  # type: ignore[arg-type]  # just asked
    if isinstance(node, IfNode):
        for test, _held in node.conditions_nodelists:
            _quicken_test(test)
        node.conditions_nodelists = [(test, fold(held)) for test, held in node.conditions_nodelists]
        return node
    if node.__class__ is URLNode and not node.kwargs and not node.asvar and _fixed(node.view_name):  # type: ignore[attr-defined]  # just asked
        return Addressed(node)  # type: ignore[arg-type]  # just asked
    if isinstance(node, ForNode):
        _quicken(node, "sequence")
    for name in DEEP:
        held = getattr(node, name, None)
        if isinstance(held, NodeList):
            setattr(node, name, fold(held))
    return node


def _quicken_all(expressions: list[Any]) -> None:
    """The same for a list of expressions."""
    for index, expression in enumerate(expressions):
        if isinstance(expression, FilterExpression) and (names := _names(expression)):
            expressions[index] = Asked(expression, names)


def _quicken(holder: Any, name: str) -> None:
    """Put an expression that is plain behind an attribute in place of the one that is there."""
    expression = getattr(holder, name)
    if isinstance(expression, FilterExpression) and (names := _names(expression)):
        setattr(holder, name, Asked(expression, names))


def _quicken_test(test: Any) -> None:
    """Let a condition find its values with fewer detours."""
    if isinstance(test, TemplateLiteral):
        _quicken(test, "value")
        return
    for side in (getattr(test, "first", None), getattr(test, "second", None)):
        if side is not None:
            _quicken_test(side)


def _names(expression: FilterExpression) -> tuple[str, ...]:
    """Names on the way to a value; empty where filters or private names are in it."""
    found = expression.var
    if expression.filters or not isinstance(found, Variable) or found.translate or not found.lookups:
        return ()
    return tuple(found.lookups)


def constant(node: Node) -> bool:
    """Whether what comes out depends on the language alone."""
    if isinstance(node, TextNode | Folded | LoadNode | CommentNode):
        return True
    if isinstance(node, TranslateNode):
        given = [node.filter_expression, *([node.message_context] if node.message_context else [])]
        return not node.asvar and all(_fixed(e) for e in given)
    if isinstance(node, BlockTranslateNode):
        varies = node.extra_context or node.plural or node.asvar or node.message_context
        return not varies and all(token.token_type.name == "TEXT" for token in node.singular)
    if isinstance(node, StaticNode):
        return not node.varname and _fixed(node.path)
    if isinstance(node, URLNode):
        return not node.asvar and not node.args and not node.kwargs and _fixed(node.view_name)
    if isinstance(node, SimpleNode) and not isinstance(node, SimpleBlockNode):
        given = [*node.args, *node.kwargs.values()]
        return node.func in PURE and not node.takes_context and not node.target_var and all(_fixed(e) for e in given)
    return False


def _fixed(expression: FilterExpression) -> bool:
    """Whether an expression is a literal without filters."""
    found = expression.var
    return not expression.filters and (isinstance(found, str) or getattr(found, "lookups", found) is None)


class Loader(CachedLoader):
    """Templates of the apps, kept in memory, folded."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine, [AppLoader.__module__ + ".Loader"])

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """A template; folded when it is loaded for the first time.

        Raises:
            TemplateDoesNotExist: When no app has it.
        """
        known = self.get_template_cache.get(self.cache_key(template_name, skip))
        template = super().get_template(template_name, skip)
        if known is None:
            template.nodelist = fold(template.nodelist)
        return template


__all__ = ["Loader", "TemplateDoesNotExist", "constant", "fold"]
