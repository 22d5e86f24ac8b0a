"""Every action on many: chosen over three pages, and all of them, with what may come between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import delete_users, restore_users
from customers.models import Customer
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast

PageAs = Callable[..., Page]
How = Literal["over pages", "all"]
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal")
# The first of each page.
CHOSEN: dict[How, tuple[str, ...]] = {"over pages": ("Ada", "Dan", "Gus"), "all": NAMES}


@dataclass
class Story:
    """Alice, who chooses users of Woodgrove, and her colleague Zoe, who is quicker at times."""

    page: Page
    customer: Customer
    zoe: User
    how: How

    @property
    def names(self) -> tuple[str, ...]:
        return CHOSEN[self.how]

    @property
    def count(self) -> int:
        return len(self.names)

    def users(self) -> list[User]:
        rows = User.objects.with_roles().filter(customer=self.customer)
        return list(rows.filter(first_name__in=self.names).order_by("pk"))

    def choose(self, tab: str = "") -> None:
        self.page.goto(f"/customers/{self.customer.pk}/users/{tab}")
        if self.how == "all":
            self.press(f"Select all {self.count} users")
        for number, name in enumerate(self.names if self.how == "over pages" else ()):
            if number and not tab:
                self.page.get_by_role("link", name="Next", exact=True).click()
            self.page.get_by_role("checkbox", name=f"Select {name} Lind", exact=True).check()
        chosen = self.page.locator("[data-select-count]")
        expect(chosen).to_have_text(f"{self.count} selected")

    def begin(self, action: str, tab: str = "") -> None:
        """Choose, press, and see the page that asks."""
        self.choose(tab)
        if action.startswith("Change "):
            self.press("Change…")
        self.press(action)
        self.titled(action)

    def titled(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def ends(self, title: str, done: int | None = None) -> None:
        """This is told as done, to so many users, to them all if not told."""
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        number = self.count if done is None else done
        expect(self.page.get_by_text(f"{number} user{'s' * (number > 1)} updated.")).to_be_visible()

    def type_number(self, number: int, *, of: int | None = None) -> None:
        label = f"To confirm, type the number of users: {of or self.count}"
        self.page.get_by_label(label).fill(str(number))
        self.press("Delete permanently")

    def undo(self, *points: str) -> None:
        self.page.get_by_role("link", name="Undo", exact=True).click()
        for point in points:
            expect(self.page.get_by_text(point)).to_be_visible()
        self.press("Undo")

    def says(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def have(self, product: str) -> set[str]:
        live = LicenseAssignment.objects.live().filter(subscription__product__name=product)
        return set(live.values_list("user__first_name", flat=True))


@pytest.fixture(params=CHOSEN)
def story(
    page_as: PageAs,
    live_server: LiveServer,
    cast: Cast,
    settings: Settings,
    request: pytest.FixtureRequest,
) -> Story:
    settings.PAGE_SIZE = 3
    customer = CustomerFactory.create(
        partner=cast.fabrikam, name="Woodgrove", domain="wood.example"
    )
    users = [
        UserFactory.create(customer=customer, first_name=name, last_name="Lind") for name in NAMES
    ]
    how: How = request.param
    for product, quantity, holders in (
        ("Mail", len(CHOSEN[how]) - 1, []),
        ("Office", 8, [users[0], users[3]]),
    ):
        SubscriptionFactory.create(
            customer=customer,
            product=ProductFactory.create(name=product),
            quantity=quantity,
            holders=holders,
        )
    zoe = StaffFactory.create(partner=cast.fabrikam, display_name="Zoe", roles=[Role.ADMIN_AGENT])
    return Story(page_as(cast.alice), customer, zoe, how)


def test_licenses_with_too_few_seats_swapped_and_taken_back(story: Story) -> None:
    page = story.page
    story.begin("Manage licenses")
    page.get_by_role("checkbox", name="Mail", exact=True).check()
    story.press("Save")
    story.says("1 seat is missing.")
    assert story.have("Mail") == set()
    story.press("Assign as many as fit")
    story.ends("Licenses updated", story.count - 1)
    story.says("1 user was not changed. Mail: no seats left.")
    assert story.have("Mail") == set(story.names[:-1])
    story.undo(f"Licenses removed: {story.count - 1} × Mail.")
    story.ends("Licenses updated", story.count - 1)
    assert story.have("Mail") == set()
    story.begin("Manage licenses")
    page.get_by_label("Users who have").select_option("Office")
    page.get_by_label("get instead").select_option("Mail")
    story.press("Save")
    story.ends("Licenses updated", 2)
    story.says("needed no change.")
    assert (story.have("Mail"), story.have("Office")) == ({"Ada", "Dan"}, set())
    story.undo("Licenses removed: 2 × Mail.", "Licenses assigned again: 2 × Office.")
    story.ends("Licenses updated", 2)
    assert (story.have("Mail"), story.have("Office")) == (set(), {"Ada", "Dan"})
    assert violations() == []


def test_blocked_and_allowed_while_a_colleague_deletes_one(story: Story) -> None:
    story.begin("Block sign-in")
    dan = [User.objects.get(first_name="Dan")]
    delete_users(dan, customer=story.customer, actor=story.zoe)
    story.press("Block sign-in")
    if story.how == "all":
        # What was chosen by a filter has changed with it: the page asks again.
        expect(story.page.get_by_role("alert")).to_contain_text("Removed: Dan Lind")
        story.press("Block sign-in")
        story.ends("Sign-in blocked", 7)
    else:
        story.ends("Sign-in blocked", 2)
        story.says("Dan Lind has been deleted by Zoe.")
    restore_users(dan, customer=story.customer, actor=story.zoe)
    story.undo(f"{story.count - 1} users can sign in again, with the same passwords as before.")
    story.ends("Sign-in allowed", story.count - 1)
    story.undo()
    story.ends("Sign-in blocked", story.count - 1)
    story.begin("Allow sign-in")
    if story.how == "over pages":
        story.says("1 is not blocked: Dan Lind.")
    story.press("Allow sign-in")
    story.ends("Sign-in allowed", story.count - 1)
    assert [user.blocked_at for user in story.users()] == [None] * story.count


def test_location_department_and_permissions_changed_and_taken_back(story: Story) -> None:
    page = story.page
    for what, field in (("usage location", "Usage location"), ("department", "Department")):
        story.begin(f"Change {what}")
        control = page.get_by_label(field, exact=True)
        if what == "department":
            control.fill("Märkte")
        else:
            control.select_option("Sweden")
        story.press(f"Change {what}")
        story.ends("Users changed")
    story.begin("Change permissions")
    page.get_by_role("radio", name="Limited administrator").check()
    page.get_by_role("checkbox", name="Service administrator").check()
    story.press("Change permissions")
    story.ends("Users changed")
    assert {facts(user) for user in story.users()} == {("SE", "Märkte", (Role.SERVICE_ADMIN,))}
    gone = User.objects.filter(first_name="Ada")
    delete_users(gone, customer=story.customer, actor=story.zoe)
    story.undo(
        f"As before: {story.count - 1} × Permissions.", "has since been changed by Zoe: Delete"
    )
    story.ends("Users changed", story.count - 1)
    story.says("Ada Lind has since been changed by Zoe: Delete user accounts")
    living = [user for user in story.users() if user.deleted_at is None]
    assert {facts(user) for user in living} == {("SE", "Märkte", ())}


def facts(user: User) -> tuple[str, str, tuple[Role, ...]]:
    return str(user.usage_location), user.department, user.roles


def test_passwords_reset_on_one_sheet(story: Story) -> None:
    story.begin("Reset password")
    story.says("This can't be undone.")
    delete_users(story.users()[-1:], customer=story.customer, actor=story.zoe)
    story.press("Reset password")
    if story.how == "all":
        expect(story.page.get_by_role("alert")).to_contain_text("Removed: Hal Lind")
        story.press("Reset password")
    story.says("User names and temporary passwords")
    reset = [user.first_name for user in story.users() if user.must_change_password]
    assert reset == list(story.names[:-1])
    for name in reset:
        expect(story.page.get_by_role("row").filter(has_text=f"{name} Lind")).to_be_visible()


@pytest.mark.slow
def test_deleted_restored_and_deleted_for_good(story: Story) -> None:
    story.begin("Delete user accounts")
    story.press("Delete user accounts")
    story.ends("Users deleted")
    first = [User.objects.get(first_name="Ada")]
    restore_users(first, customer=story.customer, actor=story.zoe)
    story.undo(
        f"{story.count - 1} users come back", "Ada Lind has since been changed by Zoe: Restore"
    )
    story.ends("Users restored", story.count - 1)
    # Back among the deleted, by taking the restore back.
    story.undo(f"{story.count - 1} users are deleted again")
    story.ends("Users deleted", story.count - 1)
    delete_users(first, customer=story.customer, actor=story.zoe)
    story.begin("Restore", "deleted/")
    restore_users(first, customer=story.customer, actor=story.zoe)
    story.press("Restore")
    story.says("has changed since this page was shown.")
    story.press("Restore")
    story.ends("Users restored", story.count - 1)
    story.begin("Delete user accounts")
    story.press("Delete user accounts")
    story.ends("Users deleted")
    story.begin("Delete permanently", "deleted/")
    story.type_number(1)
    story.says("Nothing was deleted.")
    restore_users(first, customer=story.customer, actor=story.zoe)
    story.type_number(story.count)
    # They are fewer now, and the number has to be typed again.
    story.type_number(story.count - 1, of=story.count - 1)
    story.ends("Users deleted permanently", story.count - 1)
    assert [user.first_name for user in story.users()] == ["Ada"]
    assert violations() == []
