"""The workbook to fill in: what it offers, what it explains, and that it is read back."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from accounts.columns import COLUMNS
from accounts.resources import CustomerUserResource
from licensing.models import SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.office import CSV, FLAT, XLSX, Conversion, convert
from tests.uploads.uploading import outcomes, problems, upload_of
from uploads.columns.matching import match
from uploads.models import Upload, UploadState
from uploads.services.vocabulary import read_roles, read_subscriptions
from uploads.services.world import World
from uploads.template import template_csv, template_file

HEADINGS = [column.heading for name, column in COLUMNS.items() if name != "status_update"]
SHEETS = ["Users", "Examples", "Columns", "Lists"]
PHONE = "+47 22 555 010"
FILLED = {
    "User Name": "ada@contoso.example",
    "Display Name": "Ada Lovelace",
    "Office Number": "012",
    "Office Phone": PHONE,
    "ZIP or Postal Code": "0155",
    "Country or Region": "Norway",
    "Permissions": "License administrator; Password administrator",
    "Subscriptions": "=1+1 Mail; Office",
}


@pytest.fixture
def products(cast: Cast) -> list[str]:
    """The words for what Contoso can assign, in the order of names."""
    for name in ("Office", "=1+1 Mail", "Twin; one"):
        product = ProductFactory.create(name=name, sku=f"SKU-{name[0]}")
        SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)
    SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(name="Suspended"),
        status=SubscriptionStatus.SUSPENDED,
    )
    SubscriptionFactory.create(
        customer=cast.northwind, product=ProductFactory.create(name="Of others")
    )
    return ["=1+1 Mail", "Office", "SKU-T"]


def book_of(cast: Cast) -> Workbook:
    with template_file(cast.contoso) as file:
        return load_workbook(io.BytesIO(file.read()))


def offered(book: Workbook) -> dict[str, list[str]]:
    """By heading: the cells that the column's list is made of."""
    found = {}
    for rule in book["Users"].data_validations.dataValidation:
        first = str(rule.sqref).partition(":")[0]
        assert (rule.type, rule.showErrorMessage) == ("list", False)
        heading = book["Users"][f"{first[:-1]}1"].value
        _sheet, _mark, place = str(rule.formula1).rpartition("!")
        cells = [row[0] for row in book["Lists"][place.replace("$", "")]]
        assert {cell.data_type for cell in cells} == {"s"}
        found[str(heading)] = [str(cell.value) for cell in cells]
    return found


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def filled(book: Workbook) -> bytes:
    sheet = book["Users"]
    for at, heading in enumerate(HEADINGS, start=1):
        sheet.cell(2, at, FILLED.get(heading)).data_type = "s"
    return saved(book)


def uploaded(content: bytes, cast: Cast, name: str) -> Upload:
    return upload_of(content, customer=cast.contoso, actor=cast.alice, name=name)


def first_row(upload: Upload) -> dict[str, str]:
    row = upload.rows.get(number=2)
    assert (outcomes(upload), row.problems) == ({2: "add"}, [])
    return {heading: cell for heading, cell in zip(HEADINGS, row.cells, strict=True) if cell}


def test_its_sheets_are_users_examples_columns_and_lists_to_choose_from(
    cast: Cast, products: list[str]
) -> None:
    book = book_of(cast)
    assert book.sheetnames == SHEETS
    assert book["Lists"].sheet_state == "hidden"
    users = book["Users"]
    assert [[cell.value for cell in row] for row in users.iter_rows()] == [HEADINGS]
    rules = [str(rule.sqref) for rule in users.data_validations.dataValidation]
    assert rules == ["P2:P1048576", "Q2:Q1048576", "R2:R1048576", "S2:S1048576"]
    letters = [users.cell(1, number).column_letter for number in range(1, len(HEADINGS) + 1)]
    assert {users.column_dimensions[letter].number_format for letter in letters} == {"@"}
    explained = [str(row[0]) for row in book["Columns"].iter_rows(min_row=2, values_only=True)]
    assert explained[: len(HEADINGS)] == HEADINGS


