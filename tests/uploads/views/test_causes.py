"""What is wrong with many rows, summed up."""

import pytest

from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.columns.parts import label_of
from uploads.models import Upload
from uploads.services import UploadCounts
from uploads.views.causes import CauseLine, cause_lines

HEADINGS = ["User Name", "Display Name", "Country or Region"]


def lines(upload: Upload) -> list[CauseLine]:
    return cause_lines(upload, UploadCounts.from_json(upload.counts))


def checked(cast: Cast, *rows: list[str]) -> Upload:
    return upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)


def test_few_wrong_values_have_a_line_each_those_of_most_rows_first(cast: Cast) -> None:
    wrong = ["Holand", "Germny", "Germny", "Atlantis"]
    upload = checked(
        cast, *([f"u{at}@contoso.example", "U", each] for at, each in enumerate(wrong))
    )
    found = lines(upload)
    assert [(line.value, line.count, line.meant) for line in found] == [
        ("Germny", 2, "DE"),
        ("Holand", 1, "NL"),
        ("Atlantis", 1, ""),
    ]
    assert {line.label for line in found} == {"Country or Region"}
    assert found[0].choices[0][0] == cast.contoso.country.code


def test_many_wrong_values_have_one_line(cast: Cast) -> None:
    rows = [[f"u{at}@contoso.example", "U", f"Atlantis {at}"] for at in range(6)]
    assert [(line.value, line.count) for line in lines(checked(cast, *rows))] == [(None, 6)]


def test_a_wrong_domain_is_told_without_the_names_before_it(cast: Cast) -> None:
    upload = checked(cast, ["a@old.test", "A", ""], ["b@OLD.test", "B", ""])
    [line] = lines(upload)
    assert (line.value, line.count, line.may_replace) == ("old.test", 2, True)
    assert ("contoso.example", "contoso.example") in line.choices


def test_user_names_are_not_replaced_by_one(cast: Cast) -> None:
    upload = checked(cast, ["müller@contoso.example", "M", ""], ["x@contoso.example", "X", ""])
    [line] = lines(upload)
    assert (line.value, line.may_replace, line.is_suggested) == (None, False, True)


def test_values_are_not_read_where_too_many_rows_are_wrong(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.views.causes.READ", 1)
    rows = [[f"u{at}@contoso.example", "U", "Germny"] for at in range(3)]
    assert [(line.value, line.count) for line in lines(checked(cast, *rows))] == [(None, 3)]


def test_a_column_has_the_heading_of_the_template() -> None:
    assert [label_of(name) for name in ("country", "user_name", "")] == [
        "Country or Region",
        "User Name",
        "",
    ]
