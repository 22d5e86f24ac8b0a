"""All readings of a file's words, and which of them are likely."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import IO

from ..kinds import CODE_PAGES, RARITY
from .languages import is_at_home, spoken_in, told_by, written_in
from .words import ABSURD, price, words

_CHUNK = 1 << 20
# Headings stand at the beginning.
_HEAD = 4096
# Below 64 no byte is a part of a letter, in no code page.
_BETWEEN = bytes.maketrans(bytes(range(0x40)), b" " * 0x40)
# Of the first words many readings are judged, of the others the few that are left.
_FIRST, _NEXT = 200, 5_000
_SEEN_AT_MOST = 50_000
# A reading so much dearer than the best one is not offered, and so much more not followed on.
MARGIN = 5.5
_HOPELESS = 40.0
# What it takes to believe in names of one more language.
_ANOTHER = 1.5
# How much less likely a file is in a code page that was not made for a language of the country.
_FROM_ELSEWHERE = 3.0
# However many names are of languages that the code page was not made for.
_UNUSUAL_AT_MOST = 2.0
# What words may cost on average in the best reading, if it is to be taken unasked.
_DOUBTFUL = 3.0
# What a file is saved in that has lines of another one, in UTF-8, pasted into it.
_MIXED = "windows-1252"


@dataclass(slots=True)
class Decoding:
    """What an encoding makes of the file; those with one `digest` make the same of it."""

    encoding: str
    prior: float
    rank: int
    paid: float = 0.0
    unusual: float = 0.0
    digest: bytes = b""
    savings: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    likely: bool = True
    # Of all of them: not even the best makes words of most pieces.
    is_doubtful: bool = False

    @property
    def cost(self) -> float:
        """How unlikely it is, at best: names of one language from elsewhere are taken as likely."""
        return (
            self.prior
            + self.paid
            + min(self.unusual, _UNUSUAL_AT_MOST)
            - max(0.0, max(self.savings.values(), default=0.0) - _ANOTHER)
        )

    def read(self, piece: bytes) -> str:
        return piece.decode(self.encoding, errors="replace")


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what stands between bytes that are no part of a letter, where it is beyond ASCII.

    Not each piece twice, as a rule.
    """
    seen: set[bytes] = set()
    rest = b""
    for chunk in chunks:
        spaced = (rest + chunk).translate(_BETWEEN)
        cut = spaced.rfind(b" ") + 1 or len(spaced) * (len(spaced) > _CHUNK)
        rest = spaced[cut:]
        new = [piece for piece in set(spaced[:cut].split()) - seen if not piece.isascii()]
        seen |= set(new)
        yield from sorted(new)
        if len(seen) > _SEEN_AT_MOST:
            seen.clear()
    if rest and not rest.isascii() and rest not in seen:
        yield rest


def readings(file: IO[bytes], country: str, *, every: bool = False) -> list[Decoding]:
    """Return one reading of each text that the file can be, the likeliest first.

    The unlikely ones are left out, unless `every` one is wanted. Where several are likely, the file
    may be two in one: then that of Windows-1252 is the only one if it is that of all but what is
    UTF-8, and what it makes of this is known for garbled, and repaired, at each cell.
    """
    file.seek(0)
    own = spoken_in(country) | told_by(file.read(_HEAD))
    several = _judged(file, own, CODE_PAGES, every=every)
    if every:
        return several
    likely = [reading for reading in several if reading.likely]
    able = [reading.encoding for reading in several]
    if len(likely) > 1 and _MIXED in able and _has_lines_of_two(file):
        apart = _judged(file, own, able, without=_is_utf_8)
        rest = [reading for reading in apart if reading.likely]
        if [each.encoding for each in rest] == [_MIXED] and not rest[0].is_doubtful:
            return rest
    return likely


