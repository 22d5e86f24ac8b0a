"""How often applications may call, as OIDC_LIMITS says: so many a minute."""

from django.conf import settings
from django.http import HttpRequest

from accounts.signin.call_limits import Counters, TooMany
from customers.client_address import client_address

COUNTERS = Counters("oidc")


def count_call(request: HttpRequest, client_id: str) -> None:
    """Count a call by address; raise TooMany for one too many of it, or of the client's.

    An address that gave too many wrong secrets is not listened to either. Of a client count those
    calls alone that were answered (`count_answered`): its id is no secret, and strangers who call
    themselves so must not keep it from its own.
    """
    address = client_address(request)
    others = (("wrong", address), ("client", client_id))
    counted, wrong, answered = COUNTERS.count_seeing("address", address, *others)
    limits = settings.OIDC_LIMITS
    # This call is among the first alone.
    is_over = counted > limits["address"]
    if is_over or wrong >= limits["wrong"] or answered >= limits["client"]:
        raise TooMany


def count_answered(client_id: str) -> None:
    """Count a call that was answered, by the client that has proven to be that."""
    COUNTERS.count("client", client_id)


def count_wrong_secret(request: HttpRequest) -> None:
    """Count a client that did not prove itself; call it after the answer is known."""
    COUNTERS.count("wrong", client_address(request))
