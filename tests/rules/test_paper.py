"""Paper: slips two beside each other, and each list whole, with what it is a list of."""

import io
import re
import unicodedata
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pytest_django import Settings

from accounts.models import User
from accounts.services.credentials import slips_of
from accounts.services.users import NewUser, add_users
from customers.services.partners import change_branding
from tests.accounts.verbs import subscribe
from tests.support.cast import make_cast
from tests.support.pages import ALICE, pages

PageAs = Callable[..., Page]

# One list of each kind at least; others that the demo has a table for are printed besides.
LISTS = {
    "accounts:batch-detail",
    "accounts:batch-list",
    "accounts:month-report",
    "accounts:sheet-list",
    "accounts:team-activity",
    "accounts:team-list",
    "accounts:user-deleted",
    "accounts:user-list",
    "api:integration-list",
    "api:webhook-list",
    "applications:application-list",
    "automation:report-list",
    "automation:request-list",
    "automation:review-list",
    "automation:rule-list",
    "automation:schedule-list",
    "catalog:product-list",
    "customers:activity-batch",
    "customers:activity-list",
    "customers:customer-list",
    "licensing:subscription-list",
    "uploads:upload-list",
}
ENDS = ("list", "detail", "report", "deleted", "activity", "batch")

# What of a page's tables is seen on paper: headings, cells, and rows with another number of cells.
SEEN = """() => {
    const shown = each => each.getClientRects().length > 0;
    const text = each => each.innerText;
    const found = {headings: [], cells: [], uneven: []};
    for (const table of document.querySelectorAll("main table.table")) {
        const headings = [...table.querySelectorAll("thead th")].filter(shown);
        found.headings.push(...headings.map(text));
        for (const row of table.querySelectorAll("tbody tr")) {
            const cells = [...row.cells].filter(shown);
            found.cells.push(...cells.map(text));
            if (cells.reduce((sum, cell) => sum + cell.colSpan, 0) !== headings.length)
                found.uneven.push(row.innerText);
        }
    }
    return found;
}"""


def printed(page: Page, paper: str = "A4") -> tuple[list[str], bool]:
    """The text of each sheet of paper without its spaces, and whether some of it is beside it."""
    reader = PdfReader(io.BytesIO(page.pdf(format=paper)))
    texts, beside = [], False
    for sheet in reader.pages:
        placed: list[tuple[str, float]] = []

        def note(text: str, cm: list[float], tm: list[float], *_font: object) -> None:
            if text.strip():
                placed.append((text, tm[4] * cm[0] + cm[4]))  # noqa: B023 - called below

        texts.append(squeezed(sheet.extract_text(visitor_text=note)))
        width = float(sheet.mediabox.width)
        beside = beside or any(not 0 <= x < width for _text, x in placed)
    return texts, beside


