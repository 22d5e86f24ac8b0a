"""Forms of passkeys: whatever is sent that no browser sends is refused as a wrong passkey."""

import json
from collections.abc import Iterator

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import RequestFactory

from accounts.forms.passkeys import (
    PasskeyForm,
    PasskeySignInForm,
    ProofPasskeyForm,
    SecondPasskeyForm,
)
from accounts.signin.ceremonies import Purpose
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.passkeys import SoftwareKey
from tests.support.cast import Cast

NONE_AT_ALL = ["", "nonsense", "[", "1" * 5_000]
NO_PASSKEY = ["null", "[]", "{}", "1", '"x"', '{"response": null}', '{"response": {}}']


@pytest.fixture(autouse=True)
def a_request_of_nobody(db: None) -> Iterator[None]:
    """The forms find the request where allauth keeps it."""
    request = RequestFactory().post("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    with context.request_context(request):
        yield


def sent(credential: str, **more: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"credential": credential, **more})
    return data


@pytest.mark.parametrize("credential", [*NONE_AT_ALL, *NO_PASSKEY])
def test_nobody_signs_in_by_what_is_no_passkey(credential: str) -> None:
    form = PasskeySignInForm(sent(credential))
    assert list(form.errors) == ["credential"]


@pytest.mark.parametrize("handle", ["", "AA", "/wAA", "x" * 1_000])
def test_a_passkey_of_nobody_names_nobody(handle: str) -> None:
    form = PasskeySignInForm(sent(json.dumps({"response": {"userHandle": handle}})))
    assert list(form.errors) == ["credential"]


def test_a_key_that_was_not_asked_signs_nobody_in(cast: Cast) -> None:
    """Signed rightly, for a challenge that this session has not set."""
    key = SoftwareKey(cast.uma)
    key.register()
    form = PasskeySignInForm(sent(key.signed("AAAA", verified=True)))
    assert list(form.errors) == ["credential"]


def test_a_key_that_did_not_ask_for_its_pin_signs_nobody_in(cast: Cast) -> None:
    key = SoftwareKey(cast.uma)
    key.register()
    form = PasskeySignInForm(sent(key.signed("AAAA", verified=False)))
    assert list(form.errors) == ["credential"]


@pytest.mark.parametrize("form_class", [SecondPasskeyForm, ProofPasskeyForm])
def test_a_wrong_second_passkey_stands_in_the_log_and_what_is_none_does_not(
    cast: Cast, form_class: type
) -> None:
    key = SoftwareKey(cast.uma)
    key.register()
    assert not form_class(sent("{}"), user=cast.uma).is_valid()
    assert not AuditEvent.objects.filter(action=Action.STEP_REFUSED).exists()
    assert not form_class(sent(key.signed("AAAA", verified=True)), user=cast.uma).is_valid()
    event = AuditEvent.objects.get(action=Action.STEP_REFUSED)
    assert event.target_id == cast.uma.pk


def test_each_form_asks_for_its_own_purpose() -> None:
    assert SecondPasskeyForm.purpose is Purpose.SECOND_STEP
    assert ProofPasskeyForm.purpose is Purpose.PROOF


def test_a_passkey_needs_no_name_and_is_always_one_with_a_pin(cast: Cast) -> None:
    fields = PasskeyForm(user=cast.uma).fields
    assert "passwordless" not in fields
    assert not fields["name"].required
    assert fields["name"].max_length == 60


@pytest.mark.parametrize("credential", NO_PASSKEY)
def test_what_no_browser_has_made_is_not_kept(cast: Cast, credential: str) -> None:
    form = PasskeyForm(sent(credential, name="Phone"), user=cast.uma)
    try:
        assert not form.is_valid()
    except ValidationError as refused:
        pytest.fail(f"not caught by the form: {refused}")
