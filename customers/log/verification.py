"""The proof that the activity log is still what was sealed; it reads all, in little memory."""

import contextlib
import hmac
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from customers.formats import figure

from ..models import AuditCount, AuditEvent, AuditSeal, Partner
from ..services.retention import DROPPED, FORGOTTEN
from .sealed_bytes import COLUMNS, NAMED, Digest, Unverifiable, is_marked, seal_hash

PAGE = 2_000


@dataclass(slots=True)
class LogCounts:
    """The figures of one partner's log, or of what belongs to no partner."""

    name: str
    seals: int = 0
    events: int = 0
    dropped: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    # What seals say that they cover, and what none covers though it should be one.
    covered: int = 0
    uncovered: int = 0


@dataclass(slots=True)
class Verification:
    """A walk through the log: once `findings()` is read to its end, `tallies` is complete.

    `expected` are hashes from the server's log by the numbers of their seals: that a chain was cut
    at its end, the database alone can't tell.
    """

    expected: Mapping[int, str] = field(default_factory=dict)
    tallies: list[LogCounts] = field(default_factory=list)
    # By the id of a key how many seals name it, for themselves or for what retention did.
    keys: Counter[str] = field(default_factory=Counter)
    _said: set[str] = field(default_factory=set)

    def findings(self) -> Iterator[str]:
        with _one_moment():
            yield from self._chain()
            hashes = AuditSeal.objects.filter(number__in=self.expected)
            found = dict(hashes.values_list("number", "hash"))
            for number, wanted in sorted(self.expected.items()):
                if number not in found:
                    yield f"Seal {number} stands in the log and is gone: the chain was cut."
                elif not _equal(found[number], wanted):
                    yield f"Seal {number} is not the one that stands in the log."
            owners: list[tuple[int | None, str]] = [
                *Partner.objects.order_by("name", "pk").values_list("pk", "name"),
                (None, "No partner"),
            ]
            for owner, name in owners:
                self.tallies.append(LogCounts(name))
                yield from _Log(owner, self.tallies[-1]).findings(self)

    def once(self, reason: Unverifiable) -> Iterator[str]:
        """Yield the reason the first time only: all seals of a missing key would say the same."""
        if str(reason) not in self._said:
            self._said.add(str(reason))
            yield str(reason)

    def _chain(self) -> Iterator[str]:
        number, previous = 0, ""
        for seal in _pages(AuditSeal.objects.all(), "number"):
            if seal.number != number + 1:
                yield f"Seals are missing: {number + 1} to {seal.number - 1}."
            elif seal.previous != previous:
                yield f"Seal {seal.number} does not follow the seal before it."
            self.keys += Counter(keys_of(seal))
            marks = (
                (FORGOTTEN, seal.names_forgotten_at, seal.names_forgotten_mark),
                (DROPPED, seal.events_dropped_at, seal.events_dropped_mark),
            )
            try:
                if not _equal(seal_hash(seal), seal.hash):
                    yield f"Seal {seal.number} was changed."
                for act, at, mark in marks:
                    if (at or mark) and not is_marked(act, seal, at, mark):
                        yield f"Seal {seal.number} says {act}, but not by the portal."
            except Unverifiable as reason:
                yield from self.once(reason)
            number, previous = seal.number, seal.hash


