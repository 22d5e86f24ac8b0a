"""What the locks install is all that packages import which do not name all that they need."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import allauth.idp
import pytest

from tests.support.house import BASE_DIR

pytestmark = pytest.mark.once


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> set[str]:
    """The packages that modules below the folder import as they are loaded."""
    found = set()
    for module in folder.rglob("*.py"):
        # For frameworks that not everyone has.
        if "contrib" in module.parts:
            continue
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.Import):
                found |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-production.lock"])
def test_all_that_the_provider_of_allauth_imports_is_installed(lock: str) -> None:
    text = (BASE_DIR / lock).read_text()
    locked = {plain(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    packages = packages_distributions()
    needed = imported(Path(allauth.idp.__path__[0]))
    assert {"requests", "oauthlib"} <= needed
    missing = {name for name in needed if not locked & set(map(plain, packages.get(name, [])))}
    assert missing == set()
