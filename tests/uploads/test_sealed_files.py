"""Files that wait for a worker can be read by the portal alone."""

import io
import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from customers.models import Customer
from customers.services.batches import new_key
from tests.support.cast import Cast
from tests.uploads.uploading import kept_files, upload_of
from uploads.models import Upload, UploadState
from uploads.sealed_files import unsealed
from uploads.services import Options, answer, check_upload, receive_upload

SECRET = "Sommer-2026-geheim"
ROW = "User Name{0}First Name{0}Password\r\na@contoso.example{0}{1}{0}" + SECRET + "\r\n"
QUESTIONS = {
    # Where two separators make a table each, or the letters may be of several alphabets.
    "separator": ("Foo,x;Bar,y;Password\r\na,b;c,d;" + SECRET + "\r\n").encode(),
    "encoding": ROW.format(";", "Kučera").encode("cp1250"),
    "headings": f"a@contoso.example;Anna;{SECRET}\r\n".encode(),
    "columns": f"Foo;Bar;Password\r\na;b;{SECRET}\r\n".encode(),
}


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> None:
    """No file of other tests is there."""
    settings.MEDIA_ROOT = tmp_path


def kept(content: bytes, cast: Cast) -> Upload:
    file = ContentFile(content, "people.csv")
    return receive_upload(file, Options(), customer=cast.contoso, actor=cast.alice, key=new_key())


def bytes_on_disk() -> bytes:
    return b"".join(
        Path(default_storage.path(f"uploads/{name}")).read_bytes() for name in kept_files()
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_password_is_on_the_disk_while_a_question_is_open(cast: Cast, question: str) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(country="FR")
    cast.contoso.refresh_from_db()
    upload = upload_of(QUESTIONS[question], customer=cast.contoso, actor=cast.alice)
    assert (upload.state, upload.reading.question) == (UploadState.ASKING, question)
    assert SECRET.encode() not in bytes_on_disk()
    # Of a file without headings nobody can tell which cells are passwords.
    assert question == "headings" or SECRET not in str(upload.reading)


def test_no_password_is_on_the_disk_before_a_worker_comes(cast: Cast) -> None:
    content = ROW.format(",", "Anna").encode()
    upload = kept(content, cast)
    assert SECRET.encode() not in bytes_on_disk()
    assert b"contoso" not in bytes_on_disk()
    with unsealed(upload.file) as file:
        assert file.read() == content


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 300_000])
def test_any_place_of_a_file_is_read(cast: Cast, size: int) -> None:
    content = os.urandom(size)
    with unsealed(kept(content, cast).file) as file:
        assert file.seek(0, io.SEEK_END) == size
        for at in {0, 1, size // 2, max(0, size - 70_000), size - 1}:
            file.seek(at)
            assert file.read(70_000) == content[at : at + 70_000]
        file.seek(0)
        assert file.read() == content


def test_a_former_release_s_file_is_read_as_it_is(cast: Cast) -> None:
    upload = kept(b"x", cast)
    upload.file.save("old.csv", ContentFile(b"User Name\r\na@contoso.example\r\n"), save=True)
    assert check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED


def test_a_file_whose_key_is_gone_is_refused_in_words(cast: Cast, settings: Settings) -> None:
    upload = kept(b"User Name\r\na@contoso.example\r\n", cast)
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(PermissionError):
        check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert "Upload it again" in upload.refusal


def test_a_file_that_was_cut_short_or_changed_is_not_read(cast: Cast) -> None:
    upload = kept(os.urandom(200_000), cast)
    path = Path(upload.file.path)
    whole = path.read_bytes()
    for changed in (whole[:-70_000], whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(changed)
        with unsealed(upload.file) as file, pytest.raises(PermissionError):
            file.read()


def test_an_answer_is_read_from_the_sealed_file(cast: Cast) -> None:
    upload = upload_of(QUESTIONS["encoding"], customer=cast.contoso, actor=cast.alice)
    answer(upload, {"encoding": "windows-1250"}, actor=cast.alice)
    assert check_upload(upload.pk)
    assert upload.rows.get().cells == ["a@contoso.example", "Kučera", ""]
    upload.refresh_from_db()
    assert upload.file.name == ""