def squeezed(text: str) -> str:
    """The text without spaces, and its ligatures as letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def is_plain(word: str) -> bool:
    """Whether any machine has a font for it."""
    return all(letter < "\u0250" for letter in word)


def test_115_slips_are_15_pages_at_most_with_all_that_a_user_needs(
    transactional_db: None, page_as: PageAs
) -> None:
    cast = make_cast()
    change_branding(
        cast.fabrikam,
        actor=cast.alice,
        help_phone="+1 555 0100",
        help_email="help@fabrikam.example",
        help_note="Monday to Friday, 8:00 to 17:00",
    )
    domain = cast.contoso.domains.get()
    new = [
        NewUser(f"maximiliane.van-der-hoeven{n}", domain, f"Maximiliane van der Hoeven {n}")
        for n in range(115)
    ]
    sheet = add_users(new, customer=cast.contoso, actor=cast.alice).sheet
    slips = list(slips_of(sheet))
    page = page_as(cast.alice)
    address = f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/print/"
    page.goto(address)
    for paper in ("A4", "Letter"):
        texts, beside = printed(page, paper)
        assert (len(texts) <= 15, beside) == (True, False)
        whole = "".join(texts)
        for slip in slips:
            assert squeezed(f"{slip.display_name} Contoso") in whole
            assert squeezed(slip.user_name) in whole
            assert squeezed(slip.password) in whole
        for text in ("Last day", "Sign in at", "/accounts/login/", "Fabrikam helps you: +1 555"):
            assert whole.count(squeezed(text)) == 115
        assert "PartnerPortal" not in whole
    page.get_by_role("link", name="Plain list").click()
    expect(page.get_by_role("cell").filter(has_text=slips[-1].user_name)).to_be_visible()
    texts, beside = printed(page)
    assert (len(texts) <= 7, beside) == (True, False)
    whole = "".join(texts)
    assert [slip for slip in slips if squeezed(slip.password) not in whole] == []
    # Each sheet of paper begins with the headings.
    assert [text for text in texts if "Temporarypassword" not in text] == []
    for text in ("Contoso", "Fabrikam", "+1 555 0100", "/accounts/login/"):
        assert squeezed(text) in whole


@pytest.mark.slow
def test_every_list_prints_whole_with_its_customer_and_date(
    transactional_db: None, settings: Settings, page_as: PageAs
) -> None:
    settings.PAGE_SIZE = 5
    call_command("demo", "--customers", "4", "--users", "120", verbosity=0)
    page = page_as(User.objects.get(username=ALICE))
    page.emulate_media(media="print")
    found: dict[str, object] = {}
    done = set()
    for one in pages():
        if one.name in done or one.who != ALICE or one.status != 200 or not one.name.endswith(ENDS):
            continue
        page.goto(one.url)
        if not page.locator("main table.table > tbody > tr").count():
            continue
        done.add(one.name)
        seen = page.evaluate(SEEN)
        texts, beside = printed(page)
        whole = "".join(texts)
        words = [word for text in (*seen["headings"], *seen["cells"]) for word in text.split()]
        wrong = {
            "missing": [word for word in words if is_plain(word) and squeezed(word) not in whole],
            "uneven": seen["uneven"],
            "beside": beside,
            "no date": "Asof" not in texts[0],
            "no customer": "Contoso" not in texts[0] and re.match(r"/customers/\d+/", one.url),
            "frame": "Partner Portal" in page.inner_text("body"),
        }
        if wrong := {what: why for what, why in wrong.items() if why}:
            found[f"{one.slug} {one.url}"] = wrong
    assert found == {}
    assert LISTS - done == set()


def test_what_was_searched_for_is_on_paper(transactional_db: None, page_as: PageAs) -> None:
    cast = make_cast()
    page = page_as(cast.alice, color_scheme="dark")
    page.goto(f"/customers/{cast.contoso.pk}/users/?q=gail")
    [text], _beside = printed(page)
    assert "Search:gail" in text
    page.goto(f"/customers/{cast.contoso.pk}/activity/?since=2026-01-02&action=user.added")
    [text], _beside = printed(page)
    assert "Useradded" in text
    assert "2026" in text


def test_no_heading_is_alone_at_the_end_of_a_page(transactional_db: None, page_as: PageAs) -> None:
    cast = make_cast()
    for name in ("Business Premium", "Phone System", "Project Plan 3"):
        subscribe(cast, name)
    page = page_as(cast.alice)
    page.goto(reverse("accounts:month-report"))
    page.evaluate("document.querySelector('#customers').before(document.createElement('hr'))")
    seen = set()
    for height in range(0, 1_000, 20):
        page.evaluate(
            "height => { document.querySelector('hr').style.margin = `0 0 ${height}px`; }", height
        )
        texts, _beside = printed(page)
        [found] = [number for number, text in enumerate(texts) if "Bycustomer" in text]
        seen.add(found)
        assert "Contoso" in texts[found].partition("Bycustomer")[2], height
    # It was at the end of the first sheet, and went to the second with its list.
    assert seen == {0, 1}
