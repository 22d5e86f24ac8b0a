"""The page for those who build another door names what is there."""

import ast
import re
from functools import cache

from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, tree

PAGE = (BASE_DIR / "docs" / "a-new-door.md").read_text()
SQL = {"portal_person", "portal_api_token", "portal_sessions"}
# Of Django, HTTP, or made up as an example.
OTHERS = {"authenticate", "If-Match", "Http404", "PermissionDenied", "Retry-After", "request_id"}


@cache
def names() -> set[str]:
    """All that our modules define or set, by its last name."""
    found: set[str] = set()
    for module in modules(*OUR_PACKAGES):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    return found


def quoted() -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", PAGE))


def test_every_file_that_it_names_is_there() -> None:
    files = {text for text in quoted() if re.fullmatch(r"[\w/.-]+/[\w.-]+\.(py|md)", text)}
    assert len(files) > 15
    assert {name for name in files if not (BASE_DIR / name).exists()} == set()


def test_every_name_that_it_gives_is_one() -> None:
    given = {text for text in quoted() if re.fullmatch(r"[A-Za-z_-]+", text)} - SQL - OTHERS
    calls = {re.split(r"\W", text)[0] for text in quoted() if re.match(r"[a-z_]+\(", text)}
    codes = {"busy"}
    assert {"admit", "end_access", "with_last_change", "require_proof"} <= given | calls
    assert (given | calls) - codes - names() == set()


def test_every_import_in_it_works() -> None:
    lines = [line.strip() for line in PAGE.splitlines() if line.startswith("    from ")]
    assert len(lines) == 2
    for line in lines:
        exec(line, {})
