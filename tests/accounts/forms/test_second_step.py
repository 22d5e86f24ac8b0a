"""Codes that are typed: what is asked for, and what is said of a code that is none."""

import time
from collections.abc import Iterator

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.http import QueryDict
from django.test import RequestFactory

from accounts.forms.second_step import AppForm, ProofForm, SecondStepForm, code_field
from accounts.models import User
from accounts.services.second_steps import refuse_step
from accounts.signin.allauth_internals import generate_totp_secret
from tests.accounts.signin.second_steps import PERIOD, code_of, give_app, wrong_code
from tests.support.cast import Cast


@pytest.fixture(autouse=True)
def a_request_of_nobody(db: None) -> Iterator[None]:
    """The forms find the request where allauth keeps it."""
    request = RequestFactory().post("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    with context.request_context(request):
        yield


def typed(code: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data["code"] = code
    return data


@pytest.mark.parametrize("form_class", [SecondStepForm, ProofForm])
def test_a_right_code_names_the_step_that_it_is_of(cast: Cast, form_class: type) -> None:
    secret = give_app(cast.bob)
    form = form_class(typed(code_of(secret)), user=cast.bob)
    assert form.is_valid()
    assert (form.authenticator.type, form.authenticator.user) == ("totp", cast.bob)


@pytest.mark.parametrize("form_class", [SecondStepForm, ProofForm])
def test_a_spent_code_is_none(cast: Cast, form_class: type) -> None:
    code = code_of(give_app(cast.bob))
    assert form_class(typed(code), user=cast.bob).is_valid()
    again = form_class(typed(code), user=cast.bob)
    assert again.errors == {
        "code": [
            "This code is incorrect or was used before. Wait for the next code, then try again."
        ]
    }


def test_a_code_is_needed_and_asked_for_as_browsers_know_it(cast: Cast) -> None:
    form = SecondStepForm(typed(""), user=cast.bob)
    assert form.errors == {"code": ["Enter the code."]}
    attrs = form.fields["code"].widget.attrs
    assert attrs["autocomplete"] == "one-time-code"
    assert "inputmode" not in attrs, "a recovery code has letters"
    assert code_field("Code", digits_only=True).widget.attrs["inputmode"] == "numeric"


def test_after_too_many_none_is_looked_at_and_it_is_said_for_how_long(cast: Cast) -> None:
    secret = give_app(cast.bob)
    for _time in range(50):
        refuse_step(User.objects.get(pk=cast.bob.pk), "code")
    form = SecondStepForm(typed(code_of(secret)), user=cast.bob)
    text = str(form.errors["code"][0])
    assert text.startswith("Too many wrong codes within a day: no code is accepted for 24 hours.")
    assert text.endswith("They are accepted on a device where you have signed in before.")


def app_form(cast: Cast, secret: str, code: str) -> AppForm:
    return AppForm(typed(code), user=cast.bob, secret=secret)


def test_a_new_app_shows_its_first_code_which_is_then_spent(cast: Cast) -> None:
    secret = generate_totp_secret()
    form = app_form(cast, secret, code_of(secret))
    assert form.is_valid()
    assert abs(form.used_step - time.time() // PERIOD) <= 1


@pytest.mark.parametrize("code", ["000000x", "abcdef", "12345", "１２３４５６"])
def test_what_is_no_code_of_the_app_is_told_with_what_to_check(cast: Cast, code: str) -> None:
    text = str(app_form(cast, generate_totp_secret(), code).errors["code"][0])
    assert text.startswith("Incorrect code. Check that the clock of the device is right")


def test_a_code_of_another_secret_sets_nothing_up(cast: Cast) -> None:
    secret = generate_totp_secret()
    form = app_form(cast, secret, wrong_code(secret))
    assert not form.is_valid()
    assert not hasattr(form, "used_step")
