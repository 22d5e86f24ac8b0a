"""The house rules that a machine can check."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.support.house import (
    API,
    APPS,
    AUTOMATION,
    BASE_DIR,
    FLOORS,
    LEAVES,
    OUR_PACKAGES,
    imported_modules,
    imported_packages,
    modules,
    tree,
)

MODULE_LINES = 400
FUNCTION_LINES = 45
FOLDER_MODULES = 25
NOBODYS_NOUN = {"utils", "helpers", "common", "core", "misc", "shared"}

# A call of one of these writes, whatever it is called on.
WRITES = {
    "save",
    "create",
    "create_user",
    "create_superuser",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
# These write when they are called on a queryset or a model, and have namesakes elsewhere.
NAMESAKES = {"update", "delete", "set_password"}
NO_MODEL = {
    "attrs",
    "cache",
    "cells",
    "client",
    "context",
    "cookies",
    "counts",
    "data",
    "digest",
    "found",
    "initial",
    "kwargs",
    "params",
    "query",
    "redis",
    "router",
    "response",
    "scim",
    "seen",
    "session",
    "super",
    "vars",
}
# On one of a model's many-to-many fields these write too.
LINK_WRITES = {"add", "remove", "set", "clear"}
# What may write outside of services, and why.
EXCEPTIONS = {
    ("accounts/apps.py", "bulk_create"): "the role groups: reference rows after each migrate",
    ("accounts/models/users.py", "save"): "createsuperuser, while nobody is there to act",
    ("accounts/models/users.py", "set_password"): "the same",
    ("api/authentication.py", "update"): "when a token was used last",
    ("customers/branding/pictures.py", "save"): "a picture, into memory",
    ("accounts/admin/told_once.py", "save"): "the session, with the row whose secret is in it",
    ("applications/scim.py", "create"): "an account in an application, by its own address",
}

WRITTEN_BY_HAND = [
    module for module in modules(*OUR_PACKAGES, "tests") if "migrations" not in module.parts
]


def test_every_package_is_known_to_the_programs_that_look_at_it() -> None:
    tools = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]
    sorted_apart = tools["ruff"]["lint"]["isort"]["known-first-party"]
    assert set(OUR_PACKAGES) <= set(sorted_apart)
    assert set(OUR_PACKAGES) <= set(tools["mypy"]["files"])


def test_imports_point_one_way() -> None:
    ours = {*OUR_PACKAGES, "tests"}
    found = {module: imported_packages(module) & ours for module in modules(*OUR_PACKAGES)}
    backwards = {str(module): names - _right_of(module) for module, names in found.items()}
    assert {module: names for module, names in backwards.items() if names} == {}


def test_no_module_leads_back_to_itself() -> None:
    """By late imports neither, which hide a circle and do not undo it."""
    TopologicalSorter(
        {module: imported_modules(module) for module in modules(*OUR_PACKAGES)}
    ).prepare()


def test_nobody_reaches_up_by_name() -> None:
    """Templates may lead to any page; Python knows the pages of its own app and those below."""
    found = {
        (str(module), text)
        for module in modules(*FLOORS)
        for text in _texts(tree(module))
        if (app := text.partition(":")[0]) in APPS and text != app and app not in _right_of(module)
    }
    reflected = {
        str(module)
        for module in modules("customers", "licensing")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr == "related_model"
    }
    assert (found, reflected) == (set(), set())


def test_only_services_write() -> None:
    found = {
        (str(module), call): line
        for module in modules(*OUR_PACKAGES)
        if not _may_write(module)
        for call, line in _writes(tree(module))
    }
    unexpected = [f"{name}:{found[name, call]} {call}" for name, call in found.keys() - EXCEPTIONS]
    assert sorted(unexpected) == []
    assert EXCEPTIONS.keys() - found.keys() == set(), "an exception that is no longer needed"


@pytest.mark.parametrize(
    "source, expected",
    [
        ("form.save()", {"save"}),
        ("Customer.objects.filter(pk=1).update(name='x')", {"update"}),
        ("user.delete()", {"delete"}),
        ("self.user.groups.add(group)", {"groups.add"}),
        ("seen.add(1)", set()),
        ("context.update(title='x')", set()),
        ("self.request.session.update(a=1)", set()),
        ("cache.delete('x')", set()),
        ("{}.update(a=1)", set()),
        ("super().save()", {"save"}),
    ],
)
def test_the_walk_tells_a_write_from_its_namesakes(source: str, expected: set[str]) -> None:
    assert {call for call, _ in _writes(ast.parse(source))} == expected


def test_modules_stay_small() -> None:
    lines = {str(path): (BASE_DIR / path).read_text().count("\n") for path in WRITTEN_BY_HAND}
    assert {path: count for path, count in lines.items() if count > MODULE_LINES} == {}


def test_no_folder_holds_too_much_to_look_over() -> None:
    """Besides what makes it a package."""
    held = Counter(path.parent for path in WRITTEN_BY_HAND if path.stem != "__init__")
    assert {str(folder): count for folder, count in held.items() if count > FOLDER_MODULES} == {}


def test_modules_have_a_noun() -> None:
    parts = {str(path): {*path.parts[:-1], path.stem} for path in WRITTEN_BY_HAND}
    assert [path for path, names in parts.items() if names & NOBODYS_NOUN] == []


def test_functions_stay_short() -> None:
    """Not of tests: a table or a story there reads from top to bottom."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    lines = {
        f"{module}:{node.name}": _body_lines(node)
        for module in modules(*OUR_PACKAGES)
        for node in ast.walk(tree(module))
        if isinstance(node, kinds)
    }
    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES} == {}


def test_migrations_are_named() -> None:
    files = [path for app in APPS for path in (BASE_DIR / app / "migrations").glob("0*.py")]
    assert files
    assert [path.name for path in files if "_auto_" in path.name] == []


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def _right_of(module: Path) -> set[str]:
    """The packages that it may import; nobody imports the demo."""
    package = module.parts[0]
    if package == "partnerportal":
        return {*OUR_PACKAGES} - {"demo"}
    if package == "demo":
        return {*APPS}
    if package == AUTOMATION:
        return {AUTOMATION, API, "applications", "uploads", *FLOORS}
    if package == API:
        return {API, "applications", "uploads", *FLOORS}
    if package in LEAVES:
        return {package, *FLOORS}
    return {*FLOORS[FLOORS.index(package) :]}


def _texts(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _may_write(module: Path) -> bool:
    """The demo writes two years of life, and nothing else."""
    parts = module.parts
    return parts[0] == "demo" or any(part in {"services", "migrations"} for part in parts)


def _writes(module: ast.Module) -> set[tuple[str, int]]:
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    methods = [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute)]
    return {
        (kind, call.lineno) for call, method in methods if (kind := _kind_of_write(method)) != ""
    }


def _kind_of_write(method: ast.Attribute) -> str:
    if method.attr in WRITES:
        return method.attr
    receiver = _last_name(method.value)
    if method.attr in NAMESAKES and receiver and receiver not in NO_MODEL:
        return method.attr
    if method.attr in LINK_WRITES and receiver in _link_names():
        return f"{receiver}.{method.attr}"
    return ""


def _last_name(node: ast.expr) -> str:
    """Of `self.request.session` the session, of `User.objects.filter()` the filter."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _link_names() -> set[str]:
    return {field.name for model in apps.get_models() for field in model._meta.many_to_many}


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The signature and the docstring are no work to follow."""
    first = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - first[0].lineno + 1 if first else 0
