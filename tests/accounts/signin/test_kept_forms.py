"""What is kept of a form whose session was over: whose, how much, and what never."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from django import forms
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from django.urls import get_resolver

from accounts.models import User
from accounts.signin.devices import device_of, remember_account
from accounts.signin.kept_forms import (
    LONGEST,
    find_form,
    forget_form,
    is_secret,
    keep_form,
    typed,
    values_of,
)
from tests.support.cast import Cast

ADDRESS = "/customers/1/users/add/?set=2"


def device_cookies(*users: User) -> dict[str, str]:
    """The cookies of a browser on which these have signed in, one after the other."""
    cookies: dict[str, str] = {}
    for user in users:
        request, response = RequestFactory().get("/"), HttpResponse()
        request.COOKIES = cookies
        remember_account(request, response, user.get_username())
        cookies = {name: morsel.value for name, morsel in response.cookies.items()}
    return cookies


def post(cookies: dict[str, str], **sent: object) -> HttpRequest:
    request: HttpRequest = RequestFactory().post(ADDRESS, sent)
    request.COOKIES = cookies
    return request


def as_user(user: User, cookies: dict[str, str]) -> HttpRequest:
    request: HttpRequest = RequestFactory().get("/")
    request.user, request.COOKIES = user, cookies
    return request


def test_it_is_found_by_the_user_who_signed_in_there_last_and_once_forgotten_by_nobody(
    cast: Cast,
) -> None:
    cookies = device_cookies(cast.bob, cast.alice)
    assert keep_form(post(cookies, first_name="Zoë", roles=["a", "b"], csrfmiddlewaretoken="x"))
    assert find_form(as_user(cast.bob, cookies)) is None
    assert find_form(as_user(cast.alice, device_cookies(cast.alice))) is None
    found = find_form(as_user(cast.alice, cookies))
    assert found is not None
    assert found.address == ADDRESS
    assert values_of(found.sent) == [("first_name", "Zoë"), ("roles", "a"), ("roles", "b")]
    forget_form(as_user(cast.alice, cookies))
    assert find_form(as_user(cast.alice, cookies)) is None


def test_it_lies_sealed(cast: Cast) -> None:
    cookies = device_cookies(cast.alice)
    keep_form(post(cookies, first_name="Zoë Lind"))
    request = as_user(cast.alice, cookies)
    sealed = cache.get(f"kept-form:{sha256(device_of(request).id.encode()).hexdigest()}")
    assert find_form(request) is not None
    assert "Lind" not in sealed
    assert ADDRESS not in sealed


@pytest.mark.parametrize(
    "sent",
    [
        {"password1": "seven wooden rivers"},
        {"oldpassword": "x"},
        {"code": "123456"},
        {"credential": "{}"},
        {"token": "of an application"},
        {"note": "x" * LONGEST},
        {"file": SimpleUploadedFile("users.csv", b"User Name")},
    ],
)
def test_neither_secrets_nor_files_nor_very_much_is_kept(
    cast: Cast, sent: dict[str, object]
) -> None:
    assert not keep_form(post(device_cookies(cast.alice), **sent))


def test_nothing_is_kept_for_a_stranger_nor_for_a_script(cast: Cast) -> None:
    assert not keep_form(post({}, first_name="Zoë"))
    request = post(device_cookies(cast.alice), first_name="Zoë")
    request.META["HTTP_HX_REQUEST"] = "true"
    assert not keep_form(request)


def test_what_another_key_has_sealed_is_gone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = device_cookies(cast.alice)
    keep_form(post(cookies, first_name="Zoë"))
    monkeypatch.setattr("accounts.signin.kept_forms._PURPOSE", b"another")
    assert find_form(as_user(cast.alice, cookies)) is None


def test_what_a_user_typed_is_shown_with_labels(db: None) -> None:
    sent = QueryDict("first_name=Zo%C3%AB&last_name=+&key=k&licenses=4&password1=secret&next=%2F")
    assert typed(sent) == [("First name", "Zoë")]


def test_neither_a_secret_nor_what_only_a_page_sends_is_shown(db: None) -> None:
    sent = QueryDict("brand_name=Fabrikam&token=t&code=1&seen_brand_name=old&kept_logo=iVBORw0")
    assert typed(sent) == [("Brand name", "Fabrikam")]


def test_whatever_is_typed_unseen_is_kept_nowhere() -> None:
    """A field that hides what is typed has a secret: no store and no page gets it."""
    get_resolver().url_patterns  # noqa: B018 - with the addresses all forms are read
    unseen = {
        (form.__name__, name)
        for form in _forms(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert ("ProvisioningForm", "token") in unseen
    assert [each for each in unseen if not is_secret(each[1])] == []


def _forms(base: Any) -> Iterator[Any]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)
