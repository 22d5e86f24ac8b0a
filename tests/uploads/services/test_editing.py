"""One row at a time: a cell put right, a row dropped, a choice made."""

from collections.abc import Callable, Mapping

import pytest

from customers.errors import Refused
from tests.support.cast import Cast
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import RowDecision, RowOutcome, Upload, UploadState
from uploads.services import UploadCounts, decide_row, edit_row, fingerprint, row_fingerprint
from uploads.spreadsheets.flaws import MARKS

ROWS = [
    ["User Name", "Display Name"],
    ["ada@contoso.exampel", "Ada"],
    ["bob@contoso.example", "Bob"],
    ["bob@contoso.example", "Bob again"],
]


@pytest.fixture
def upload(cast: Cast) -> Upload:
    return upload_of(ROWS, customer=cast.contoso, actor=cast.alice)


def rows_counted(upload: Upload) -> dict[str, int]:
    upload.refresh_from_db()
    return dict(UploadCounts.from_json(upload.counts).rows)


def test_a_cell_that_is_put_right_changes_row_and_counts(cast: Cast, upload: Upload) -> None:
    assert rows_counted(upload) == {"wrong": 2, "add": 1}
    row = edit_row(upload, 2, {0: "ada@contoso.example"}, actor=cast.alice)
    assert (row.outcome, row.problems) == (RowOutcome.ADD, [])
    assert rows_counted(upload) == {"wrong": 1, "add": 2}


def test_a_page_of_before_is_told_from_one_of_after(cast: Cast, upload: Upload) -> None:
    before = fingerprint(upload)
    edit_row(upload, 3, {1: "Robert"}, actor=cast.alice)
    upload.refresh_from_db()
    assert fingerprint(upload) != before


def test_the_second_of_two_namesakes_is_right_once_the_first_is_dropped(
    cast: Cast, upload: Upload
) -> None:
    decide_row(upload, 3, RowDecision.DROP, actor=cast.alice)
    assert outcomes(upload) == {2: "wrong", 3: "drop", 4: "add"}
    assert rows_counted(upload) == {"wrong": 1, "drop": 1, "add": 1}
    decide_row(upload, 3, RowDecision.NONE, actor=cast.alice)
    assert outcomes(upload) == {2: "wrong", 3: "add", 4: "wrong"}


def test_a_name_that_is_taken_by_editing_makes_the_later_one_wrong(
    cast: Cast, upload: Upload
) -> None:
    edit_row(upload, 2, {0: "bob@contoso.example"}, actor=cast.alice)
    assert outcomes(upload) == {2: "add", 3: "wrong", 4: "wrong"}


def test_what_a_colleague_has_put_into_a_row_is_not_overwritten(cast: Cast, upload: Upload) -> None:
    seen = row_fingerprint(upload.rows.get(number=2))
    right = {0: "ada@contoso.example"}
    edit_row(upload, 2, right, actor=cast.gail, seen=seen)
    late_ones: list[Callable[[], object]] = [
        lambda: edit_row(upload, 2, {0: "ida@contoso.example"}, actor=cast.alice, seen=seen),
        lambda: decide_row(upload, 2, RowDecision.DROP, actor=cast.alice, seen=seen),
    ]
    for late in late_ones:
        with pytest.raises(Refused) as caught:
            late()
        assert caught.value.code == "row-changed-meanwhile"
    # Who wants the same, or pressed twice, has it.
    assert edit_row(upload, 2, right, actor=cast.alice, seen=seen).outcome == RowOutcome.ADD
    now = row_fingerprint(upload.rows.get(number=2))
    edit_row(upload, 2, {0: "ida@contoso.example"}, actor=cast.alice, seen=now)


@pytest.mark.parametrize("mark", MARKS)
def test_what_the_reader_marked_stays_so_until_there_is_a_value(cast: Cast, mark: str) -> None:
    rows = [ROWS[0], ["ada@contoso.example", mark]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    # The page shows an empty cell, and sends it back so.
    for text in ("", " "):
        row = edit_row(upload, 2, {0: "ada@contoso.example", 1: text}, actor=cast.alice)
        assert MARKS[mark] in [each["cause"] for each in row.problems]
    assert edit_row(upload, 2, {1: "Ada"}, actor=cast.alice).problems == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({2: "x"}, "columns-changed-meanwhile"),
        ({-1: "x"}, "columns-changed-meanwhile"),
        ({1: "a\0b"}, "cell-wrong"),
        ({1: "x" * 100_000}, "cell-too-long"),
    ],
)
def test_a_cell_that_cannot_be_changes_nothing(
    cast: Cast, upload: Upload, cells: Mapping[int, str], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        edit_row(upload, 2, cells, actor=cast.alice)
    assert caught.value.code == code
    assert upload.rows.get(number=2).cells == ROWS[1]


def test_a_row_that_is_not_there_is_refused(cast: Cast, upload: Upload) -> None:
    for number in (1, 5):
        with pytest.raises(Refused) as caught:
            decide_row(upload, number, RowDecision.DROP, actor=cast.alice)
        assert caught.value.code == "row-gone"


def test_rows_of_a_closed_upload_are_not_changed(cast: Cast, upload: Upload) -> None:
    Upload.objects.update(state=UploadState.CONFIRMED)
    with pytest.raises(Refused) as caught:
        edit_row(upload, 2, {0: "ada@contoso.example"}, actor=cast.alice)
    assert caught.value.code == "upload-closed"


@pytest.mark.parametrize("name", ["charlie", "uma", "sally"])
def test_others_change_no_row(cast: Cast, upload: Upload, name: str) -> None:
    with pytest.raises(Refused):
        decide_row(upload, 2, RowDecision.DROP, actor=getattr(cast, name))
    assert upload.rows.get(number=2).decision == RowDecision.NONE
