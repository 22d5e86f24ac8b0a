"""Files of other programs, from the file to the users that would be added; no password is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from openpyxl import Workbook

from accounts.models import User
from customers.errors import Refused
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast
from tests.uploads.spreadsheets.workbooks import saved, workbook
from tests.uploads.uploading import confirmed, kept_files, outcomes, problems, upload_of
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.services import answer, check_upload, error_rows, map_columns, read_again
from uploads.services.readings import names_of

GOOGLE = (
    b"First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    b"Org Unit Path [Required],Status [READ ONLY],Recovery Email,Home Secondary Email,"
    b"Work Secondary Email,Work Phone,Mobile Phone,Work Address,Home Address,Employee Title\n"
    b"Anna,Berg,anna.berg@contoso.example,Geheim-1234,/,Active,,anna@home.example,"
    b"anna@work.example,+46 8 123 45 67,+46 70 123 45 67,Storgatan 1,Hemgatan 2,Engineer\n"
)
MICROSOFT_365 = (
    b"Block credential,City,Country/Region,Display name,First name,Last name,Licenses,"
    b"Proxy addresses,Usage location,User principal name\n"
    b"False,Berlin,Germany,Anna Berg,Anna,Berg,Teams+Mail Archive,SMTP:a@b.example,DE,"
    b"anna.berg@contoso.example\n"
    b"True,Berlin,Germany,Ben Berg,Ben,Berg,Unlicensed,,DE,ben.berg@contoso.example\n"
)
SHORT_NAMES = (
    b"FirstName,LastName,Username,Email\n"
    b"Anna,Berg,aberg,anna.berg@contoso.example\n"
    b"Ben,Berg,bberg,ben.berg@contoso.example\n"
)
CIPP = (
    b"givenName,surName,displayName,mailNickName,domain,JobTitle\n"
    b"Anna,Berg,Anna Berg,anna.berg,contoso.example,Engineer\n"
    b"Ben,Berg,Ben Berg,ben berg,contoso.example,\n"
)
PASSWORDS = (
    b"Email,Display name,Password,Salary\n"
    b"bad user@contoso.example,Bad,Geheim-1234,99000\n"
    b"ok.user9@contoso.example,Good,Geheim-5678,88000\n"
)


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    """No file of other tests is there."""
    settings.MEDIA_ROOT = tmp_path


def checked(cast: Cast, content: bytes, name: str = "people.csv") -> Upload:
    return upload_of(content, customer=cast.contoso, actor=cast.alice, name=name)


def again(upload: Upload) -> None:
    while upload.state == UploadState.WAITING:
        assert check_upload(upload.pk)
        upload.refresh_from_db()


def mapped(upload: Upload, names: list[str], cast: Cast) -> None:
    map_columns(upload, names, actor=cast.alice)
    upload.refresh_from_db()
    again(upload)


def notices(upload: Upload) -> dict[int, list[Any]]:
    rows = upload.rows.exclude(notices=[]).order_by("number")
    return {row.number: [each["column"] for each in row.notices] for row in rows}


def kept_anywhere(word: str) -> list[str]:
    """The tables and the files in which a word is found."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(word in str(row) for row in cursor.fetchall()):
                found.append(table)
    for name in kept_files():
        with default_storage.open(f"uploads/{name}") as file:
            if word.encode() in file.read():
                found.append(name)
    return found


def test_a_google_export_is_read_without_a_question(cast: Cast) -> None:
    upload = checked(cast, GOOGLE)
    assert (upload.state, problems(upload), outcomes(upload)) == (
        UploadState.CHECKED,
        {},
        {2: "add"},
    )
    assert upload.reading.export == "Google Workspace"
    assert upload.reading.unknown == []
    confirmed(upload, actor=cast.alice)
    user = User.objects.get(username="anna.berg@contoso.example")
    assert (user.alternate_email, user.street, user.job_title, user.office_phone) == (
        "anna@home.example",
        "Storgatan 1",
        "Engineer",
        "+46 8 123 45 67",
    )


