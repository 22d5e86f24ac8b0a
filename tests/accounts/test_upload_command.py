import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import CredentialSheet, Upload, User
from licensing.models import LicenseAssignment
from tests.cast import Cast
from tests.factories import ProductFactory, SubscriptionFactory

RIGHT = "User Name,Display Name,Subscriptions\nada@contoso.example,Ada,Mail\n"
WRONG = "joan@contoso.exampel,Joan,\n"


@pytest.fixture
def file(tmp_path: Path, cast: Cast) -> Path:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)
    path = tmp_path / "people.csv"
    path.write_text(RIGHT)
    return path


def upload_users(
    capsys: pytest.CaptureFixture[str], file: Path, *options: str
) -> tuple[int, dict[str, Any]]:
    """Exit status and what the command said as JSON."""
    status = 0
    try:
        call_command("upload_users", "contoso.example", str(file), "--format=json", *options)
    except SystemExit as left:
        status = int(str(left.code))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, found


def test_file_is_checked_and_nothing_is_written(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = upload_users(capsys, file)

    assert status == 0
    assert found["reading"] == "Read as UTF-8, separated by commas."
    assert (found["rows"], found["written"]) == ({"add": 1}, False)
    assert found["seats"] == [{"product": "Mail", "wanted": 1, "free": 1, "missing": 0}]
    assert not User.objects.filter(username="ada@contoso.example").exists()
    assert Upload.objects.get().rows.count() == 0


def test_confirm_writes_what_is_right_and_tells_what_is_wrong(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + WRONG)

    status, found = upload_users(capsys, file, "--confirm")

    assert status == 1
    assert (found["written"], found["done"]) == (True, 1)
    [wrong] = found["problems"]
    assert wrong["row"] == 3
    assert wrong["problems"][0]["value"] == "joan@contoso.exampel"
    assert wrong["problems"][0]["suggestion"] == "joan@contoso.example"
    assert User.objects.get(username="ada@contoso.example").display_name == "Ada"
    assert LicenseAssignment.objects.live().count() == 1
    assert CredentialSheet.objects.open().get().by == cast.support


def test_missing_seats_stop_it_unless_it_is_said_what_to_do(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + "lin@contoso.example,Lin,Mail\n")

    status, found = upload_users(capsys, file, "--confirm")
    assert (status, found["written"]) == (1, False)
    assert found["refused"] == "Mail: 1 seat is missing."

    status, found = upload_users(capsys, file, "--confirm", "--short=first")
    assert (status, found["done"]) == (0, 2)
    assert LicenseAssignment.objects.live().get().user.username == "ada@contoso.example"


def test_file_that_is_no_table_has_status_2(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"%PDF-1.7 and so on")

    status, found = upload_users(capsys, file)

    assert status == 2
    assert found["refused"]


def test_missing_column_is_named(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("Pet,Color\ncat,black\n")

    status, found = upload_users(capsys, file)

    assert status == 2
    assert found["refused"] == "No column holds the user names. The file has: Pet, Color."


def test_unclear_encoding_is_asked_for_by_an_option(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes("User Name,Display Name\nada@contoso.example,Adá\n".encode("cp1252"))

    status, found = upload_users(capsys, file)
    assert status == 2
    assert "--encoding, one of: cp1252" in found["refused"].replace("windows-1252", "cp1252")

    choice = found["refused"].partition("one of: ")[2].partition(",")[0]
    status, found = upload_users(capsys, file, "--confirm", f"--encoding={choice}")
    assert (status, found["done"]) == (0, 1)
    assert User.objects.get(username="ada@contoso.example").display_name == "Adá"


def test_unknown_domain_and_missing_file_are_said(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No customer has the domain nowhere\.example"):
        call_command("upload_users", "nowhere.example", "people.csv")
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("upload_users", "contoso.example", str(tmp_path / "none.csv"))


def test_text_has_a_line_a_problem(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + WRONG)

    with pytest.raises(SystemExit):
        call_command("upload_users", "contoso.example", str(file))

    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Read as UTF-8, separated by commas.",
        "1 add, 1 wrong",
        "Mail: 1 wanted, 1 free, 0 missing",
    ]
    assert lines[3].startswith("row 3, user_name: contoso.exampel is not a domain")
