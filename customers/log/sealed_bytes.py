"""The bytes that a seal of the activity log covers, and the keyed hashes over them.

A row is one line of JSON: a list of its columns in the order below, keys of objects sorted, no
spaces, everything but ASCII escaped, times in UTC with microseconds. It is the same on every
database and under every version of Django. A new column makes a new version: old seals keep the
form that they were made in.

- `events_hash` is over the events' lines. Changing, removing, adding or swapping any of them
  shows.
- `names_hash` is over the lines of their personal side, after a random salt. Until the names are
  forgotten, changing one shows. Then the salt goes too, so that not even who has the key can
  prove by trial that a certain name was there: nothing is proved of these names any more, only
  that they were forgotten by the portal.
- `hash` is over the seal itself, both hashes and the hash of the seal before it, so that seals
  stay proved when their events are gone.

What is not proved: an event that was forged before it was sealed, and anything at all to a holder
of the keys.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.conf import settings

from .seals import AuditSeal

VERSION = 1
# By version: the columns of an event, and of its personal side as seen from there.
EVENT_COLUMNS: dict[int, tuple[str, ...]] = {
    1: (
        "id",
        "at",
        "partner_id",
        "customer_id",
        "batch_id",
        "stands_for",
        "actor_id",
        "action",
        "target_type",
        "target_id",
        "reason",
        "changes",
    ),
}
NAMES_COLUMNS: dict[int, tuple[str, ...]] = {
    1: ("names__event_id", "names__actor", "names__target", "names__changes"),
}
SEAL_COLUMNS = (
    "number",
    "partner_id",
    "first_id",
    "last_id",
    "count",
    "last_at",
    "made_at",
    "version",
    "key_id",
    "previous",
    "events_hash",
    "names_hash",
)
# What is read of each event; older forms take theirs from it.
COLUMNS = (*EVENT_COLUMNS[VERSION], *NAMES_COLUMNS[VERSION])
NAMED = COLUMNS.index("names__event_id")


class Unverifiable(Exception):
    """A seal whose key or form is not known here; the text says which."""


def newest_key() -> str:
    """Return the id of the key that seals."""
    return next(iter(settings.AUDIT_KEYS))


class Encoder(json.JSONEncoder):
    """An encoder in whose JSON times are in UTC with microseconds; all else is plain already."""

    def default(self, o: object) -> str:
        if isinstance(o, datetime):
            return o.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        raise TypeError(f"{type(o).__name__} has no sealed form.")


# Made once: json.dumps makes one for each row.
_encoder = Encoder(sort_keys=True, separators=(",", ":"))


def canonical(values: Iterable[Any]) -> bytes:
    """Return a row's values, in the order of its columns, as a line."""
    return _encoder.encode(list(values)).encode() + b"\n"


class Digest:
    """The hashes over the rows of one seal: events and their personal side."""

    def __init__(self, version: int, key_id: str, salt: str) -> None:
        if version not in EVENT_COLUMNS:
            raise Unverifiable(f"Seals of the form {version} are not known to this portal.")
        self._event = _picking(EVENT_COLUMNS[version])
        self._personal = _picking(NAMES_COLUMNS[version])
        self._events = _keyed(key_id, b"events\n")
        self._names = _keyed(key_id, b"names\n" + salt.encode() + b"\n")
        self.count = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Take in a row of COLUMNS; rows come in the order of the ids."""
        for digest, part in ((self._events, self._event), (self._names, self._personal)):
            digest.update(canonical(part(row)))
        self.count += 1

    @property
    def events_hash(self) -> str:
        return self._events.hexdigest()

    @property
    def names_hash(self) -> str:
        return self._names.hexdigest()


def _picking(columns: tuple[str, ...]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return itemgetter(*(COLUMNS.index(name) for name in columns))


def seal_hash(seal: AuditSeal) -> str:
    digest = _keyed(seal.key_id, b"seal\n")
    digest.update(canonical(getattr(seal, name) for name in SEAL_COLUMNS))
    return digest.hexdigest()


def mark(act: str, seal: AuditSeal, at: datetime, key_id: str = "") -> str:
    """Return the signature of what retention did to the events of a seal, after the key's id."""
    key_id = key_id or newest_key()
    digest = _keyed(key_id, f"{act}\n".encode())
    digest.update(canonical([seal.number, seal.hash, at]))
    return f"{key_id}:{digest.hexdigest()}"


def is_marked(act: str, seal: AuditSeal, at: datetime | None, found: str) -> bool:
    key_id = found.partition(":")[0]
    return bool(at) and hmac.compare_digest(mark(act, seal, at, key_id), found)  # type: ignore[arg-type]


def _keyed(key_id: str, purpose: bytes) -> hmac.HMAC:
    keys: Mapping[str, str] = settings.AUDIT_KEYS
    if key_id not in keys:
        raise Unverifiable(f"AUDIT_KEYS has no key {key_id!r}: what it sealed can't be verified.")
    return hmac.new(keys[key_id].encode(), purpose, hashlib.sha256)
