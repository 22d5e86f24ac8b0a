"""An upload that is canceled, expires or stands still, and what is left of each."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchItem, BatchState
from customers.services.batches import new_key
from licensing.models import LicenseAssignment, Subscription
from tests.factories import (
    ProductFactory,
    SubscriptionFactory,
)
from tests.support.cast import Cast, make_cast
from tests.support.threads import rounds, together
from tests.uploads.uploading import (
    HEADINGS,
    Rows,
    confirmed,
    csv,
    kept_files,
    outcomes,
    upload_of,
)
from uploads.models import ColumnMapping, Upload, UploadState
from uploads.services import (
    Options,
    Short,
    cancel_upload,
    check_upload,
    confirm_upload,
    expire_uploads,
    fingerprint,
    map_columns,
    receive_upload,
    requeue_uploads,
    stop_upload,
)
from uploads.services.readings import choices_of

# Whether the first line is a heading, somebody has to say.
ASKED = b"Ada,Lovelace,ada@contoso.example\nBen,Berg,ben@contoso.example\n"
BROKEN = b"PK\x03\x04, and no workbook"
TWELVE = csv([HEADINGS, *([f"u{at}@contoso.example", "U", "X", ""] for at in range(12))])


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def checked(cast: Cast, rows: Rows) -> Upload:
    return upload_of(rows, customer=cast.contoso, actor=cast.alice)


def users(*names: str, product: str = "") -> Rows:
    return [HEADINGS, *([f"{name}@contoso.example", name, "X", product] for name in names)]


def added() -> list[str]:
    return sorted(User.objects.filter(last_name="X").values_list("first_name", flat=True))


def _written() -> tuple[object, ...]:
    return (
        list(User.objects.order_by("pk").values_list("pk", "display_name", "deleted_at")),
        LicenseAssignment.objects.count(),
        AuditEvent.objects.count(),
        BatchItem.objects.count(),
    )


def test_canceled_before_confirm_keeps_nothing(cast: Cast) -> None:
    upload = checked(cast, users("a"))

    cancel_upload(upload, actor=cast.alice)

    upload.refresh_from_db()
    assert (upload.state, upload.rows.count(), upload.file.name) == ("canceled", 0, "")
    with pytest.raises(Refused, match="no longer open: Canceled"):
        confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)


def received(cast: Cast, content: bytes) -> Upload:
    file = ContentFile(content, "people.csv")
    return receive_upload(file, Options(), customer=cast.contoso, actor=cast.alice, key=new_key())


def test_canceled_while_it_is_found_unclear_it_stays_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = received(cast, ASKED)

    def canceled_meanwhile(*given: Any) -> Any:
        cancel_upload(Upload.objects.get(pk=upload.pk), actor=cast.alice)
        return choices_of(*given)

    monkeypatch.setattr("uploads.services.readings.choices_of", canceled_meanwhile)
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.reading.question) == (UploadState.CANCELED, None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [ASKED, BROKEN, TWELVE])
def test_canceled_while_it_is_read_it_stays_so(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr("uploads.services.checking.CHUNK", 1)
    cast = make_cast()
    for _round in rounds():
        upload = received(cast, content)
        connection.run_on_commit.clear()
        cancel = partial(cancel_upload, upload, actor=cast.alice)
        _read, canceled = together(partial(check_upload, upload.pk), cancel)
        upload.refresh_from_db()
        if isinstance(canceled, Refused):
            assert upload.state == UploadState.REFUSED
            continue
        assert (upload.state, upload.rows.count(), upload.file.name) == ("canceled", 0, "")
        assert upload.refusal == ""


def test_canceled_while_it_waits_can_be_confirmed_again(cast: Cast) -> None:
    upload = checked(cast, users("a"))
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    upload.refresh_from_db()

    stop_upload(upload, actor=cast.alice)

    batch.refresh_from_db()
    upload.refresh_from_db()
    assert (batch.state, upload.state) == (BatchState.CANCELED, UploadState.CHECKED)
    assert upload.refusal == "Canceled. Nothing was saved."
    assert not running.run_batch(batch.pk)
    assert added() == []
    assert confirmed(upload, actor=cast.alice).state == BatchState.DONE
    assert added() == ["a"]


def test_canceled_in_the_middle_leaves_nothing(cast: Cast, mail: Subscription) -> None:
    upload = checked(cast, users("a", "b", product="Mail"))
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    before = _written()
    # As stop_upload leaves it when a worker has the batch.
    Upload.objects.filter(pk=upload.pk).update(cancel_asked=True)

    running.run_batch(batch.pk)
    check_upload(upload.pk)

    batch.refresh_from_db()
    upload.refresh_from_db()
    assert (batch.state, upload.state) == (BatchState.FAILED, UploadState.CHECKED)
    assert upload.refusal == "Canceled. Nothing was saved."
    # Or the next time that its rows are checked would be called a cancel.
    assert not upload.cancel_asked
    with pytest.raises(Refused, match="still open"):
        stop_upload(upload, actor=cast.alice)
    assert _written() == before
    assert confirmed(upload, actor=cast.alice).state == BatchState.DONE
    assert violations() == []


def test_cancel_after_the_end_is_refused(cast: Cast) -> None:
    upload = checked(cast, users("a"))
    confirmed(upload, actor=cast.alice)
    with pytest.raises(Refused, match="already done"):
        stop_upload(upload, actor=cast.alice)
    with pytest.raises(Refused, match="no longer open: Done"):
        cancel_upload(upload, actor=cast.alice)


def test_open_uploads_expire_with_file_rows_and_samples(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    waits = upload_of(b"ada@contoso.example,Lovelace\n", customer=cast.contoso, actor=cast.alice)
    shown = checked(cast, users("a"))
    young = checked(cast, users("b"))
    name = str(waits.file.name)
    assert (waits.state, default_storage.exists(name)) == (UploadState.ASKING, True)
    ago = timezone.now() - timedelta(hours=24, seconds=1)
    Upload.objects.filter(pk__in=[waits.pk, shown.pk]).update(created_at=ago)

    with django_capture_on_commit_callbacks(execute=True):
        assert expire_uploads() == 2

    for upload in (waits, shown, young):
        upload.refresh_from_db()
    assert [each.state for each in (waits, shown, young)] == ["expired", "expired", "checked"]
    assert (waits.rows.count() + shown.rows.count(), young.rows.count()) == (0, 1)
    assert not default_storage.exists(name)
    assert "Lovelace" not in str(waits.reading)


def test_confirmed_upload_does_not_expire(cast: Cast) -> None:
    upload = checked(cast, users("a"))
    confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=30))
    assert expire_uploads() == 0
    assert outcomes(upload) == {2: "add"}


def test_wrong_rows_go_after_thirty_days(cast: Cast) -> None:
    upload = checked(cast, [*users("a"), ["b@nowhere.invalid", "b", "X", ""]])
    confirmed(upload, actor=cast.alice)
    now = timezone.now()
    for days, left in ((29, 1), (31, 0)):
        Upload.objects.update(finished_at=now - timedelta(days=days))
        expire_uploads()
        assert upload.rows.count() == left


def test_upload_that_nobody_works_on_is_sent_again_after_a_minute(cast: Cast) -> None:
    upload = checked(cast, users("a"))
    Upload.objects.update(state=UploadState.WAITING)
    assert requeue_uploads() == 0
    Upload.objects.update(waiting_since=timezone.now() - timedelta(minutes=2))
    assert requeue_uploads() == 1
    assert check_upload(upload.pk)
    assert requeue_uploads() == 0


def test_neither_passwords_nor_people_are_in_the_request_or_the_log(
    cast: Cast, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    upload = checked(cast, users("zelda"))
    batch = confirmed(upload, actor=cast.alice)

    out = capfd.readouterr()
    said = f"{batch.request} {batch.users} {upload.reading} {out.out} {out.err} {caplog.text}"
    assert "zelda" not in said.lower()
    assert batch.request.keys() == {"upload", "without", "sheet"}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(b::text, ' ') FROM customers_batch b")
            assert "zelda" not in cursor.fetchone()[0]


def test_file_is_gone_once_it_is_read(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    before = kept_files()
    with django_capture_on_commit_callbacks(execute=True):
        upload = checked(cast, users("a"))
    assert (upload.file.name, kept_files()) == ("", before)


def test_nothing_to_do_is_no_batch(cast: Cast) -> None:
    upload = checked(cast, [HEADINGS, ["uma@contoso.example", "Uma", "", ""]])
    with pytest.raises(Refused, match="Nothing to do"):
        confirmed(upload, actor=cast.alice)
    assert not Batch.objects.exists()


def test_columns_are_remembered_in_one_statement_and_one_line_of_the_log(cast: Cast) -> None:
    headings = ["Wer", "Wie", "Was", "Wo"]
    upload = checked(cast, [headings, ["ada", "Ada", "x", "y"]])
    counts = []
    for names in (
        ["user_name", "", "", ""],
        ["user_name", "display_name", "", ""],
        ["user_name", "display_name", "fax", "city"],
    ):
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.ASKING)
        with CaptureQueriesContext(connection) as queries:
            map_columns(upload, names, actor=cast.alice)
        counts.append(len(queries))
        assert check_upload(upload.pk)
    # The first one asks for more than once.
    assert counts[1] == counts[2]
    remembered = ColumnMapping.objects.order_by("pk").values_list("header", "heading", "column")
    assert list(remembered) == [
        ("wer", "Wer", "user_name"),
        ("wie", "Wie", "display_name"),
        ("was", "Was", "fax"),
        ("wo", "Wo", "city"),
    ]
    events = AuditEvent.objects.filter(action="columns.remembered").order_by("pk")
    assert [event.changes for event in events] == [{}, {}, {}]
    assert [event.names.changes for event in events] == [
        {"headings": "Wer"},
        {"headings": "Wie"},
        {"headings": "Was; Wo"},
    ]


def test_what_a_heading_was_said_to_mean_before_is_replaced(cast: Cast) -> None:
    for column in ("fax", "city"):
        upload = checked(cast, [["User name", "Wo"], ["ada@contoso.example", "x"]])
        map_columns(upload, ["user_name", column], actor=cast.alice)
        mapping = ColumnMapping.objects.get()
        assert (mapping.header, mapping.column) == ("wo", column)
    upload = checked(cast, [["User name", "Wo"], ["ada@contoso.example", "x"]])
    map_columns(upload, ["user_name", "city"], actor=cast.alice)
    assert AuditEvent.objects.filter(action="columns.remembered").count() == 2
