"""What the portal does otherwise than allauth: whom it lets in, what it says, what it keeps."""

from typing import Any

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import Selection
from accounts.signin.adapter import AccountAdapter
from accounts.signin.allauth_internals import STATE_SESSION_KEY
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.passkeys import key_of
from tests.accounts.signin.second_steps import give_app, sign_in
from tests.support.cast import Cast


def request_of(user: Any = None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    request.user, request.session = user or AnonymousUser(), SessionStore()
    return request


@pytest.fixture
def adapter() -> AccountAdapter:
    return AccountAdapter(request_of())


def test_nobody_registers(adapter: AccountAdapter, client: Client, db: None) -> None:
    assert adapter.is_open_for_signup(request_of()) is False
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize("url", ["http://[", "//[x", "https://[::1", "javascript:alert(1)"])
def test_an_address_that_is_none_is_not_followed(adapter: AccountAdapter, url: str) -> None:
    with context.request_context(request_of()):
        assert adapter.is_safe_url(url) is False


@pytest.mark.parametrize("url, safe", [("/me/account/", True), ("//evil.example/", False)])
def test_only_addresses_of_the_portal_are_followed(
    adapter: AccountAdapter, url: str, *, safe: bool
) -> None:
    with context.request_context(request_of()):
        assert adapter.is_safe_url(url) is safe


def test_the_address_is_that_of_the_client(adapter: AccountAdapter) -> None:
    assert adapter.get_client_ip(request_of()) == "203.0.113.9"


def test_signing_in_stands_in_the_log_and_the_device_is_known(
    client: Client, cast: Cast, settings: Settings
) -> None:
    cast.gives_password(cast.uma)
    sign_in(client, cast.uma)
    event = AuditEvent.objects.get(action=Action.SIGNED_IN)
    assert event.actor_id == cast.uma.pk
    assert settings.DEVICE_COOKIE_NAME in client.cookies


def test_a_wrong_password_makes_neither(client: Client, cast: Cast, settings: Settings) -> None:
    cast.gives_password(cast.uma)
    page = sign_in(client, cast.uma, "wrong")
    assert "Incorrect user name or password." in page.content.decode()
    assert not AuditEvent.objects.filter(action=Action.SIGNED_IN).exists()
    assert settings.DEVICE_COOKIE_NAME not in client.cookies


def test_signing_out_takes_the_selections_along(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    for owner in (cast.alice, cast.bob):
        Selection.objects.create(token=f"of-{owner.pk}", owner=owner, customer=cast.contoso)
    client.post("/accounts/logout/")
    assert [row.owner for row in Selection.objects.all()] == [cast.bob]


def test_a_ceremony_that_was_begun_before_is_dropped_at_sign_in(client: Client, cast: Cast) -> None:
    cast.gives_password(cast.uma)
    session = client.session
    session[STATE_SESSION_KEY] = {"challenge": "AA"}
    session.save()
    sign_in(client, cast.uma)
    assert "_auth_user_id" in client.session
    assert STATE_SESSION_KEY not in client.session


def methods(adapter: AccountAdapter, user: Any) -> list[str]:
    request = request_of(user)
    adapter.request = request
    with context.request_context(request):
        return [method["id"] for method in adapter.get_reauthentication_methods(user)]


def test_a_user_who_has_a_second_step_proves_it_by_that_and_by_no_password(
    adapter: AccountAdapter, cast: Cast
) -> None:
    cast.gives_password(cast.uma, cast.bob, cast.alice)
    assert methods(adapter, cast.uma) == ["reauthenticate"]
    give_app(cast.bob)
    assert methods(adapter, cast.bob)[0] == "mfa_reauthenticate"
    key_of(cast.alice)
    assert methods(adapter, cast.alice)[0] == "mfa_reauthenticate:webauthn"
    for user in (cast.bob, cast.alice):
        assert "reauthenticate" not in methods(adapter, user)


def test_the_portals_own_stage_stands_in_for_allauths(adapter: AccountAdapter) -> None:
    stages = adapter.get_login_stages()
    assert "accounts.signin.mfa.SecondStepStage" in stages
    assert "allauth.mfa.stages.AuthenticateStage" not in stages


def test_after_a_change_of_the_password_one_is_back_at_the_own_account(
    adapter: AccountAdapter,
) -> None:
    assert adapter.get_password_change_redirect_url(request_of()) == "/me/account/"
    assert adapter.can_delete_email(object()) is False
