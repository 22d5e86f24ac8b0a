"""A file can be read in another way until it is confirmed, and is kept no longer."""

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from customers.errors import Refused
from tests.support.cast import Cast
from tests.uploads.spreadsheets.workbooks import saved
from tests.uploads.uploading import HEADINGS, confirmed, kept_files, outcomes, upload_of
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.services import (
    answer,
    cancel_upload,
    check_upload,
    choose_options,
    expire_uploads,
    map_columns,
    read_again,
)
from uploads.services.readings import has_others, has_to_be_read
from uploads.spreadsheets import Answers

ADA = ["ada@contoso.example", "Ada", "Lovelace", ""]
BEN = ["ben@contoso.example", "Ben", "Berg", ""]
CID = ["cid@contoso.example", "Cid", "Corman", ""]


def book(*, hidden: bool = True, others: bool = True, empty: bool = False) -> bytes:
    """Ada and, hidden, Ben; on another sheet Cid and a title."""
    made = Workbook()
    made.active.title = "Users"
    for line in (["Staff list"], HEADINGS, ADA, BEN):
        made.active.append(line)
    made.active.row_dimensions[4].hidden = hidden
    if others:
        sheet = made.create_sheet("Archive")
        for line in (HEADINGS[:3], CID[:3]):
            sheet.append(line)
    if empty:
        sheet = made.create_sheet("Broken")
        for line in (["Email", "City"], ["E-Mail-Adresse", "Ort"]):
            sheet.append(line)
        made.create_sheet("Notes").append(["Call them"])
        made["Notes"].append(["soon"])
    return saved(made)


def checked(cast: Cast, content: bytes) -> Upload:
    return upload_of(content, customer=cast.contoso, actor=cast.alice, name="people.xlsx")


def read(upload: Upload) -> list[str]:
    """Whoever is read by now, by the names in the cells."""
    assert check_upload(upload.pk)
    upload.refresh_from_db()
    return [row.cells[1] for row in upload.rows.order_by("number")]


def test_what_was_skipped_is_told_and_the_file_kept(cast: Cast) -> None:
    upload = checked(cast, book())
    assert upload.state == UploadState.CHECKED
    assert upload.reading.notes == [
        "Skipped above the headings: 1 row (“Staff list”)",
        "1 hidden row was skipped.",
    ]
    assert (upload.reading.sheets, upload.reading.hidden_rows) == (["Archive"], 1)
    assert has_others(upload)
    assert not has_to_be_read(upload)
    assert upload.file.name


def test_a_file_that_can_be_read_in_one_way_alone_goes_at_once(cast: Cast) -> None:
    upload = checked(cast, book(hidden=False, others=False))
    assert upload.file.name == ""
    with pytest.raises(Refused, match="can no longer be read in another way") as refused:
        read_again(upload, hidden=True, actor=cast.alice)
    assert refused.value.code == "reading-gone"


def test_hidden_rows_are_taken_and_left_out_again(cast: Cast) -> None:
    upload = checked(cast, book())
    read_again(upload, hidden=True, actor=cast.alice)
    assert read(upload) == ["Ada", "Ben"]
    assert (upload.state, upload.reading.hidden_rows) == (UploadState.CHECKED, 0)
    assert upload.reading.answers == Answers(sheet="Users", hidden=True)
    assert has_others(upload)

    read_again(upload, actor=cast.alice)
    assert read(upload) == ["Ada"]


def test_another_sheet_is_read_and_the_first_one_again(cast: Cast) -> None:
    upload = checked(cast, book())
    read_again(upload, sheet="Archive", actor=cast.alice)
    assert read(upload) == ["Cid"]
    assert upload.reading.described == "Read from the sheet Archive."
    assert upload.reading.sheets == ["Users"]

    read_again(upload, sheet="Users", actor=cast.alice)
    assert read(upload) == ["Ada"]
    with pytest.raises(Refused, match="in another way"):
        read_again(upload, sheet="No such", actor=cast.alice)


