"""A leaver, from Remove user to the final deletion, in a browser; time is passed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.users import purge_due_users
from automation.models import SchedulePlan
from tests.accounts.verbs import subscribe
from tests.automation.leaving import pass_days, stand
from tests.support.axe import too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]
NARROW = {"width": 390, "height": 844}


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def in_a_week() -> datetime:
    return timezone.now() + timedelta(days=7)


def test_a_leaver_to_the_final_deletion(
    page_as: PageAs, live_server: LiveServer, cast: Cast
) -> None:
    subscribe(cast, "Mail", cast.uma)
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/")
    page.get_by_role("link", name="Remove user").click()
    title(page, "Remove user")
    page.get_by_role("textbox", name="Last day").fill(in_a_week().date().isoformat())
    page.get_by_role("button", name="Propose dates").click()
    plan = page.get_by_role("region", name="What happens")
    expect(plan.get_by_role("listitem").filter(has_text="18:00")).to_have_count(4)
    expect(page.get_by_role("row", name="Mail")).to_be_visible()
    # The plan follows what is chosen.
    step = page.get_by_role("group", name="Reset the password")
    step.get_by_label("When").select_option("Not at all")
    expect(plan.get_by_text("Reset the password:")).to_have_count(0)
    page.get_by_label("Reason or ticket").fill("Ticket 7")
    page.get_by_role("button", name="Remove user").click()
    page.get_by_role("link", name="Show steps").first.click()
    steps = page.get_by_role("table", name="Steps")
    expect(steps.get_by_text("Scheduled", exact=True)).to_have_count(3)
    assert stand(cast.uma) == {"blocked": False, "deleted": False, "licenses": ["Mail"]}
    for days, told in (
        (8, "1 user signed out everywhere."),
        (15, "1 user updated."),
        (38, "1 user updated."),
    ):
        pass_days(days)
        page.reload()
        expect(page.get_by_text(told).first).to_be_visible()
    expect(page.get_by_text("Done", exact=True).first).to_be_visible()
    assert stand(cast.uma) == {"blocked": True, "deleted": True, "licenses": []}
    User.objects.filter(pk=cast.uma.pk).update(purge_after=timezone.now())
    purge_due_users()
    page.reload()
    expect(page.get_by_text("They have been deleted permanently.")).to_be_visible()
    assert not User.objects.filter(pk=cast.uma.pk).exists()


def test_a_leaver_who_stays_after_all(page_as: PageAs, live_server: LiveServer, cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    page = page_as(cast.alice, viewport=NARROW)
    page.goto(f"/customers/{cast.contoso.pk}/users/leave/?user={cast.uma.pk}")
    title(page, "Remove user")
    assert not too_wide(page, 390)
    # In the evening of a last day, the end of its work is over.
    page.get_by_role("textbox", name="Last day").fill(in_a_week().date().isoformat())
    page.get_by_role("button", name="Propose dates").click()
    plan = page.get_by_role("region", name="What happens")
    expect(plan.get_by_role("listitem").filter(has_text="18:00")).to_have_count(4)
    for name in ("Block sign-in and sign out everywhere", "Remove all licenses"):
        page.get_by_role("group", name=name).get_by_label("When").select_option("Now")
    expect(plan.get_by_text("Now", exact=True)).to_have_count(3)
    page.get_by_role("button", name="Remove user").click()
    page.get_by_role("link", name="Show steps").first.click()
    expect(page.get_by_text("1 user signed out everywhere.")).to_be_visible()
    assert not too_wide(page, 390)
    page.get_by_role("link", name="Undo all steps").click()
    title(page, "Undo all steps")
    expect(page.get_by_text("Licenses assigned again: 1 × Mail.")).to_be_visible()
    assert not too_wide(page, 390)
    page.get_by_role("button", name="Undo all steps").click()
    expect(page.get_by_text("Undone by Alice on")).to_be_visible()
    assert stand(cast.uma) == {"blocked": False, "deleted": False, "licenses": ["Mail"]}
    assert SchedulePlan.objects.get().undone_at is not None
