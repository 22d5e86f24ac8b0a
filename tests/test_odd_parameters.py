"""Whatever is sent to any address, in any of its parameters: an answer, and never an error of ours.

What no page sends, a script does: NUL, which PostgreSQL refuses, text longer than its column,
numbers that no column holds or that `int` refuses to read. Each address gets some of it in each of
its parameters; in `make torture` all of it.
"""

import itertools
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from pytest_django import Settings

from tests.access import World, address, read_out, signed_in, undone
from tests.admin import address as of_admin
from tests.admin import make_rows
from tests.pages import names
from tests.parameters import form_of, names_of

pytestmark = [pytest.mark.postgres, pytest.mark.torture]

ALL = "TORTURE_SECONDS" in os.environ
LARGEST = 2**63
ODD = (
    "\0",
    "x" * 65,
    "9" * 5_000,
    str(LARGEST),
    "a\0b",
    "x" * 5_000,
    "²",  # A digit for str.isdigit, but not for int.
    "9" * 4_000,
    "-1",
    "1" * 19,
    "٣",
    "\ufffd\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "[" * 5_000,
    "{}",
    "NaN",
    "2026-01-01T00:00:00\0",
    "0001-01-01",
    "..",
    "//",
    "%00",
)
# Of a first look: what used to get through where one of them was forgotten.
QUICK = ODD[:4]
Sent = dict[str, Any]


@dataclass
class Attacker:
    """Sends; keeps what was answered by an error."""

    client: Client
    found: list[str]
    count: int = 0

    def __post_init__(self) -> None:
        self.cookies = dict(self.client.cookies)
        self.client.raise_request_exception = False

    def get(self, url: str, sent: Sent, *, told: str) -> str:
        return self._noted(lambda: self.client.get(url, sent), f"GET {url} {told}")

    def post(self, url: str, sent: Sent, *, told: str) -> str:
        return self._noted(lambda: self.client.post(url, sent), f"POST {url} {told}")

    def _noted(self, ask: Any, told: str) -> str:
        self.count += 1
        with undone():
            answer = ask()
            self.client.cookies.clear()
            self.client.cookies.update(self.cookies)
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self.found.append(told)
            return read_out(answer).decode(errors="replace")


def _told(name: str, value: str) -> str:
    return f"{name}={value[:12]!r}, {len(value)} characters"


def attack(attacker: Attacker, url: str) -> None:
    """Each parameter by itself, among what the page would send, and all at once."""
    page = attacker.get(url, {}, told="")
    fields, known = form_of(page), names_of(url, page)
    fields = {name: values for name, values in fields.items() if any(values)}
    values = ODD if ALL else QUICK
    turns = itertools.cycle(values)
    for name in known.all if ALL else known.get:
        for value in values if ALL else [next(turns)]:
            attacker.get(url, {name: value}, told=_told(name, value))
    for name in known.all if ALL else known.post:
        for value in values if ALL else [next(turns)]:
            attacker.post(url, {**fields, name: value}, told=_told(name, value))
    for value in values:
        everything = dict.fromkeys(known.all, value)
        attacker.get(url, everything, told=_told("all", value))
        attacker.post(url, everything, told=_told("all", value))


def _urls(world: World) -> list[str]:
    person = f"?user={world.cast.uma.pk}"
    chosen = {"license-manage", "license-who", "user-restore", "user-remove", "users-change"}
    chosen |= {f"users-{deed}" for deed in ("reset", "block", "allow", "delete")}
    return [
        address(name, world) + (person if name.rpartition(":")[2] in chosen else "")
        for name in sorted(set(names()))
    ]


def _admin_urls() -> Iterator[str]:
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):  # noqa: SLF001
        row = model._default_manager.order_by("-pk").first()
        yield of_admin(model, "changelist")
        yield of_admin(model, "add")
        for page in ("change", "delete"):
            yield of_admin(model, page, row.pk if row else 1)


@pytest.fixture
def unlimited(settings: Settings) -> Iterator[None]:
    """Or most of it would be answered by "too many tries"; and thousands of refusals are no log."""
    settings.ACCOUNT_RATE_LIMITS = False
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("unlimited")
def test_no_parameter_of_the_portal_makes_an_error(world: World) -> None:
    world.cast.gives_password(world.cast.alice)
    attacker = Attacker(signed_in(world.cast.alice), [])
    for url in _urls(world):
        attack(attacker, url)
    print(f" {attacker.count} requests", end="")
    assert "\n".join(attacker.found) == ""


@pytest.mark.usefixtures("unlimited")
def test_no_parameter_of_the_admin_makes_an_error(world: World) -> None:
    make_rows(world.cast)
    world.cast.gives_password(world.cast.support)
    attacker = Attacker(signed_in(world.cast.support), [])
    for url in _admin_urls():
        attack(attacker, url)
    print(f" {attacker.count} requests", end="")
    assert "\n".join(attacker.found) == ""
