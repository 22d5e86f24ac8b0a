"""Visitors who have not signed in leave nothing in the table of sessions, or little for a while."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.session_store import STRANGERS_AGE
from tests.support.access import World, address
from tests.support.cast import Cast
from tests.support.pages import names

# Where a ceremony needs to know what it asked for.
CEREMONY = "mfa_login_webauthn"
# As a browser, as a script of ours, as one of anyone's.
ASKED_FOR_BY: list[dict[str, str]] = [
    {},
    {"accept": "application/json"},
    {"x-requested-with": "XMLHttpRequest"},
    {"hx-request": "true"},
]


def test_no_address_makes_a_session_of_a_strangers_get(world: World) -> None:
    made: dict[str, int] = {}
    for name in names():
        for headers in ASKED_FOR_BY:
            before = Session.objects.count()
            Client(headers=headers).get(address(name, world))
            if Session.objects.count() > before:
                made[name] = made.get(name, 0) + 1
    # Of the two ways in which a script asks.
    assert made == {CEREMONY: 2}


@pytest.mark.django_db
def test_the_ceremony_of_a_stranger_is_kept_as_long_as_it_takes() -> None:
    Client().get(reverse(CEREMONY), headers={"accept": "application/json"})
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(0) < left <= timedelta(seconds=STRANGERS_AGE)
    assert STRANGERS_AGE < settings.SESSION_COOKIE_AGE / 40


@pytest.mark.django_db
def test_a_stranger_begins_only_so_many_ceremonies() -> None:
    """Each from a browser of its own, all from one address."""
    answers = [
        Client().get(reverse(CEREMONY), headers={"accept": "application/json"}).status_code
        for _try in range(25)
    ]
    assert answers == [HTTPStatus.OK] * 20 + [HTTPStatus.TOO_MANY_REQUESTS] * 5
    assert Session.objects.count() == 20
    # Who only looks at the page asks for none.
    assert Client().get(reverse("account_login")).status_code == HTTPStatus.OK


def test_a_session_that_is_signed_in_to_lasts(cast: Cast) -> None:
    password, client = cast.gives_password(cast.uma), Client()
    client.get(reverse(CEREMONY), headers={"accept": "application/json"})
    client.post(
        reverse("account_login"), {"login": cast.uma.user_name, "password": password}, follow=True
    )
    left = Session.objects.get().expire_date - timezone.now()
    assert left > timedelta(seconds=settings.SESSION_COOKIE_AGE - 60)