def test_a_sheet_that_cannot_be_read_leaves_the_former_reading(cast: Cast) -> None:
    upload = checked(cast, book(empty=True))
    before = upload.reading
    read_again(upload, sheet="Broken", actor=cast.alice)
    assert read(upload) == ["Ada"]
    assert upload.state == UploadState.CHECKED
    assert "The file has headings and no row below them" in upload.refusal
    assert (upload.reading.sheet, upload.reading.answers) == (before.sheet, Answers())
    assert not has_to_be_read(upload)

    read_again(upload, sheet="Archive", actor=cast.alice)
    assert (read(upload), upload.refusal) == (["Cid"], "")


def test_other_options_check_the_rows_and_do_not_read_the_file(cast: Cast) -> None:
    upload = checked(cast, book())
    notes = upload.reading.notes
    row = upload.rows.get()
    row.cells = ["eva@contoso.example", "Eva", "Lang", ""]
    row.save()
    choose_options(upload, actor=cast.alice)
    assert read(upload) == ["Eva"]
    assert upload.reading.notes == notes


def test_from_a_sheet_that_asks_a_way_leads_back(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, book(empty=True))
    read_again(upload, sheet="Notes", actor=cast.alice)
    assert check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "columns")
    page = reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk])
    assert "Back to the sheet Users" in client.get(page).content.decode()

    read_again(upload, sheet="Users", actor=cast.alice)
    assert (read(upload), upload.state) == (["Ada"], UploadState.CHECKED)


@pytest.fixture
def chosen(cast: Cast) -> Upload:
    """An upload whose last name was said to be a city; no other file of the customer is read so."""
    upload = checked(cast, book(empty=True))
    map_columns(upload, ["user_name", "display_name", "city", ""], actor=cast.alice)
    assert read(upload) == ["Ada"]
    ColumnMapping.objects.all().delete()
    return upload


def columns(upload: Upload) -> list[str]:
    return list(upload.reading.columns)


def test_chosen_columns_stay_while_the_same_sheet_is_read(cast: Cast, chosen: Upload) -> None:
    read_again(chosen, hidden=True, actor=cast.alice)
    assert read(chosen) == ["Ada", "Ben"]
    assert columns(chosen) == ["user_name", "display_name", "city", ""]


def test_chosen_columns_are_back_with_their_sheet(cast: Cast, chosen: Upload) -> None:
    read_again(chosen, sheet="Archive", actor=cast.alice)
    assert read(chosen) == ["Cid"]
    assert columns(chosen) == ["user_name", "first_name", "last_name"]
    read_again(chosen, sheet="Broken", actor=cast.alice)
    assert read(chosen) == ["Cid"]
    read_again(chosen, sheet="Users", actor=cast.alice)
    assert read(chosen) == ["Ada"]
    assert columns(chosen) == ["user_name", "display_name", "city", ""]