def test_an_export_of_microsoft_365_has_joined_products_and_blocked_users(cast: Cast) -> None:
    own = {name: subscribe(cast, name) for name in ("Teams", "Mail Archive")}
    upload = checked(cast, MICROSOFT_365)
    assert (problems(upload), outcomes(upload)) == ({}, {2: "add", 3: "add"})
    seats = dict(upload.rows.values_list("number", "seats"))
    assert seats == {2: {str(each.pk): 1 for each in own.values()}, 3: {}}
    assert notices(upload) == {3: ["blocked"]}


def test_a_product_with_a_plus_in_its_name_is_one_product(cast: Cast) -> None:
    own = subscribe(cast, "Office + Calling")
    upload = checked(cast, b"Email,Display name,Licenses\na@contoso.example,A,Office + Calling\n")
    assert upload.rows.get().seats == {str(own.pk): 1}


def test_whole_addresses_beside_short_names_are_the_user_names(cast: Cast) -> None:
    upload = checked(cast, SHORT_NAMES)
    assert (problems(upload), outcomes(upload)) == ({}, {2: "add", 3: "add"})
    assert upload.reading.decided == ["Email", "Username"]
    mapped(upload, ["first_name", "last_name", "user_name", ""], cast)
    assert outcomes(upload) == {2: "wrong", 3: "wrong"}
    assert upload.reading.decided == []


def test_a_name_and_a_domain_become_one_user_name(cast: Cast) -> None:
    upload = checked(cast, CIPP)
    assert outcomes(upload) == {2: "add", 3: "wrong"}
    assert list(upload.rows.values_list("name_key", flat=True).order_by("number")) == [
        "anna.berg@contoso.example",
        "",
    ]
    (found,) = upload.rows.get(number=3).problems
    assert (found["column"], found["suggestion"]) == ("user_name", "ben.berg@contoso.example")


def test_the_first_value_of_several_columns_counts(cast: Cast) -> None:
    content = (
        b"Email,Display name,Tel,Phone\n"
        b"a@contoso.example,A,1,2\nb@contoso.example,B, ,2\nc@contoso.example,C,,\n"
    )
    upload = checked(cast, content)
    confirmed(upload, actor=cast.alice)
    phones = cast.contoso.users.filter(display_name__in="ABC").order_by("display_name")
    assert list(phones.values_list("office_phone", flat=True)) == ["1", "2", ""]


def test_columns_can_be_changed_and_only_changes_are_remembered(cast: Cast) -> None:
    content = b"Konto,Naam,Tel1\nanna.m@contoso.example,Anna M,+39 1\n"
    upload = checked(cast, content)
    assert upload.reading.question == "columns"
    mapped(upload, ["user_name", "last_name", ""], cast)
    assert (upload.state, outcomes(upload)) == (UploadState.CHECKED, {2: "add"})
    remembered = ColumnMapping.objects.order_by("header")
    assert [(each.written, each.label) for each in remembered] == [
        ("Konto", "User Name"),
        ("Naam", "Last Name"),
    ]

    mapped(upload, ["user_name", "display_name", "mobile_phone"], cast)
    assert names_of(upload) == ["user_name", "display_name", "mobile_phone"]
    following = checked(cast, content)
    assert names_of(following) == ["user_name", "display_name", "mobile_phone"]
    confirmed(following, actor=cast.alice)
    user = User.objects.get(username="anna.m@contoso.example")
    assert (user.display_name, user.last_name, user.mobile_phone) == ("Anna M", "", "+39 1")


