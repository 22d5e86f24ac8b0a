"""Columns on the confirmation page, on the page that changes them, and in the account."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.cast import Cast
from tests.support.forms import fields
from tests.support.html import problems as html_problems
from tests.uploads.spreadsheets.workbooks import workbook
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.services import check_upload

pytestmark = pytest.mark.usefixtures("no_patience")
FILE = (
    b"Username,Email,Naam,Tel,Phone,Password,Domain\n"
    b"ada,ada@contoso.example,Ada,,+39 1,Geheim-1234,x\n"
    b"ben,ben@contoso.example,Ben,+39 2,,Geheim-5678,x\n"
)


@pytest.fixture
def upload(client: Client, cast: Cast) -> Upload:
    client.force_login(cast.alice)
    return upload_of(FILE, customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, name: str = "upload-detail") -> str:
    return reverse(f"uploads:{name}", args=[upload.customer_id, upload.pk])


def text_of(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


def test_the_confirmation_page_shows_what_each_column_was_read_as(
    client: Client, upload: Upload
) -> None:
    text = text_of(client.get(page_of(upload)))
    assert "Columns read: 3 of 7" in text
    assert "Email is read as the user name, not Username: its values are addresses" in text
    assert "Office Phone from 2 columns: Tel, Phone. In each row the first value counts." in text
    assert "The column Password was not read: the portal makes a temporary password" in text
    assert "Geheim" not in text
    assert html_problems(text) == []


def test_a_heading_that_ends_with_a_full_stop_has_no_second_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    rows = [["User Name", "Display Name", "Phone", "Tel."], ["x@contoso.example", "X", "1", "2"]]
    text = text_of(client.get(page_of(upload_of(rows, customer=cast.contoso, actor=cast.alice))))
    assert "Office Phone from 2 columns: Phone, Tel. In each row" in text


def test_an_export_is_named(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    content = b"givenName,surName,displayName,mailNickName,domain\nA,B,A B,a b,contoso.example\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    text = text_of(client.get(page_of(upload)))
    assert "This looks like an export of CIPP." in text
    assert "User names are joined: mailNickName, an @, domain." in text
    # What is wrong with the joined name stands at its first part.
    assert 'name="cell-3" value="a b"' in text
    assert "Use a.b@contoso.example" in text


def test_columns_are_changed_on_a_page_of_their_own(client: Client, upload: Upload) -> None:
    page = page_of(upload, "upload-columns")
    text = text_of(client.get(page))
    assert html_problems(text) == []
    data = fields(text)
    assert data["column-1"] == ["user_name"]
    assert data["column-5"] == ["password"]
    assert "+39 1" in text
    assert "Geheim" not in text

    refused = client.post(page, data | {"column-1": ""})
    assert "Say which column holds the user names." in text_of(refused)
    response = client.post(page, data | {"column-2": "display_name", "column-5": "fax"})
    assert response.status_code == HTTPStatus.OK
    response = client.post(page, data | {"column-2": "display_name"})
    assert response.headers["Location"] == page_of(upload)
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, outcomes(upload)) == (UploadState.CHECKED, {2: "add", 3: "add"})
    assert [(each.written, each.column) for each in ColumnMapping.objects.all()] == [
        ("Naam", "display_name")
    ]


def test_columns_of_an_upload_that_is_not_checked_lead_to_its_page(
    client: Client, upload: Upload
) -> None:
    Upload.objects.update(state=UploadState.CANCELED)
    page = page_of(upload, "upload-columns")
    assert client.get(page).headers["Location"] == page_of(upload)
    assert client.post(page, {}).headers["Location"] == page_of(upload)


def test_other_sheets_of_a_file_with_passwords_are_to_be_uploaded_again(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    rows = [["Email", "Display name", "Password"], ["ada@contoso.example", "Ada", "Geheim-1234"]]
    content = workbook(rows, Archive=rows)
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice, name="people.xlsx")
    text = text_of(client.get(page_of(upload)))
    assert "Because of its passwords the file was deleted." in text
    assert "Read another sheet" not in text


def test_remembered_columns_are_listed_in_the_account_and_forgotten(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    account = reverse("customers:customer-account", args=[cast.contoso.pk])
    page = reverse("uploads:column-list", args=[cast.contoso.pk])
    assert "Remembered columns" not in text_of(client.get(account))
    assert "No remembered columns" in text_of(client.get(page))
    for heading, column in [("Wer", "user_name"), ("Naam", "last_name"), ("Rest", "")]:
        ColumnMapping.objects.create(
            customer=cast.contoso, header=heading.lower(), heading=heading, column=column
        )
    other = ColumnMapping.objects.create(customer=cast.northwind, header="tel", column="fax")

    text = text_of(client.get(account))
    assert "3 headings of uploaded files have a meaning chosen by hand." in text
    assert page in text
    text = text_of(client.get(page))
    assert html_problems(text) == []
    assert all(word in text for word in ("Wer", "User Name", "Naam", "Last Name", "Ignored"))

    one = ColumnMapping.objects.get(header="wer")
    response = client.post(page, {"mapping": one.pk}, follow=True)
    assert "1 heading forgotten." in text_of(response)
    rest = [*ColumnMapping.objects.values_list("pk", flat=True), "x", -1]
    response = client.post(page, {"mapping": rest}, follow=True)
    assert "2 headings forgotten." in text_of(response)
    assert list(ColumnMapping.objects.all()) == [other]
