"""Deleting, restoring and deleting for good, in a browser."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.users import delete_users
from licensing.models import LicenseAssignment, Subscription
from tests.cast import Cast
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign

PageAs = Callable[..., Page]


@dataclass
class Stage:
    cast: Cast
    mail: Subscription
    people: list[User]


@pytest.fixture
def stage(live_server: LiveServer, cast: Cast) -> Stage:
    people = UserFactory.create_batch(3, customer=cast.contoso)
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=4, holders=[cast.uma, *people]
    )
    return Stage(cast, mail, people)


def open_list(page: Page, stage: Stage) -> None:
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/")


def tab(page: Page, count: int) -> Locator:
    return page.get_by_role("link", name=f"Deleted users ({count})", exact=True)


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def select(page: Page, *users: User) -> None:
    for user in users:
        page.get_by_role("checkbox", name=f"Select {user.display_name}", exact=True).check()


def has_mail(user: User) -> bool:
    return LicenseAssignment.objects.live().filter(user=user).exists()


def test_deleted_and_restored_with_all_seats_free(page_as: PageAs, stage: Stage) -> None:
    page, own = page_as(stage.cast.alice), page_as(stage.cast.uma)
    own.goto("/me/")
    title(own, "My account")
    open_list(page, stage)
    expect(tab(page, 0)).to_be_visible()
    page.get_by_role("link", name="Uma", exact=True).click()
    page.get_by_role("link", name="Delete user account").click()
    expect(page.get_by_text("1 seat is free at once: Mail.")).to_be_visible()
    expect(page.get_by_text("For 30 days the account can be restored")).to_be_visible()
    expect(page.get_by_text("it becomes final")).to_be_visible()
    page.get_by_role("button", name="Delete user account").click()
    title(page, "User deleted")
    page.get_by_role("link", name="Done").click()
    expect(tab(page, 1)).to_have_attribute("aria-current", "page")
    assert not has_mail(stage.cast.uma)
    own.goto("/me/")
    title(own, "Sign in")
    row = page.get_by_role("row", name=re.compile("Uma uma@contoso.example"))
    expect(row.get_by_role("cell")).to_have_text(
        ["", "Uma", "uma@contoso.example", re.compile(r"\d"), "Alice", "29 days", "Mail"]
    )
    select(page, stage.cast.uma)
    page.get_by_role("button", name="Restore").click()
    title(page, "Restore")
    expect(page.get_by_text("1 user · 1 license comes back")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    expect(page.get_by_text("Licenses given back")).to_be_visible()
    assert has_mail(stage.cast.uma)
    open_list(page, stage)
    expect(tab(page, 0)).to_be_visible()
    expect(page.get_by_role("link", name="Uma", exact=True)).to_be_visible()
    # A session from before stays ended.
    own.goto("/me/")
    title(own, "Sign in")


def test_seat_that_is_gone_is_bought_and_given(page_as: PageAs, stage: Stage) -> None:
    delete_users([stage.cast.uma], customer=stage.cast.contoso, actor=stage.cast.alice)
    assign(stage.mail, stage.cast.gail)
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/{stage.cast.uma.pk}/")
    expect(page.get_by_text("Deleted by Alice on")).to_be_visible()
    page.get_by_role("link", name="Restore").click()
    expect(page.get_by_text("Mail: no seat is free.")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    expect(page.get_by_text("Licenses that could not be given back")).to_be_visible()
    page.get_by_role("link", name="Buy more").click()
    page.get_by_role("button", name="Save").click()
    title(page, "Users restored")
    page.get_by_role("link", name="Manage licenses").click()
    expect(page.get_by_role("checkbox", name="Mail", exact=True)).to_be_checked()
    page.get_by_role("button", name="Save").click()
    title(page, "Licenses updated")
    assert has_mail(stage.cast.uma)


def test_name_that_is_taken_is_replaced(page_as: PageAs, stage: Stage) -> None:
    delete_users([stage.cast.uma], customer=stage.cast.contoso, actor=stage.cast.alice)
    UserFactory.create(customer=stage.cast.contoso, local_part="uma", display_name="Uma Two")
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    select(page, stage.cast.uma)
    page.get_by_role("button", name="Restore").click()
    name = page.get_by_label("User name of Uma")
    expect(name).to_have_value("uma2@contoso.example")
    name.fill("gail@contoso.example")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("group", name=re.compile("Nothing was saved"))).to_be_focused()
    expect(name).to_have_value("gail@contoso.example")
    name.fill("uma.patel@contoso.example")
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    assert User.objects.get(pk=stage.cast.uma.pk).username == "uma.patel@contoso.example"


def test_several_are_found_selected_by_page_and_restored(page_as: PageAs, stage: Stage) -> None:
    gone = [*stage.people, stage.cast.uma]
    delete_users(gone, customer=stage.cast.contoso, actor=stage.cast.alice)
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    restore = page.get_by_role("button", name="Restore")
    expect(restore).to_have_attribute("aria-disabled", "true")
    expect(restore).to_have_attribute("title", "Select somebody first.")
    page.get_by_role("searchbox", name="Search").fill("lind")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Uma", exact=True)).to_have_count(0)
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    restore.click()
    expect(page.get_by_text("3 users · 3 licenses come back")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    expect(page.get_by_text("3 users: done.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
    assert [has_mail(user) for user in gone] == [True, True, True, False]


def test_deleted_for_good_by_keyboard_alone(page_as: PageAs, stage: Stage) -> None:
    delete_users([stage.cast.uma], customer=stage.cast.contoso, actor=stage.cast.alice)
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    page.get_by_role("checkbox", name="Select Uma").press("Space")
    page.get_by_role("button", name="Delete permanently").press("Enter")
    title(page, "Delete permanently")
    field = page.get_by_label("To confirm, type the display name: Uma")
    field.press("Enter")
    expect(page.get_by_text("Type it, or choose Cancel.")).to_be_visible()
    field.type("Gail")
    field.press("Enter")
    expect(page.get_by_text("This is not the name. Nothing was deleted.")).to_be_visible()
    field.press("Control+a")
    field.type("Uma")
    field.press("Enter")
    title(page, "User deleted permanently")
    assert not User.objects.filter(pk=stage.cast.uma.pk).exists()
    page.get_by_role("link", name="Done").press("Enter")
    expect(tab(page, 0)).to_be_visible()
    expect(page.get_by_text("No deleted users")).to_be_visible()


def test_restore_without_javascript(page_as: PageAs, stage: Stage) -> None:
    delete_users(stage.people, customer=stage.cast.contoso, actor=stage.cast.alice)
    page = page_as(stage.cast.alice, java_script_enabled=False)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Nobody to restore")).to_be_visible()
    page.go_back()
    select(page, *stage.people[:2])
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    expect(page.get_by_text("2 users: done.")).to_be_visible()
