"""What the plans of the OpenID Foundation ask besides, and that docs/openid-tests.md says no more.

The suite itself is a server of Java that nobody packages: each of its tests has one of ours, which
that page names.
"""

import ast
import re
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from applications.recipes import RECIPES
from applications.services.logout_delivery import EVENT, deliver_logouts
from tests.applications.listener import Listener
from tests.applications.oidc.relying import (
    AUTHORIZE,
    BYE,
    LOGOUT,
    USERINFO,
    RelyingParty,
    answered,
)
from tests.support.cast import Cast
from tests.support.house import BASE_DIR, tree

ROW = re.compile(r"\| `(oidcc-[a-z0-9-]+)` \| [^|]+ \| (?:`([^`:]+)::(\w+)`|—[^|]*) \|")
PAGE = BASE_DIR / "docs" / "openid-tests.md"
CLIENTS = BASE_DIR / "docs" / "openid-clients.md"


def test_the_page_names_tests_that_there_are() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    found = [ROW.fullmatch(row) for row in rows]
    assert [row for row, match in zip(rows, found, strict=True) if match is None] == []
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text())
    assert len(tests) > len(rows)
    assert [each for each in tests if each[1] not in names_in(each[0])] == []
    names = [match[1] for match in found if match]
    assert len(names) == len(set(names))


def test_the_page_of_clients_names_tests_and_files_that_there_are() -> None:
    text = CLIENTS.read_text()
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert [each for each in tests if each[1] not in names_in(each[0])] == []
    assert len(tests) > 10
    # Each recipe has its row, and says on what it stands.
    rows = re.findall(r"^\| ([^|`]+?) \| (.+) \|$", text.partition("## Recipes")[2], re.MULTILINE)
    named = {name for name, _standing in rows} - {"service", "---"}
    assert named == {recipe.service for recipe in RECIPES if recipe.key != "other"}


def names_in(module: str) -> set[str]:
    path = (BASE_DIR / module).relative_to(BASE_DIR)
    return {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"display": "page"},
        {"display": "popup"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"login_hint": "uma@contoso.example"},
        {"extra": "foobar"},
        {"acr_values": "1 2"},
        {"claims": '{"userinfo": {"name": {"essential": true}}}'},
        {"scope": "email openid"},
        {"scope": "openid profile email address phone"},
        {"scope": "openid address"},
        {"scope": "openid phone"},
        {"nonce": None},
        {"prompt": "consent"},
    ],
    ids=lambda changes: "-".join(f"{name}-{value}" for name, value in changes.items())[:40],
)
def test_what_a_request_may_have_besides_does_not_stand_in_its_way(
    cast: Cast, chat: RelyingParty, umas: Client, changes: dict[str, str | None]
) -> None:
    tokens = chat.tokens(umas, **changes)
    told = Client().get(USERINFO, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert told.json()["sub"] == chat.claims(tokens["id_token"])["sub"] == str(cast.uma.uuid)


@pytest.mark.django_db
def test_userinfo_is_asked_by_post_with_the_token_in_a_header(
    chat: RelyingParty, umas: Client
) -> None:
    token = chat.tokens(umas)["access_token"]
    answer = Client().post(USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_the_time_of_the_sign_in_stays_while_it_is_young_enough(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    first, second = (chat.tokens(umas, max_age=age) for age in ("15000", "10000"))
    times = {chat.claims(tokens["id_token"])["auth_time"] for tokens in (first, second)}
    assert len(times) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["request", "request_uri"])
def test_request_objects_are_refused_as_discovery_says(
    chat: RelyingParty, umas: Client, what: str
) -> None:
    answer = answered(umas.get(chat.address(**{what: "eyJhbGciOiJub25lIn0.e30."})))
    assert answer["error"] == f"{what}_not_supported"


@pytest.mark.django_db
def test_scopes_and_parameters_may_come_in_any_order(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    asked = chat.request(scope="email profile openid")
    answer = answered(umas.get(f"{AUTHORIZE}?{urlencode(list(asked.items())[::-1])}"))
    claims = chat.claims(chat.exchange(answer["code"]).json()["id_token"])
    assert (claims["email"], claims["name"]) == (cast.uma.user_name, cast.uma.display_name)


@pytest.mark.django_db
def test_discovery_says_where_to_sign_out_and_that_applications_are_told(
    settings: Settings, client: Client
) -> None:
    settings.OIDC_ISSUER = "https://portal.example"
    found = client.get("/.well-known/openid-configuration").json()
    assert found["end_session_endpoint"] == f"https://portal.example{LOGOUT}"
    told = found["backchannel_logout_supported"], found["backchannel_logout_session_supported"]
    assert told == (True, True)


@pytest.mark.django_db
def test_a_sign_out_from_within_is_told_by_a_logout_token_of_that_session(
    chat: RelyingParty, umas: Client, listener: Listener, settings: Settings
) -> None:
    chat.application.logout_uri = f"{listener.url}/backchannel"
    chat.application.save()
    tokens = chat.tokens(umas)
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BYE, "state": "bye"}
    assert umas.get(LOGOUT, sent)["Location"] == f"{BYE}?state=bye"
    assert deliver_logouts(chat.application.pk) == 1
    [asked] = listener.asked
    assert (asked.method, asked.path) == ("POST", "/backchannel")
    [token] = parse_qs(asked.body.decode())["logout_token"]
    told, signed_in = chat.claims(token), chat.claims(tokens["id_token"])
    for name in ("iss", "aud", "sub", "sid"):
        assert told[name] == signed_in[name], name
    assert (list(told["events"]), "nonce" in told) == ([EVENT], False)
    silent = answered(umas.get(chat.address(prompt="none")))
    assert silent["error"] == "login_required"
