"""Files of users: kept where they belong, served to nobody, and gone after a day."""

import os
import re
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from customers.errors import Refused
from customers.services.batches import new_key
from tests.support.cast import Cast
from tests.uploads.uploading import full_disk
from uploads.models import Upload
from uploads.sealed_files import unsealed
from uploads.services import Options, receive_upload
from uploads.tasks import drop_stray_files, expire_uploads

__all__ = ["full_disk"]

FILE = b"User Name,Display Name\nada@contoso.example,Ada\n"
DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def waiting(cast: Cast) -> Upload:
    """Received, and read by no worker yet."""
    file = ContentFile(FILE, "people.csv")
    return receive_upload(file, Options(), customer=cast.contoso, actor=cast.alice, key=new_key())


def left_behind(name: str, *, age: timedelta) -> str:
    kept = default_storage.save(f"uploads/{name}", ContentFile(FILE))
    made_old(kept, age)
    return kept


def made_old(name: str, age: timedelta) -> None:
    then = time.time() - age.total_seconds()
    os.utime(default_storage.path(name), (then, then))


def files() -> list[str]:
    return sorted(default_storage.listdir("uploads")[1])


def test_files_whose_upload_is_gone_go_after_a_day(cast: Cast) -> None:
    left_behind("old.csv", age=DAY + timedelta(minutes=1))
    left_behind("new.csv", age=DAY - timedelta(minutes=1))
    upload = waiting(cast)
    assert drop_stray_files() == 1
    assert files() == sorted(["new.csv", Path(str(upload.file.name)).name])


def test_strays_go_from_every_folder(cast: Cast) -> None:
    left_behind("a/b/c/old.csv", age=DAY * 2)
    left_behind("a/new.csv", age=DAY / 2)
    assert drop_stray_files() == 1
    assert default_storage.listdir("uploads/a")[1] == ["new.csv"]
    assert default_storage.listdir("uploads/a/b/c")[1] == []


@pytest.mark.parametrize("key", ["a/b/c/d", "../../up", "x" * 65, "a\0b", "a b", "", "\ud800"])
def test_no_key_of_a_form_names_a_place_or_reaches_the_database(cast: Cast, key: str) -> None:
    file = ContentFile(FILE, "people.csv")
    with pytest.raises(Refused, match="no longer valid"):
        receive_upload(file, Options(), customer=cast.contoso, actor=cast.alice, key=key)
    assert not default_storage.exists("uploads")


def test_what_a_file_is_kept_as_says_nothing_of_what_was_sent(cast: Cast) -> None:
    name = Path(str(waiting(cast).file.name))
    assert re.fullmatch(r"[0-9a-f]{16}\.csv", name.name)
    assert str(name.parent) == "uploads"


def test_the_file_of_a_removed_customer_goes_too(cast: Cast) -> None:
    upload = waiting(cast)
    made_old(str(upload.file.name), DAY * 2)
    assert drop_stray_files() == 0
    Upload.objects.all().delete()
    assert drop_stray_files() == 1
    assert files() == []


def test_no_file_outlives_a_day_when_every_worker_is_dead(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Beat asks, and any worker that comes back acts."""
    upload = waiting(cast)
    long_ago = timezone.now() - DAY - timedelta(minutes=1)
    Upload.objects.filter(pk=upload.pk).update(created_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_uploads() == 1
    assert files() == []


def test_without_any_file_there_is_nothing_to_do(db: None) -> None:
    assert drop_stray_files() == 0


def test_queries_of_the_sweep_do_not_grow_with_the_files(db: None) -> None:
    left_behind("one.csv", age=DAY * 2)
    with CaptureQueriesContext(connection) as one:
        drop_stray_files()
    for number in range(10):
        left_behind(f"{number}.csv", age=DAY * 2)
    with CaptureQueriesContext(connection) as ten:
        assert drop_stray_files() == 10
    assert len(ten) == len(one) == 1


def large_file() -> SimpleUploadedFile:
    """Too large for memory."""
    return SimpleUploadedFile("people.csv", FILE * 60_000)


def test_a_large_file_has_no_name_before_it_is_kept(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    client.force_login(cast.support)
    data = {"customer": cast.contoso.pk, "file": large_file()}
    client.post("/admin/uploads/upload/add/", data)
    upload = Upload.objects.get()
    with unsealed(upload.file) as kept:
        assert kept.seek(0, os.SEEK_END) == len(FILE) * 60_000
    assert [*(tmp_path / "tmp").iterdir()] == []


@pytest.mark.parametrize("who", ["alice", "support"])
def test_a_large_file_that_the_disk_has_no_room_for_is_answered_by_the_page(
    client: Client, cast: Cast, full_disk: None, who: str
) -> None:
    """While it comes in: nothing of the portal has seen it yet."""
    addresses = {
        "alice": f"/customers/{cast.contoso.pk}/users/upload/",
        "support": "/admin/uploads/upload/add/",
    }
    client.force_login(getattr(cast, who))
    data = {"customer": cast.contoso.pk, "permission": "user", "file": large_file()}
    response = client.post(addresses[who], data)
    assert response.status_code == 200
    assert "try again in a few minutes" in response.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/theme/", "/me/account/", "/no/such/page/", "/customers/add/"]
)
@pytest.mark.parametrize("who", ["", "alice"])
def test_a_file_sent_to_any_other_page_is_thrown_away(cast: Cast, address: str, who: str) -> None:
    client = Client(enforce_csrf_checks=True)
    if who:
        client.force_login(getattr(cast, who))
    client.cookies[django_settings.CSRF_COOKIE_NAME] = "a" * 32
    response = client.post(address, {"file": large_file()})
    assert [*response.wsgi_request.FILES] == []


def test_no_page_of_the_admin_reads_a_file_by_itself() -> None:
    """import-export would, in the web process; there the upload of the portal takes its place."""
    _prefix, resolver = get_resolver().namespace_dict["admin"]
    names = {str(name) for name in resolver.reverse_dict}
    assert "accounts_user_export" in names
    assert [name for name in names if "import" in name] == []


def test_files_are_served_to_nobody(cast: Cast) -> None:
    upload = waiting(cast)
    name = str(upload.file.name)
    assert default_storage.exists(name)
    assert django_settings.MEDIA_URL == "/"
    client = Client()
    client.force_login(cast.support)
    for prefix in ("/", "/media/", "/files/", "/static/", "/static/../"):
        assert client.get(f"{prefix}{name}").status_code == 404
