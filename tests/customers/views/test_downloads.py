"""Files say in their names of whom they are."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.spreadsheet_files import text_cell
from customers.views.downloads import attached, csv_download, file_name, name_in_file


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Contoso", "contoso"),
        ("Müller & Söhne GmbH", "müller-söhne-gmbh"),
        ("Łódź Sp. z o.o.", "łódź-sp-z-o-o"),
        ("株式会社コントソ", "株式会社コントソ"),
        ("नरेन्द्र", "नरेन्द्र"),
        ('a/b\\c"; x\r\n\u202e..', "a-b-c-x"),
        ("ＦＵＬＬ width", "full-width"),
        ("x" * 80, "x" * 60),
        ("!?", "7"),
    ],
)
def test_a_customers_name_is_a_part_of_a_files_name(name: str, expected: str) -> None:
    assert name_in_file(Customer(pk=7, name=name)) == expected


def test_a_file_is_named_by_what_whom_and_the_viewers_day(monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    with timezone.override("Europe/Oslo"):
        contoso = Customer(pk=7, name="Contoso")
        assert file_name("users", contoso, ending="xlsx") == "users-contoso-2026-11-29.xlsx"
        assert file_name("activity", None) == "activity-2026-11-29.csv"


def test_a_name_of_any_script_is_told_to_the_browser() -> None:
    assert attached("users-contoso.csv") == 'attachment; filename="users-contoso.csv"'
    assert attached("łódź.csv") == "attachment; filename*=utf-8''%C5%82%C3%B3d%C5%BA.csv"


def test_a_table_is_sent_under_its_name() -> None:
    response = csv_download([["007", "=1"]], "x.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert b"".join(response).decode() == "\ufeff007,'=1\r\n"
    assert b"".join(csv_download([["007"]], "x.csv", text_cell)).decode() == "\ufeff'007\r\n"
