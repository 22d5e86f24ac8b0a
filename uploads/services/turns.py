"""Whose turn it is: one file at work of a customer and two of a partner, the oldest first.

Workers belong to all partners: one who sends many files, or one that takes long, must not keep all
others' waiting. A place is a lock that goes with its holder, however that ends: of PostgreSQL's
transaction, or on SQLite, whose portal is one machine, of an open file. What finds no place waits
on; what leaves one sends the next, and beat sends what was forgotten.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from ..models import Upload, UploadState

PLACES_OF_PARTNER = 2
# Begun so often without an end, a file is not begun again.
TRIES = 3
# So long a page says that others come first; beat asks again before that.
_TOLD_SECONDS = 150
# So long it is known that a file was begun and not ended: its worker was killed, perhaps by it.
_BEGUN_SECONDS = 60 * 60


@contextmanager
def turn(asked: int) -> Iterator[int | None]:
    """Yield the upload that is next among those of the partner of `asked`, its place held within.

    That is None where nothing of that partner waits, or all its places are taken. On PostgreSQL
    call it inside of the transaction that does the work.
    """
    with ExitStack() as held:
        waiting = _in_line(asked)
        found = _first_free(waiting, held) if waiting else None
        if found is None:
            if any(pk == asked for pk, _customer, _partner in waiting):
                cache.set(_told(asked), 1, _TOLD_SECONDS)
        else:
            _count(_begun(found), 1)
            _count(_lost(found), 1)
        try:
            yield found
        except BaseException:
            # A worker that is stopped in order, or has lost its database, comes here; none that is
            # killed does.
            if found is not None:
                _count(_lost(found), -1)
            raise
        if found is not None:
            cache.delete_many([_begun(found), _lost(found), _told(found)])


def ends_its_workers(pk: int) -> bool:
    """Return whether the workers that began it before were killed, within its turn, `TRIES` times.

    An empty cache has forgotten that, and so has one that is away: then it is tried so often again.
    """
    # The one that asks has begun too.
    return int(cache.get(_lost(pk), 0)) > TRIES


def next_in_line(after: int) -> int | None:
    """Return what else of the same partner waits, now that this one is over."""
    return next((pk for pk, _customer, _partner in _in_line(after) if pk != after), None)


def is_behind_others(upload: Upload) -> bool:
    """Return whether other files are read before this one, which may be another customer's.

    Whose they are, no user is told.
    """
    waiting = Upload.objects.filter(customer=upload.customer_id, state=UploadState.WAITING)
    same_time = Q(created_at=upload.created_at, pk__lt=upload.pk)
    earlier = waiting.filter(Q(created_at__lt=upload.created_at) | same_time)
    return earlier.exists() or cache.get(_told(upload.pk)) is not None


def _in_line(pk: int) -> list[tuple[int, int, int]]:
    """Return all that waits of the partner of this upload: its id, its customer and its partner.

    They stand in the order of their coming; behind them those that were begun and not ended, so
    that one that kills its worker keeps no other waiting.
    """
    partner = Upload.objects.filter(pk=pk).values("customer__partner")
    waiting = Upload.objects.filter(state=UploadState.WAITING, customer__partner__in=partner)
    rows = waiting.order_by("created_at", "pk")
    found = list(rows.values_list("pk", "customer_id", "customer__partner_id"))
    begun = cache.get_many([_begun(row[0]) for row in found])
    return sorted(found, key=lambda row: begun.get(_begun(row[0]), 0))


def _first_free(waiting: list[tuple[int, int, int]], held: ExitStack) -> int | None:
    partner = waiting[0][2]
    places = (f"partner-{partner}-{place}" for place in range(PLACES_OF_PARTNER))
    if not any(_take(name, held) for name in places):
        return None
    # The customers in the order of their oldest file; each is asked for once.
    first_of = {customer: pk for pk, customer, _partner in reversed(waiting)}
    order = dict.fromkeys(customer for _pk, customer, _partner in waiting)
    free = (customer for customer in order if _take(f"customer-{customer}", held))
    customer = next(free, None)
    return None if customer is None else first_of[customer]


def _take(name: str, held: ExitStack) -> bool:
    """Take a place, if it is free, until `held` or the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
            cursor.execute(lock, [f"upload-turn-{name}"])
            return bool(cursor.fetchone()[0])
    folder = Path(settings.MEDIA_ROOT) / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    file = held.enter_context((folder / name).open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _count(key: str, more: int) -> None:
    cache.set(key, max(0, cache.get(key, 0) + more), _BEGUN_SECONDS)


def _begun(pk: int) -> str:
    return f"upload-begun-{pk}"


def _lost(pk: int) -> str:
    return f"upload-lost-{pk}"


def _told(pk: int) -> str:
    return f"upload-behind-others-{pk}"
