"""Deleting, restoring and deleting for good, in a browser."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import delete_users
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


@dataclass
class Stage:
    cast: Cast
    mail: Subscription
    users: list[User]


@pytest.fixture
def stage(live_server: LiveServer, cast: Cast) -> Stage:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=4, holders=[cast.uma, *users]
    )
    return Stage(cast, mail, users)


def open_list(page: Page, stage: Stage) -> None:
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/")


def tab(page: Page, count: int) -> Locator:
    return page.get_by_role("link", name=f"Deleted users ({count})", exact=True)


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def said(page: Page, text: str) -> None:
    """A notice has this heading, or the page."""
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def select(page: Page, *users: User) -> None:
    for user in users:
        page.get_by_role("checkbox", name=f"Select {user.display_name}", exact=True).check()


def has_mail(user: User) -> bool:
    return LicenseAssignment.objects.live().filter(user=user).exists()


def test_deleted_and_restored_with_all_seats_free(page_as: PageAs, stage: Stage) -> None:
    page, own = page_as(stage.cast.alice), page_as(stage.cast.uma)
    own.goto("/me/account/")
    title(own, "My account")
    open_list(page, stage)
    expect(tab(page, 0)).to_be_visible()
    page.get_by_role("link", name="Uma", exact=True).click()
    page.get_by_role("link", name="Delete user account").click()
    expect(page.get_by_text("1 seat is free at once: Mail.")).to_be_visible()
    expect(page.get_by_text("For 30 days the account can be restored")).to_be_visible()
    expect(page.get_by_text("Permanently deleted on")).to_be_visible()
    page.get_by_role("button", name="Delete user account").click()
    said(page, "User deleted")
    page.get_by_role("link", name="Deleted users").last.click()
    expect(tab(page, 1)).to_have_attribute("aria-current", "page")
    assert not has_mail(stage.cast.uma)
    own.goto("/me/account/")
    title(own, "Sign in")
    row = page.get_by_role("row", name=re.compile("Uma uma@contoso.example"))
    expect(row.get_by_role("cell")).to_have_text(
        ["", "uma@contoso.example", re.compile(r"\d"), "Alice", "30 days", "Mail"]
    )
    select(page, stage.cast.uma)
    page.get_by_role("button", name="Restore").click()
    title(page, "Restore")
    expect(page.get_by_text("1 user · 1 license comes back")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    said(page, "Users restored")
    expect(page.get_by_text("Licenses assigned again: Mail.")).to_be_visible()
    assert has_mail(stage.cast.uma)
    open_list(page, stage)
    expect(tab(page, 0)).to_be_visible()
    expect(page.get_by_role("link", name="Uma", exact=True)).to_be_visible()
    # A session from before stays ended.
    own.goto("/me/account/")
    title(own, "Sign in")


def test_seat_that_is_gone_is_bought_and_given(page_as: PageAs, stage: Stage) -> None:
    delete_users([stage.cast.uma], customer=stage.cast.contoso, actor=stage.cast.alice)
    assign(stage.mail, stage.cast.gail)
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/{stage.cast.uma.pk}/")
    expect(page.get_by_text("Deleted by Alice on")).to_be_visible()
    page.get_by_role("link", name="Restore").click()
    expect(page.get_by_text("Mail: no seats left.")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    title(page, "Users restored")
    expect(page.get_by_text("Licenses that could not be assigned again")).to_be_visible()
    page.get_by_role("link", name="Buy more").click()
    page.get_by_role("button", name="Save").click()
    title(page, "Users restored")
    page.get_by_role("link", name="Manage licenses").click()
    expect(page.get_by_role("checkbox", name="Mail", exact=True)).to_be_checked()
    page.get_by_role("button", name="Save").click()
    said(page, "Licenses updated")
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
    said(page, "Users restored")
    assert User.objects.get(pk=stage.cast.uma.pk).username == "uma.patel@contoso.example"


def test_several_are_found_selected_by_page_and_restored(page_as: PageAs, stage: Stage) -> None:
    gone = [*stage.users, stage.cast.uma]
    delete_users(gone, customer=stage.cast.contoso, actor=stage.cast.alice)
    page = page_as(stage.cast.alice)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    restore = page.get_by_role("button", name="Restore")
    expect(restore).to_have_attribute("aria-disabled", "true")
    expect(restore).to_have_attribute("title", "Select at least one user.")
    page.get_by_role("searchbox", name="Search").fill("lind")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Uma", exact=True)).to_have_count(0)
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    restore.click()
    expect(page.get_by_text("3 users · 3 licenses come back")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    said(page, "Users restored")
    expect(page.get_by_text("3 users updated.")).to_be_visible()
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
    said(page, "User deleted permanently")
    assert not User.objects.filter(pk=stage.cast.uma.pk).exists()
    expect(tab(page, 0)).to_be_visible()
    expect(page.get_by_text("No deleted users")).to_be_visible()


def test_restore_without_javascript(page_as: PageAs, stage: Stage) -> None:
    delete_users(stage.users, customer=stage.cast.contoso, actor=stage.cast.alice)
    page = page_as(stage.cast.alice, java_script_enabled=False)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/deleted/")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Select at least one user.")).to_be_visible()
    select(page, *stage.users[:2])
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    said(page, "Users restored")
    expect(page.get_by_text("2 users updated.")).to_be_visible()


@dataclass
class Forty:
    """Forty deleted users: two of their names are taken, and four seats of Mail are gone."""

    users: list[User]
    without: list[User]

    def box(self, page: Page, user: User) -> Locator:
        return page.get_by_role("checkbox", name=f"Mail for {user.display_name}", exact=True)

    def name(self, page: Page, user: User) -> Locator:
        return page.get_by_label(f"User name of {user.display_name}", exact=True)


@pytest.fixture
def forty(live_server: LiveServer, cast: Cast) -> Forty:
    users = [
        UserFactory.create(
            customer=cast.contoso, display_name=f"Person {number:02}", local_part=f"p{number:02}"
        )
        for number in range(40)
    ]
    for name, quantity in (("Mail", 41), ("Calls", 60)):
        SubscriptionFactory.create(
            customer=cast.contoso,
            product=ProductFactory.create(name=name),
            quantity=quantity,
            holders=users,
        )
    delete_users(users, customer=cast.contoso, actor=cast.alice)
    Subscription.objects.filter(product__name="Mail").update(quantity=36)
    for number in (5, 20):
        UserFactory.create(
            customer=cast.contoso, display_name=f"New {number}", local_part=f"p{number:02}"
        )
    # A selection is in the order of names.
    return Forty(users, users[-4:])


def test_forty_with_taken_names_and_few_seats_are_restored_at_once(
    page_as: PageAs, cast: Cast, forty: Forty
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/deleted/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    restore = page.get_by_role("button", name="Restore")
    restore.click()
    title(page, "Restore")
    figures = "40 users · 76 licenses come back · 4 without a seat · 2 names to change"
    expect(page.get_by_text(figures)).to_be_visible()
    given = page.get_by_role("status", name="Products without enough seats")
    expect(given).to_contain_text("Mail 36 of 36 seats given, needed by 40")
    for user in forty.without:
        expect(forty.box(page, user)).not_to_be_checked()
    taken, other, gets, gives, stays = (forty.users[n] for n in (5, 20, 38, 10, 11))
    expect(forty.name(page, taken)).to_have_value("p052@contoso.example")
    forty.name(page, taken).fill("p20@contoso.example")
    forty.name(page, other).fill("twenty@contoso.example")
    forty.box(page, gets).check()
    expect(given).to_contain_text("37 of 36 seats given")
    page.get_by_role("checkbox", name=f"Skip {stays.display_name}").check()
    expect(given).to_contain_text("36 of 36 seats given")
    forty.box(page, forty.without[0]).check()
    restore.click()
    problems = page.get_by_role("group", name=re.compile("Nothing was saved"))
    expect(problems).to_contain_text("Mail: 1 seat too many is given.")
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(forty.name(page, other)).to_have_value("twenty@contoso.example")
    forty.box(page, gives).uncheck()
    expect(given).to_contain_text("36 of 36 seats given")
    restore.click()
    expect(problems).to_contain_text("Another user has the user name p20@contoso.example.")
    expect(forty.box(page, gets)).to_be_checked()
    expect(forty.box(page, gives)).not_to_be_checked()
    forty.name(page, taken).fill("five@contoso.example")
    restore.click()
    title(page, "Users restored")
    expect(page.get_by_text("39 users updated.")).to_be_visible()
    expect(page.get_by_text("3 users came back without it: no seat was free.")).to_be_visible()
    names = [User.objects.get(pk=user.pk).username for user in (taken, other, stays)]
    assert names == ["five@contoso.example", "twenty@contoso.example", None]
    calls, mail = (
        set(
            LicenseAssignment.objects.live()
            .filter(subscription__product__name=name)
            .values_list("user_id", flat=True)
        )
        for name in ("Calls", "Mail")
    )
    back = {user.pk for user in forty.users} - {stays.pk}
    assert calls == back
    assert back - mail == {forty.users[n].pk for n in (37, 39, 10)}
    assert violations() == []
