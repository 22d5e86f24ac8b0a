"""The cookie of a device: which accounts it knows, for how long, and how many of them."""

import time

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from accounts.signin.devices import ACCOUNTS, MAX_AGE, Device, device_of, remember_account

NAME = "uma@contoso.example"


def request_with(cookie: str | None, settings: Settings) -> HttpRequest:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[settings.DEVICE_COOKIE_NAME] = cookie
    return request


def cookie_of(*names: str, settings: Settings, before: str | None = None) -> str:
    """What the browser holds after these have signed in, one after the other."""
    cookie = before
    for name in names:
        response = HttpResponse()
        remember_account(request_with(cookie, settings), response, name)
        cookie = response.cookies[settings.DEVICE_COOKIE_NAME].value
    assert cookie is not None
    return cookie


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "a:b:c", "\0"])
def test_a_device_without_a_cookie_of_ours_is_a_new_one(
    cookie: str | None, settings: Settings
) -> None:
    first, second = (device_of(request_with(cookie, settings)) for _time in range(2))
    assert (first.accounts, second.accounts) == ((), ())
    assert first.id != second.id
    assert not first.knows(NAME)


def test_a_user_who_has_signed_in_is_known_in_any_letter_case(settings: Settings) -> None:
    device = device_of(request_with(cookie_of(NAME, settings=settings), settings))
    assert device.knows(NAME)
    assert device.knows(NAME.upper())
    assert not device.knows("gail@contoso.example")


def test_the_device_stays_the_same_one(settings: Settings) -> None:
    cookie = cookie_of(NAME, settings=settings)
    later = cookie_of("gail@contoso.example", settings=settings, before=cookie)
    ids = {device_of(request_with(each, settings)).id for each in (cookie, later)}
    assert len(ids) == 1


def test_signing_in_again_takes_no_second_place() -> None:
    device = Device("id", ()).with_account(NAME).with_account(NAME)
    assert len(device.accounts) == 1


def test_the_last_ones_are_kept_and_the_latest_goes_first() -> None:
    names = [f"user{number}@contoso.example" for number in range(ACCOUNTS + 2)]
    device = Device("id", ())
    for name in names:
        device = device.with_account(name)
    assert len(device.accounts) == ACCOUNTS
    assert [device.knows(name) for name in names] == [False] * 2 + [True] * ACCOUNTS
    assert device.with_account(names[2]).accounts[0] == device.accounts[-1]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    response = HttpResponse()
    remember_account(request_with(None, settings), response, NAME)
    cookie = response.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == MAX_AGE
    assert "uma" not in cookie.value


def test_an_old_cookie_is_none_any_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = cookie_of(NAME, settings=settings)
    later = time.time() + MAX_AGE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert not device_of(request_with(cookie, settings)).knows(NAME)


def test_a_new_key_knows_what_the_former_one_wrote_and_writes_its_own(settings: Settings) -> None:
    former = settings.SECRET_KEY
    cookie = cookie_of(NAME, settings=settings)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 5, [former]
    device = device_of(request_with(cookie, settings))
    assert device.knows(NAME)
    renewed = device.with_account(NAME)
    assert len(renewed.accounts) == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert (device.knows(NAME), renewed.knows(NAME)) == (False, True)
