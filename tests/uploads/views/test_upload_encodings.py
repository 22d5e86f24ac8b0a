"""How the letters of a file were read is said, and can be chosen otherwise until Confirm."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support.cast import Cast
from tests.support.forms import fields
from tests.support.html import problems as html_problems
from tests.uploads.uploading import HEADINGS, outcomes, upload_of
from uploads.models import Upload, UploadState
from uploads.services import check_upload

pytestmark = pytest.mark.usefixtures("no_patience")


def upload(cast: Cast, name: str, encoding: str) -> Upload:
    content = f"User Name,Display Name\nada@contoso.example,{name}".encode(encoding)
    return upload_of(content, customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def text_of(client: Client, upload: Upload) -> str:
    content: bytes = client.get(page_of(upload)).content
    return content.decode()


def post(client: Client, upload: Upload, rest: str, **data: str) -> None:
    """Send a form, and read the file again as a worker does."""
    client.post(page_of(upload, rest), data)
    check_upload(upload.pk)
    upload.refresh_from_db()


def test_the_semicolons_of_excel_come_to_the_confirmation_without_a_question(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    content = "User Name;First Name;Last Name\r\nj@contoso.example;Jürgen;Müller\r\n"
    address = f"/customers/{cast.contoso.pk}/users/upload/"
    file = SimpleUploadedFile("people.csv", content.encode("cp1252"), content_type="text/csv")
    client.post(address, fields(client.get(address).content.decode()) | {"file": file})
    upload = Upload.objects.get()
    assert check_upload(upload.pk)

    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    assert upload.rows.get().cells == ["j@contoso.example", "Jürgen", "Müller"]
    page = text_of(client, upload)
    assert "Read as Western European (Windows-1252), separated by semicolons." in page
    assert "Names look wrong?" in page


def test_other_letters_are_shown_and_taken_until_confirm(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    zoe = upload(cast, "Jürgen Müller", "cp1252")
    post(client, zoe, "reading/", encoding="all")
    page = text_of(client, zoe)
    assert "Jьrgen Mьller" in page
    assert "Back to Western European (Windows-1252)" in page
    assert "None of these" not in page
    assert not html_problems(page)

    post(client, zoe, "answer/", answer="windows-1251")
    assert zoe.rows.get().cells[1] == "Jьrgen Mьller"
    post(client, zoe, "reading/", encoding="windows-1252")
    assert zoe.rows.get().cells[1] == "Jürgen Müller"
    refused = client.post(page_of(zoe, "reading/"), {"encoding": "klingon"}, follow=True)
    assert "can no longer be read in another way" in refused.content.decode()


def test_one_goes_back_to_the_former_letters(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    zoe = upload(cast, "Jürgen Müller", "cp1252")
    post(client, zoe, "reading/", encoding="all")
    post(client, zoe, "reading/", encoding="windows-1252")
    assert (zoe.state, zoe.rows.get().cells[1]) == (UploadState.CHECKED, "Jürgen Müller")


def test_all_readings_can_be_seen_where_none_of_the_likely_ones_is_right(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    ada = upload(cast, "Ada Kučera", "cp1250")
    assert "None of these: show all versions" in text_of(client, ada)
    before = len(ada.reading.choices)

    post(client, ada, "answer/", answer="all")
    assert (ada.state, ada.reading.question) == (UploadState.ASKING, "encoding")
    assert len(ada.reading.choices) > before


def test_a_file_in_unicode_has_no_other_letters_and_is_not_kept(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    ada = upload(cast, "Ada Kučera", "utf-8")
    assert "Names look wrong?" not in text_of(client, ada)
    assert not ada.file


def test_garbled_letters_have_their_right_ones_at_the_cell(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    rows = [HEADINGS, ["jose@contoso.example", "JosÃ©", "GarcÃ\xada", ""]]
    garbled = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    assert outcomes(garbled) == {2: "add"}
    page = text_of(client, garbled)
    assert "They were probably meant to be José." in page
    assert "Use García" in page

    client.post(page_of(garbled, "rows/2/"), {"use-1": "José", "use-2": "García"})
    row = garbled.rows.get()
    assert (row.cells[1:3], row.notices) == (["José", "García"], [])
