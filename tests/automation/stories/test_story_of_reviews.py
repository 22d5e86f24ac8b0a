"""An access review in a browser: started, answered on a phone, ended, and undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.running import run_batch
from automation.models import Review
from automation.services.reviews import end_due_reviews
from customers.models import Batch
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.axe import inaccessible, looks_right, too_wide
from tests.support.cast import Cast

pytestmark = pytest.mark.browser

PageAs = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def away(live_server: LiveServer, cast: Cast) -> list[User]:
    """Three users of Contoso who have not signed in for long."""
    long_ago = timezone.now() - timedelta(days=200)
    users = [
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Ek", last_login=long_ago)
        for name in ("Ann", "Ben", "Cleo")
    ]
    User.objects.filter(pk__in=[cast.gail.pk, cast.uma.pk]).update(last_login=timezone.now())
    return users


def fits_a_phone(page: Page) -> None:
    assert inaccessible(page) == {}
    assert not too_wide(page, 390)


def test_from_the_start_to_the_undo(page_as: PageAs, cast: Cast, away: list[User]) -> None:
    ann, ben, cleo = away
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/reviews/")
    page.get_by_role("main").get_by_role("link", name="Start review").click()
    page.get_by_label("Users who have not signed in for 90 days").check()
    page.get_by_label("Sign-in", exact=True).check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="3 users")).to_be_visible()
    looks_right(page)
    page.get_by_label("Name").fill("Who is still here?")
    page.get_by_label("The customer's Global administrators").check()
    # The list of reviewers is for those who are chosen here.
    expect(page.get_by_label("Bob (")).to_be_hidden()
    unanswered = page.get_by_role("group", name="Users without an answer by then")
    unanswered.get_by_label("Block sign-in").check()
    page.get_by_role("button", name="Start review").click()
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(
        "The review was started."
    )
    looks_right(page)

    phone = page_as(cast.gail, **PHONE)
    phone.goto("/reviews/")
    fits_a_phone(phone)
    phone.get_by_role("link", name="Who is still here?").click()
    fits_a_phone(phone)
    phone.get_by_role("group", name="Ann Ek").get_by_label("Keep").check()
    phone.get_by_role("group", name="Ben Ek").get_by_label("Remove").check()
    phone.get_by_role("group", name="Ben Ek").get_by_label("Reason").fill("has left")
    phone.get_by_role("button", name="Save answers").click()
    expect(phone.get_by_role("main").get_by_role("status").first).to_contain_text(
        "2 answers saved."
    )
    expect(phone.get_by_role("heading", name="1 of 3 without an answer")).to_be_visible()

    page.reload()
    expect(page.get_by_role("main")).to_contain_text("has left")
    page.get_by_role("link", name="End now").click()
    expect(page.get_by_role("main")).to_contain_text("1 user has no answer yet.")
    page.get_by_role("button", name="End now").click()
    [batch] = Batch.objects.all()
    run_batch(batch.pk)
    page.reload()
    row = page.get_by_role("row", name="Cleo Ek")
    expect(row).to_contain_text("Sign-in blocked")
    looks_right(page)
    assert [fresh(user).blocked_at is None for user in (ann, ben, cleo)] == [True, False, False]

    page.get_by_role("link", name="Block sign-in").click()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    for undo in Batch.objects.filter(undo_of=batch):
        run_batch(undo.pk)
    assert all(fresh(user).blocked_at is None for user in away)
    page.goto(f"/customers/{cast.contoso.pk}/reviews/{Review.objects.get().pk}/")
    expect(page.get_by_role("row", name="Cleo Ek")).to_contain_text("Undone")


def test_selected_users_each_with_a_reviewer_until_the_day(
    page_as: PageAs, cast: Cast, away: list[User]
) -> None:
    ann, ben, _cleo = away
    pam = UserFactory.create(
        customer=cast.contoso, display_name="Pam Ek", roles=[Role.PASSWORD_ADMIN]
    )
    page = page_as(cast.alice, **PHONE)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    for user in (ann, ben):
        page.get_by_label(f"Select {user.display_name}").check()
    page.get_by_role("button", name="Start review").click()
    # The list has a column of that name to choose.
    expect(page.get_by_role("heading", name="Start review", level=1)).to_be_visible()
    page.get_by_label("Sign-in", exact=True).check()
    fits_a_phone(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("A reviewer for each user, chosen next")).to_be_visible()
    fits_a_phone(page)
    page.get_by_label("A reviewer for each user, chosen next").check()
    page.get_by_role("button", name="Start review").click()
    expect(page.get_by_label("Ann Ek", exact=True)).to_be_visible()
    fits_a_phone(page)
    page.get_by_label("Ann Ek", exact=True).select_option(label=f"Pam Ek ({pam.user_name})")
    page.get_by_label("Ben Ek", exact=True).select_option(label=f"Gail ({cast.gail.user_name})")
    page.get_by_role("button", name="Start review").click()
    expect(page.get_by_text("The review was started.")).to_be_visible()
    fits_a_phone(page)
    review = Review.objects.get()

    own = page_as(pam)
    own.goto(f"/reviews/{review.pk}/")
    expect(own.get_by_role("main")).to_contain_text("Ann Ek")
    expect(own.get_by_role("main")).not_to_contain_text("Ben Ek")
    own.get_by_role("button", name="Save, and keep all the rest").click()
    expect(own.get_by_role("main")).to_contain_text("All users have an answer.")
    assert end_due_reviews(timezone.now() + timedelta(days=16)) == 1
    own.reload()
    expect(own.get_by_role("main")).to_contain_text("This review has ended")
    looks_right(own)