def test_every_value_of_its_lists_is_one_that_the_upload_takes(
    cast: Cast, products: list[str]
) -> None:
    found = offered(book_of(cast))
    assert found["Subscriptions"] == products
    assert found["Permissions"][:2] == ["User", "Global administrator"]
    assert len(found["Country or Region"]) > 240
    assert found["Usage location"] == found["Country or Region"]
    world = World.of(cast.contoso, cast.alice)
    assert [len(read_subscriptions(word, world)) for word in found["Subscriptions"]] == [1, 1, 1]
    assert [len(read_roles(word)) for word in found["Permissions"]] == [0, *[1] * 6]
    country = CustomerUserResource(cast.contoso).cleaners()["country"]
    assert len({country(name) for name in found["Country or Region"]}) == len(
        found["Country or Region"]
    )


def test_without_a_product_nothing_is_offered_where_products_stand(cast: Cast) -> None:
    assert "Subscriptions" not in offered(book_of(cast))


def test_unfilled_it_adds_nobody(cast: Cast) -> None:
    with template_file(cast.contoso) as file:
        upload = uploaded(file.read(), cast, "template.xlsx")
    assert not upload.rows.filter(outcome="add").exists()


def test_its_examples_are_no_sheet_to_read(cast: Cast, products: list[str]) -> None:
    book = book_of(cast)
    # Also where more columns were deleted than the examples have.
    book["Users"].delete_cols(5, 20)
    book["Users"].cell(2, 1, "ada@contoso.example")
    book["Users"].cell(2, 4, "Ada")
    assert outcomes(uploaded(saved(book), cast, "filled.xlsx")) == {2: "add"}
    for title in ("Users", "Columns", "Lists"):
        book.remove(book[title])
    assert uploaded(saved(book), cast, "examples.xlsx").state == UploadState.ASKING


def test_its_examples_are_wrong_for_every_customer(cast: Cast) -> None:
    book = book_of(cast)
    for row in book["Examples"].iter_rows(min_row=2, values_only=True):
        book["Users"].append(row)
    assert book["Users"].max_row == 4
    upload = uploaded(saved(book), cast, "examples.xlsx")
    assert set(outcomes(upload).values()) == {"wrong"}
    found = problems(upload)
    assert len(found) == 3
    # Of what they show, the domain alone is not right.
    assert {column for row in found.values() for column, _text in row} == {"user_name"}


def test_filled_in_it_is_read_back_as_it_is(cast: Cast, products: list[str]) -> None:
    assert first_row(uploaded(filled(book_of(cast)), cast, "filled.xlsx")) == FILLED


def test_a_spreadsheet_program_opens_it_with_its_lists_and_saves_what_was_filled_in(
    cast: Cast, products: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "template.xlsx"
    source.write_bytes(filled(book_of(cast)))
    targets: Sequence[tuple[str, str]] = (("a.fods", FLAT), ("a.xlsx", XLSX), ("a.csv", CSV))
    convert(
        [Conversion(source, tmp_path / name, kind) for name, kind in targets], tmp_path / "profile"
    )
    flat = (tmp_path / "a.fods").read_text()
    assert flat.count("<table:content-validation ") == 4
    assert "table:formula=" not in flat
    assert offered(load_workbook(tmp_path / "a.xlsx"))["Subscriptions"] == products
    for name in ("a.xlsx", "a.csv"):
        assert first_row(uploaded((tmp_path / name).read_bytes(), cast, name)) == FILLED


def test_the_template_opens_in_excel_and_has_all_that_is_read() -> None:
    template = template_csv()
    assert template.startswith(b"\xef\xbb\xbf")
    matched = match(template.decode("utf-8-sig").strip().split(","))
    assert set(matched.columns.values()) == COLUMNS.keys() - {"status_update"}
