"""A long action that is left and found again, and Undo, in a browser with a real worker."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.queue import send_batch
from accounts.services.running import run_batch
from accounts.services.users import allow_users, block_users
from customers.models import Batch, BatchKind
from customers.services.batches import leave_batch
from licensing.models import LicenseAssignment
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.axe import too_wide
from tests.support.cast import Cast
from tests.support.servers import Worker

PageAs = Callable[..., Page]


@dataclass
class Stage:
    cast: Cast
    users: list[User]

    def leave(self, kind: BatchKind) -> Batch:
        """As a long action leaves it, before a worker has heard of it."""
        ids = [user.pk for user in self.users]
        return leave_batch(kind, ids, actor=self.cast.alice, customer=self.cast.contoso)

    def living(self) -> int:
        return User.objects.active().filter(pk__in=[user.pk for user in self.users]).count()


@pytest.fixture
def stage(live_server: LiveServer, cast: Cast, settings: Settings) -> Stage:
    settings.PEOPLE_AT_ONCE = 2
    users = UserFactory.create_batch(3, customer=cast.contoso)
    mail = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=mail, quantity=3, holders=users)
    return Stage(cast, users)


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.slow
def test_a_long_deletion_is_found_again_and_taken_back(
    page_as: PageAs, stage: Stage, worker: Worker
) -> None:
    batch = stage.leave(BatchKind.DELETE)
    page = page_as(stage.cast.alice)
    page.goto("/customers/")
    page.get_by_role("link", name="Running and recent").click()
    title(page, "Running and recent")
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    page.get_by_role("link", name="Delete user accounts").click()
    title(page, "Delete user accounts")
    expect(page.get_by_role("progressbar")).to_have_js_property("max", 3)
    with transaction.atomic():
        # Someone else is busy with one of them: the worker stands still for a moment.
        User.objects.select_for_update(no_key=True).get(pk=stage.users[0].pk)
        send_batch(batch.pk)
        expect(page.get_by_text("Working", exact=True)).to_be_visible()
        page.goto("/customers/")
        page.get_by_role("link", name="Running and recent").click()
        expect(page.get_by_text("Working", exact=True)).to_be_visible()
        page.get_by_role("link", name="Delete user accounts").click()
    title(page, "Users deleted")
    assert stage.living() == 0
    page.get_by_role("link", name="Undo").click()
    title(page, "Undo")
    expect(page.get_by_text("3 users come back")).to_be_visible()
    expect(page.get_by_text("Licenses that come back: 3 × Mail.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    title(page, "Users restored")
    assert stage.living() == 3
    assert LicenseAssignment.objects.live().count() == 3
    page.get_by_role("link", name="Delete user accounts").click()
    expect(page.get_by_text("Undone by Alice on")).to_be_visible()


def test_whom_a_colleague_changed_meanwhile_is_named_and_left_alone(
    page_as: PageAs, stage: Stage, worker: Worker
) -> None:
    cast, (first, second, third) = stage.cast, stage.users
    block_users(stage.users, customer=cast.contoso, actor=cast.alice)
    allow_users([first], customer=cast.contoso, actor=cast.gail)
    page = page_as(cast.alice, viewport={"width": 390, "height": 844})
    page.goto("/batches/")
    assert not too_wide(page, 390)
    page.get_by_role("link", name="Undo").click()
    title(page, "Undo")
    expect(page.get_by_role("heading", name="1 user will not be changed")).to_be_visible()
    expect(
        page.get_by_text(f"{first.display_name} has since been changed by Gail: Allow sign-in")
    ).to_be_visible()
    assert not too_wide(page, 390)
    # And one more while the page is open.
    allow_users([second], customer=cast.contoso, actor=cast.gail)
    page.get_by_role("button", name="Undo").click()
    title(page, "Sign-in allowed")
    expect(
        page.get_by_text(f"{second.display_name} has since been changed by Gail")
    ).to_be_visible()
    expect(page.get_by_text("1 user updated.")).to_be_visible()
    assert not too_wide(page, 390)
    assert User.objects.filter(blocked_at__isnull=False).count() == 0
    page.get_by_role("link", name="Running and recent").first.click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    assert third.pk in Batch.objects.latest("pk").items.values_list("user", flat=True)


def test_the_list_follows_by_itself_and_keeps_the_focus(
    page_as: PageAs, stage: Stage, worker: Worker
) -> None:
    batch = stage.leave(BatchKind.BLOCK)
    page = page_as(stage.cast.alice)
    page.goto("/batches/")
    link = page.get_by_role("link", name="Block sign-in")
    link.focus()
    send_batch(batch.pk)
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(link).to_be_focused()
    expect(page.get_by_role("link", name="Undo")).to_be_visible()


def test_one_that_has_not_begun_is_canceled(page_as: PageAs, stage: Stage) -> None:
    batch = stage.leave(BatchKind.DELETE)
    page = page_as(stage.cast.alice)
    page.goto(f"/batches/{batch.pk}/")
    page.get_by_role("button", name="Cancel").click()
    title(page, "Nothing was changed")
    expect(page.get_by_text("Canceled by Alice.")).to_be_visible()
    page.get_by_role("link", name="Back to the users").click()
    title(page, "Users and licenses")
    assert stage.living() == 3


def test_a_page_without_javascript_leads_on_by_a_link(page_as: PageAs, stage: Stage) -> None:
    batch = stage.leave(BatchKind.BLOCK)
    page = page_as(stage.cast.alice, java_script_enabled=False)
    page.goto(f"/batches/{batch.pk}/")
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    assert run_batch(batch.pk)
    page.get_by_role("link", name="Reload to see how far it is").click()
    title(page, "Sign-in blocked")
