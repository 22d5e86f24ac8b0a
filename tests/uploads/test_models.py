"""Uploads and their rows as they are stored."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.users import delete_users, remove_users
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.models import ColumnMapping, Upload, UploadRow, UploadState


@pytest.fixture
def upload(cast: Cast) -> Upload:
    return Upload.objects.create(customer=cast.contoso, by=cast.alice, key=new_key())


def test_an_upload_waits_for_a_worker_from_its_beginning(upload: Upload) -> None:
    assert upload.state == UploadState.WAITING
    assert timezone.now() - upload.waiting_since < timedelta(minutes=5)


def test_an_upload_that_waits_again_waits_from_now_on(upload: Upload) -> None:
    Upload.objects.update(
        state=UploadState.CHECKED, waiting_since=timezone.now() - timedelta(hours=3)
    )
    upload.refresh_from_db()
    upload.save(update_fields=upload.wait())
    upload.refresh_from_db()
    assert upload.state == UploadState.WAITING
    assert timezone.now() - upload.waiting_since < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("state", "is_stale"),
    [
        (UploadState.WAITING, True),
        (UploadState.ASKING, True),
        (UploadState.CHECKED, True),
        (UploadState.CONFIRMED, False),
        (UploadState.DONE, False),
        (UploadState.CANCELED, False),
    ],
)
def test_what_nobody_has_confirmed_gets_stale(
    upload: Upload, state: UploadState, *, is_stale: bool
) -> None:
    Upload.objects.update(state=state)
    now = timezone.now()
    assert Upload.objects.stale(now).exists() is is_stale
    assert not Upload.objects.stale(now - timedelta(hours=1)).exists()


def test_a_list_asks_once(
    upload: Upload, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        [found] = Upload.objects.for_list()
        assert found.by is not None
        assert (found.by.display_name, found.batch) == ("Alice", None)


def test_a_number_stands_once_in_an_upload(upload: Upload) -> None:
    UploadRow.objects.create(upload=upload, number=2, cells=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        UploadRow.objects.create(upload=upload, number=2, cells=[])


def test_a_heading_means_one_thing_to_a_customer(cast: Cast) -> None:
    ColumnMapping.objects.create(customer=cast.contoso, header="wer", column="user_name")
    ColumnMapping.objects.create(customer=cast.northwind, header="wer", column="last_name")
    with pytest.raises(IntegrityError), transaction.atomic():
        ColumnMapping.objects.create(customer=cast.contoso, header="wer", column="")


def test_rows_stay_when_the_user_whom_they_are_about_is_removed(upload: Upload, cast: Cast) -> None:
    UploadRow.objects.create(upload=upload, number=2, cells=["uma"], user=cast.uma)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not User.objects.filter(pk=cast.uma.pk).exists()
    assert [row.user for row in upload.rows.all()] == [None]


def test_each_is_named_in_the_admin(upload: Upload, cast: Cast) -> None:
    row = UploadRow(upload=upload, number=2)
    assert (str(upload), str(row)) == (str(upload.pk), f"{upload.pk}/2")
    upload.file_name = "people.csv"
    assert str(upload) == "people.csv"
    mapping = ColumnMapping(customer=cast.contoso, header="wer", column="user_name")
    assert str(mapping) == "wer = user_name"
