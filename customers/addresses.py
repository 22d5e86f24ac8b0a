"""What an address may say: numbers of rows, and where to go back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

# Beyond what a database numbers its rows with.
LARGEST_ID = 2**63 - 1


def read_id(text: str) -> int | None:
    """The id in an address, or None for what can't be one."""
    if not (text.isascii() and text.isdigit()):
        return None
    number = int(text[:20])
    return number if number <= LARGEST_ID else None


def local_address(request: HttpRequest, address: str, default: str) -> str:
    """The address that somebody asks to be led back to, if it is a path of this site."""
    # Without the slash it could be the name of a view, which `redirect` would look up.
    safe = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else default
