"""Every template compiles, leads somewhere, and keeps to the content security policy."""

import ast
import re
from collections.abc import Iterator, Sequence

import pytest
from django.template import Node, Template
from django.template.base import Variable
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode
from django.template.utils import get_app_template_dirs
from django.urls import URLResolver, get_resolver

from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, templates, tree

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    "inline style": r"<style\b|\sstyle\s*=",
    "event attribute": r"\son[a-z]+\s*=|\s(?:data-)?hx-on",
    "script in an address": r"javascript:|[\"']js:",
    "other host": r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//",
}

# What is said in one way alone, each with what is said instead.
SPELLED = {
    # Attributes of HTML's own and data- are all that a checker lets pass.
    "data-hx-get and its like": r"(?<![\w-])hx-[a-z]",
    # ISO 8601 in whole seconds: HTML takes three digits of one, and Django writes six.
    "{% load moments %}, |exact": r"date:[\"']c[\"']",
    "a time that is |exact": r"<time\b(?![^>]*datetime=\"{{ [^}]+\|exact }}\")",
}

# Django shows these by itself.
ERROR_PAGES = {"400.html", "403.html", "404.html", "500.html"}

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


def test_every_template_is_used() -> None:
    pages = {name: path.read_text() for name, path in TEMPLATES.items()}
    named = [name for module in modules(*OUR_PACKAGES) for name in named_templates(tree(module))]
    unused = [
        name
        for name in pages.keys() - ERROR_PAGES
        if not any(re.fullmatch(pattern, name) for pattern in named)
        and not any(f'"{name}"' in page for page in pages.values())
        and not replaces_a_package_s(name)
    ]
    assert sorted(unused) == []


def test_a_template_is_named_as_a_whole_or_in_parts() -> None:
    source = 'template_name = "a/b.html"\nrender(request, f"a/{kind}_c.html")\n"no template"'
    [parts, whole] = named_templates(ast.parse(source))
    assert [bool(re.fullmatch(whole, name)) for name in ("a/b.html", "a/bxhtml")] == [True, False]
    assert [bool(re.fullmatch(parts, name)) for name in ("a/x_c.html", "a/c.html")] == [True, False]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_templates_keep_to_the_content_security_policy(kind: str) -> None:
    pattern, found = re.compile(FORBIDDEN[kind]), {}
    for name, path in TEMPLATES.items():
        markup = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        if matches := pattern.findall(markup):
            found[name] = matches
    assert found == {}


@pytest.mark.parametrize("instead", SPELLED)
def test_templates_say_it_in_one_way(instead: str) -> None:
    pattern = re.compile(SPELLED[instead])
    texts = {name: path.read_text() for name, path in TEMPLATES.items()}
    assert {name: found for name, text in texts.items() if (found := pattern.findall(text))} == {}


def named_templates(module: ast.Module) -> Iterator[str]:
    """Patterns of the templates that a module names, in one string or by a part that varies."""
    joined: list[Sequence[ast.AST]] = [
        node.values for node in ast.walk(module) if isinstance(node, ast.JoinedStr)
    ]
    within = {part for parts in joined for part in parts}
    for parts in [*joined, *([node] for node in ast.walk(module) if node not in within)]:
        texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
        if str(texts[-1]).endswith(".html"):
            yield "".join(".+" if text is None else re.escape(str(text)) for text in texts)


def replaces_a_package_s(name: str) -> bool:
    """Whether an installed package would show it; the admin looks for a model's own page first."""
    folders = [path for path in get_app_template_dirs("templates") if path.parents[1] != BASE_DIR]
    names = {name, re.sub(r"^admin/\w+/\w+/", "admin/", name)}
    return any((folder / each).exists() for folder in folders for each in names)


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
