"""What waits for a worker again, hours after it came, has waited since then and no longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Delivery, DeliveryState, MailTo
from accounts.queries import backlog
from accounts.services.mail import mail_sheet, requeue_deliveries
from customers.said import gettext
from tests.accounts.sheets import add
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads import backlog as upload_backlog
from uploads.models import Upload, UploadState
from uploads.services import (
    Short,
    answer,
    choose_options,
    confirm_upload,
    fingerprint,
    map_columns,
    reopen_upload,
    requeue_uploads,
)

pytestmark = pytest.mark.django_db

GOOD = b"User name,Display name\nada@contoso.example,Ada\n"


def _an_option_changed(cast: Cast) -> Upload:
    upload = upload_of(GOOD, customer=cast.contoso, actor=cast.alice)
    _hours_ago()
    choose_options(upload, actor=cast.alice)
    return upload


def _columns_named(cast: Cast) -> Upload:
    content = b"Wer,Wie\nada@contoso.example,Ada\n"
    upload = upload_of(content, customer=cast.contoso, actor=cast.alice)
    assert upload.reading.question == "columns"
    _hours_ago()
    map_columns(upload, ["user_name", "display_name"], actor=cast.alice)
    return upload


def _a_question_answered(cast: Cast) -> Upload:
    upload = upload_of(GOOD, customer=cast.contoso, actor=cast.alice)
    Upload.objects.update(state=UploadState.ASKING)
    _hours_ago()
    answer(upload, {"encoding": "utf-8"}, actor=cast.alice)
    return upload


def _refused_after_confirm(cast: Cast) -> Upload:
    upload = upload_of(GOOD, customer=cast.contoso, actor=cast.alice)
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    _hours_ago()
    reopen_upload(batch.pk, gettext("No change needed."))
    return upload


def _hours_ago() -> None:
    ago = timezone.now() - timedelta(hours=1)
    Upload.objects.update(created_at=ago, waiting_since=ago)
    Delivery.objects.update(created_at=ago, waiting_since=ago)


@pytest.mark.parametrize(
    "again", [_an_option_changed, _columns_named, _a_question_answered, _refused_after_confirm]
)
def test_an_upload_that_waits_again_begins_to_wait_then(
    cast: Cast, again: Callable[[Cast], Upload]
) -> None:
    upload = again(cast)
    upload.refresh_from_db()
    assert upload.state == UploadState.WAITING
    assert upload_backlog.waiting()["uploads"].count == 1
    assert upload_backlog.waiting()["uploads"].oldest_seconds < 60
    assert requeue_uploads() == 0
    Upload.objects.update(waiting_since=F("waiting_since") - timedelta(minutes=11))
    assert upload_backlog.waiting()["uploads"].oldest_seconds > 600
    assert requeue_uploads() == 1


@pytest.mark.parametrize("to", [MailTo.SELF, MailTo.USER])
def test_a_mail_that_is_asked_for_again_begins_to_wait_then(cast: Cast, to: MailTo) -> None:
    sheet = add(cast, "Ada", alternate_email="ada@elsewhere.example")
    mail_sheet(sheet, to, actor=cast.gail)
    Delivery.objects.update(state=DeliveryState.FAILED)
    _hours_ago()
    assert mail_sheet(sheet, to, actor=cast.gail) == 1
    assert backlog.waiting()["mails"].oldest_seconds < 60
    assert requeue_deliveries() == 0
    Delivery.objects.update(waiting_since=F("waiting_since") - timedelta(minutes=2))
    assert requeue_deliveries() == 1
