"""A joiner, from the upload to the first sign-in on the day."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users.starts import today_of
from automation.models import Schedule
from automation.services.due_running import run_due
from licensing.models import LicenseAssignment, Subscription
from tests.patience import wait_for
from tests.support.axe import looks_right
from tests.support.cast import Cast
from tests.support.servers import Worker
from tests.uploads.upload_pages import PageAs, cast, choose, mail

__all__ = ["cast", "mail"]

PASSWORD = re.compile(r"^\w{4}-\w{4}-\w{4}$")
NEW = "seven wooden rivers"


def sign_in(page: Page, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("ada@contoso.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_joiner_from_upload_to_first_sign_in_on_the_day(
    mail: Subscription, cast: Cast, page_as: PageAs, page: Page, worker: Worker
) -> None:
    day = today_of(cast.contoso) + timedelta(days=20)
    alice = page_as(cast.alice)
    alice.goto(f"/customers/{cast.contoso.pk}/users/upload/")
    lines = [
        "First name,Last name,User name,Subscriptions,Eintrittsdatum",
        f"Ada,Lovelace,ada@contoso.example,Mail,{day:%d.%m.%Y}",
    ]
    choose(alice, cast.contoso, lines)
    expect(alice.get_by_text("Starts on")).to_be_visible()
    expect(alice.get_by_label("Reserve the seats until then")).to_be_checked()
    looks_right(alice)
    alice.get_by_role("button", name="Confirm: add 1 user").click()
    expect(alice.get_by_role("heading", name="Users added")).to_be_visible()
    password = alice.get_by_text(PASSWORD).inner_text()

    # The seat is hers, though she can't come in.
    alice.goto(f"/customers/{cast.contoso.pk}/subscriptions/")
    expect(alice.get_by_text("1 reserved")).to_be_visible()
    looks_right(alice)
    alice.goto(f"/customers/{cast.contoso.pk}/users/")
    alice.get_by_role("link", name="Ada Lovelace").click()
    expect(alice.get_by_text("This account can be used from")).to_be_visible()
    expect(alice.get_by_text("Reserved until then: Mail.")).to_be_visible()
    looks_right(alice)
    sign_in(page, password)
    expect(page.get_by_text("This account can be used from")).to_be_visible()

    # The day comes.
    ada = User.objects.get(username="ada@contoso.example")
    now = timezone.now()
    User.objects.filter(pk=ada.pk).update(starts_at=now, temporary_password_set_at=now)
    Schedule.objects.update(due_at=now)
    assert run_due(now) == 1
    given = LicenseAssignment.objects.live().filter(user=ada)
    wait_for(given.exists, "the license of the day")
    alice.goto(f"/customers/{cast.contoso.pk}/users/{ada.pk}/")
    expect(alice.locator(".plain-list strong")).to_have_text("Mail")
    sign_in(page, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    page.goto("/me/account/")
    expect(page.get_by_role("heading", name="Mail")).to_be_visible()
    assert LicenseAssignment.objects.live().get(user=ada).subscription == mail
    mail.refresh_from_db()
    assert (mail.assigned, mail.reserved) == (1, 0)
    assert violations() == []
