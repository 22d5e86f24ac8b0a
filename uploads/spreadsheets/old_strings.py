"""The texts of an .xls workbook, which its cells point to.

xlrd reads them too, for ever where a length is negative, and stumbles over an emoji that stands
partly in the next record.
"""

import struct
from collections.abc import Sequence

from .archives import damaged, swollen
from .work import Work

# As many as a sheet has cells.
_MOST = 2_000_000
_LOOK_EVERY = 1_000
_BEGINNING = struct.Struct("<HB")
_IS_WIDE, _HAS_SOUNDS, _HAS_RUNS = 1, 4, 8
# How a run of letters looks.
_RUN = 4


def strings_of(records: Sequence[bytes], work: Work) -> list[str]:
    """Return the texts of the record and of those that continue it."""
    (count,) = struct.unpack_from("<I", records[0], 4)
    if count > _MOST:
        raise swollen()
    reader = _Reader(records)
    texts = list[str]()
    for number in range(count):
        if number % _LOOK_EVERY == 0:
            work.check()
        texts.append(reader.text())
    return texts


class _Reader:
    def __init__(self, records: Sequence[bytes]) -> None:
        self.records = iter(records)
        self.record = next(self.records)
        self.at = 8

    def text(self) -> str:
        length, options = _BEGINNING.unpack(self.take(_BEGINNING.size))
        if not options & ~_IS_WIDE:
            # Nearly all: letters within one record.
            wide = options & _IS_WIDE
            end = self.at + (length << wide)
            if end <= len(self.record):
                piece, self.at = self.record[self.at : end], end
                return piece.decode("utf-16-le" if wide else "latin-1")
        runs = struct.unpack("<H", self.take(2))[0] if options & _HAS_RUNS else 0
        sounds = struct.unpack("<I", self.take(4))[0] if options & _HAS_SOUNDS else 0
        letters = self.letters(length, options)
        self.skip(runs * _RUN + sounds)
        return letters

    def letters(self, length: int, options: int) -> str:
        pieces = list[bytes]()
        while True:
            wide = options & _IS_WIDE
            size = min(length, (len(self.record) - self.at) >> wide)
            piece = self.record[self.at : self.at + (size << wide)]
            self.at += size << wide
            length -= size
            # A letter of two halves may stand in two records: decoded when all are there.
            pieces.append(piece if wide else piece.decode("latin-1").encode("utf-16-le"))
            if not length:
                return b"".join(pieces).decode("utf-16-le")
            self.go_on()
            options = self.take(1)[0]

    def take(self, length: int) -> bytes:
        end = self.at + length
        taken = self.record[self.at : end]
        self.at = end
        while len(taken) < length:
            self.go_on()
            self.at = length - len(taken)
            taken += self.record[: self.at]
        return taken

    def skip(self, length: int) -> None:
        self.at += length
        while self.at > len(self.record):
            beyond = self.at - len(self.record)
            self.go_on()
            self.at = beyond

    def go_on(self) -> None:
        following = next(self.records, None)
        if following is None:
            raise damaged()
        self.record, self.at = following, 0
