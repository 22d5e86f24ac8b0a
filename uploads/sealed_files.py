"""Files that wait for a worker, as they lie in the storage: sealed, for some hold passwords.

A file has a key of its own, which CREDENTIALS_KEYS seals at its beginning. What follows is sealed
in blocks, so that any place is read without those before it: a workbook is read from its end.
"""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, cast

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import File
from django.db.models.fields.files import FieldFile

from accounts.signin.encryption import cipher_for

_PURPOSE = b"partner portal: files of uploads"
# What a former release has kept is open, and begins with something else.
_MARK = b"sealed by the portal 1\n"
_BLOCK = 1 << 16
_TAG = 16
_LENGTH = 4


@contextmanager
def sealed(file: File[bytes]) -> Iterator[File[bytes]]:
    """Yield what is to be kept of the file, which may be of any length."""
    key = AESGCM.generate_key(256)
    token = cipher_for(_PURPOSE).encrypt(key)
    cipher = AESGCM(key)
    with TemporaryFile() as kept:
        kept.write(_MARK + len(token).to_bytes(_LENGTH) + token)
        file.seek(0)
        number, block = 0, file.read(_BLOCK)
        while block:
            following = file.read(_BLOCK)
            kept.write(cipher.encrypt(_nonce(number, is_last=not following), block, None))
            number, block = number + 1, following
        kept.seek(0)
        yield File(kept, name="")


@contextmanager
def unsealed(field: FieldFile) -> Iterator[IO[bytes]]:
    """Yield the file as it was sent; raise PermissionError where no key opens it."""
    with field.open("rb") as file:
        kept = cast("IO[bytes]", file)
        if kept.read(len(_MARK)) != _MARK:
            yield kept
            return
        token = kept.read(int.from_bytes(kept.read(_LENGTH)))
        try:
            key = cipher_for(_PURPOSE).decrypt(token)
        except InvalidToken:
            raise _shut() from None
        with io.BufferedReader(_Unsealed(kept, AESGCM(key)), _BLOCK) as plain:
            yield plain


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Return what no other block of the file has; a file that was cut short opens nowhere."""
    return number.to_bytes(11) + bytes([is_last])


def _shut() -> PermissionError:
    return PermissionError(errno.EACCES, "No key opens the file.")


class _Unsealed(io.RawIOBase):
    """What the blocks hold, from the place in the file on at which they begin."""

    def __init__(self, kept: IO[bytes], cipher: AESGCM) -> None:
        self.kept = kept
        self.cipher = cipher
        self.begin = kept.tell()
        sealed_size = kept.seek(0, os.SEEK_END) - self.begin
        self.blocks = -(-sealed_size // (_BLOCK + _TAG))
        self.size = sealed_size - self.blocks * _TAG
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.at >= self.size:
            return 0
        number, skipped = divmod(self.at, _BLOCK)
        self.kept.seek(self.begin + number * (_BLOCK + _TAG))
        nonce = _nonce(number, is_last=number == self.blocks - 1)
        try:
            block = self.cipher.decrypt(nonce, self.kept.read(_BLOCK + _TAG), None)
        except InvalidTag:
            raise _shut() from None
        part = block[skipped : skipped + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)
