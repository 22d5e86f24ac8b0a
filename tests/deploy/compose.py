"""docker-compose.yml as its tests read it, and what its services find in their environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.house import BASE_DIR

FILE = BASE_DIR / "docker-compose.yml"
EXAMPLE = BASE_DIR / "deploy" / "example.env"
PORTAL = ("migrate", "web", "worker", "beat")

_REFERENCE = re.compile(r"\$\{(?P<name>[A-Z0-9_]+):(?P<kind>[-?])(?P<default>[^}]*)\}")


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return parsed


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def by_default(text: str) -> str:
    """The text with what compose puts in where `.env` says nothing."""
    return _REFERENCE.sub(lambda reference: reference["default"], text)


def referred(kind: str) -> set[str]:
    """Names that compose takes from `.env`: "?" must be there, "-" may be."""
    found = _REFERENCE.finditer(FILE.read_text())
    return {each["name"] for each in found if each["kind"] == kind}


def exampled() -> dict[str, str]:
    return written(EXAMPLE)


def written(file: Path) -> dict[str, str]:
    """An environment file's values, each of which is in single quotes."""
    lines = [line for line in file.read_text().splitlines() if re.match("[A-Z_]+=", line)]
    found = (line.split("=", 1) for line in lines)
    return {name: value.removeprefix("'").removesuffix("'") for name, value in found}


def environment(service: str, given: Mapping[str, str]) -> dict[str, str]:
    """What compose puts into that container; KeyError for a name that it would ask for."""

    def value(reference: re.Match[str]) -> str:
        found = given.get(reference["name"], "")
        if not found and reference["kind"] == "?":
            raise KeyError(reference["name"])
        return found or reference["default"]

    variables = services()[service]["environment"]
    return {name: _REFERENCE.sub(value, str(text)) for name, text in variables.items()}
