"""How often sources may call, as SCIM_LIMITS says: so many a minute.

Those of a token count by the token; by address count calls without one that is right, so that
nobody can try tokens, and no stranger keeps a source from its own.
"""

from django.conf import settings

from accounts.signin.call_limits import Counters
from customers.errors import Refused

COUNTERS = Counters("scim")


def check_address(address: str) -> None:
    """Raise Refused for an address that has shown too many wrong tokens in this minute."""
    [wrong] = COUNTERS.counted(("wrong", address))
    if wrong >= settings.SCIM_LIMITS["wrong"]:
        raise too_many()


def count_wrong(address: str) -> None:
    """Count a call whose token was none."""
    COUNTERS.count("wrong", address)


def count_call(token: int) -> None:
    """Count a call of a token; raise Refused for one too many."""
    if COUNTERS.count("token", str(token)) > settings.SCIM_LIMITS["token"]:
        raise too_many()


def too_many() -> Refused:
    # Words of the protocol: a program reads them.
    return Refused("Too many calls in this minute.", code="calls-too-many")
