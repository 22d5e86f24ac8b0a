"""Whatever is sent to any address, in any of its parameters: an answer, and never an error of ours.

What no page sends, a script does: NUL, which PostgreSQL refuses, text longer than its column,
numbers that no column holds or that `int` refuses to read. Each address gets some of it in each of
its parameters; in `make torture` all of it.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.services.users import delete_users
from customers.models import Customer
from tests.accounts.signin.second_steps import client_of, give_app, sign_in
from tests.factories import UserFactory
from tests.parts import PARTS, part_of
from tests.support.access import World, address, arguments, read_out, signed_in, undone
from tests.support.admin import address as of_admin
from tests.support.admin import make_rows
from tests.support.cast import Cast
from tests.support.pages import names
from tests.support.parameters import form_of, names_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.torture,
    pytest.mark.examples,
    pytest.mark.slow,
    pytest.mark.usefixtures("quiet"),
]

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
    "http://[",
)
# Of a first look: what used to get through where one of them was forgotten.
QUICK = ODD[:4]
# All at once, where one may hide another.
MASKED = (ODD[0], ODD[2])
# What a script sends as a passkey.
PASSKEYS = (
    *ODD,
    "[" * 100_000,
    "null",
    "[]",
    '{"id": 1}',
    '{"id": "\\u0000", "rawId": "\\ud800", "type": "public-key", "response": {}}',
    '{"id": "a", "response": {"userHandle": "\\ud800", "signature": [], "clientDataJSON": 1}}',
    '{"id": "a", "response": {"userHandle": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"}}',
    (
        '{"id": "a", "rawId": "AAAA", "type": "public-key", "response": {"userHandle": "AAAA",'
        ' "signature": "AAAA", "clientDataJSON": "AAAA", "authenticatorData": "AAAA"}}'
    ),
)
NUMBERS = [str(LARGEST), "9" * 4_200, *(["9" * 30, "9" * 5_000] if ALL else [])]
PASSKEY_PAGES = (
    "mfa_login_webauthn",
    "mfa_authenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_add_webauthn",
)
Sent = dict[str, Any]


@dataclass
class Attacker:
    """Sends; keeps what was answered by an error."""

    client: Client
    found: list[str]
    count: int = 0

    def __post_init__(self) -> None:
        self.cookies = dict(self.client.cookies)
        self.masked = itertools.cycle(MASKED)
        self.client.raise_request_exception = False

    def get(self, url: str, sent: Sent, *, told: str, **more: Any) -> str:
        return self._noted(lambda: self.client.get(url, sent, **more), f"GET {url[:80]} {told}")

    def post(self, url: str, sent: Sent, *, told: str, **more: Any) -> str:
        return self._noted(lambda: self.client.post(url, sent, **more), f"POST {url[:80]} {told}")

    def _noted(self, ask: Any, told: str) -> str:
        self.count += 1
        # Or most of it would be answered by "too many tries".
        cache.clear()
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
    for value in values if ALL else [next(attacker.masked)]:
        everything = dict.fromkeys(known.all, value)
        attacker.get(url, everything, told=_told("all", value))
        attacker.post(url, everything, told=_told("all", value))


def test_no_passkey_that_no_browser_sends_makes_an_error(cast: Cast) -> None:
    cast.gives_password(cast.alice)
    give_app(cast.alice)
    waiting = Client()
    sign_in(waiting, cast.alice)
    for client in (client_of(cast.alice, ago=0), waiting, Client()):
        attacker = Attacker(client, [])
        for url in map(reverse, PASSKEY_PAGES):
            # So that a ceremony has begun.
            client.get(url, headers={"X-Requested-With": "XMLHttpRequest"})
            attacker.cookies = dict(client.cookies)
            for value in PASSKEYS:
                attacker.post(url, {"credential": value}, told=_told("credential", value))
        assert "\n".join(attacker.found) == ""


def test_no_cookie_and_no_header_makes_an_error(cast: Cast) -> None:
    attacker = Attacker(signed_in(cast.alice), [])
    kinds = ("sessionid", "csrftoken", "device", "theme", "messages", "zone", "timezone")
    # A cookie's quoted octal numbers are characters: \000 is NUL.
    odd = ['"\\000"', '"a\\000b234567890"', "9" * 5_000, "x" * 5_000, "²", '"\\377"', "[" * 5_000]
    for name, value in itertools.product(kinds, odd):
        for url in ("/", "/accounts/login/", "/me/"):
            sent = {"Cookie": f"{name}={value}"}
            attacker.cookies = {}
            attacker.get(url, {}, told=_told(name, value), headers=sent)
            attacker.post(url, {}, told=_told(name, value), headers=sent)
    for name in ("HX-Current-URL", "Referer", "X-Forwarded-For", "Accept-Language", "Origin"):
        for value in ("http://[", "9" * 5_000, "a\0b", "²", "x" * 5_000):
            attacker.get("/accounts/login/", {}, told=_told(name, value), headers={name: value})
    assert "\n".join(attacker.found) == ""


def test_no_address_to_go_back_to_makes_an_error(cast: Cast) -> None:
    cast.gives_password(cast.alice)
    give_app(cast.alice)
    waiting = Client()
    sign_in(waiting, cast.alice)
    odd = ("http://[", "//[", "https://[::1", "http://x:y", "\\\\[", *QUICK)
    turns = itertools.cycle(odd)
    for client in (client_of(cast.alice, ago=0), waiting, Client()):
        attacker = Attacker(client, [])
        for url in filter(None, map(without_arguments, sorted(set(names())))):
            for value in odd if ALL else (next(turns), next(turns)):
                told = _told("next", value)
                attacker.get(url, {"next": value}, told=told)
                attacker.post(f"{url}?{urlencode({'next': value})}", {"next": value}, told=told)
        assert "\n".join(attacker.found) == ""


def without_arguments(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@pytest.mark.parametrize("text", NUMBERS)
def test_no_number_of_an_address_makes_an_error(world: World, text: str) -> None:
    attacker = Attacker(signed_in(world.cast.alice), [])
    for name in sorted(set(names())):
        given = arguments(name, world)
        for key in given:
            if isinstance(given[key], int):
                url = reverse(name, kwargs={**given, key: 7_777_777}).replace("7777777", text)
                attacker.get(url, {}, told=key)
                attacker.post(url, {}, told=key)
    assert "\n".join(attacker.found) == ""


def _urls(world: World) -> list[str]:
    user = f"?user={world.cast.uma.pk}"
    chosen = {"license-manage", "license-who", "user-restore", "user-remove", "users-change"}
    chosen |= {f"users-{action}" for action in ("reset", "block", "allow", "delete")}
    return [
        address(name, world) + (user if name.rpartition(":")[2] in chosen else "")
        for name in sorted(set(names()))
    ]


def _admin_urls() -> Iterator[str]:
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):  # noqa: SLF001
        row = model._default_manager.order_by("-pk").first()
        yield of_admin(model, "changelist")
        yield of_admin(model, "add")
        for page in ("change", "delete"):
            yield of_admin(model, page, row.pk if row else 1)


@pytest.mark.parametrize("part", PARTS)
def test_no_parameter_of_the_portal_makes_an_error(world: World, part: int) -> None:
    world.cast.gives_password(world.cast.alice)
    attacker = Attacker(signed_in(world.cast.alice), [])
    for url in part_of(_urls(world), part):
        attack(attacker, url)
    print(f" {attacker.count} requests", end="")
    assert "\n".join(attacker.found) == ""


@pytest.mark.parametrize("part", PARTS)
def test_no_parameter_of_the_admin_makes_an_error(world: World, part: int) -> None:
    make_rows(world.cast)
    world.cast.gives_password(world.cast.support)
    attacker = Attacker(signed_in(world.cast.support), [])
    for url in part_of(list(_admin_urls()), part):
        attack(attacker, url)
    print(f" {attacker.count} requests", end="")
    assert "\n".join(attacker.found) == ""


def test_no_lookup_of_the_admin_makes_an_error(world: World) -> None:
    make_rows(world.cast)
    attacker = Attacker(signed_in(world.cast.support), [])
    odd = {"range": ["0", "1,", "x,y"], "regex": ["[", "(?"], "iregex": ["["], "in": [","]}
    asked = [(name, value) for name, values in odd.items() for value in values]
    for model in admin.site._registry:  # noqa: SLF001
        for name, value in asked:
            attacker.get(of_admin(model, "changelist"), {f"pk__{name}": value}, told=name)
    for year in ("0", "-1", "9" * 11):
        attacker.get(of_admin(User, "changelist"), {"added_at__year": year}, told=f"year {year}")
    for moment in ("0001-01-01", "9999-12-31", "1111111111111111111", "2026-11-29T10:00"):
        attacker.get(of_admin(User, "changelist"), {"added_at__gte": moment}, told=moment)
    assert "\n".join(attacker.found) == ""


def test_nothing_that_the_admin_completes_makes_an_error(world: World) -> None:
    make_rows(world.cast)
    attacker, url = Attacker(signed_in(world.cast.support), []), reverse("admin:autocomplete")
    asked = {"app_label": "accounts", "model_name": "upload", "field_name": "customer"}
    for name, value in itertools.product((*asked, "term", "page"), ODD):
        attacker.get(url, {**asked, name: value}, told=_told(name, value))
    for model in apps.get_models():
        asked = {"app_label": model._meta.app_label, "model_name": str(model._meta.model_name)}
        for field in model._meta.get_fields(include_hidden=True):
            sent = {**asked, "field_name": field.name, "term": "\0"}
            attacker.get(url, sent, told=f"{model._meta.label} {field.name}")
    assert "\n".join(attacker.found) == ""
    for page in admin.site._registry.values():  # noqa: SLF001
        assert not page.autocomplete_fields, "a field that asks the address, which is a 404"


def test_no_name_to_come_back_with_makes_an_error_in_the_admin(world: World) -> None:
    cast, names = world.cast, ("a\0@contoso.example", "a@\0", f"{'x' * 5_000}@contoso.example")
    user = UserFactory.create(customer=cast.contoso)
    delete_users([user], customer=cast.contoso, actor=cast.alice)
    attacker, url = Attacker(signed_in(cast.support), []), of_admin(User, "changelist")
    chosen = {"action": "restore", "_selected_action": [user.pk]}
    fields = (f"name_{user.pk}", f"plan_{cast.contoso.pk}", "key", "index", "select_across")
    for name, value in itertools.product(fields, (*ODD, *names)):
        for confirmed in ({}, {"confirmed": "yes"}):
            sent = {**chosen, **confirmed, name: value}
            page = attacker.post(url, sent, told=_told(name, value))
            assert not name.startswith("name_") or f"problem_{user.pk}" in page
    assert "\n".join(attacker.found) == ""


def test_no_export_of_the_admin_takes_rows_by_their_numbers(world: World) -> None:
    client = signed_in(world.cast.support)
    for model in (Customer, User):
        for value in ("1", "x", "9" * 5_000, "\0"):
            sent = {"format": "0", "resource": "", "export_items": value}
            answer = client.post(of_admin(model, "export"), sent)
            assert answer.headers["Content-Type"].startswith("text/html")
