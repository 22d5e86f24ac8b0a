"""A workbook's archive is judged before it is unpacked."""

import io
import struct
import zipfile

import pytest

from tests.uploads.spreadsheets.workbooks import archive
from uploads.errors import FileRefused
from uploads.spreadsheets.archives import Archive
from uploads.spreadsheets.work import Work


def opened(content: bytes, *, seconds: float = 60) -> Archive:
    return Archive(io.BytesIO(content), Work(10, seconds))


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        opened(content)
    return caught.value.code


def packed(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.writestr("part", content)
    return file.getvalue()


def unpacking(content: bytes, *, limit: int = 1_000_000, name: str = "part") -> str:
    with pytest.raises(FileRefused) as caught:
        list(opened(content).chunks(name, limit))
    return caught.value.code


def test_a_part_is_read_in_chunks() -> None:
    content = bytes(range(256)) * 1_000
    found = opened(packed(content))
    assert list(found.names) == ["part"]
    chunks = list(found.chunks("part"))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) < len(content)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Ada" * 100, b"PK\x05\x06"])
def test_what_is_no_archive_is_damage(content: bytes) -> None:
    assert refusal(content) == "file-damaged"


def test_an_archive_that_breaks_off_is_damage() -> None:
    whole = archive({"a": "x" * 1_000})
    assert refusal(whole[:-30]) == "file-damaged"
    with pytest.raises(FileRefused, match="damaged"):
        list(opened(whole[40:]).chunks("a"))


def test_a_part_that_is_locked_is_said_to_be_so() -> None:
    content = bytearray(packed(b"secret"))
    # The directory's mark for what is encrypted.
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == "file-locked"


def test_a_directory_that_is_too_large_is_never_read() -> None:
    content = bytearray(packed(b"x"))
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, 1_000_001)
    assert refusal(bytes(content)) == "file-damaged"


def test_a_part_that_is_not_there_is_damage() -> None:
    assert unpacking(packed(b"x"), name="other") == "file-damaged"


def test_a_part_packed_in_another_way_is_damage() -> None:
    assert unpacking(packed(b"x" * 100, zipfile.ZIP_BZIP2)) == "file-damaged"


def test_a_part_whose_content_was_changed_is_damage() -> None:
    content = bytearray(packed(b"x" * 1_000, zipfile.ZIP_STORED))
    content[200] ^= 1
    assert unpacking(bytes(content)) == "file-damaged"


def test_a_part_has_a_limit() -> None:
    content = packed(bytes(range(100)))
    assert len(b"".join(opened(content).chunks("part", 100))) == 100
    assert unpacking(content, limit=99) == "file-unpacks-too-large"


def test_what_shrinks_too_well_is_a_bomb() -> None:
    assert unpacking(packed(bytes(17_000_000)), limit=10**9) == "file-unpacks-too-large"


def test_unpacking_ends_when_the_time_is_over() -> None:
    with pytest.raises(FileRefused) as caught:
        list(opened(packed(b"x"), seconds=0).chunks("part"))
    assert caught.value.code == "file-too-slow"
