"""The locks install the same anywhere: pinned, hashed, and silent about where they were made."""

import re

import pytest

from tests.house import BASE_DIR

LOCKS = ("requirements.lock", "requirements-dev.lock")
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


def test_the_development_lock_holds_the_runtime_lock() -> None:
    development = pins("requirements-dev.lock")
    runtime = pins("requirements.lock")
    assert {name: development.get(name) for name in runtime} == runtime