def _judged(
    file: IO[bytes],
    own: frozenset[str],
    encodings: Iterable[str],
    *,
    every: bool = False,
    without: Callable[[bytes], bool] = lambda _piece: False,
) -> list[Decoding]:
    """Return one reading of each text that the file's pieces can be, the likeliest first."""
    found = [
        Decoding(
            name, max(RARITY.get(name, 0.0), _FROM_ELSEWHERE * (not is_at_home(name, own))), rank
        )
        for rank, name in enumerate(encodings)
    ]
    file.seek(0)
    every_piece = pieces(iter(lambda: file.read(_CHUNK), b""))
    source = (piece for piece in every_piece if not without(piece))
    size, count = _FIRST, 0
    while some := list(islice(source, size)):
        found = list(_read_on(found, b" ".join(some), own))
        count += len(some)
        if found and not every:
            limit = min(reading.cost for reading in found) + _HOPELESS
            found = [reading for reading in found if reading.cost <= limit]
        size = _NEXT
    alike: dict[bytes, Decoding] = {}
    for reading in sorted(found, key=lambda reading: (reading.cost, reading.rank)):
        alike.setdefault(reading.digest, reading)
    several = list(alike.values())
    if not several:
        return []
    best = several[0].cost
    limit = best + MARGIN
    if len(several) > 1 and several[1].cost < limit:
        # Where it is asked about anyway, one from elsewhere is offered as well.
        limit += _FROM_ELSEWHERE
    is_doubtful = best - several[0].prior > _DOUBTFUL * count
    for reading in several:
        is_likely = reading.cost < limit and reading.cost - reading.prior < ABSURD * count
        reading.likely, reading.is_doubtful = is_likely or is_doubtful, is_doubtful
    return several


def _has_lines_of_two(file: IO[bytes]) -> bool:
    """Whether lines are in UTF-8 or in another encoding, and none in both.

    Of a cell in both nobody could be told what it was meant to be.
    """
    kinds: set[bool] = set()
    file.seek(0)
    rest = b""
    for chunk in iter(lambda: file.read(_CHUNK), b""):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not line.isascii() and not _is_of_one(line, kinds):
                return False
        if len(rest) > _CHUNK:
            return False
    return (rest.isascii() or _is_of_one(rest, kinds)) and len(kinds) > 1


def _is_of_one(line: bytes, kinds: set[bool]) -> bool:
    """Return whether all pieces of the line are of one kind, which is added to those seen."""
    own = {_is_utf_8(piece) for piece in pieces([line])}
    kinds |= own
    return len(own) < 2


def _is_utf_8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_on(found: Iterable[Decoding], some: bytes, own: frozenset[str]) -> Iterator[Decoding]:
    """Yield the readings that can decode these pieces too."""
    costs: dict[tuple[str, frozenset[str]], tuple[float, float, dict[str, float]]] = {}
    for reading in found:
        try:
            text = some.decode(reading.encoding)
        except UnicodeDecodeError:
            continue
        key = text, written_in(reading.encoding)
        if key not in costs:
            prices = [price(word, own, key[1]) for word in words(text)]
            saved: defaultdict[str, float] = defaultdict(float)
            for each in prices:
                for name, saving in each.savings:
                    saved[name] += saving
            paid, unusual = sum(p.cost for p in prices), sum(p.unusual for p in prices)
            costs[key] = paid, unusual, saved
        paid, unusual, kept = costs[key]
        reading.paid += paid
        reading.unusual += unusual
        for name, saving in kept.items():
            reading.savings[name] += saving
        reading.digest = sha256(reading.digest + text.encode()).digest()
        yield reading


def differing(file: IO[bytes], several: list[Decoding], limit: int) -> list[bytes]:
    """Return a few pieces that the readings do not read alike."""
    file.seek(0)
    source = pieces(iter(lambda: file.read(_CHUNK), b""))
    telling = (piece for piece in source if len({reading.read(piece) for reading in several}) > 1)
    return list(islice(telling, limit))
