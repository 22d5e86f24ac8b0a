"""A compound document, in which programs up to Excel 2003 kept a workbook: its streams by name.

xlrd has a reader of its own, which walks a forged directory for ever.
"""

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence

_NODE, _STREAM = 128, 2
_SHORT = 64
# Of sectors of the document, and of the many small ones within a stream: 2 to the power of it.
_SIZES = {9, 12}


class Broken(ValueError):
    """No compound document, or one whose parts point to nowhere or in a circle."""


def stream_of(content: bytes, name: str) -> bytes | None:
    """Return what the stream of this name at the top has; None where there is none."""
    try:
        return _Document(content).stream(name)
    except (struct.error, IndexError) as error:
        raise Broken from error


class _Document:
    def __init__(self, content: bytes) -> None:
        self.content = content
        (power,) = struct.unpack_from("<H", content, 30)
        if power not in _SIZES:
            raise Broken
        self.size = 1 << power
        self.most = len(content) // self.size + 1
        self.first, self.least, self.first_short = struct.unpack_from("<i4xii", content, 48)
        self.next_of = self.following(self.places())
        self.nodes = self.joined(self.chain(self.first, self.next_of))

    def stream(self, name: str) -> bytes | None:
        for node in self.top():
            length, kind = struct.unpack_from("<HB", node, 64)
            if kind == _STREAM and node[: max(length - 2, 0)] == name.encode("utf-16-le"):
                begin, size = struct.unpack_from("<iI", node, 116)
                if size >= self.least:
                    return self.joined(self.chain(begin, self.next_of))[:size]
                return self.short(begin)[:size]
        return None

    def top(self) -> Iterator[bytes]:
        """Yield what the root has, each once: it is a tree, if nobody forged it."""
        (top,) = struct.unpack_from("<i", self.nodes, 76)
        waiting, seen = [top], set[int]()
        while waiting:
            at = waiting.pop()
            if at < 0 or at in seen:
                continue
            seen.add(at)
            node = self.nodes[at * _NODE : (at + 1) * _NODE]
            waiting.extend(struct.unpack_from("<ii", node, 68))
            yield node

    def places(self) -> Iterator[int]:
        """Yield where the table of sectors is: the first of these places stand at the beginning."""
        yield from struct.unpack_from("<109i", self.content, 76)
        (at,) = struct.unpack_from("<i", self.content, 68)
        for _turn in range(self.most):
            if at < 0:
                return
            *places, at = self.table(at)
            yield from places
        raise Broken

    def following(self, places: Iterable[int]) -> Sequence[int]:
        following = array("i")
        for count, at in enumerate(place for place in places if place >= 0):
            if count > self.most:
                raise Broken
            following.extend(self.table(at))
        return following

    def table(self, at: int) -> tuple[int, ...]:
        sector = self.sector(at)
        return struct.unpack(f"<{len(sector) // 4}i", sector[: len(sector) & ~3])

    def sector(self, at: int) -> bytes:
        sector = self.content[(at + 1) * self.size : (at + 2) * self.size]
        if not sector:
            raise Broken
        return sector

    def joined(self, chain: Iterable[int]) -> bytes:
        return b"".join(map(self.sector, chain))

    def short(self, begin: int) -> bytes:
        """Return a short stream, which lies in the stream of the root."""
        following = array("i")
        for at in self.chain(self.first_short, self.next_of):
            following.extend(self.table(at))
        (root,) = struct.unpack_from("<i", self.nodes, 116)
        within = self.joined(self.chain(root, self.next_of))
        chain = self.chain(begin, following)
        return b"".join(within[at * _SHORT : (at + 1) * _SHORT] for at in chain)

    def chain(self, at: int, following: Sequence[int]) -> Iterator[int]:
        for _turn in range(len(following) + 1):
            if at < 0:
                return
            yield at
            at = following[at]
        raise Broken
