"""Every template compiles, leads somewhere, and keeps to the content security policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Node, Template
from django.template.base import Variable
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode
from django.urls import URLResolver, get_resolver

from tests.house import BASE_DIR, templates

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    "inline style": r"<style\b|\sstyle\s*=",
    "event attribute": r"\son[a-z]+\s*=|\shx-on",
    "script in an address": r"javascript:|[\"']js:",
    "other host": r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//",
}

pytestmark = pytest.mark.parametrize(
    "path", templates(), ids=lambda path: str(path.relative_to(BASE_DIR / "templates"))
)


def test_template_compiles_and_its_includes_exist(path: Path) -> None:
    for node in nodes(compiled(path), IncludeNode):
        name = node.template.var  # type: ignore[attr-defined]
        if isinstance(name, str):
            get_template(name)


def test_template_links_to_pages_that_exist(path: Path) -> None:
    named = [node.view_name.var for node in nodes(compiled(path), URLNode)]  # type: ignore[attr-defined]
    known = set(url_names(get_resolver()))
    assert [name for name in named if not isinstance(name, Variable) and name not in known] == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_template_keeps_to_the_content_security_policy(path: Path, kind: str) -> None:
    markup = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(FORBIDDEN[kind], markup) == []


def compiled(path: Path) -> Template:
    loaded = get_template(str(path.relative_to(BASE_DIR / "templates")))
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
