"""The file of a list, saved again by a spreadsheet program of any country, changes no user."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.roles import Role
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.factories.licensing import assign
from tests.support.cast import Cast
from tests.support.office import CSV, XLS, XLSX, Conversion, convert
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import Upload, UploadState
from uploads.services import Existing, Licensing, Options, answer, check_upload

ALL = Options(existing=Existing(details=True, permissions=True, licenses=Licensing.REPLACE))
# What the program takes itself to be in, and whether it looks for days and sums of money.
READ = {
    "en": "44,34,76,1,,1033,false,true",
    "en plain": "44,34,76,1,,1033,false,false",
    "de": "44,34,76,1,,1031,false,true",
    "fr": "44,34,76,1,,1036,false,true",
    "pl": "44,34,76,1,,1045,false,true",
    "ja": "44,34,76,1,,1041,false,true",
}
UTF_8, WINDOWS_1252 = "59,34,76,1,,0,false,true,false", "59,34,1,1,,0,false,true,false"
LATIN = [
    *("01067", "0301234567", "+372 5550163", "0421 555 0163", "(030) 12 34", "491701234567", "12"),
    *("3/4", "1-2", "5. Mai", "MAR1", "10:30", "1E5", "1,5", "12.10", "100%", "5 €", "TRUE"),
    *("=1+1", "-x", "@home", "'=1", "'t Hart", "'01067", "#12", "O’Brien", 'say "no"; a,b|c'),
    *("123 456", "Zoë Müßig", "12A", "2026-11-29", "1 1/2", "Wahr", "Via Roma 1"),
    *("#N/A", "'#N/A", "#BEZUG!", "#FORMULA!", "#TWICE!", "########", "Err:502", "4.9E+11"),
]
OTHER = [
    "Łukasz Wałęsa",
    "Đặng Văn Đức",
    "山田 太郎",
    "＝1+1",
    "11月29日",
    "أحمد علي",
    "ΝΙΚΟΣ",
    "5 Paź",
]
FIELDS = [
    *("first_name", "last_name", "display_name", "job_title", "department", "office"),
    *("office_phone", "mobile_phone", "fax", "street", "city", "state", "postal_code"),
]


@pytest.fixture
def users(cast: Cast) -> list[User]:
    """One user for each value, who has it in every field that takes any text."""
    found = []
    for number, value in enumerate([*LATIN, *OTHER]):
        group = "latin" if value in LATIN else "other"
        details = dict.fromkeys(FIELDS, value) | {"country": "EE", "usage_location": "NO"}
        mail = f"p{number}@mail.example"
        found.append(
            UserFactory.create(
                customer=cast.contoso,
                local_part=f"{group}-{number}",
                alternate_email=mail,
                **details,
            )
        )
    UserFactory.create(customer=cast.contoso, local_part="-dash-latin", first_name="'-dash")
    return found


def export(client: Client, cast: Cast, path: Path, **query: str) -> Path:
    client.force_login(cast.alice)
    response = client.get(reverse("accounts:user-export", args=[cast.contoso.pk]), query)
    path.write_bytes(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return path


def uploaded(path: Path, cast: Cast) -> Upload:
    upload = upload_of(
        path.read_bytes(), customer=cast.contoso, actor=cast.alice, options=ALL, name=path.name
    )
    if upload.state == UploadState.ASKING:
        answer(upload, {"encoding": "windows-1252"}, actor=cast.alice)
        assert check_upload(upload.pk)
        upload.refresh_from_db()
    return upload


def changes(upload: Upload) -> list[object]:
    """Everything of the upload that is not unchanged, with what would be done."""
    odd = upload.rows.exclude(outcome="leave", notices=[])
    return list(odd.values_list("number", "outcome", "notices", "problems"))


def test_a_list_saved_by_a_spreadsheet_program_is_unchanged(
    client: Client, cast: Cast, users: list[User], tmp_path: Path
) -> None:
    office, comma = (
        SubscriptionFactory.create(
            customer=cast.contoso, product=ProductFactory.create(name=name, plans=["MAIL", "CHAT"])
        )
        for name in ("Office", "3/4, or =1")
    )
    assign(office, *users[:4])
    assign(comma, users[0], services_off=["MAIL", "CHAT"])
    users[1].groups.add(*UserFactory.create(roles=[Role.LICENSE_ADMIN]).groups.all())
    every = export(client, cast, tmp_path / "all.csv")
    latin = export(client, cast, tmp_path / "latin.csv", q="latin")
    book = export(client, cast, tmp_path / "book.xlsx", format="xlsx")
    conversions = [
        Conversion(book, tmp_path / "book-again.xlsx", XLSX),
        Conversion(book, tmp_path / "book-again.xls", XLS),
        Conversion(book, tmp_path / "book.csv", CSV, target_options=UTF_8),
    ]
    for country, options in READ.items():
        for source, name, kind, target in (
            (every, f"{country}.xlsx", XLSX, ""),
            (every, f"{country}.xls", XLS, ""),
            (every, f"{country} utf-8.csv", CSV, UTF_8),
            (latin, f"{country} latin.csv", CSV, WINDOWS_1252),
        ):
            conversions.append(Conversion(source, tmp_path / name, kind, options, target))
    convert(conversions, tmp_path / "profile")

    found = {each.target.name: uploaded(each.target, cast) for each in conversions}
    found |= {path.name: uploaded(path, cast) for path in (every, latin, book)}

    assert {name: odd for name, upload in found.items() if (odd := changes(upload))} == {}
    counts = {name: len(outcomes(upload)) for name, upload in found.items()}
    expected = {name: len(LATIN) + 1 if "latin" in name else len(users) + 3 for name in counts}
    assert counts == expected
