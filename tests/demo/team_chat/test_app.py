"""Team Chat as a process beside the live server: who is in, and what ends a session there."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from applications.models import AppSession
from applications.oidc.keys import LOGOUT_TOKEN, sign
from tests.demo.team_chat.started import TeamChat
from tests.factories import SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

EVENTS: dict[str, dict[str, str]] = {"http://schemas.openid.net/event/backchannel-logout": {}}
SIGNED_OUT = "You were signed out"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


class Browser(requests.Session):
    """One that is signed in to the portal, and then, by its own doing, to Team Chat."""

    def __init__(self, user: User, chat: TeamChat) -> None:
        super().__init__()
        self.trust_env, self.chat = False, chat
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.cookies.set(name, client.cookies[name].value, domain="localhost.local")
        self.get(f"{chat.url}/login")

    @property
    def page(self) -> str:
        return self.get(f"{self.chat.url}/").text

    def write(self, text: str) -> None:
        token = self.page.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        self.post(f"{self.chat.url}/write", {"text": text, "csrfmiddlewaretoken": token})


@pytest.fixture
def enter(team_chat: TeamChat, live_server: LiveServer) -> Iterator[Callable[[User], Browser]]:
    """Opens a browser with which that user goes to Team Chat."""
    with ExitStack() as stack:
        yield lambda user: stack.enter_context(Browser(user, team_chat))


def claims_of(chat: TeamChat, **others: Any) -> dict[str, Any]:
    """Of a logout token that is right, but for the others; None leaves one out."""
    session, now = AppSession.objects.get(), int(time.time())
    claims = {
        "iss": settings.OIDC_ISSUER,
        "aud": chat.added.application.client_id,
        "sub": str(session.user.uuid),
        "sid": session.sid,
        "iat": now,
        "exp": now + 120,
        "jti": "one",
        "events": EVENTS,
    }
    return {name: value for name, value in (claims | others).items() if value is not None}


def tell(chat: TeamChat, token: str) -> int:
    address = chat.added.application.logout_uri
    return requests.post(address, {"logout_token": token}, timeout=30).status_code


def test_what_is_no_logout_token_of_the_portal_ends_nothing(
    cast: Cast, team_chat: TeamChat, enter: Callable[[User], Browser]
) -> None:
    assign(team_chat.seats, cast.uma)
    uma = enter(cast.uma)
    assert "Uma" in uma.page
    stranger = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    right = claims_of(team_chat)
    header = {"typ": "logout+jwt"}
    kid = jwt.get_unverified_header(sign(right, kind=LOGOUT_TOKEN))["kid"]
    wrong = {
        "no token": "",
        "not signed": jwt.encode(right, "", "none", header),
        "signed by another": jwt.encode(right, stranger, "RS256", header | {"kid": kid}),
        "an ID token": sign(right, kind="JWT"),
    }
    changes: dict[str, dict[str, Any]] = {
        "for another": {"aud": "another"},
        "of another portal": {"iss": "https://portal.example"},
        "over": {"exp": int(time.time()) - 600},
        "with a nonce": {"nonce": "one"},
        "of another event": {"events": {}},
        "of no event": {"events": None},
        "of no session": {"sub": None, "sid": None},
    }
    for name, change in changes.items():
        wrong[name] = sign(claims_of(team_chat, **change), kind=LOGOUT_TOKEN)
    answers = {name: tell(team_chat, token) for name, token in wrong.items()}
    assert answers == dict.fromkeys(wrong, HTTPStatus.BAD_REQUEST)
    other = sign(claims_of(team_chat, sid="another"), kind=LOGOUT_TOKEN)
    assert tell(team_chat, other) == HTTPStatus.NO_CONTENT
    assert "Uma" in uma.page
    assert tell(team_chat, sign(right, kind=LOGOUT_TOKEN)) == HTTPStatus.NO_CONTENT
    assert SIGNED_OUT in uma.page
    assert uma.get(f"{team_chat.url}/state").text == "out"
    # Told once more, as after an answer that got lost; and without it one may sign in again.
    assert tell(team_chat, sign(right, kind=LOGOUT_TOKEN)) == HTTPStatus.NO_CONTENT
    assert "Uma" in uma.get(f"{team_chat.url}/login").text
    assert SIGNED_OUT not in uma.page


def test_a_room_is_of_one_customer(
    cast: Cast, team_chat: TeamChat, enter: Callable[[User], Browser]
) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    assign(team_chat.seats, cast.uma, cast.gail)
    others = SubscriptionFactory.create(customer=cast.northwind, product=team_chat.seats.product)
    assign(others, stranger)
    uma, gail, other = map(enter, (cast.uma, cast.gail, stranger))
    before = gail.get(f"{team_chat.url}/state").text
    uma.write("<b>Only</b> among us")
    uma.write("   ")
    assert gail.page.count("<li>") == 1
    assert "&lt;b&gt;Only&lt;/b&gt; among us" in gail.page
    assert gail.get(f"{team_chat.url}/state").text != before
    assert "among us" not in other.page


def test_whoever_did_not_sign_in_reads_and_writes_nothing(
    cast: Cast, team_chat: TeamChat, enter: Callable[[User], Browser]
) -> None:
    # Without a license: the portal keeps the answer to itself.
    uma = enter(cast.uma)
    assert "Talk to your team" in uma.page
    uma.write("Is anybody here?")
    forged = uma.get(f"{team_chat.url}/callback?code=one&state=another").text
    assert "didn&#x27;t sign you in" in forged
    assert uma.post(f"{team_chat.url}/logout").status_code == HTTPStatus.FORBIDDEN
    assert requests.get(f"{team_chat.url}/write", timeout=30).status_code == 405
    page = requests.get(f"{team_chat.url}/", timeout=30)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
