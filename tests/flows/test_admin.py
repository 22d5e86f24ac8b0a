"""Support staff at work in the admin, in a real browser under the strict content policy."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import CredentialSheet, User
from accounts.services.users import delete_users
from tests.accounts.sheets import stored
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.axe import ill_looking, inaccessible
from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def address(page: str, *args: object) -> str:
    return reverse(f"admin:accounts_{page}", args=args)


def test_a_reset_shows_the_password_until_done(cast: Cast, page_as: PageAs) -> None:
    page = page_as(cast.support)
    page.goto(address("user_change", cast.uma.pk))
    page.get_by_role("button", name="Reset password").click()
    expect(page.get_by_role("heading", name="Reset password")).to_be_visible()
    assert inaccessible(page) == {}
    page.get_by_role("button", name="Reset password").click()
    expect(page.get_by_role("cell", name="uma@contoso.example")).to_be_visible()
    assert inaccessible(page) == {}
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("These passwords are destroyed.")).to_be_visible()
    assert stored(CredentialSheet.objects.get()) == []


def test_a_user_is_restored_under_another_name(cast: Cast, page_as: PageAs) -> None:
    SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    UserFactory.create(customer=cast.contoso, local_part="uma")
    page = page_as(cast.support)
    page.goto(address("user_change", cast.uma.pk))
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Another user name")).to_have_value("uma2@contoso.example")
    assert inaccessible(page) == {}
    for _step in ("take the name", "agree to the plan"):
        page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: 1 user.")).to_be_visible()
    assert User.objects.get(pk=cast.uma.pk).username == "uma2@contoso.example"


def test_a_list_is_searched_and_its_users_deleted(cast: Cast, page_as: PageAs) -> None:
    page = page_as(cast.support)
    page.goto(address("user_changelist"))
    page.get_by_role("textbox", name="Search").fill("uma")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox", name="Select this object for an action - Uma").check()
    page.get_by_role("combobox", name="Action").select_option(label="Delete selected users")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("Everything can be restored until the date")).to_be_visible()
    assert inaccessible(page) == {}
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted: 1.")).to_be_visible()
    assert User.objects.get(pk=cast.uma.pk).deleted_at is not None


def test_every_number_of_a_pager_is_large_enough_in_any_font(
    cast: Cast, page_as: PageAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.site._registry[User], "list_per_page", 1)  # noqa: SLF001
    page = page_as(cast.support)
    page.goto(address("user_changelist"))
    expect(page.get_by_role("link", name="2", exact=True)).to_be_visible()
    assert ill_looking(page) == {}


@pytest.mark.parametrize("page_name", ["user_add", "user_export", "user_delete", "user_history"])
def test_forms_are_silent_and_accessible(page_name: str, cast: Cast, page_as: PageAs) -> None:
    page = page_as(cast.support)
    own = page_name in {"user_delete", "user_history"}
    page.goto(address(page_name, *((cast.uma.pk,) if own else ())))
    assert inaccessible(page) == {}


def test_a_list_takes_the_width_beside_the_menu_with_a_sign_to_add(
    cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.support, viewport={"width": 1280, "height": 800})
    page.goto(address("user_changelist"))
    content = page.locator("#content").bounding_box()
    assert content
    assert content["x"] + content["width"] == 1280
    sign = page.locator("#nav-sidebar").get_by_role("link", name="Add").first.bounding_box()
    assert sign
    assert (sign["width"], sign["height"]) == (24, 24)
    assert page.locator("#nav-sidebar").evaluate("menu => menu.scrollWidth - menu.clientWidth") == 0
