"""Back, Forward and reload in a browser after a form was refused, and what it warns of."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]
CHECK = "Nothing was saved yet. Please check:"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_a_refused_form_is_found_again_by_back_and_reload(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/")
    page.get_by_label("User name", exact=True).fill("u ma")
    page.get_by_label("Last name").fill("Typed")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=CHECK)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=CHECK)).to_be_visible()
    page.get_by_role("link", name="Users and licenses").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users and licenses")
    page.go_back()
    expect(page.get_by_role("heading", name=CHECK)).to_be_visible()
    expect(page.get_by_label("Last name")).to_have_value("Typed")
    page.get_by_label("User name", exact=True).fill("uma")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=CHECK)).to_be_visible()


def test_a_save_that_the_admin_refused_is_found_again_by_back(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.support)
    page.goto(reverse("admin:accounts_user_change", args=[cast.uma.pk]))
    page.get_by_label("User name:", exact=True).fill("u ma")
    page.get_by_label("Last name:", exact=True).fill("Typed")
    page.get_by_role("button", name="Save", exact=True).click()
    refused = page.get_by_text("Please correct the error below.")
    expect(refused).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("Everything in the portal")).to_be_visible()
    page.go_back()
    expect(refused).to_be_visible()
    page.reload()
    expect(page.get_by_label("Last name:", exact=True)).to_have_value("Typed")
    page.get_by_label("User name:", exact=True).fill(cast.uma.user_name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully.")).to_be_visible()


def test_back_to_a_refused_sign_in_is_no_error(page: Page, cast: Cast) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("nobody@contoso.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("body[data-answers-post]")).to_be_attached()
    page.get_by_role("link", name="Forgot your password?").click()
    page.go_back()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_browser_warns_of_no_feature_that_it_does_not_know(page: Page, cast: Cast) -> None:
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    page.goto("/accounts/login/")
    assert [text for text in warnings if "Permissions-Policy" in text] == []
