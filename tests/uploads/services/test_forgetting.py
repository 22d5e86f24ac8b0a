"""Texts that may name users go when nobody in them can be restored any more."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from customers.models import AuditEvent
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.reading import Reading
from uploads.services import forget_columns, forget_texts


def upload(cast: Cast, *, ended: float | None, name: str = "staff of Ada.csv") -> Upload:
    at = None if ended is None else timezone.now() - timedelta(days=ended)
    return Upload.objects.create(
        customer=cast.contoso,
        by=cast.alice,
        key=new_key(),
        state=UploadState.REFUSED if at else UploadState.CHECKED,
        file_name=name,
        refusal="The column of Ada is missing.",
        reading=Reading(headings=["Ada"]),
        finished_at=at,
    )


def test_texts_go_with_the_last_day_of_a_deleted_user(cast: Cast) -> None:
    days = settings.DELETED_USER_RETENTION_DAYS
    old, new = upload(cast, ended=days + 0.01), upload(cast, ended=days - 0.01)
    assert forget_texts() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.file_name, old.refusal, old.reading) == ("", "", Reading())
    assert (new.file_name, new.reading) == ("staff of Ada.csv", Reading(headings=["Ada"]))
    # The upload itself stays, with what became of it.
    assert (old.state, old.by) == (UploadState.REFUSED, cast.alice)


def test_an_upload_that_is_open_keeps_its_texts(cast: Cast) -> None:
    upload(cast, ended=None)
    assert forget_texts() == 0


@pytest.mark.parametrize("name", ["", "staff.csv"])
def test_what_was_forgotten_is_not_looked_at_again(cast: Cast, name: str) -> None:
    upload(cast, ended=settings.DELETED_USER_RETENTION_DAYS + 1, name=name)
    assert (forget_texts(), forget_texts()) == (1, 0)


def test_what_columns_mean_is_forgotten_for_one_customer_and_written_down(cast: Cast) -> None:
    made = [
        ColumnMapping.objects.create(
            customer=customer, header=heading.lower(), heading=heading, column="fax"
        )
        for customer, heading in [
            (cast.contoso, "Wer"),
            (cast.contoso, "Tel1"),
            (cast.contoso, "Rest"),
            (cast.northwind, "Wer"),
        ]
    ]
    ids = [made[0].pk, made[1].pk, made[3].pk]
    assert forget_columns(cast.contoso, ids, actor=cast.alice) == 2
    assert set(ColumnMapping.objects.all()) == {made[2], made[3]}
    event = AuditEvent.objects.get(action="columns.forgotten")
    assert (event.customer, event.changes) == (cast.contoso, {})
    # A heading may name a user: it is forgotten with the names of the log.
    assert event.names.changes == {"headings": "Tel1; Wer"}

    assert forget_columns(cast.contoso, ids, actor=cast.alice) == 0
    assert AuditEvent.objects.filter(action="columns.forgotten").count() == 1