def test_choosing_keeps_what_was_typed_and_dropped(cast: Cast) -> None:
    upload = checked(cast, b"Email,Naam\na@contoso.example,A\n")
    row = upload.rows.get()
    row.cells = ["b@contoso.example", "B"]
    row.save()
    mapped(upload, ["user_name", "display_name"], cast)
    assert (upload.rows.get().name_key, outcomes(upload)) == ("b@contoso.example", {2: "add"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [GOOGLE, PASSWORDS], ids=["google", "own"])
def test_no_password_of_a_file_is_kept_anywhere(cast: Cast, content: bytes) -> None:
    upload = checked(cast, content)
    assert kept_anywhere("Geheim-") == []
    assert kept_files() == []
    assert len(upload.reading.secret) == 1
    assert "Geheim-" not in json.dumps(list(error_rows(upload)))


@pytest.mark.django_db(transaction=True)
def test_no_password_is_kept_while_columns_are_asked_for(cast: Cast) -> None:
    upload = checked(cast, b"Konto,Passwort,Naam\nada@contoso.example,Geheim-1234,Ada\n")
    assert upload.state == UploadState.ASKING
    assert kept_anywhere("Geheim-") == []
    mapped(upload, ["user_name", "display_name", "last_name"], cast)
    assert names_of(upload) == ["user_name", "password", "last_name"]
    assert kept_anywhere("Geheim-") == []


@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_user_calls_a_password_is_forgotten_too(cast: Cast) -> None:
    content = b"Email,Naam,Zugang\nada@contoso.example,Ada,Geheim-1234\n"
    upload = checked(cast, content)
    assert kept_anywhere("Geheim-") == ["uploads_uploadrow"]
    mapped(upload, ["user_name", "display_name", "password"], cast)
    assert kept_anywhere("Geheim-") == []
    assert upload.rows.get().cells == ["ada@contoso.example", "Ada", ""]
    following = checked(cast, content)
    assert following.reading.secret == ["Zugang"]
    assert kept_anywhere("Geheim-") == []


@pytest.mark.django_db(transaction=True)
def test_a_workbook_with_passwords_is_not_kept_for_another_reading(cast: Cast) -> None:
    rows = [["Email", "Display name", "Password"], ["ada@contoso.example", "Ada", "Geheim-1234"]]
    content = workbook(rows, Archive=rows)
    upload = checked(cast, content, "people.xlsx")
    assert upload.reading.sheets == ["Archive"]
    assert (kept_files(), kept_anywhere("Geheim-")) == ([], [])
    with pytest.raises(Refused, match="can no longer be read in another way"):
        read_again(upload, sheet="Archive", actor=cast.alice)


@pytest.mark.django_db(transaction=True)
def test_samples_of_a_question_have_no_password(cast: Cast) -> None:
    upload = checked(cast, b"Kennung,Abt;Password\na,b;Geheim-1234\n")
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "separator")
    assert "Geheim" not in json.dumps(upload.reading.as_json())
    answer(upload, {"separator": ";"}, actor=cast.alice)
    upload.refresh_from_db()
    again(upload)
    assert upload.reading.question == "columns"
    assert kept_anywhere("Geheim-") == []


def test_a_password_with_accents_is_in_no_sample_of_encodings(cast: Cast) -> None:
    content = (
        "Email;Adresse;Passwort\na@contoso.example;Weg 1, Haus 2, Tor 3, App. 4;Gehéim-1\n"
    ).encode("cp1252")
    upload = checked(cast, content)
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, "encoding")
    offered = {choice["value"] for choice in upload.reading.choices}
    assert len(offered) > 1
    kept = json.dumps(upload.reading.as_json(), ensure_ascii=False)
    assert "…" in kept
    for name in offered:
        assert "Gehéim-1".encode("cp1252").decode(name) not in kept
    assert "Geh" not in kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["sheet", "column"])
def test_a_file_that_hides_passwords_is_not_kept(cast: Cast, place: str) -> None:
    plain = [["Email", "Display name"], ["ada@contoso.example", "Ada"]]
    secret = [["Email", "Password"], ["ada@contoso.example", "Geheim-1234"]]
    made = Workbook()
    for row in plain if place == "sheet" else [[*plain[0], "Pwd"], [*plain[1], "Geheim-1234"]]:
        made.active.append(row)
    if place == "sheet":
        sheet = made.create_sheet("Secret")
        for row in secret:
            sheet.append(row)
    else:
        made.active.column_dimensions["C"].hidden = True
    upload = checked(cast, saved(made), "people.xlsx")
    assert (upload.reading.hides_passwords, kept_files()) == (True, [])
    assert upload.rows.get().cells == ["ada@contoso.example", "Ada"]
