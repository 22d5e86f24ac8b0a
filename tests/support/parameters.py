"""What can be sent to an address: the names of its parameters, read from its pages and its code.

Names of fields stand in the forms of its page, in the forms that its module knows and in what the
code of its view asks a request for. So a new parameter is tried without being listed here.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.urls import resolve

from accounts.actions.base import BulkAction
from accounts.actions.listed import ACTIONS
from accounts.views.bulk import BulkView
from tests.support.house import BASE_DIR, OUR_PACKAGES

_CONTROL = re.compile(r"<(?:input|select|textarea|button)\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
_LINK = re.compile(r'(?:href|action|hx-get|hx-post)="([^"]*\?[^"]*)"')
_SENT = {"GET", "POST", "COOKIES", "post", "given", "sent", "query", "data"}


@dataclass(frozen=True)
class Names:
    """What the address asks a GET and a POST for, and what else its forms could know."""

    get: list[str]
    post: list[str]
    all: list[str]


def names_of(url: str, page: str) -> Names:
    """Of the address, whose page is given."""
    view = resolve(urlsplit(url).path).func
    got, posted, fields = _of_view(view)
    get, post = {*_linked(page), *got}, {*form_of(page), *posted} - {"csrfmiddlewaretoken"}
    return Names(sorted(get), sorted(post), sorted({*get, *post, *fields}))


def form_of(page: str) -> dict[str, list[str]]:
    """All fields of all forms of the page, with the values that they have there."""
    found: dict[str, list[str]] = {}
    for control in _CONTROL.findall(page):
        attributes = dict(_ATTRIBUTE.findall(control))
        if name := unescape(attributes.get("name", "")):
            found.setdefault(name, []).append(unescape(attributes.get("value", "")))
    return found


def _linked(page: str) -> set[str]:
    """What the page's links say in their addresses."""
    links = [unescape(link).partition("?")[2] for link in _LINK.findall(page)]
    return {name for link in links for name in parse_qs(link, keep_blank_values=True)}


def _of_view(view: Any) -> tuple[set[str], set[str], set[str]]:
    """What it asks a GET for, a POST for, and the fields of all forms that its modules know."""
    kind = getattr(view, "view_class", None)
    bases = inspect.getmro(kind) if kind else ()
    modules = {view.__module__, *(base.__module__ for base in bases)}
    ours = {name for name in modules if name.partition(".")[0] in OUR_PACKAGES}
    found = [_of_module(module) for module in ours]
    get, post, fields = ({name for each in found for name in each[at]} for at in range(3))
    if kind and issubclass(kind, BulkView):
        # It asks the action that the address names for its form.
        bulk = [action for action in ACTIONS if isinstance(action, BulkAction)]
        fields |= {field for action in bulk for field in action.form_class.base_fields}
    return get, post, fields


@cache
def _of_module(name: str) -> tuple[set[str], set[str], set[str]]:
    module = sys.modules[name]
    path = BASE_DIR / f"{name.replace('.', '/')}.py"
    source = path.read_text() if path.exists() else ""
    known = [value for value in vars(module).values() if isinstance(value, type)]
    fields = {
        field
        for value in known
        if issubclass(value, forms.BaseForm)
        for field in getattr(value, "base_fields", {})
    }
    tree = ast.parse(source)
    return {*_asked(tree, besides="POST")}, {*_asked(tree, besides="GET")}, fields


def _asked(tree: ast.AST, *, besides: str) -> Iterator[str]:
    """`request.GET.get("q")`, `sent.getlist("user")`, `request.POST["x"]`, `"x" in request.GET`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in {"get", "getlist"} and _is_sent(node.func.value, besides):
                yield from _texts(node.args[:1])
        elif isinstance(node, ast.Subscript) and _is_sent(node.value, besides):
            yield from _texts([node.slice])
        elif isinstance(node, ast.Compare) and any(
            _is_sent(each, besides) for each in node.comparators
        ):
            yield from _texts([node.left])


def _is_sent(node: ast.AST, besides: str) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in _SENT - {besides}


def _texts(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
