"""From the temporary password to a passkey, with the authenticator that Chromium simulates."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from accounts.services.staff import reset_staff_password
from customers.actions import Action
from customers.models import AuditEvent
from tests.support.axe import inaccessible
from tests.support.cast import Cast, make_cast

NEW = "seven wooden rivers"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def device(page: Page) -> Callable[[], int]:
    """The page's device has a fingerprint reader; how many passkeys it keeps."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda: len(session.send("WebAuthn.getCredentials", made)["credentials"])


def sign_in(page: Page, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("bob@fabrikam.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Bob").click()
    page.get_by_role("button", name="Sign out").click()
    title(page, "Sign in")


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def grow_old(page: Page) -> None:
    """What this session has proven was long ago."""
    [cookie] = [one for one in page.context.cookies() if one["name"] == "sessionid"]
    session = SessionStore(cookie["value"])
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()


def test_bob_sets_up_a_passkey_and_signs_in_with_it(
    page: Page, device: Callable[[], int], cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    bob = User.objects.get(pk=cast.bob.pk)
    issued = reset_staff_password(bob, epoch=bob.session_epoch, actor=cast.alice)
    sign_in(page, issued.password)
    title(page, "Choose a new password")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Save password").click()

    title(page, "Two-step sign-in")
    page.goto("/customers/")
    title(page, "Two-step sign-in")
    expect(page.get_by_role("link", name="Customers")).to_have_count(0)
    page.get_by_role("link", name="Set up passkey").click()
    page.get_by_label("Name").fill("Laptop")
    assert inaccessible(page) == {}
    page.get_by_role("button", name="Create passkey").click()
    title(page, "Recovery codes")
    assert device() == 1
    page.get_by_role("link", name="Done").click()
    title(page, "Customers")
    sign_out(page)

    # With the passkey alone.
    page.get_by_role("button", name="Use a passkey").click()
    title(page, "Customers")
    sign_out(page)

    # After the password.
    sign_in(page, NEW)
    title(page, "Second step")
    assert inaccessible(page) == {}
    page.get_by_role("button", name="Use a passkey").click()
    title(page, "Customers")

    # As a proof, later on.
    grow_old(page)
    page.goto("/accounts/2fa/recovery-codes/")
    title(page, "Confirm that it is you")
    page.get_by_role("button", name="Use a passkey").click()
    title(page, "Recovery codes")

    # Not in place of a password that was reset.
    User.objects.filter(pk=bob.pk).update(must_change_password=True)
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Sign in with the temporary one")).to_be_visible()
    User.objects.filter(pk=bob.pk).update(must_change_password=False)
    page.get_by_role("button", name="Use a passkey").click()
    title(page, "Customers")

    # It is the last one, and stays; nothing that it could be copied with is in the log.
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_text("Set up another first.")).to_be_visible()
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    event = AuditEvent.objects.select_related("names").get(action=Action.STEP_ADDED)
    assert (str(passkey), event.names.changes) == ("Laptop", {"name": "Laptop"})
    assert event.changes == {"kind": "webauthn"}
