"""Readers of text from outside: numbers, the keys of forms, and where to go back to.

Nothing else makes a number of such a text, or hands a key to the database: `int` refuses thousands
of digits, and a database any number, NUL or length that its column can't hold. Both are an error of
ours, where the text was a visitor's.
"""

import re

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from .invisible import visible

# Beyond what a database numbers its rows with.
LARGEST_ID = 2**63 - 1
_DIGITS = len(str(LARGEST_ID))
# What a search looks for: as many characters as its field takes.
SEARCH_LENGTH = 200
# What `customers.services.batches.new_key` draws; no path, and as long as the column.
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_number(text: str, *, largest: int = LARGEST_ID) -> int | None:
    """Return the whole number that the text is, from 0 to the largest, or None."""
    if len(text) > _DIGITS or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= largest else None


def read_id(text: str) -> int | None:
    """Return the id in an address, or None for what can't be one."""
    return read_number(text)


def read_search(text: str) -> str:
    """Return what is looked for: no invisible characters, and the first so many of the others."""
    return visible(text)[0][:SEARCH_LENGTH]


def is_key(text: str) -> bool:
    """Return whether a form of ours can have carried the key."""
    return _KEY.fullmatch(text) is not None


def local_address(request: HttpRequest, address: str, default: str) -> str:
    """Return the address that the user asks to go back to, if it is a path of this site."""
    # Without the slash it could be the name of a view, which `redirect` would look up.
    safe = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else default
