"""An .xlsx file is a zip archive: judged by its directory before anything is unpacked."""

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from customers.said import gettext as _

from ..errors import FileRefused
from .work import Work

# 100,000 rows of 20 columns unpack to some 150 MB, and shrink to a twentieth.
UNPACKED_LIMIT = 400_000_000
_RATIO_LIMIT = 200
_RATIO_FROM = 16_000_000
_DIRECTORY_LIMIT = 1_000_000
_CHUNK = 64 * 1024
_KNOWN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def damaged() -> FileRefused:
    return FileRefused(
        _(
            "The workbook is damaged or not written as Excel does. Open it in a spreadsheet"
            " program, save it as .xlsx or as “CSV UTF-8”, then choose it again."
        ),
        code="file-damaged",
    )


class Archive:
    """The parts of a workbook; raises FileRefused for whatever is wrong with one."""

    def __init__(self, file: IO[bytes], work: Work) -> None:
        self.work = work
        # Before zipfile takes all of it into memory.
        if _directory_size(file) > _DIRECTORY_LIMIT:
            raise damaged()
        try:
            self.zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise damaged() from error
        # Some programs write other cases than they name, or the separators of Windows.
        self.names = {_bare(info.filename): info for info in self.zip.infolist()}
        if any(info.flag_bits & 1 for info in self.names.values()):
            raise FileRefused(locked_sentence(), code="file-locked")

    def __contains__(self, name: str) -> bool:
        return _bare(name) in self.names

    def chunks(self, name: str, limit: int = UNPACKED_LIMIT) -> Iterator[bytes]:
        """Yield the content of a part; raise FileRefused where it is damaged or too large.

        zipfile reads no more than the directory says, so that its word can be judged first.
        """
        info = self.names.get(_bare(name))
        if info is None or info.compress_type not in _KNOWN_METHODS:
            raise damaged()
        shrinks_much = info.file_size > _RATIO_LIMIT * info.compress_size
        if info.file_size > limit or (info.file_size > _RATIO_FROM and shrinks_much):
            raise swollen()
        try:
            with self.zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self.work.check()
                    yield chunk
        except _BROKEN as error:
            raise damaged() from error


def swollen() -> FileRefused:
    return FileRefused(
        _(
            "The workbook holds more than can be read. Save the sheet with the users as"
            " “CSV UTF-8”, then choose that file."
        ),
        code="file-unpacks-too-large",
    )


def locked_sentence() -> str:
    return _(
        "The workbook is protected with a password. Save it without one, then choose it again."
    )


def _bare(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _directory_size(file: IO[bytes]) -> int:
    """Return the bytes of the directory, as the end of the archive tells them."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(size - 65_557 - 20, 0))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        raise damaged()
    if tail[max(end - 20, 0) : end].startswith(b"PK\x06\x07"):
        # The large kind of directory, told of by a second record elsewhere.
        (place,) = struct.unpack_from("<Q", tail, end - 12)
        if not place + 56 <= start + end:
            raise damaged()
        file.seek(place + 40)
        return int.from_bytes(file.read(8), "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little")
