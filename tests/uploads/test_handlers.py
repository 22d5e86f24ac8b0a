"""Files on their way in, chunk by chunk."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadhandler import SkipFile
from pytest_django import Settings

from uploads.handlers import LimitedUploadHandler, NamelessUploadHandler, left_out


def request(view: str = "uploads:upload-add", *, signed_in: bool = True) -> Any:
    match = SimpleNamespace(view_name=view) if view else None
    user = SimpleNamespace(is_authenticated=signed_in)
    return SimpleNamespace(META={}, resolver_match=match, user=user)


def limited(found: Any, length: int = 10) -> LimitedUploadHandler:
    handler = LimitedUploadHandler(found)
    handler.handle_raw_input(None, {}, length, "")
    return handler


def begin(handler: Any) -> None:
    handler.new_file("file", "people.csv", "text/csv", None)


def test_a_file_within_the_limit_is_handed_on(settings: Settings) -> None:
    settings.UPLOAD_MB = 1
    found = request()
    handler = limited(found)
    begin(handler)
    assert handler.receive_data_chunk(b"x" * 2**20, 0) == b"x" * 2**20
    # Whoever comes next has the file.
    handler.file_complete(2**20)
    assert left_out(found) == ""


def test_a_file_beyond_the_limit_is_thrown_away_and_said_to_be(settings: Settings) -> None:
    settings.UPLOAD_MB = 1
    found = request()
    handler = limited(found)
    begin(handler)
    handler.receive_data_chunk(b"x" * 2**20, 0)
    with pytest.raises(SkipFile):
        handler.receive_data_chunk(b"x", 2**20)
    assert "larger than 1 MB" in left_out(found)


def test_what_says_that_it_is_too_large_is_not_begun(settings: Settings) -> None:
    settings.UPLOAD_MB = 1
    found = request()
    with pytest.raises(SkipFile):
        begin(limited(found, 3 * 2**20))
    assert "larger than 1 MB" in left_out(found)


@pytest.mark.parametrize(
    "found", [request("accounts:me"), request(""), request(signed_in=False)], ids=str
)
def test_a_file_is_taken_by_its_own_page_alone(found: Any) -> None:
    with pytest.raises(SkipFile):
        begin(limited(found))
    assert left_out(found) == ""


def test_a_large_file_is_kept_without_a_name() -> None:
    handler = NamelessUploadHandler(request())
    begin(handler)
    for chunk in (b"User Name\n", b"ada"):
        handler.receive_data_chunk(chunk, 0)
    kept = handler.file_complete(13)
    assert (kept.name, kept.size, kept.read()) == ("people.csv", 13, b"User Name\nada")
    handler.upload_interrupted()
    assert handler.file.closed


def test_a_file_without_room_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("uploads.handlers.TemporaryFile", no_room)
    found = request()
    handler = NamelessUploadHandler(found)
    with pytest.raises(SkipFile):
        begin(handler)
    assert "can't keep the file" in left_out(found)
    # Nothing was begun that could be closed.
    handler.upload_interrupted()
