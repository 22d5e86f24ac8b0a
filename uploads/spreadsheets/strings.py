"""The texts that a workbook's cells point to, on disk: they may be most of the file."""

import mmap
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile

from .archives import damaged
from .markup import parse

# Excel's cells end at 32,767 characters.
TEXT_LENGTH = 131_072
_COUNT_LIMIT = 5_000_000
_NO_CHARACTER = re.compile("[\\0\\ud800-\\udfff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Return a text of a workbook as it is shown.

    What XML cannot hold is written as _x000D_, and such a text itself as _x005F_x000D_. NUL and
    halves of a pair can be written so too.
    """
    if "_x" not in text:
        return text
    return storable(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


def storable(text: str) -> str:
    """Return a text with a mark in place of what no database keeps: NUL, and halves of a pair."""
    return _NO_CHARACTER.sub("\ufffd", text)


class SharedStrings:
    """`ends` says where in `texts` each text ends, the first being where the first begins."""

    def __init__(self, texts: bytes | mmap.mmap, ends: "array[int]") -> None:
        self._texts = texts
        self._ends = ends

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self._ends) - 1:
            raise damaged()
        return self._texts[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")


@contextmanager
def shared_strings(chunks: Iterable[bytes]) -> Iterator[SharedStrings]:
    """Yield the texts of a workbook; `chunks` are of the part that has them, if there is one."""
    with TemporaryFile() as file:
        ends, gathered = array("Q", [0]), _Gathered()
        for _chunk in parse(chunks, gathered) if chunks else ():
            for text in gathered.take():
                ends.append(ends[-1] + file.write(text.encode("utf-8", "surrogatepass")))
            if len(ends) > _COUNT_LIMIT:
                raise damaged()
        file.flush()
        if ends[-1] == 0:
            yield SharedStrings(b"", ends)
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as texts:
            yield SharedStrings(texts, ends)


class _Gathered:
    """Each <si>: the texts of its runs; what stands above them to be pronounced is none."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.parts: list[str] = []
        self.length = 0
        self.inside = False
        self.pronounced = False

    def take(self) -> list[str]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self.parts, self.length = [], 0
        elif name == "rPh":
            self.pronounced = True
        self.inside = name == "t" and not self.pronounced

    def end(self, name: str) -> None:
        self.inside = False
        if name == "rPh":
            self.pronounced = False
        elif name == "si":
            self.done.append(unescaped("".join(self.parts)))

    def text(self, data: str) -> None:
        self.parts.append(data)
        self.length += len(data)
        if self.length > TEXT_LENGTH:
            raise damaged()
