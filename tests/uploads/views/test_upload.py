"""The pages of an upload: the form, the questions, each state, one row, the files that come out."""

import io
from http import HTTPStatus
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.services.running import run_batch
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read
from tests.support.html import problems as html_problems
from tests.uploads.pages import uploads_in_every_state
from tests.uploads.uploading import HEADINGS, Rows, csv, kept_files, outcomes, upload_of
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.sealed_files import unsealed
from uploads.services import (
    Options,
    Short,
    check_upload,
    confirm_upload,
    fingerprint,
)
from uploads.template import template_csv

pytestmark = pytest.mark.usefixtures("no_patience")
ADA = ["ada@contoso.example", "Ada", "Lovelace", ""]


@pytest.fixture
def address(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/upload/"


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)


def file_of(content: bytes | Rows, name: str = "people.csv") -> SimpleUploadedFile:
    data = content if isinstance(content, bytes) else csv(content)
    return SimpleUploadedFile(name, data, content_type="text/csv")


def checked(cast: Cast, content: bytes | Rows) -> Upload:
    return upload_of(content, customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def text_of(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


def test_form_without_a_file_keeps_what_was_chosen(
    client: Client, address: str, mail: Subscription
) -> None:
    data = fields(text_of(client.get(address))) | {
        "usage_location": ["NO"],
        "licenses": [str(mail.pk)],
        "existing_details": ["on"],
        "existing_licenses": ["add"],
        "permission": ["global"],
    }
    data.pop("file", None)

    response = client.post(address, data)

    form = response.context["form"]
    assert form.errors == {"file": ["Choose the file that has the users."]}
    again = fields(text_of(response))
    again.pop("file", None)
    kept = data.keys() - {"csrfmiddlewaretoken"}
    assert {name: again.get(name) for name in kept} == {name: data[name] for name in kept}
    assert html_problems(text_of(response)) == []
    assert not Upload.objects.exists()


def test_empty_file_is_told_at_the_field(client: Client, address: str) -> None:
    response = client.post(address, {"permission": "user", "file": file_of(b"")})
    assert response.context["form"].errors == {"file": ["This file is empty. Choose another one."]}


@pytest.mark.parametrize("size", [2**20 + 1, 3 * 2**20])
def test_too_large_a_file_is_answered_by_the_page_and_not_kept(
    client: Client, cast: Cast, address: str, settings: Settings, size: int
) -> None:
    settings.UPLOAD_MB = 1
    before = kept_files()
    data = {"file": file_of(b"x" * size), "usage_location": "NO", "existing_details": "on"}
    data["permission"] = "user"

    response = client.post(address, data)

    assert response.status_code == HTTPStatus.OK
    form = response.context["form"]
    told = "The file is larger than 1 MB. Split it, or save it as .xlsx."
    assert form.errors == {"file": [told]}
    assert (form["usage_location"].value(), form["existing_details"].value()) == ("NO", True)
    assert not Upload.objects.exists()
    assert kept_files() == before


def test_file_at_the_limit_is_taken(client: Client, address: str, settings: Settings) -> None:
    settings.UPLOAD_MB = 1
    response = client.post(address, {"permission": "user", "file": file_of(b"x" * 2**20)})
    assert response.status_code == HTTPStatus.FOUND
    with unsealed(Upload.objects.get().file) as kept:
        assert kept.read() == b"x" * 2**20


def test_two_clicks_make_one_upload(client: Client, address: str) -> None:
    data = fields(text_of(client.get(address)))
    answers = [
        client.post(address, {**data, "file": file_of([HEADINGS, ADA])}) for _click in range(2)
    ]
    upload = Upload.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {page_of(upload)}


def test_key_of_another_customers_form_is_refused_by_a_sentence(
    client: Client, cast: Cast, address: str
) -> None:
    data = {"key": "k" * 22, "permission": "user", "file": file_of([HEADINGS, ADA])}
    client.post(f"/customers/{cast.northwind.pk}/users/upload/", data)

    response = client.post(address, {**data, "file": file_of([HEADINGS, ADA])})

    told = "This form is no longer valid. Load the page again."
    assert response.context["form"].errors == {"file": [told]}
    assert Upload.objects.get().customer == cast.northwind


def test_what_the_form_says_goes_for_all_rows(
    client: Client, cast: Cast, address: str, mail: Subscription
) -> None:
    data = fields(text_of(client.get(address)))
    chosen = {"usage_location": "NO", "licenses": [mail.pk], "existing_licenses": "replace"}
    client.post(address, {**data, **chosen, "file": file_of([HEADINGS, ADA])})

    upload = Upload.objects.get()
    options = Options.from_json(upload.options)
    assert (options.usage_location, options.licenses) == ("NO", {mail.pk: ()})
    assert options.existing.licenses == "replace"
    assert (upload.state, upload.by, upload.file_name) == (
        UploadState.WAITING,
        cast.alice,
        "people.csv",
    )


def test_subscription_of_another_customer_cannot_be_chosen(
    client: Client, cast: Cast, address: str
) -> None:
    foreign = SubscriptionFactory.create(customer=cast.northwind)
    data = {"permission": "user", "licenses": [foreign.pk], "file": file_of([HEADINGS, ADA])}
    response = client.post(address, data)
    assert list(response.context["form"].errors) == ["licenses"]


def test_template_is_downloaded_as_it_opens_in_excel(client: Client, address: str) -> None:
    response = client.get(f"{address}template/")

    assert response.content == template_csv()
    assert response.content.startswith(b"\xef\xbb\xbfUser Name,")
    disposition = response.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="users-template-contoso.csv"'


def test_template_as_a_workbook_is_the_customers_own(client: Client, address: str) -> None:
    response = client.get(f"{address}template/", {"format": "xlsx"})
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert "xl/workbook.xml" in archive.namelist()
    disposition = response.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="users-template-contoso.xlsx"'
    assert f'href="{address}template/?format=xlsx"' in read(client, address)
    assert client.get(f"{address}template/", {"format": "pdf"}).status_code == 404


def test_each_state_has_its_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    headings = {
        "letters": "How to read the file",
        "columns": "No heading was recognized as the user name.",
        "refused": "a PDF document",
        "waiting": "Nothing is saved before you confirm.",
        "checked": "The rows of the file",
        "canceled": "This upload was canceled. Nothing was added.",
        "done": "Users added",
    }
    for name, upload in in_every_state(cast).items():
        response = client.get(page_of(upload))
        assert response.status_code == HTTPStatus.OK
        assert headings[name] in text_of(response), name
        assert html_problems(text_of(response)) == [], name


def test_confirmed_and_expired_have_theirs_too(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    assert "Nothing is saved until the whole file has been processed" in text_of(
        client.get(page_of(upload))
    )

    Upload.objects.update(state=UploadState.EXPIRED)
    assert "This upload was not confirmed in time" in text_of(client.get(page_of(upload)))


def test_progress_asks_again_until_the_state_is_another(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    response = client.get(page_of(upload), headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    Upload.objects.update(state=UploadState.WAITING)
    response = client.get(page_of(upload), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in response.headers


def test_encoding_that_was_asked_for_is_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    content = "User Name,Display Name\nada@contoso.example,Ada Kučera".encode("cp1250")
    upload = checked(cast, content)
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "encoding")
    page = text_of(client.get(page_of(upload)))
    assert "Ada Kučera" in page

    refused = client.post(page_of(upload, "answer/"), {"answer": "klingon"}, follow=True)
    assert "Choose how to read the file." in text_of(refused)
    client.post(page_of(upload, "answer/"), {"answer": "windows-1250"})
    check_upload(upload.pk)

    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED, (upload.refusal, upload.reading)
    assert upload.rows.get().cells == ["ada@contoso.example", "Ada Kučera"]
    assert "Windows-1250" in text_of(client.get(page_of(upload)))


def test_a_file_that_takes_too_long_to_be_asked_about_is_refused(
    settings: Settings, cast: Cast
) -> None:
    settings.UPLOAD_SECONDS = 0
    upload = checked(cast, "User Name,Password\nada@contoso.example,Kučera".encode("cp1250"))
    assert upload.state == UploadState.REFUSED
    assert upload.refusal.startswith("Reading the file takes more than 0 seconds.")


def test_separator_that_was_asked_for_is_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, b"Kennung,Abt;Gruppe\na,b;c\n")
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "separator")

    client.post(page_of(upload, "answer/"), {"answer": ","})
    check_upload(upload.pk)

    upload.refresh_from_db()
    assert upload.reading.question == "columns"
    assert upload.reading.headings == ["Kennung", "Abt;Gruppe"]


def test_columns_are_said_once_and_remembered_for_the_customer(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    content = b"Wer,Wie,Tier\nada@contoso.example,Ada,cat\n"
    upload = checked(cast, content)
    page = text_of(client.get(page_of(upload)))
    assert all(value in page for value in ("Wer", "ada@contoso.example", "cat"))

    said = {"column-0": "", "column-1": "display_name", "column-2": ""}
    response = client.post(page_of(upload, "answer/"), said)
    assert "Say which column holds the user names." in text_of(response)
    assert fields(text_of(response))["column-1"] == ["display_name"]
    client.post(page_of(upload, "answer/"), said | {"column-0": "user_name"})
    check_upload(upload.pk)

    assert outcomes(upload) == {2: "add"}
    assert ColumnMapping.objects.filter(customer=cast.contoso).count() == 2
    again = checked(cast, content)
    assert (again.state, outcomes(again)) == (UploadState.CHECKED, {2: "add"})
    other = upload_of(content, customer=cast.northwind, actor=cast.alice)
    assert other.state == UploadState.ASKING


def test_answer_to_what_is_no_longer_asked_changes_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    response = client.post(page_of(upload, "answer/"), {"answer": "utf-8"})
    assert response.headers["Location"] == page_of(upload)
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED


def test_result_shows_the_passwords_to_whoever_may_read_them(client: Client, cast: Cast) -> None:
    upload = checked(cast, [HEADINGS, ADA, ["?", "Bad", "", ""]])
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    run_batch(batch.pk)
    client.force_login(cast.alice)
    page = client.get(page_of(upload))
    [slip] = page.context["slips"]
    assert slip.password in text_of(page)
    assert "Download errors (.csv)" in text_of(page)

    client.force_login(cast.gail)
    page = client.get(page_of(upload))
    assert page.context["sheet"] is None
    assert slip.password not in text_of(page)
    assert "The passwords are for the user who uploaded the file" in text_of(page)


def test_file_of_errors_is_downloaded_under_the_files_name(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = upload_of(
        [HEADINGS, ["?", "=1+1", "", ""]],
        customer=cast.contoso,
        actor=cast.alice,
        name="Nye folk 2026.csv",
    )
    response: Any = client.get(page_of(upload, "errors/"))
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="nye-folk-2026-errors-contoso.csv"'
    )
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeffUser Name,First Name,Last Name,Subscriptions,Status update")
    assert ",'=1+1," in content


def test_cancel_goes_back_to_the_form(client: Client, cast: Cast, address: str) -> None:
    upload = checked(cast, [HEADINGS, ADA])
    response = client.post(page_of(upload, "cancel/"), follow=True)
    assert response.redirect_chain[-1][0] == address
    assert "The upload is canceled. Nothing was added." in text_of(response)
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count()) == (UploadState.CANCELED, 0)


@pytest.mark.parametrize(
    "rest", ["", "answer/", "options/", "confirm/", "cancel/", "rows/2/", "errors/"]
)
def test_upload_of_another_customer_is_not_there(client: Client, cast: Cast, rest: str) -> None:
    client.force_login(cast.alice)
    upload = upload_of([HEADINGS, ADA], customer=cast.northwind, actor=cast.alice)
    path = f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/{rest}"
    ask = client.get if rest in ("", "errors/") else client.post
    assert ask(path).status_code == HTTPStatus.NOT_FOUND
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED


def test_row_that_the_file_has_not_is_not_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    response = client.post(page_of(upload, "rows/9/"), {"decision": "drop"})
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_uploads_are_listed_with_their_figures(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    made = in_every_state(cast)
    page = client.get(f"/customers/{cast.contoso.pk}/uploads/")

    lines = {line.upload.file_name: line for line in page.context["rows"]}
    assert set(lines) == {f"{name}.csv" for name in made}
    done = lines["done.csv"]
    assert (done.state.label, done.added, done.wrong) == ("Done", 2, 2)
    assert lines["columns.csv"].wrong is None
    assert lines["checked.csv"].about.startswith("Will add 61 users")
    assert lines["refused.csv"].about == made["refused"].refusal
    assert (lines["done.csv"].about, lines["columns.csv"].about) == ("", "")
    assert html_problems(text_of(page)) == []
    client.force_login(cast.gail)
    assert client.get(f"/customers/{cast.northwind.pk}/uploads/").status_code == 404


def in_every_state(cast: Cast) -> dict[str, Upload]:
    SubscriptionFactory.create(customer=cast.contoso)
    UserFactory.create(customer=cast.contoso, local_part="gone", deleted=True)
    return uploads_in_every_state(cast.contoso, cast.alice)
