"""The tree as the tests that keep the house in order read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Left imports right, never the other way round. Leaves know nothing of each other; what scripts
# speak knows of those that it speaks for, and what is done by itself of all that it does.
API = "api"
AUTOMATION = "automation"
LEAVES = ("demo", "applications", "uploads")
FLOORS = ("accounts", "licensing", "customers")
APPS = (AUTOMATION, API, *LEAVES, *FLOORS)
OUR_PACKAGES = ("partnerportal", *APPS)


def modules(*packages: str) -> list[Path]:
    found = (path for package in packages for path in (BASE_DIR / package).rglob("*.py"))
    return sorted(path.relative_to(BASE_DIR) for path in found)


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse((BASE_DIR / module).read_text(), filename=str(module))


def imported_packages(module: Path) -> set[str]:
    """The top-level packages a module imports when it runs: late and by name, not for types."""
    found: set[str] = set()
    for node in _run_nodes(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(_absolute(node, module))
        elif isinstance(node, ast.Call) and _name(node.func) in {
            "get_model",
            "import_module",
            "import_string",
        }:
            found |= {arg.value for arg in node.args if _is_text(arg)}  # type: ignore[attr-defined]
    return {name.split(".")[0] for name in found}


@cache
def imported_modules(module: Path) -> frozenset[Path]:
    """Our modules that it imports when it runs, late ones too."""
    found: set[Path] = set()
    for node in _run_nodes(tree(module)):
        if isinstance(node, ast.ImportFrom):
            source = Path(*_source(node, module).split("."))
            found |= {_file(source / alias.name) or _file(source) or source for alias in node.names}
    return frozenset(path for path in found - {module} if path.suffix)


def _file(dotted: Path) -> Path | None:
    """Where a module is, or the package of that name."""
    both = (dotted.with_suffix(".py"), dotted / "__init__.py")
    return next((path for path in both if (BASE_DIR / path).is_file()), None)


def _source(node: ast.ImportFrom, module: Path) -> str:
    """Of what names are imported, in full."""
    if not node.level:
        return node.module or ""
    return ".".join([*module.parts[: -node.level], *([node.module] if node.module else [])])


def templates() -> list[Path]:
    return sorted((BASE_DIR / "templates").rglob("*.html"))


def _run_nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and _name(child.test) == "TYPE_CHECKING"):
            yield from _run_nodes(child)


def _absolute(node: ast.ImportFrom, module: Path) -> str:
    if not node.level:
        return node.module or ""
    return ".".join(module.parts[: -node.level])


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
