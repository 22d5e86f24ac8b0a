"""The page that takes a file."""

import time

import pytest

from accounts.columns import COLUMNS
from customers.services.batches import new_key
from tests.support.cast import Cast
from uploads.models import Upload, UploadState
from uploads.views.adding import known_headings, wait_while


def test_every_column_is_explained() -> None:
    found = known_headings()
    assert [each.heading for each in found] == [column.heading for column in COLUMNS.values()]
    assert all(each.about for each in found)
    [first] = [each for each in found if each.heading == "User Name"]
    assert {"UPN", "Email"} <= set(first.aliases.split(", "))


def test_a_page_waits_no_longer_than_its_patience(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.views.adding.PATIENCE", 0.05)
    monkeypatch.setattr("uploads.views.adding.LOOK_EVERY", 0.01)
    upload = Upload.objects.create(customer=cast.contoso, key=new_key())
    begun = time.monotonic()
    wait_while(upload, UploadState.WAITING)
    assert time.monotonic() - begun >= 0.05
    assert upload.state == UploadState.WAITING


def test_a_page_goes_on_once_a_worker_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploads.views.adding.PATIENCE", 600)
    upload = Upload.objects.create(customer=cast.contoso, key=new_key())
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.CHECKED)
    wait_while(upload, UploadState.WAITING)
    assert upload.state == UploadState.CHECKED
