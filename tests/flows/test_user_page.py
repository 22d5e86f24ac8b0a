"""A user's page in a browser: details, password, sign-in blocked and allowed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.users import change_user
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.browser import NewPage
from tests.support.cast import Cast

PageAs = Callable[..., Page]


@pytest.fixture
def users(live_server: LiveServer, cast: Cast) -> Cast:
    product = ProductFactory.create(name="Mail", plans=("INBOX",))
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    return cast


def open_user(page: Page, user: User) -> None:
    page.goto(f"/customers/{user.customer_id}/users/{user.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(user.display_name)


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def said(page: Page, text: str) -> None:
    """A notice has this heading, or the page."""
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def test_details_are_changed_and_the_list_shows_it(page_as: PageAs, users: Cast) -> None:
    page = page_as(users.alice)
    open_user(page, users.uma)
    page.get_by_label("Display name").fill("Uma Patel")
    page.get_by_label("User name").fill("uma.patel")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Department").fill("Research")
    page.get_by_label("Limited administrator", exact=True).check()
    page.get_by_label("License administrator").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    expect(page.locator("#messages")).to_contain_text(
        "Uma Patel signs in as uma.patel@contoso.example from now on."
    )
    title(page, "Uma Patel")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role(
        "link", name="Users and licenses"
    ).click()
    row = page.get_by_role("row", name=re.compile("Uma Patel"))
    expect(row).to_contain_text("uma.patel@contoso.example")
    expect(row).to_contain_text("License administrator")


def test_two_staff_edit_at_once_and_nothing_is_lost(page_as: PageAs, users: Cast) -> None:
    page = page_as(users.alice)
    open_user(page, users.uma)
    newer = {"first_name": "Umaira"}
    change_user(users.uma, customer=users.contoso, actor=users.gail, fields=newer)
    page.get_by_label("Last name").fill("Patel")
    page.get_by_role("button", name="Save").click()
    notice = page.get_by_role("group", name=re.compile("Someone else changed this user"))
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("First name: changed by Gail (gail@contoso.example).")
    expect(page.get_by_label("First name")).to_have_value("Umaira")
    expect(page.get_by_label("Last name")).to_have_value("Patel")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    fresh = User.objects.get(pk=users.uma.pk)
    assert (fresh.first_name, fresh.last_name) == ("Umaira", "Patel")


def test_password_is_reset_and_the_user_signs_in_with_it(
    page_as: PageAs, new_page: NewPage, users: Cast
) -> None:
    page = page_as(users.alice)
    open_user(page, users.uma)
    page.get_by_role("link", name="Reset password").click()
    expect(page.get_by_text("every open session ends at once")).to_be_visible()
    page.get_by_role("button", name="Reset password").click()
    password = page.get_by_text(re.compile(r"^\s*[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\s*$")).first
    expect(password).to_be_visible()
    temporary = password.inner_text().strip()
    own = new_page()
    own.goto("/accounts/login/")
    own.get_by_label("User name").fill("uma@contoso.example")
    own.get_by_label("Password").fill(temporary)
    own.get_by_role("button", name="Sign in").click()
    title(own, "Choose a new password")


def test_sign_in_is_blocked_and_allowed_by_keyboard_alone(page_as: PageAs, users: Cast) -> None:
    page, own = page_as(users.alice), page_as(users.uma)
    own.goto("/me/account/")
    title(own, "My account")
    open_user(page, users.uma)
    _press(page, "Block sign-in")
    title(page, "Block sign-in")
    _press(page, "Block sign-in")
    said(page, "Sign-in blocked")
    title(page, "Uma")
    own.goto("/me/account/")
    title(own, "Sign in")
    expect(page.get_by_text("Sign-in has been blocked since")).to_be_visible()
    _press(page, "Allow sign-in")
    title(page, "Allow sign-in")
    _press(page, "Allow sign-in")
    said(page, "Sign-in allowed")
    # A session from before stays ended.
    own.goto("/me/account/")
    title(own, "Sign in")


def _press(page: Page, name: str) -> None:
    """Tab until what has this name has the focus, then Enter."""
    page.wait_for_load_state()
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} can't be reached by keyboard")


def test_who_may_only_see_finds_no_button(page_as: PageAs, users: Cast) -> None:
    page = page_as(users.sally)
    open_user(page, users.uma)
    expect(page.get_by_role("link", name="Manage licenses")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    for name in ("Reset password", "Block sign-in", "Delete user account"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(
        page.get_by_text("Ask one of these roles: Account admin · Admin agent.").first
    ).to_be_visible()


def test_leaving_asks_only_where_something_is_not_saved(page_as: PageAs, users: Cast) -> None:
    page, asked = page_as(users.alice), list[str]()

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    customers = page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers")
    places = (
        f"users/{users.uma.pk}/",
        "users/add/",
        f"users/licenses/?user={users.uma.pk}",
    )
    for place in places:
        page.goto(f"/customers/{users.contoso.pk}/{place}")
        customers.click()
        title(page, "Customers")
    assert asked == []
    for number, place in enumerate(places):
        page.goto(f"/customers/{users.contoso.pk}/{place}")
        if "licenses" in place:
            page.get_by_role("checkbox", name="Mail", exact=True).uncheck()
        else:
            page.get_by_label("Last name").fill("Patel")
        customers.click()
        title(page, "Customers")
        assert asked == ["beforeunload"] * (number + 1)
    open_user(page, users.uma)
    page.get_by_label("Last name").fill("Patel")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    customers.click()
    title(page, "Customers")
    assert len(asked) == len(places)


def test_a_user_name_is_checked_while_it_is_typed(page_as: PageAs, users: Cast) -> None:
    page = page_as(users.alice)
    open_user(page, users.uma)
    told = page.locator("[data-check-name]")
    expect(told).to_be_empty()
    page.get_by_label("User name").fill("uma.patel")
    expect(told).to_have_text("uma.patel@contoso.example is free.")
    page.get_by_label("User name").fill("gail")
    expect(told).to_have_text(re.compile("gail@contoso.example is already taken"))
    page.get_by_label("User name").fill("uma")
    expect(told).to_be_empty()
    page.goto(f"/customers/{users.contoso.pk}/users/add/")
    # The one that is proposed, too.
    page.get_by_label("First name").fill("Gail")
    expect(told).to_have_text(re.compile("gail@contoso.example is already taken"))
