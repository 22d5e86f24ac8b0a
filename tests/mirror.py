"""Where the tests of a module stand: of `licensing/rules.py` in `tests/licensing/test_rules.py`.

What has grown too large for one file is several that begin alike: `test_rules_of_seats.py`.
"""

import ast
import sys
from functools import cache
from pathlib import Path

from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, tree

# Those that have none yet, one a line; `python -m tests.mirror` writes it anew.
LIST = BASE_DIR / "tests" / "unmirrored.txt"


@cache
def with_logic() -> list[Path]:
    """Modules that define a function or a method; migrations are run by every test."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [
        module
        for module in modules(*OUR_PACKAGES)
        if "migrations" not in module.parts
        and any(isinstance(node, kinds) for node in ast.walk(tree(module)))
    ]


def mirrored(module: Path) -> tuple[Path, str]:
    """The folder of its tests, and how their names begin. A package's own are beside its folder."""
    named = module.parent if module.stem == "__init__" else module.with_suffix("")
    return Path("tests") / named.parent, f"test_{named.name}"


@cache
def unmirrored() -> list[Path]:
    return [module for module in with_logic() if not _has_tests(module)]


def listed() -> list[Path]:
    return [Path(line) for line in LIST.read_text().splitlines() if line]


def _has_tests(module: Path) -> bool:
    folder, start = mirrored(module)
    names = {path.stem for path in (BASE_DIR / folder).glob("test_*.py")}
    return start in names or any(name.startswith(f"{start}_") for name in names)


def main() -> int:
    LIST.write_text("".join(f"{module}\n" for module in unmirrored()))
    print(f"{len(unmirrored())} of {len(with_logic())} modules have no tests at the mirrored path.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
