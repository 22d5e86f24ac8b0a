"""Pages of notices in a browser: accessible, and as wide as a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from automation.models import LetterChannel, NoticeKind
from automation.switching_off import SwitchOff, path_of
from tests.automation.services.told import at, told
from tests.support.axe import inaccessible, load_axe, too_wide
from tests.support.cast import Cast, make_cast

NOON = at("2027-03-01 12:00")
PageAs = Callable[..., Page]
LONG = "Schule-am-Pappelhain-mit-einem-langen-Namen-ohne-Leerzeichen-" + 50 * "x"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast()
    made.contoso.name = LONG
    made.contoso.save(update_fields=["name"])
    told(made.alice, NoticeKind.SEATS, NOON, customer=made.contoso)
    told(made.alice, NoticeKind.SILENT, NOON)
    return made


def wrong(page: Page, width: int) -> list[object]:
    return [found for found in (inaccessible(page), too_wide(page, width)) if found]


@pytest.mark.parametrize("width", [1440, 390])
def test_they_are_accessible_and_fit(cast: Cast, page_as: PageAs, width: int) -> None:
    page = page_as(cast.alice, viewport={"width": width, "height": 844})
    load_axe(page)
    off = path_of(SwitchOff(cast.alice.pk, LetterChannel.AT_ONCE, NoticeKind.SILENT))
    for address in ("/notices/", "/notices/settings/", off):
        page.goto(address)
        assert wrong(page, width) == [], address
    page.get_by_role("button", name="Stop these emails").click()
    assert page.get_by_text("Stopped: Sources and applications gone silent").is_visible()
    assert wrong(page, width) == []


def test_a_notice_is_read_by_keyboard_and_the_bell_counts_down(cast: Cast, page_as: PageAs) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.get_by_role("link", name="Notices: 2 new").press("Enter")
    page.get_by_role("link", name="The source Personio").press("Enter")
    page.get_by_role("link", name="Notices: 1 new").click()
    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("1 notice marked as read.").wait_for()
    assert page.get_by_role("link", name="Notices", exact=True).first.is_visible()
