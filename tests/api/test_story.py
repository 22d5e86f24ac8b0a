"""A token in the browser: made, copied, used up; an integration with a secret beside it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from api.models import Token
from tests.support.cast import Cast


def test_a_token_of_ones_own_is_shown_until_done(
    cast: Cast, transactional_db: None, page_as: Callable[..., Page]
) -> None:
    page = page_as(User.objects.get(pk=cast.gail.pk))
    page.goto("/me/account/")
    page.get_by_role("main").get_by_role("link", name="API tokens").click()
    page.get_by_role("link", name="Add token").click()
    page.get_by_role("button", name="Add token").click()
    # The form says what is missing, with what was chosen.
    expect(page.get_by_role("group", name="Nothing was saved yet")).to_be_visible()
    page.get_by_label("Name").fill("Nightly")
    page.get_by_label("Manage users").check()
    expect(page.get_by_text("All customers, including new ones")).to_have_count(0)
    page.get_by_role("button", name="Add token").click()
    expect(page.get_by_role("heading", name="New token")).to_be_visible()
    token = Token.objects.get()
    text = page.locator("#token-text").inner_text()
    assert text.startswith(token.prefix)
    page.get_by_role("button", name="Copy").click()
    page.reload()
    assert page.locator("#token-text").inner_text() == text
    page.get_by_role("button", name="Done").click()
    row = page.get_by_role("row", name="Nightly")
    expect(row).to_contain_text("Active")
    page.go_back()
    expect(page.get_by_text("The token itself can't be shown again.")).to_be_visible()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Nightly")).to_contain_text("Revoked")


def test_an_integration_is_added_and_given_a_secret(
    cast: Cast, transactional_db: None, page_as: Callable[..., Page]
) -> None:
    page = page_as(User.objects.get(pk=cast.alice.pk))
    page.goto("/team/")
    page.get_by_role("link", name="Integrations").click()
    page.get_by_role("link", name="Add integration").click()
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_label("Admin agent").check()
    page.get_by_label("Only the chosen customers").check()
    page.get_by_label("Contoso").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nightly import is added.")).to_be_visible()
    page.get_by_role("link", name="Add client secret").click()
    page.get_by_label("Name").fill("December")
    page.get_by_label("Networks").fill("203.0.113.0/24\nthe office")
    page.get_by_role("button", name="Add client secret").click()
    expect(page.get_by_text("the office: Enter networks such as").first).to_be_visible()
    page.get_by_label("Networks").fill("203.0.113.0/24")
    page.get_by_role("button", name="Add client secret").dblclick()
    expect(page.get_by_role("heading", name="New client secret")).to_be_visible()
    assert Token.objects.count() == 1
    sync = User.objects.get(is_machine=True)
    expect(page.locator("#client-id")).to_have_text(str(sync.uuid))
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="December")).to_contain_text("203.0.113.0/24")
