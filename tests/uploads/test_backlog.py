"""How much of the uploads waits for a worker."""

from datetime import timedelta

from django.utils import timezone

from customers.models import Customer
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.backlog import waiting
from uploads.models import Upload, UploadState


def upload(customer: Customer, state: UploadState, minutes: int) -> None:
    Upload.objects.create(
        customer=customer,
        key=new_key(),
        state=state,
        waiting_since=timezone.now() - timedelta(minutes=minutes),
    )


def test_without_uploads_nothing_waits(cast: Cast) -> None:
    found = waiting()["uploads"]
    assert (found.count, found.oldest_seconds) == (0, 0.0)


def test_those_of_every_partner_wait(cast: Cast) -> None:
    upload(cast.contoso, UploadState.WAITING, 2)
    upload(cast.adatum, UploadState.WAITING, 5)
    upload(cast.adatum, UploadState.CHECKED, 60)
    found = waiting()["uploads"]
    assert found.count == 2
    assert 300 <= found.oldest_seconds < 400
