"""The XML of a workbook, a chunk at a time: no tree, no entities, no endless token."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol
from xml.parsers import expat

from ..errors import FileRefused
from .archives import damaged
from .work import hollow

# Chunks without an element or text: 1 MB, in which a workbook has thousands.
_QUIET_CHUNKS = 16
# Elements in a row, hardly any with a text to read: a cell that is formatted and empty is one.
_HOLLOW = 2_000_000
# Of a small part: three times the cell formats that Excel takes.
_KEPT = 200_000
# Around one text: cell, row, and what a run of letters looks like.
_AROUND_TEXT = 10


class Reader(Protocol):
    """Is told of a part's elements, and while it is `inside` of their text; names are bare."""

    inside: bool

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def parse(chunks: Iterable[bytes], reader: Reader) -> Iterator[None]:
    """Yield after each chunk, so that what the reader has gathered can be taken away."""
    source = _Source(reader)
    quiet = 0
    for chunk in chunks:
        source.feed(chunk)
        # An unfinished token is read again with each chunk: a long one would take hours.
        quiet = 0 if source.heard else quiet + 1
        if quiet > _QUIET_CHUNKS:
            raise damaged()
        yield
    source.feed(b"", last=True)
    yield


def elements(chunks: Iterable[bytes], *names: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of these names in a small part, with their attributes."""
    gathered = _Elements(names)
    for _chunk in parse(chunks, gathered):
        pass
    return gathered.found


class _Source:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.heard = False
        self.hollow = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        self.heard = False
        try:
            self.parser.Parse(chunk, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise damaged() from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.heard = True
        self.hollow += 1
        if self.hollow > _HOLLOW:
            raise FileRefused(hollow(), code="file-hollow")
        self.reader.start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self.reader.end(name.rpartition(" ")[2])

    def _text(self, data: str) -> None:
        self.heard = True
        if self.reader.inside:
            self.hollow = max(0, self.hollow - _AROUND_TEXT)
            self.reader.text(data)

    def _refuse_doctype(self, *declared: object) -> None:
        """No workbook has one; entities are declared there."""
        raise damaged()


class _Elements:
    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        self.found: list[tuple[str, dict[str, str]]] = []
        self.inside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name not in self.names:
            return
        if len(self.found) == _KEPT:
            raise damaged()
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.found.append((name, plain))

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass
