"""Addresses that a partner types for an application, as they may be.

All of them are https, but for those of the own machine, on which one tries things. A redirect
address is compared as a whole later on: what two programs could read differently is refused here.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from customers.said import gettext as _

from .models.applications import ADDRESS_LENGTH

OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
# RFC 3986 without the brackets of an address of IPv6, which stand in the host alone.
_PRINTABLE = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]+")
# Where a program waits for the answer that runs on the user's own machine, and the rest after the
# port, which the system gives it anew each time.
_LOOPBACK = re.compile(
    r"(http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::([0-9]{1,5}))?((?:[/?].*)?)"
)
PORTS = range(1, 65_536)


def check_address(address: str) -> None:
    """Raise ValidationError unless a browser or a server may be sent there."""
    if len(address) > ADDRESS_LENGTH:
        text = _("An address can have up to %(count)s characters.")
        raise ValidationError(text % {"count": ADDRESS_LENGTH})
    if not _PRINTABLE.fullmatch(address):
        raise ValidationError(_("Write the address in plain letters, without spaces."))
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in {"https", "http"}:
        raise ValidationError(_("Enter an address such as https://chat.example.com/."))
    if port is not None and port not in PORTS:
        raise ValidationError(_("A port is a number from 1 to 65535."))
    if parts.scheme == "http" and host not in OWN_MACHINE:
        raise ValidationError(_("The address begins with https://."))
    if "@" in parts.netloc:
        raise ValidationError(_("An address has no user name before the host."))


def is_registered(address: str, registered: Collection[str], *, any_port: bool) -> bool:
    """Return whether a redirect address is one of the registered ones, to the letter.

    With `any_port` the port of a program on the user's own machine makes no difference, as it has
    to be for native applications (RFC 8252, 7.3; RFC 9700, 2.1).
    """
    if address in registered:
        return True
    found = _but_for_port(address) if any_port else None
    return found is not None and found in map(_but_for_port, registered)


def _but_for_port(address: str) -> tuple[str, str] | None:
    """Return what is left of a program's address on the user's own machine without its port."""
    found = _LOOPBACK.fullmatch(address)
    if found is None or (found[2] and int(found[2]) not in PORTS):
        return None
    return found[1], found[3]


def check_redirect_address(address: str) -> None:
    """Raise ValidationError unless the address can be compared character by character."""
    check_address(address)
    parts = urlsplit(address)
    if "#" in address:
        raise ValidationError(_("A redirect address has nothing after a #."))
    if "*" in address:
        raise ValidationError(_("A redirect address is a whole one: no * stands for others."))
    if {"..", "."} & set(parts.path.lower().replace("%2e", ".").split("/")):
        raise ValidationError(_("A redirect address has no . or .. in its path."))
