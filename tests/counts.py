"""`make check` prints them: the counts that the layout is held to, each with its goal.

`python -m tests.counts` alone takes seconds; `--names` names all that has to change, `--strict`
fails while a goal is missed. The code is that of all packages, without migrations.
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median, quantiles

from tests.imports import circles, imported_modules
from tests.mirror import unmirrored, with_logic
from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, tree

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
# What tests nothing of a module: it measures, builds images, and attacks.
BESIDE = {"bench", "containers", "scan"}
MODULES_OF_A_FOLDER, LINES_OF_A_FILE, WORDS_OF_A_SENTENCE = 25, 400, 3
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
SHOWN = {"label", "help_text", "verbose_name", "message", "description"}


@dataclass(frozen=True, slots=True)
class Count:
    what: str
    figure: float
    goal: float
    # A share in percent, a ratio, or a number.
    unit: str = ""
    at_least: bool = False
    # What has to change.
    named: Sequence[str] = ()

    @property
    def met(self) -> bool:
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal

    def __str__(self) -> str:
        return self.line(names=3)

    def line(self, *, names: int) -> str:
        sign = "≥" if self.at_least else "≤"
        figure, goal = (f"{number:.4g}{self.unit}" for number in (self.figure, self.goal))
        verdict = "met" if self.met else "missed"
        named = [*self.named[:names], *(["…"] if len(self.named) > names else [])]
        worst = f"  {', '.join(named)}" if named and not self.met else ""
        return f"{self.what:<50}{figure:>8}  {sign} {goal:<7}{verdict}{worst}"


def counts() -> list[Count]:
    lengths = sorted(length for module in code() for length in function_lines(tree(module)))
    return [
        _helpers(),
        _folders(),
        _circles("import circles while modules are loaded", late=False),
        _circles("import circles, late imports as well", late=True),
        _mirrored(),
        Count("lines of tests for one of code", test_ratio(), 1.3, at_least=True),
        Count("lines of a function: half have no more than", median(lengths), 8),
        Count("lines of a function: nine in ten", quantiles(lengths, n=10)[-1], 25),
        _files(),
        _internals(),
        _sentences(),
    ]


@cache
def code() -> list[Path]:
    return [module for module in modules(*OUR_PACKAGES) if "migrations" not in module.parts]


# Functions


def functions(root: ast.Module) -> Iterator[FUNCTIONS]:
    yield from (node for node in ast.walk(root) if isinstance(node, FUNCTIONS))


def function_lines(root: ast.Module) -> list[int]:
    return [(each.end_lineno or 0) - each.lineno + 1 for each in functions(root)]


def _helpers() -> Count:
    trees = {module: tree(module) for module in code()}
    total = sum(1 for each in trees.values() for _function in functions(each))
    once = used_once(trees)
    share = 100 * len(once) / total
    return Count("private helpers with one use, of all functions", share, 8, " %", named=once)


def used_once(trees: Mapping[Path, ast.Module]) -> list[str]:
    """Private functions and methods that the code names exactly once, as `module:name`.

    A name stands for the function of its own module; elsewhere for one that is imported, or that
    a class inherits because its module defines none of that name. What several classes of a module
    define is a step that each takes in its way, and no helper; nor is what takes the place of a
    library's method, and calls that.
    """
    private = {
        module: Counter(
            each.name
            for each in functions(root)
            if _is_private(each.name) and not _takes_its_place(each)
        )
        for module, root in trees.items()
    }
    definers = Counter(name for names in private.values() for name in names)
    uses = {module: names_used(root) for module, root in trees.items()}
    found = []
    for module, names in private.items():
        for name, times in names.items():
            inside = uses[module][name]
            outside = sum(uses[other][name] for other in trees if name not in private[other])
            if times == 1 and inside + (outside if definers[name] == 1 else 0) == 1:
                found.append(f"{module}:{name}")
    return found


def names_used(root: ast.Module) -> Counter[str]:
    return Counter(name for node in ast.walk(root) if (name := _name_used(node)))


def _name_used(node: ast.AST) -> str:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _takes_its_place(function: FUNCTIONS) -> bool:
    """Whether it calls, by super(), a method of its own name."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "super"
        for node in ast.walk(function)
    )


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


# Files and folders


def _folders() -> Count:
    sizes = Counter(str(module.parent) for module in code() if module.stem != "__init__")
    large = {folder: size for folder, size in sizes.items() if size > MODULES_OF_A_FOLDER}
    named = [f"{folder} {size}" for folder, size in sorted(large.items(), key=lambda x: -x[1])]
    return Count(f"folders over {MODULES_OF_A_FOLDER} modules", len(large), 0, named=named)


def _files() -> Count:
    written = [*code(), *modules("tests")]
    long = [str(path) for path in written if _text(path).count("\n") > LINES_OF_A_FILE]
    return Count(f"files over {LINES_OF_A_FILE} lines, tests too", len(long), 0, named=long)


def _mirrored() -> Count:
    share = 100 * (1 - len(unmirrored()) / len(with_logic()))
    what = "modules whose tests stand at the mirrored path"
    return Count(what, share, 90, " %", at_least=True, named=[*map(str, unmirrored())])


def test_ratio() -> float:
    tests = [path for path in modules("tests") if path.parts[1] not in BESIDE]
    return sum(map(said_lines, tests)) / sum(map(said_lines, code()))


def said_lines(path: Path) -> int:
    """Neither empty nor a comment."""
    lines = (line.strip() for line in _text(path).splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


@cache
def _text(path: Path) -> str:
    return (BASE_DIR / path).read_text()


# Imports


def _circles(what: str, *, late: bool) -> Count:
    found = circles({module: imported_modules(module, late=late) for module in code()})
    members = [str(module) for circle in found for module in sorted(circle)]
    return Count(what, len(found), 0, named=members)


def _internals() -> Count:
    found = [str(module) for module in code() if imports_internals(tree(module))]
    return Count("modules that import allauth's internals", len(found), 2, named=found)


def imports_internals(module: ast.Module) -> bool:
    """Whether it imports a package `internal` of allauth's, late or early."""
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return any(name.startswith("allauth.") and "internal" in name.split(".") for name in names)


# Sentences


def _sentences() -> Count:
    places: dict[str, set[Path]] = defaultdict(set)
    for module in code():
        for sentence in sentences(tree(module)):
            places[sentence].add(module)
    shared = [sentence for sentence, found in places.items() if len(found) > 1]
    return Count("visible sentences in more than one module", len(shared), 5, named=shared)


def sentences(module: ast.Module) -> set[str]:
    """Texts of three words or more that users read: translated, refused with, or a label."""
    found = set()
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        shown = [keyword.value for keyword in call.keywords if keyword.arg in SHOWN]
        if name in GETTEXT or name.endswith("Refused"):
            shown += call.args
        found |= {node.value for node in shown if _is_sentence(node)}  # type: ignore[attr-defined]
    return found


def _is_sentence(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(node.value.split()) >= WORDS_OF_A_SENTENCE
    )


def main(arguments: Sequence[str]) -> int:
    found = counts()
    names = 10_000 if "--names" in arguments else 3
    print("\n".join(count.line(names=names) for count in found))
    missed = sum(not count.met for count in found)
    print(f"{len(found) - missed} of {len(found)} goals are met.")
    return int("--strict" in arguments and missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
