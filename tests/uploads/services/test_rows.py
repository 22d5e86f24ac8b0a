"""The rows of an upload, as they are kept and walked."""

import pytest

from customers.said import gettext
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.models import RowOutcome, Upload, UploadRow
from uploads.services import rows
from uploads.services.entries import ReadRow, Verdict


@pytest.fixture
def upload(cast: Cast) -> Upload:
    return Upload.objects.create(customer=cast.contoso, by=cast.alice, key=new_key())


def verdict(number: int, outcome: RowOutcome = RowOutcome.ADD) -> Verdict:
    row = ReadRow(number, key=f"u{number}@contoso.example")
    return Verdict(row, outcome, seats={7: 1, 9: 0})


def write(upload: Upload, *outcomes: RowOutcome) -> None:
    lines = [rows.FileRow(number, [f"cell {number}"]) for number in range(2, 2 + len(outcomes))]
    verdicts = [
        verdict(line.number, outcome) for line, outcome in zip(lines, outcomes, strict=True)
    ]
    rows.write_lines(upload, lines, verdicts)


def test_lines_are_kept_with_their_verdicts(upload: Upload, cast: Cast) -> None:
    about = verdict(2, RowOutcome.WRONG)
    about.entry.wrong("country", gettext("Unknown"), "Norway")
    about.entry.note("office", gettext("Excluded"))
    about.user_id = cast.uma.pk
    rows.write_lines(upload, [rows.FileRow(2, ["a", ""])], [about])
    row = upload.rows.get()
    assert (row.number, row.cells, row.outcome, row.name_key, row.decision, row.user) == (
        2,
        ["a", ""],
        "wrong",
        "u2@contoso.example",
        "",
        cast.uma,
    )
    told = {"column": "country", "text": "Unknown", "suggestion": "Norway", "cause": ""}
    assert row.problems == [{**told, "text_said": {"id": "Unknown"}}]
    assert [notice["column"] for notice in row.notices] == ["office"]
    assert row.seats == {"7": 1}


def test_a_row_keeps_what_was_found(upload: Upload) -> None:
    write(upload, RowOutcome.ADD)
    row = upload.rows.get()
    assert rows.judged(row) == rows.verdict_facts(verdict(2))
    other = verdict(2, RowOutcome.LEAVE)
    rows.keep_verdict(row, other)
    assert rows.judged(row) == rows.verdict_facts(other)
    # Who saves it is another's affair.
    assert upload.rows.get().outcome == RowOutcome.ADD


def test_rows_are_walked_in_the_order_of_the_file(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    write(upload, *[RowOutcome.ADD] * 3, RowOutcome.WRONG, RowOutcome.ADD)
    chunks = [[row.number for row in chunk] for chunk in rows.chunks_of(upload.rows.all())]
    assert chunks == [[2, 3], [4, 5], [6]]
    wrong = rows.chunks_of(upload.rows.filter(outcome=RowOutcome.WRONG))
    assert [row.number for chunk in wrong for row in chunk] == [5]
    lines = [[line.number for line in chunk] for chunk in rows.lines_of(upload, RowOutcome.ADD)]
    assert lines == [[2, 3], [4, 6]]


def test_an_upload_without_rows_has_no_chunks(upload: Upload) -> None:
    assert list(rows.chunks_of(upload.rows.all())) == []
    assert list(rows.lines_of(upload, RowOutcome.ADD)) == []


def test_rows_of_another_upload_are_not_walked(upload: Upload, cast: Cast) -> None:
    other = Upload.objects.create(customer=cast.contoso, by=cast.alice, key=new_key())
    write(other, RowOutcome.ADD)
    assert list(rows.chunks_of(upload.rows.all())) == []
    assert UploadRow.objects.get().upload == other


def test_what_was_confirmed_is_compared_alike_by_row_line_and_verdict(upload: Upload) -> None:
    write(upload, RowOutcome.ADD)
    row = upload.rows.get()
    ((line,),) = rows.lines_of(upload, RowOutcome.ADD)
    assert rows.confirmed(row) == rows.confirmed(line) == rows.as_confirmed(verdict(2))
    assert rows.confirmed(row) != rows.as_confirmed(verdict(2, RowOutcome.LEAVE))
