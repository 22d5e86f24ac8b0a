"""How often sources may call, as SCIM_LIMITS says: so many a minute.

Those of a token count by the token; by address count calls without one that is right, so that
nobody can try tokens, and no stranger keeps a source from its own.
"""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

from customers.errors import Refused

MINUTE = 60


def check_address(address: str) -> None:
    """Raise Refused for an address that has shown too many wrong tokens in this minute."""
    if int(cache.get(_key("wrong", address)) or 0) >= settings.SCIM_LIMITS["wrong"]:
        raise too_many()


def count_wrong(address: str) -> None:
    """Count a call whose token was none."""
    _count("wrong", address)


def count_call(token: int) -> None:
    """Count a call of a token; raise Refused for one too many."""
    if _count("token", str(token)) > settings.SCIM_LIMITS["token"]:
        raise too_many()


def too_many() -> Refused:
    # Words of the protocol: a program reads them.
    return Refused("Too many calls in this minute.", code="calls-too-many")


def seconds_left() -> int:
    """Return after how many seconds the next minute begins."""
    return MINUTE - int(time.time()) % MINUTE


def _count(kind: str, whose: str) -> int:
    counters: Any = cache
    return int(counters.count(_key(kind, whose), MINUTE * 2))


def _key(kind: str, whose: str) -> str:
    hashed = hashlib.sha256(whose.encode()).hexdigest()[:32]
    return f"scim:{kind}:{hashed}:{int(time.time()) // MINUTE}"
