"""How often applications may call, as OIDC_LIMITS says: so many a minute.

A counter for each minute: allauth's limits, made for passwords, keep a list of all tries.
"""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from customers.client_address import client_address

MINUTE = 60


class TooMany(Exception):
    """The refusal of a call too many, until the next minute begins."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = MINUTE - int(time.time()) % MINUTE


def count_call(request: HttpRequest, client_id: str) -> None:
    """Count a call by address; raise TooMany for one too many of it, or of the client's.

    An address that gave too many wrong secrets is not listened to either. Of a client count those
    calls alone that were answered (`count_answered`): its id is no secret, and strangers who call
    themselves so must not keep it from its own.
    """
    address = client_address(request)
    wrong, answered = _key("wrong", address), _key("client", client_id)
    known = cache.get_many([wrong, answered])
    if int(known.get(wrong) or 0) >= settings.OIDC_LIMITS["wrong"]:
        raise TooMany
    if _count("address", address) > settings.OIDC_LIMITS["address"]:
        raise TooMany
    if int(known.get(answered) or 0) >= settings.OIDC_LIMITS["client"]:
        raise TooMany


def count_answered(client_id: str) -> None:
    """Count a call that was answered, by the client that has proven to be that."""
    _count("client", client_id)


def count_wrong_secret(request: HttpRequest) -> None:
    """Count a client that did not prove itself; call it after the answer is known."""
    _count("wrong", client_address(request))


def _count(kind: str, whose: str) -> int:
    counters: Any = cache
    return int(counters.count(_key(kind, whose), MINUTE * 2))


def _key(kind: str, whose: str) -> str:
    hashed = hashlib.sha256(whose.encode()).hexdigest()[:32]
    return f"oidc:{kind}:{hashed}:{int(time.time()) // MINUTE}"
