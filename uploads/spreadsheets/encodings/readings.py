"""All readings of a file's words, and which of them are likely."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import IO

from ..kinds import CODE_PAGES, RARITY
from .languages import spoken_in, written_in
from .words import price, words

_CHUNK = 1 << 20
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
# What half of all words may cost in the best reading, if it is to be taken unasked.
_DOUBTFUL = 3.0


@dataclass(slots=True)
class Reading:
    """What an encoding makes of the file; those with one `digest` make the same of it."""

    encoding: str
    paid: float
    rank: int
    digest: bytes = b""
    savings: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    likely: bool = True

    @property
    def cost(self) -> float:
        """How unlikely it is, at best: names of one language from elsewhere are taken as likely."""
        return self.paid - max(0.0, max(self.savings.values(), default=0.0) - _ANOTHER)

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


def readings(file: IO[bytes], country: str, *, every: bool = False) -> list[Reading]:
    """Return one reading of each text that the file can be, the likeliest first.

    The unlikely ones are left out, unless `every` one is wanted.
    """
    own = spoken_in(country)
    found = [Reading(name, RARITY.get(name, 0.0), rank) for rank, name in enumerate(CODE_PAGES)]
    file.seek(0)
    source = pieces(iter(lambda: file.read(_CHUNK), b""))
    size, count = _FIRST, 0
    while some := list(islice(source, size)):
        found = list(_read_on(found, b" ".join(some), own))
        count += len(some)
        if found and not every:
            limit = min(reading.cost for reading in found) + _HOPELESS
            found = [reading for reading in found if reading.cost <= limit]
        size = _NEXT
    alike: dict[bytes, Reading] = {}
    for reading in sorted(found, key=lambda reading: (reading.cost, reading.rank)):
        alike.setdefault(reading.digest, reading)
    several = list(alike.values())
    if not several:
        return []
    best = several[0].cost
    for reading in several:
        reading.likely = reading.cost < best + MARGIN or best > _DOUBTFUL * count
    return several if every else [reading for reading in several if reading.likely]


def _read_on(found: Iterable[Reading], some: bytes, own: frozenset[str]) -> Iterator[Reading]:
    """Yield the readings that can decode these pieces too."""
    costs: dict[tuple[str, frozenset[str]], tuple[float, dict[str, float]]] = {}
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
            costs[key] = sum(each.cost for each in prices), saved
        paid, kept = costs[key]
        reading.paid += paid
        for name, saving in kept.items():
            reading.savings[name] += saving
        reading.digest = sha256(reading.digest + text.encode()).digest()
        yield reading


def differing(file: IO[bytes], several: list[Reading], limit: int) -> list[bytes]:
    """Return a few pieces that the readings do not read alike."""
    file.seek(0)
    source = pieces(iter(lambda: file.read(_CHUNK), b""))
    telling = (piece for piece in source if len({reading.read(piece) for reading in several}) > 1)
    return list(islice(telling, limit))