def test_chosen_columns_leave_it_known_what_the_file_is(cast: Cast) -> None:
    content = (
        b"First Name [Required],Last Name [Required],Email Address [Required],"
        b"Org Unit Path [Required],Pet,Car\nAda,Lind,ada@contoso.example,/,cat,vw\n"
    )
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert (upload.reading.export, upload.reading.unknown) == (
        "Google Workspace",
        ["Pet", "Car"],
    )
    names = ["first_name", "last_name", "user_name", "", "", "fax"]
    map_columns(upload, names, actor=cast.alice)
    assert check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.reading.export, upload.reading.unknown) == ("Google Workspace", ["Pet"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["confirm", "cancel", "expiry"])
def test_the_file_goes_with_the_upload(cast: Cast, end: str) -> None:
    before = set(kept_files())
    upload = checked(cast, book())
    assert len(set(kept_files()) - before) == 1
    if end == "confirm":
        confirmed(upload, actor=cast.alice)
        assert upload.state == UploadState.DONE
    elif end == "cancel":
        cancel_upload(upload, actor=cast.alice)
    else:
        Upload.objects.update(created_at="2026-01-01T00:00:00Z")
        assert expire_uploads() == 1
    upload.refresh_from_db()
    assert (upload.file.name, set(kept_files()) - before) == ("", set())
    assert upload.reading.notes == []


def test_without_headings_columns_are_said_and_not_remembered(cast: Cast) -> None:
    content = b"Ada,Lovelace,ada@contoso.example\nBen,Berg,ben@contoso.example\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "headings")
    answer(upload, {"headings": "no"}, actor=cast.alice)
    assert read(upload) == ["Lovelace", "Berg"]
    assert upload.reading.question == "columns"
    assert upload.reading.headings == ["Column 1", "Column 2", "Column 3"]
    # Proposed by the values: Lovelace is no part of ada@.
    assert upload.reading.columns == ["first_name", "", "user_name"]
    map_columns(upload, ["first_name", "last_name", "user_name"], actor=cast.alice)
    assert read(upload) == ["Lovelace", "Berg"]
    assert (upload.state, outcomes(upload)) == (UploadState.CHECKED, {1: "add", 2: "add"})
    assert not ColumnMapping.objects.exists()

    again = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert again.state == UploadState.ASKING


def test_user_names_alone_ask_nothing(cast: Cast) -> None:
    content = b"ada@contoso.example\nben@contoso.example\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert (upload.state, upload.reading.columns) == (UploadState.CHECKED, ["user_name"])
    assert upload.rows.count() == 2
    assert "No headings: the first row is a user." in upload.reading.notes


def test_addresses_of_others_alone_are_asked_about(cast: Cast) -> None:
    content = b"ada@elsewhere.example\nben@elsewhere.example\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "columns")


def test_a_proposal_that_was_taken_is_remembered(cast: Cast) -> None:
    content = b"Konto,Naam\nada@contoso.example,Ada\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert (upload.reading.question, upload.reading.columns) == (
        "columns",
        ["user_name", "first_name"],
    )
    map_columns(upload, ["user_name", "display_name"], actor=cast.alice)
    assert dict(ColumnMapping.objects.values_list("header", "column")) == {
        "konto": "user_name",
        "naam": "display_name",
    }
    again = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert again.state == UploadState.CHECKED


def test_with_headings_that_look_like_a_user_columns_are_asked_for(cast: Cast) -> None:
    content = b"Wer@x,Wie\nada@contoso.example,Ada\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert upload.reading.question == "headings"
    answer(upload, {"headings": "yes"}, actor=cast.alice)
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.reading.question, upload.reading.headings) == ("columns", ["Wer@x", "Wie"])


def test_the_page_tells_it_and_offers_the_other_readings(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, book())
    page = reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk])
    text = client.get(page).content.decode()
    assert "Skipped above the headings: 1 row (“Staff list”)" in text
    assert "Include the 1 hidden row" in text
    assert "Read another sheet" in text
    assert "<option>Archive</option>" in text

    reading = reverse("uploads:upload-reading", args=[cast.contoso.pk, upload.pk])
    client.post(reading, {"sheet": "Users", "hidden": "yes"})
    assert read(upload) == ["Ada", "Ben"]
    assert "Skip hidden rows and columns" in client.get(page).content.decode()
    client.post(reading, {"sheet": "Archive"})
    assert read(upload) == ["Cid"]
    refused = client.post(reading, {"sheet": "No such"}, follow=True)
    assert "can no longer be read in another way" in refused.content.decode()


def test_the_question_of_headings_has_both_answers(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    content = b"Ada,ada@contoso.example\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    page = reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk])
    text = client.get(page).content.decode()
    assert "The first row looks like a user: does the file have headings?" in text
    assert "No, the first row is a user" in text
    assert "Yes, the first row has headings" in text
