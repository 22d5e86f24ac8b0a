"""Files that a browser downloads: users as the list shows them, and the month report."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast

PageAs = Callable[..., Page]
NAMES = ("Ann", "Ben", "Cid", "=Dot", "Élise")


@pytest.fixture
def mail(live_server: LiveServer, cast: Cast, settings: Settings) -> None:
    """Five users over three pages, of whom three have a license."""
    settings.PAGE_SIZE = 2
    users = [
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Lind") for name in NAMES
    ]
    product = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=7, holders=users[2:]
    )


def download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("link", name=name, exact=True).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_users_as_the_list_shows_them_in_both_kinds(
    page_as: PageAs, cast: Cast, mail: None, tmp_path: Path
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/?q=lind&sort=-name")
    expect(page.get_by_text("1 to 2 of 5")).to_be_visible()
    path = download(page, "Export", tmp_path)
    assert path.name.startswith("users-contoso-")
    assert path.suffix == ".csv"
    shown = [(row["Display Name"], row["Subscriptions"]) for row in rows_of(path)]
    expected = [(f"{name} Lind", "Mail" if number > 1 else "") for number, name in enumerate(NAMES)]
    safe = [(f"'{name}" if name.startswith("=") else name, product) for name, product in expected]
    assert sorted(shown) == sorted(safe)
    listed = page.locator("tbody .cell-main").get_by_role("link").all_inner_texts()
    assert [name for name, _product in shown][:2] == listed[:2]
    path = download(page, "As .xlsx", tmp_path)
    sheet = load_workbook(path).active
    assert sheet is not None
    headings, *rows = sheet.iter_rows(values_only=True)
    place = headings.index("Display Name")
    assert sorted(str(row[place]) for row in rows) == sorted(name for name, _product in expected)


def test_the_month_report_is_downloaded_and_printed(
    page_as: PageAs, cast: Cast, mail: None, tmp_path: Path
) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.get_by_role("link", name="Reports").click()
    groups = page.get_by_role("table", name="Seats by customer and product")
    row = groups.get_by_role("row").filter(has_text="Mail")
    expect(groups.get_by_role("row").filter(has_text="Contoso")).to_contain_text("Users: ")
    # The second click: a file with its month.
    path = download(page, "Export", tmp_path)
    month = f"{timezone.localdate():%Y-%m}"
    assert path.name.startswith(f"report-{month}-")
    [line] = [line for line in rows_of(path) if line["Product"]]
    wanted = ("Month", "Customer", "Seats bought", "Assigned", "Assigned to blocked users")
    assert [line[name] for name in wanted] == [month, "Contoso", "7", "3", "0"]
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Export")).to_be_hidden()
    expect(row).to_be_visible()
