"""Help, keys, notices that go and what is at work, as a browser and a screen reader have them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from customers.models import BatchKind
from customers.services.batches import cancel_batch, leave_batch
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_the_question_mark_opens_help_and_escape_leads_back(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.keyboard.press("?")
    panel = page.get_by_role("dialog", name="Help: Customers")
    expect(panel.get_by_text("Your customers, with their users")).to_be_visible()
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    mark = page.get_by_role("link", name="Help")
    expect(mark).to_be_focused()
    mark.click()
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_keys_do_nothing_while_one_types_or_when_switched_off(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    field = page.get_by_role("main").get_by_role("searchbox")
    field.press_sequentially("?gr/")
    expect(field).to_have_value("?gr/")
    assert page.url.endswith("/customers/")
    field.evaluate("field => field.blur()")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/batches/")
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single-key shortcuts off").click()
    expect(page.locator("body")).to_have_attribute("data-keys", "off")
    for key in ("?", "/", "g", "c"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Find anyone")).not_to_be_focused()
    assert page.url.endswith("/batches/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anyone")).to_be_focused()


def test_without_a_script_help_is_a_page(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto("/customers/")
    page.get_by_role("link", name="Help").click()
    expect(page.get_by_role("main").get_by_text("Your customers, with their")).to_be_visible()
    page.get_by_role("link", name="Back to the page").click()
    page.wait_for_url("**/customers/")


SUCCESS = '<div class="notice notice-success" id="{}"><div class="notice-text">{}</div></div>'


def test_a_short_notice_goes_and_can_be_read_again(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.clock.install()
    page.goto("/customers/")
    notices = [
        SUCCESS.format("short", "Saved."),
        SUCCESS.format("undo", 'Blocked. <a href="/">Undo</a>'),
        '<div class="notice notice-warning" id="warned">Not saved.</div>',
    ]
    page.evaluate(
        "html => { document.getElementById('messages').innerHTML = html; }", "".join(notices)
    )
    short = page.locator("#short")
    short.hover()
    page.clock.run_for(60_000)
    expect(short).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(20_000)
    expect(short).to_have_count(0)
    expect(page.locator("#undo")).to_be_visible()
    expect(page.locator("#warned")).to_be_visible()
    page.get_by_text("Notices on this page").click()
    expect(page.get_by_role("log", name="Notices on this page")).to_contain_text("Saved.")


def test_the_end_of_what_was_at_work_is_said_once(page_as: PageAs, cast: Cast) -> None:
    batch = leave_batch(BatchKind.BLOCK, [cast.uma.pk], actor=cast.alice, customer=cast.contoso)
    page = page_as(cast.alice)
    page.goto("/customers/")
    expect(page.get_by_role("link", name="1 at work")).to_be_visible()
    cancel_batch(batch.pk, actor=cast.alice)
    expect(page.get_by_role("link", name="Finished")).to_be_visible(timeout=30_000)
    expect(page.locator("#announcer")).to_have_text("Everything that was at work has finished.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6_000)
    assert asked == []
    page.reload()
    expect(page.locator("#at-work")).to_have_count(0)
