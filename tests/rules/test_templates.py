"""Every template compiles, leads somewhere, and keeps to the content security policy."""

import re
from collections.abc import Iterator

import pytest
from django.template import Node, Template
from django.template.base import Variable
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode
from django.urls import URLResolver, get_resolver

from tests.support.house import BASE_DIR, templates

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    "inline style": r"<style\b|\sstyle\s*=",
    "event attribute": r"\son[a-z]+\s*=|\shx-on",
    "script in an address": r"javascript:|[\"']js:",
    "other host": r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//",
}

TEMPLATES = {str(path.relative_to(BASE_DIR / "templates")): path for path in templates()}


def test_templates_compile_and_their_includes_exist() -> None:
    for name in TEMPLATES:
        for node in nodes(compiled(name), IncludeNode):
            included = node.template.var  # type: ignore[attr-defined]
            if isinstance(included, str):
                get_template(included)


def test_templates_link_to_pages_that_exist() -> None:
    known = set(url_names(get_resolver()))
    named = {
        (name, node.view_name.var)  # type: ignore[attr-defined]
        for name in TEMPLATES
        for node in nodes(compiled(name), URLNode)
    }
    assert [
        (name, view) for name, view in named if not isinstance(view, Variable) and view not in known
    ] == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_templates_keep_to_the_content_security_policy(kind: str) -> None:
    pattern, found = re.compile(FORBIDDEN[kind]), {}
    for name, path in TEMPLATES.items():
        markup = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        if matches := pattern.findall(markup):
            found[name] = matches
    assert found == {}


def compiled(name: str) -> Template:
    loaded = get_template(name)
    template: Template = loaded.template  # type: ignore[attr-defined]
    return template


def nodes(template: Template, kind: type[Node]) -> list[Node]:
    return list(template.nodelist.get_nodes_by_type(kind))


def url_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from url_names(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"
