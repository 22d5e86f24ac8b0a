"""Which module imports which while it is loaded, and where that goes in circles."""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.support.house import OUR_PACKAGES, modules, tree

Graph = Mapping[Path, Collection[Path]]


def imported_modules(module: Path, *, late: bool = False) -> set[Path]:
    """Our modules that it imports while it is loaded; `late`, within functions as well.

    Not those of types alone.

    `from package import module` is of that module. That its package is loaded before is no import
    that a circle could break on.
    """
    found = set()
    for node in _run(tree(module), late=late):
        if isinstance(node, ast.Import):
            found |= {_module(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, module)
            for alias in node.names:
                found.add(_module(f"{source}.{alias.name}") or _module(source))
    return {path for path in found if path is not None} - {module}


def circles(graph: Graph) -> list[set[Path]]:
    """The modules that import each other, directly or through others; each circle as a whole."""
    below = {module: reachable(graph, module) for module in graph}
    found: list[set[Path]] = []
    for module in graph:
        circle = {other for other in below[module] if module in below.get(other, ())}
        if circle and circle not in found:
            found.append(circle)
    return found


def reachable(graph: Graph, start: Path) -> set[Path]:
    """All that is imported with it; itself as well, where that leads back."""
    found: set[Path] = set()
    waiting = [*graph.get(start, ())]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += graph.get(module, ())
    return found


def _run(node: ast.AST, *, late: bool) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        is_late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if not _is_for_types(child) and (late or not is_late):
            yield from _run(child, late=late)


def _is_for_types(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return getattr(node.test, "attr", getattr(node.test, "id", "")) == "TYPE_CHECKING"


def _absolute(node: ast.ImportFrom, module: Path) -> str:
    if not node.level:
        return node.module or ""
    package = module.parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _module(name: str) -> Path | None:
    """Where that module of ours lies; None for anything else."""
    path = Path(*name.split("."))
    return next(
        (each for each in (path.with_suffix(".py"), path / "__init__.py") if each in _OURS), None
    )


_OURS = frozenset(modules(*OUR_PACKAGES))
