"""What the form of one row says of its cells, and what comes back."""

import pytest
from django.test import Client

from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import Upload
from uploads.services import edit_row, row_fingerprint
from uploads.spreadsheets import COLUMN_LIMIT
from uploads.views.row import read_cells


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        ({}, {}),
        ({"cell-0": "ada", "cell-12": ""}, {0: "ada", 12: ""}),
        ({"cell-0": "typed", "use-0": "suggested"}, {0: "suggested"}),
        ({"use-0": "suggested", "cell-0": "typed"}, {0: "suggested"}),
        ({"cell-x": "a", "cell-": "b", "cell--1": "c", "0": "d", "other": "e"}, {}),
        ({f"cell-{COLUMN_LIMIT + 1}": "far"}, {}),
    ],
)
def test_cells_are_read_by_their_place(data: dict[str, str], cells: dict[int, str]) -> None:
    assert read_cells(data) == cells


@pytest.mark.parametrize("decision", [{}, {"decision": "drop"}])
def test_where_a_colleague_was_quicker_what_was_typed_comes_back(
    cast: Cast, client: Client, decision: dict[str, str]
) -> None:
    rows = [["User Name", "Display Name"], ["ada@contoso.exampel", "Ada"]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    seen = row_fingerprint(upload.rows.get())
    edit_row(upload, 2, {0: "ada@contoso.example"}, actor=cast.gail)
    client.force_login(cast.alice)
    data = {"seen-row": seen, "cell-0": "ida@contoso.example", **decision}
    page = f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/rows/2/"
    answer = client.post(page, data, headers={"HX-Request": "true"})
    [row] = answer.context["rows"]
    assert answer.context["told"].startswith("Someone else changed this row")
    assert [(cell.text, cell.problems) for cell in row.repairs] == [
        ("ida@contoso.example", ["The row has “ada@contoso.example” here now."])
    ]
    assert row.refusal
    assert row.refusal in answer.text
    assert upload.rows.get().cells[0] == "ada@contoso.example"
    # It has seen now what the colleague wrote.
    client.post(page, {**data, "seen-row": row.seen}, headers={"HX-Request": "true"})
    assert (upload.rows.get().decision == "drop") is bool(decision)
    assert (upload.rows.get().cells[0] == "ida@contoso.example") is not bool(decision)


def test_what_is_typed_while_a_worker_is_at_the_rows_comes_back(cast: Cast, client: Client) -> None:
    rows = [["User Name", "Display Name"], ["ada@contoso.exampel", "Ada"]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    client.force_login(cast.alice)
    Upload.objects.update(state="waiting")
    page = f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/rows/2/"
    data = {"cell-0": "ida@contoso.example"}
    answer = client.post(page, data, headers={"HX-Request": "true"})
    assert answer.context["told"].startswith("The rows are being checked at the moment")
    assert [cell.text for cell in answer.context["rows"][0].repairs] == ["ida@contoso.example"]