@dataclass(slots=True)
class _Log:
    """One partner's events beside the seals over them, both in the order of their ids."""

    owner: int | None
    tally: LogCounts

    def findings(self, verification: Verification) -> Iterator[str]:
        events = _Rows(self.owner)
        for ids in self._pages_of_ids(events, 0):
            yield (
                f"{self.tally.name}: {_counted(len(ids))} from {ids[0]} to {ids[-1]}: the portal"
                " gives no such number."
            )
        for seal in _pages(AuditSeal.objects.of_owner(self.owner), "last_id"):
            self.tally.seals += 1
            self.tally.covered += seal.count
            for ids in self._pages_of_ids(events, seal.first_id - 1):
                yield (
                    f"{self.tally.name}: no seal covers {_counted(len(ids))} from {ids[0]} to"
                    f" {ids[-1]}, which stand before seal {seal.number}: added, or their seal is"
                    " gone."
                )
            try:
                yield from self._covered(events, seal)
            except Unverifiable as reason:
                yield from verification.once(reason)
                for _row in events.through(seal.last_id):
                    self.tally.events += 1
        for row in events.through(None):
            self.tally.unsealed += 1
            self.tally.unsealed_since = min(self.tally.unsealed_since or row[1], row[1])
        # What the database has counted and no seal knows of (PostgreSQL alone counts).
        counts = AuditCount.objects.filter(partner_id=self.owner)
        written = counts.aggregate(all=models.Sum("count"))["all"] or 0
        lost = written - self.tally.covered - self.tally.uncovered - self.tally.unsealed
        if lost > 0:
            yield f"{self.tally.name}: {_counted(lost)} removed before a seal covered them."

    def _pages_of_ids(self, events: "_Rows", last: int) -> Iterator[list[int]]:
        while ids := [row[0] for row in events.through(last, most=PAGE)]:
            self.tally.uncovered += len(ids)
            yield ids

    def _covered(self, events: "_Rows", seal: AuditSeal) -> Iterator[str]:
        digest = Digest(seal.version, seal.key_id, seal.names_salt)
        has_names = False
        for row in events.through(seal.last_id):
            digest.add(row)
            has_names = has_names or row[NAMED] is not None
        known = seal.count if seal.events_dropped_at is None else 0
        self.tally.uncovered += max(0, digest.count - known)
        where = f"{self.tally.name}, events {seal.first_id} to {seal.last_id} (seal {seal.number})"
        if seal.events_dropped_at is not None:
            self.tally.dropped += seal.count
            if digest.count:
                yield f"{where}: dropped by retention, but {_counted(digest.count)} found."
            return
        self.tally.events += digest.count
        yield from _differences(seal, digest, where, has_names=has_names)


def _differences(seal: AuditSeal, digest: Digest, where: str, *, has_names: bool) -> Iterator[str]:
    if digest.count != seal.count:
        missing = seal.count - digest.count
        change = "removed" if missing > 0 else "added"
        yield f"{where}: {_counted(abs(missing))} {change}."
    elif not _equal(digest.events_hash, seal.events_hash):
        yield f"{where}: changed."
    elif seal.names_forgotten_at is not None:
        if has_names:
            yield f"{where}: the names were forgotten, but some are there."
    elif not _equal(digest.names_hash, seal.names_hash):
        yield f"{where}: a name was changed or removed."


class _Rows:
    """The events of one partner, to be read once from the lowest id to the highest."""

    def __init__(self, owner: int | None) -> None:
        self._query = AuditEvent.objects.filter(partner=owner).order_by("pk").values_list(*COLUMNS)
        self._rest = self._query
        self._page: list[tuple[Any, ...]] = []
        self._place = 0

    def through(self, last: int | None, *, most: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield the next events up to this id (None: all), at most so many."""
        while most is None or most > 0:
            if self._place == len(self._page):
                self._page, self._place = list(self._rest[:PAGE]), 0
                if not self._page:
                    return
                self._rest = self._query.filter(pk__gt=self._page[-1][0])
            row = self._page[self._place]
            if last is not None and row[0] > last:
                return
            self._place += 1
            most = None if most is None else most - 1
            yield row


def keys_of(seal: AuditSeal) -> set[str]:
    """Return the ids of the keys that this seal can't be verified without."""
    marks = (seal.names_forgotten_mark, seal.events_dropped_mark)
    return {seal.key_id, *(mark.partition(":")[0] for mark in marks if mark)}


def _pages(seals: models.QuerySet[AuditSeal], key: str) -> Iterator[AuditSeal]:
    last = -1
    while page := list(seals.filter(**{f"{key}__gt": last}).order_by(key)[:PAGE]):
        yield from page
        last = getattr(page[-1], key)


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """Hold one snapshot for all reads, on PostgreSQL; there retention may work meanwhile."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _counted(number: int) -> str:
    return "1 event" if number == 1 else f"{figure(number)} events"
