"""What is kept of how a file was read, in the shape in which it is in the database."""

import json

from django.db import connection

from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, upload_of
from uploads.models import Upload
from uploads.reading import Reading, Repair, RepairAction
from uploads.spreadsheets import Answers


def test_a_reading_comes_back_from_json_as_it_was() -> None:
    reading = Reading(
        answers=Answers(encoding="cp1252", hidden=True),
        before=Answers(),
        question="columns",
        headings=["E-Mail"],
        columns=["user_name"],
        sheet="",
        repair=Repair(RepairAction.USE, cause="country country"),
    )
    assert Reading.from_json(json.loads(json.dumps(reading.as_json()))) == reading


def test_what_was_not_said_is_not_written_and_has_its_default() -> None:
    written = Reading().as_json()
    assert {"before", "question", "sheet", "repair", "repaired"}.isdisjoint(written)
    # As versions of before have written it, and as one that knows more would.
    old = {"answers": {"headings": "no"}, "is_read": True, "columns": ["", "user_name"], "new": 1}
    assert Reading.from_json(old) == Reading(
        answers=Answers(headings="no"), is_read=True, columns=["", "user_name"]
    )


def test_a_table_has_it_as_json(cast: Cast) -> None:
    rows = [HEADINGS, ["ada@contoso.example", "Ada", "Lovelace", ""]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reading FROM uploads_upload WHERE id = %s", [upload.pk])
        kept = json.loads(cursor.fetchone()[0])
    assert (kept["headings"], kept["sheet"], "question" in kept) == (HEADINGS, "", False)
    Upload.objects.filter(pk=upload.pk).update(reading=Reading(export="Okta"))
    upload.refresh_from_db()
    assert upload.reading == Reading(export="Okta")


def test_what_is_quoted_of_rows_is_forgotten() -> None:
    reading = Reading(headings=["E-Mail"], notes=["Skipped: Ada"], changed_count=1, repaired=2)
    reading.repair = Repair(RepairAction.REPLACE, text="Ada")
    reading.forget_quotes()
    assert reading == Reading(headings=["E-Mail"])
