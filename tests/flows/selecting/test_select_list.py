"""Select by list in a browser, by the keyboard: from names in a mail to an action."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import UserFactory
from tests.support.axe import looks_right
from tests.support.cast import Cast, make_cast


@pytest.fixture
def cast(transactional_db: None, live_server: LiveServer) -> Cast:
    made = make_cast()
    UserFactory.create(customer=made.contoso, local_part="ian", display_name="Ian")
    return made


def test_names_from_a_mail_become_a_selection_that_is_blocked(
    cast: Cast, page_as: Callable[..., Page]
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    looks_right(page)
    page.get_by_role("link", name="Select by list…").press("Enter")
    looks_right(page)
    listed = "Ian <ian@contoso.example>; uma@contoso.example; umma@contoso.example"
    page.get_by_label("User names").fill(listed)
    page.get_by_role("button", name="Find users").press("Enter")

    expect(page.get_by_role("heading", name="Found 2 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Use uma@contoso.example")).to_be_visible()
    looks_right(page)
    assert "ian" not in page.url
    page.get_by_role("link", name="Select 2 users").press("Enter")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Block sign-in").press("Enter")
    page.get_by_role("button", name="Block sign-in").press("Enter")

    expect(page.get_by_role("heading", name="Sign-in blocked")).to_be_visible()
    blocked = User.objects.filter(customer=cast.contoso, blocked_at__isnull=False)
    assert sorted(blocked.values_list("user_name", flat=True)) == [
        "ian@contoso.example",
        "uma@contoso.example",
    ]
