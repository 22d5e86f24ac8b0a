"""An action on a date, in a browser: from the page that confirms it to its result."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.invariants import violations
from accounts.services import running
from automation.models import Schedule
from automation.services import due_running
from customers.models import Batch
from tests.accounts.verbs import fresh
from tests.automation.services.scheduling import later
from tests.factories import UserFactory
from tests.support.axe import looks_right
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_block_at_the_end_of_today(page_as: PageAs, cast: Cast) -> None:
    ada = UserFactory.create(customer=cast.contoso, display_name="Ada")
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    for name in ("Ada", "Uma"):
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    page.get_by_role("button", name="Block sign-in").click()
    title(page, "Block sign-in")
    when = page.get_by_role("group", name="When")
    expect(when.get_by_label("Now")).to_be_checked()
    expect(page.get_by_label("Date", exact=True)).to_be_hidden()
    when.get_by_label("On a date").check()
    expect(page.get_by_label("Date", exact=True)).to_be_visible()
    looks_right(page)
    when.get_by_label(re.compile("End of today")).check()
    page.get_by_role("button", name="Block sign-in").click()
    expect(page.get_by_text("Scheduled for")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Scheduled (1)").or_(
        page.locator(".breadcrumb").get_by_role("link", name="Scheduled")
    ).first.click()
    expect(page.get_by_role("row", name=re.compile("Block sign-in"))).to_contain_text("Ada, Uma")
    looks_right(page)
    page.get_by_role("link", name="Block sign-in").click()
    page.get_by_role("button", name="Remove from schedule").first.click()
    expect(page.get_by_text("Ada was removed from the schedule.")).to_be_visible()
    # Midnight passes.
    assert due_running.run_due(later(1)) == 1
    batch = Batch.objects.get(schedule=Schedule.objects.get())
    running.run_batch(batch.pk)
    page.reload()
    page.get_by_role("link", name="Show the result").click()
    expect(page).to_have_url(re.compile(f"/batches/{batch.pk}/"))
    title(page, "Sign-in blocked")
    assert (fresh(cast.uma).blocked_by, fresh(ada).blocked_at) == (cast.alice, None)
    page.goto(f"/customers/{cast.contoso.pk}/users/scheduled/?show=past")
    expect(page.get_by_role("row", name=re.compile("Block sign-in"))).to_contain_text("Done")
    assert violations() == []


def test_moved_and_canceled(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/delete/")
    page.get_by_label(re.compile("End of the month|End of today")).last.check()
    page.get_by_role("button", name="Delete user account").click()
    page.get_by_role("region", name="Scheduled").get_by_role("link").click()
    page.get_by_role("link", name="Change date").click()
    looks_right(page)
    day = f"{later(20):%Y-%m-%d}"
    page.get_by_label("Date", exact=True).fill(day)
    page.get_by_label("Time", exact=True).fill("07:30")
    page.get_by_role("button", name="Change date").click()
    expect(page.get_by_text("Scheduled for")).to_contain_text("07:30")
    page.goto(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/")
    card = page.get_by_role("region", name="Scheduled")
    expect(card).to_contain_text("07:30")
    looks_right(page)
    card.get_by_role("link").click()
    page.get_by_role("link", name="Cancel schedule").click()
    looks_right(page)
    page.get_by_role("button", name="Cancel schedule").click()
    expect(page.get_by_text("The schedule was canceled. Nothing was changed.")).to_be_visible()
    page.get_by_role("link", name="Scheduled", exact=True).first.click()
    page.get_by_role("link", name="Past").click()
    expect(page.get_by_role("row", name=re.compile("Delete user"))).to_contain_text("Canceled")
