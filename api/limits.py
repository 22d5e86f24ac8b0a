"""How often tokens may call, as API_LIMITS says: so many a minute, counted in windows.

Reads and writes apart: by token, by partner, and by partner and customer. An address that gave too
many wrong tokens is not listened to.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.signin.call_limits import Counters, TooMany
from customers.client_address import client_address

from .models import Token

DAY = 24 * 60 * 60
# That are shown of a token.
DAYS = 7
SAFE = {"GET", "HEAD", "OPTIONS"}
COUNTERS = Counters("api")


@dataclass(frozen=True, slots=True)
class Use:
    """How often a token has called in the minute that runs, and how often it may."""

    reads: int
    writes: int
    most_reads: int
    most_writes: int


@dataclass(frozen=True, slots=True)
class Day:
    """How often a token has called on one day (UTC), and how many calls were too many."""

    on: date
    reads: int
    writes: int
    refused: int


def check_address(request: HttpRequest) -> None:
    """Raise TooMany where this address gave too many wrong tokens in this minute."""
    [wrong] = COUNTERS.counted(("wrong", client_address(request)))
    if wrong >= settings.API_LIMITS["wrong"]:
        raise TooMany


def count_wrong(request: HttpRequest) -> None:
    COUNTERS.count("wrong", client_address(request))


def count_call(request: HttpRequest, token: Token, user: User, customer: str) -> None:
    """Count a call of a token that is known; raise TooMany for one too many of whatever kind."""
    kind = "reads" if request.method in SAFE else "writes"
    partner = user.partner_id or f"c{user.customer_id}"
    counted = {
        "token": str(token.pk),
        "partner": str(partner),
        **({"customer": f"{partner}:{customer}"} if customer else {}),
    }
    # All of them, so that each tells the truth; then whether one is over.
    over = [
        COUNTERS.count(f"{name}:{kind}", whose) > settings.API_LIMITS[f"{name}_{kind}"]
        for name, whose in counted.items()
    ]
    _count_day(kind, token.pk)
    if any(over):
        _count_day("refused", token.pk)
        raise TooMany


def use_of(token: Token) -> Use:
    """Return how often the token has called in this minute."""
    whose = str(token.pk)
    reads, writes = COUNTERS.counted(("token:reads", whose), ("token:writes", whose))
    limits = settings.API_LIMITS
    return Use(reads, writes, limits["token_reads"], limits["token_writes"])


def days_of(token: Token) -> list[Day]:
    """Return how often the token has called on each of the last days, today first.

    As far as the cache remembers: an outage of Redis forgets.
    """
    today = timezone.now().date()
    days = [today - timedelta(days=number) for number in range(DAYS)]
    kinds = ("reads", "writes", "refused")
    found = cache.get_many([_day_key(kind, token.pk, day) for day in days for kind in kinds])
    return [
        Day(day, *(int(found.get(_day_key(kind, token.pk, day)) or 0) for kind in kinds))
        for day in days
    ]


def _count_day(kind: str, token: int) -> None:
    counters: Any = cache
    counters.count(_day_key(kind, token, timezone.now().date()), DAY * (DAYS + 1))


def _day_key(kind: str, token: int, day: date) -> str:
    return f"api:day:{kind}:{token}:{day.isoformat()}"
