"""What is done to a selection, in a browser: asked once more, done, reported."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import CredentialSheet, User
from accounts.services import selections
from accounts.services.users import delete_users
from customers.roles import Role
from licensing.models import Subscription
from tests.accounts.verbs import fresh
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]
PASSWORD = re.compile(r"^\w{4}-\w{4}-\w{4}$")


@dataclass
class Stage:
    """Alice has selected everyone whose name has "Ek" in it: four users, one of whom leads."""

    cast: Cast
    mail: Subscription
    ann: User
    ben: User
    eve: User
    lea: User

    @property
    def users(self) -> list[User]:
        return [self.ann, self.ben, self.eve, self.lea]


@pytest.fixture
def stage(live_server: LiveServer, cast: Cast) -> Stage:
    ann, ben, eve = (
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Ek")
        for name in ("Ann", "Ben", "Eve")
    )
    lea = UserFactory.create(
        customer=cast.contoso, display_name="Lea Ek", roles=[Role.BILLING_ADMIN]
    )
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(customer=cast.contoso, product=product)
    assign(mail, ann, ben, lea)
    selections.choose_all("ek", query={"q": "ek"}, customer=cast.contoso, actor=cast.alice)
    return Stage(cast, mail, ann, ben, eve, lea)


def open_action(page: Page, stage: Stage, action: str) -> None:
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/{action}/?s=ek")


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def says(page: Page, text: str) -> None:
    expect(page.get_by_role("main")).to_contain_text(text)


def test_a_selection_is_blocked_and_allowed_again(page_as: PageAs, stage: Stage) -> None:
    page, own = page_as(stage.cast.alice), page_as(stage.ann)
    own.goto("/me/account/")
    title(own, "My account")
    open_action(page, stage, "block")
    says(page, "4 users")
    says(page, "1 of them is an administrator: Lea Ek.")
    says(page, "3 seats stay taken: Mail (3).")
    page.get_by_label("Reason or ticket").fill("Ticket 4711")
    button(page, "Block sign-in").click()
    title(page, "Sign-in blocked")
    says(page, "4 users updated.")
    own.goto("/me/account/")
    title(own, "Sign in")
    open_action(page, stage, "block")
    says(page, "No users selected")
    says(page, "4 are already blocked: Ann Ek, Ben Ek, Eve Ek, Lea Ek.")
    expect(button(page, "Block sign-in")).to_have_count(0)
    open_action(page, stage, "allow")
    button(page, "Allow sign-in").click()
    title(page, "Sign-in allowed")
    assert [fresh(user).blocked_at for user in stage.users] == [None] * 4
    page.goto(f"/customers/{stage.cast.contoso.pk}/activity/")
    expect(page.get_by_text("Ticket 4711").first).to_be_visible()


def test_a_colleague_was_quicker_with_one_of_those_to_delete(page_as: PageAs, stage: Stage) -> None:
    page = page_as(stage.cast.alice)
    open_action(page, stage, "delete")
    says(page, "3 seats are free at once: Mail (3).")
    says(page, "For 30 days the accounts can be restored")
    delete_users([stage.ben], customer=stage.cast.contoso, actor=stage.cast.gail)
    new_user = UserFactory.create(customer=stage.cast.contoso, display_name="Zoe Ek")
    button(page, "Delete user accounts").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The selection has changed since this page was shown.")
    expect(alert).to_contain_text("Added: Zoe Ek")
    expect(alert).to_contain_text("Removed: Ben Ek")
    says(page, "2 seats are free at once: Mail (2).")
    button(page, "Delete user accounts").click()
    title(page, "Users deleted")
    says(page, "4 users updated.")
    gone = [stage.ann, stage.eve, stage.lea, new_user]
    assert {fresh(user).deleted_by for user in gone} == {stage.cast.alice}
    assert fresh(stage.ben).deleted_by == stage.cast.gail
    stage.mail.refresh_from_db()
    assert stage.mail.assigned == 0


def test_a_user_who_was_deleted_meanwhile_of_those_picked_one_by_one_is_named_at_the_end(
    page_as: PageAs, stage: Stage
) -> None:
    page = page_as(stage.cast.alice)
    ids = "&".join(f"user={user.pk}" for user in stage.users)
    page.goto(f"/customers/{stage.cast.contoso.pk}/users/delete/?{ids}")
    delete_users([stage.ben], customer=stage.cast.contoso, actor=stage.cast.gail)
    button(page, "Delete user accounts").click()
    title(page, "Users deleted")
    row = page.get_by_role("row").filter(has_text="Ben Ek")
    expect(row).to_contain_text("Ben Ek has been deleted by Gail.")
    says(page, "3 users updated.")


def test_the_passwords_of_a_selection_are_reset_onto_one_sheet(
    page_as: PageAs, stage: Stage
) -> None:
    page = page_as(stage.cast.alice)
    open_action(page, stage, "reset")
    says(page, "4 temporary passwords are made, on one sheet.")
    says(page, "This can't be undone.")
    button(page, "Reset password").dblclick()
    says(page, "User names and temporary passwords")
    for user in stage.users:
        row = page.get_by_role("row").filter(has_text=user.user_name)
        expect(row.get_by_text(PASSWORD)).to_be_visible()
    sheet = CredentialSheet.objects.get()
    assert sheet.users == 4
    assert page.url.endswith(f"/customers/{stage.cast.contoso.pk}/passwords/{sheet.pk}/")


def test_permissions_of_a_selection_by_keyboard_alone(page_as: PageAs, stage: Stage) -> None:
    page = page_as(stage.cast.alice)
    open_action(page, stage, "change/permissions")
    says(page, "Now: User (3), Billing administrator (1).")
    button(page, "Change permissions").press("Enter")
    expect(page.get_by_role("group", name="Nothing was saved yet")).to_be_focused()
    says(page, "Choose the permissions.")
    limited = page.get_by_role("radio", name="Limited administrator")
    limited.press("Space")
    page.get_by_role("checkbox", name="Service administrator").press("Space")
    button(page, "Change permissions").press("Enter")
    title(page, "Users changed")
    says(page, "4 users updated.")
    assert [fresh(user).roles for user in stage.users] == [(Role.SERVICE_ADMIN,)] * 4


def test_a_location_that_a_license_forbids_leaves_those_out(page_as: PageAs, stage: Stage) -> None:
    stage.mail.product.blocked_countries = ["KP"]
    stage.mail.product.save()
    page = page_as(stage.cast.alice)
    open_action(page, stage, "change/location")
    says(page, "Mail (3) can't be used in North Korea.")
    page.get_by_label("Usage location").select_option("North Korea")
    button(page, "Change usage location").click()
    title(page, "User changed")
    row = page.get_by_role("row").filter(has_text="Ann Ek")
    expect(row).to_contain_text("Mail can't be used in North Korea.")
    assert fresh(stage.eve).usage_location == "KP"


def test_a_department_on_a_small_screen_without_javascript(page_as: PageAs, stage: Stage) -> None:
    page = page_as(
        stage.cast.alice, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    open_action(page, stage, "change/department")
    page.get_by_label("Department", exact=True).fill("Märkte")
    button(page, "Change department").click()
    title(page, "Users changed")
    assert {fresh(user).department for user in stage.users} == {"Märkte"}


@pytest.mark.parametrize("action", ["reset", "delete", "change/permissions"])
def test_many_long_names_fit_a_small_screen(page_as: PageAs, stage: Stage, action: str) -> None:
    for number in range(60):
        UserFactory.create(
            customer=stage.cast.contoso,
            display_name=f"{'Wolfeschlegelsteinhausenbergerdorff' * 2} {number} Ek",
        )
    page = page_as(stage.cast.alice, viewport={"width": 390, "height": 844})
    open_action(page, stage, action)
    expect(page.get_by_text("and 14 more")).to_be_hidden()
    page.locator("summary").filter(has_text="64 users").click()
    expect(page.get_by_text("and 14 more")).to_be_visible()
    assert not too_wide(page, 390)
    assert inaccessible(page) == {}
